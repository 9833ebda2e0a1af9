//! What processes do, and what a person does to them and to the run.

use super::words::Word::{Broker, Key, Node, Nodes, Number, Set, Text};
use super::words::Words;
use partitura_engine::trace::{CommandFact, Fact, KeyFact, ProcessFault};

pub(super) fn sentence(fact: &Fact, w: &Words) -> Option<String> {
    Some(match *fact {
        Fact::Commanded(command) => commanded(&command, w),
        Fact::RecordLimitReached { records } => w.say(
            "reached its limit of {} records: the producers stop",
            &[Number(records)],
        ),
        Fact::KeyRuleRefused { keys } => w.say("could not: there is no room for {} keys", &[Number(keys)]),
        Fact::BrokerStarted => "started, and asks the active controller to be registered".to_owned(),
        Fact::ProcessCrashed => "was killed: it told nobody".to_owned(),
        Fact::ProcessStopped => "stopped in order".to_owned(),
        Fact::ProcessPaused => "stands still: it answers nothing, and its connections stay open".to_owned(),
        Fact::ProcessResumed => "goes on where it stood, and does not know that time has passed".to_owned(),
        Fact::DiskLost => "lost all that was in its log directories".to_owned(),
        Fact::ControlledShutdownStarted => {
            "was asked to stop, and asks the controller to move its leaderships away first".to_owned()
        }
        Fact::Disconnected { from } => w.say("closed its connection to {}", &[Node(from)]),
        Fact::ConnectionLost { with } => w.say("lost its connection to {}", &[Node(with)]),
        _ => return None,
    })
}

fn commanded(command: &CommandFact, w: &Words) -> String {
    match *command {
        CommandFact::Rate(rate) => w.say("set the rate to {} records/s", &[Number(rate.into())]),
        CommandFact::Keys => "chose other keys".to_owned(),
        CommandFact::Key(key) => match key {
            KeyFact::None => "took null as key of the records".to_owned(),
            KeyFact::Subject => "took the subject as key of the records".to_owned(),
            KeyFact::Salt { shards, .. } => w.say(
                "salted the keys: the subject and one of {} numbers",
                &[Number(shards.into())],
            ),
            KeyFact::Compound { count } => w.say(
                "took the subject and one of {} second parts as key",
                &[Number(count.into())],
            ),
        },
        CommandFact::SendLimits { count } => {
            w.say("limited how often {} subjects are sent about", &[Number(count.into())])
        }
        CommandFact::Poison { .. }
        | CommandFact::FailurePercent(_)
        | CommandFact::Downstream { .. }
        | CommandFact::Redrive { .. } => super::retries::commanded(command, w).unwrap_or_default(),
        CommandFact::Group { .. }
        | CommandFact::Stall { .. }
        | CommandFact::Slow { .. }
        | CommandFact::Seek { .. }
        | CommandFact::ResetOffsets { .. }
        | CommandFact::DeleteGroup { .. } => super::groups::commanded(command, w).unwrap_or_default(),
        CommandFact::Consumers(count) => w.say("set the number of consumers to {}", &[Number(count.into())]),
        CommandFact::Send { key } => w.say("sent one record with key {}", &[Key(key)]),
        CommandFact::SendTo { key, partition } => w.say(
            "sent one record with key {} to partition {}",
            &[Key(key), Number(partition.into())],
        ),
        CommandFact::Process { node, fault } => {
            let sentence = match fault {
                ProcessFault::Crash => "crashed {}",
                ProcessFault::Stop => "stopped {}",
                ProcessFault::Pause => "paused {}",
                ProcessFault::Resume => "let {} go on",
                ProcessFault::Start => "started {} again",
                ProcessFault::LoseDisk => "destroyed the disk of {}",
            };
            w.say(sentence, &[Node(node)])
        }
        CommandFact::SlowDisk { broker, bytes_per_s } => match bytes_per_s {
            Some(bytes) => w.say("slowed the disk of {} to {} bytes/s", &[Broker(broker), Number(bytes)]),
            None => w.say("made the disk of {} fast again", &[Broker(broker)]),
        },
        CommandFact::Cut { from, to, both_ways } => {
            let sentence = if both_ways {
                "cut the network between {} and {}"
            } else {
                "cut the way from {} to {}"
            };
            w.say(sentence, &[Nodes(from), Nodes(to)])
        }
        CommandFact::Impair {
            from,
            to,
            delay_us,
            loss_permille,
        } => w.say(
            "slowed the network between {} and {} by {} ms, with {} of 1000 messages lost at first",
            &[
                Nodes(from),
                Nodes(to),
                Number(delay_us / 1000),
                Number(loss_permille.into()),
            ],
        ),
        CommandFact::Heal => "healed the network".to_owned(),
        CommandFact::ElectLeaders { unclean: false } => "asked for the preferred leaders".to_owned(),
        CommandFact::ElectLeaders { unclean: true } => "asked for an unclean election".to_owned(),
        CommandFact::AddPartitions { count } => w.say("asked for {} partitions", &[Number(count.into())]),
        CommandFact::Reassign { partition, replicas } => w.say(
            "asked to move P{} to the replicas {}",
            &[Number(partition.into()), Set(replicas)],
        ),
        CommandFact::Unclean(allowed) => w.say(
            "set unclean.leader.election.enable to {}",
            &[Text(if allowed { "true" } else { "false" })],
        ),
        CommandFact::ClientQuota { quota, bytes_per_s } => w.say(
            "set {} to {} for every client",
            &[Text(quota.name()), Number(bytes_per_s)],
        ),
        CommandFact::MinInsyncReplicas(count) => w.say("set min.insync.replicas to {}", &[Number(count.into())]),
    }
}
