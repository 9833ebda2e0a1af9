//! What the controllers decide, and how they agree on one of them.

use super::words::Word::{Broker, Error, Number, Place, Set, Text, Topic};
use super::words::Words;
use partitura_engine::trace::{Election, Fact, FenceWhy};
use partitura_engine::wire::QuorumRole;

pub(super) fn sentence(fact: &Fact, w: &Words) -> Option<String> {
    Some(match *fact {
        Fact::BrokerRegistered { broker } => w.say(
            "registered {}: fenced, until it has caught up with the metadata log",
            &[Broker(broker)],
        ),
        Fact::BrokerUnfenced { broker } => w.say("unfenced {}: it may lead, and be in sync", &[Broker(broker)]),
        Fact::BrokerFenced { broker, why } => {
            let why = match why {
                FenceWhy::SessionExpired => "no heartbeat for broker.session.timeout.ms",
                FenceWhy::ShutDown => "it has stopped in order",
                FenceWhy::Restarted => "it has registered again, so the process of before is gone",
            };
            w.say("fenced {}: {}", &[Broker(broker), Text(why)])
        }
        Fact::BrokerShuttingDown { broker } => w.say(
            "moves leaderships away from {}, which is about to stop",
            &[Broker(broker)],
        ),
        Fact::TopicCreated { topic, partitions } => w.say(
            "created topic {} with {} partitions",
            &[Topic(topic), Number(partitions.into())],
        ),
        Fact::PartitionsAdded { topic, partitions } => w.say(
            "gave topic {} {} partitions",
            &[Topic(topic), Number(partitions.into())],
        ),
        Fact::QuotaAltered { quota, bytes_per_s } => w.say(
            "set {} of every client to {}: each broker measures each client by itself",
            &[Text(quota.name()), Number(bytes_per_s)],
        ),
        Fact::TopicConfigured { topic } => w.say("changed the settings of topic {}", &[Topic(topic)]),
        Fact::AdminRefused { error } => w.say("refused what an administrator asked for: {}", &[Error(error)]),
        Fact::QuorumChanged { role, epoch } => {
            let sentence = match role {
                QuorumRole::Leader => "won the vote: it is the active controller of epoch {}",
                QuorumRole::Follower => "follows the active controller of epoch {}",
                QuorumRole::Prospective => {
                    "has heard nothing of an active controller, and asks whether it would be \
                                            voted for, in epoch {}"
                }
                QuorumRole::Candidate => "asks for votes, for epoch {}",
                QuorumRole::Unattached => "knows no active controller, in epoch {}",
                QuorumRole::Resigned => "gave up being the active controller of epoch {}",
            };
            w.say(sentence, &[Number(epoch.into())])
        }
        Fact::VoteGranted { to, epoch } => w.say(
            "votes for controller {} in epoch {}",
            &[Number(to.into()), Number(epoch.into())],
        ),
        _ => return of_partition(fact, w),
    })
}

fn of_partition(fact: &Fact, w: &Words) -> Option<String> {
    Some(match *fact {
        Fact::LeaderElected {
            partition,
            leader,
            epoch,
            how,
        } => {
            let how = match how {
                Election::First => "the first live replica in the order of assignment",
                Election::FromIsr => "the first live replica of the ISR in the order of assignment",
                Election::Preferred => "the preferred leader, which is in sync again",
                Election::FromElr => {
                    "the ISR is empty, and this eligible leader replica (ELR) has all that is committed"
                }
                Election::LastKnown => "ISR and ELR are empty, and it is the last known leader",
                Election::Unclean => "an unclean election: nobody in sync is alive, and what it lacks is lost",
            };
            let words = [Broker(leader), Place(partition), Number(epoch.into()), Text(how)];
            w.say("made {} the leader of {}, epoch {}: {}", &words)
        }
        Fact::LeaderLost { partition, epoch } => w.say(
            "left {} without a leader, epoch {}: nobody who may lead is alive",
            &[Place(partition), Number(epoch.into())],
        ),
        Fact::IsrChanged { partition, isr, elr } => {
            let words = [Place(partition), Set(isr), Set(elr)];
            let sentence = if elr.is_empty() {
                "wrote down who is in sync for {}: {}"
            } else {
                "wrote down who is in sync for {}: {}; eligible to lead all the same (ELR): {}"
            };
            w.say(sentence, &words)
        }
        Fact::AlterPartitionRefused { partition, error } => {
            w.say("refused another ISR for {}: {}", &[Place(partition), Error(error)])
        }
        Fact::ReassignmentStarted { partition, replicas } => w.say(
            "starts to move {} to the replicas {}",
            &[Place(partition), Set(replicas)],
        ),
        Fact::ReassignmentCompleted { partition } => {
            w.say("has moved {}: all its new replicas are in sync", &[Place(partition)])
        }
        _ => return None,
    })
}
