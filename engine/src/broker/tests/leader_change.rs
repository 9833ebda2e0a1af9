//! Followers whose leader changes, is silent, or is gone; and brokers that are started again.

use super::lab::Lab;
use super::{PARTITION, SECOND, batch, state};
use crate::broker::{Broker, BrokerConfig};
use crate::node::Input;
use crate::trace::Fact;
use crate::wire::{
    Acks, Channel, ErrorCode, FetchPartition, FetchRequest, Message, NodeId, ProduceRequest, RequestBody, ResponseBody,
};

fn produce(acks: Acks, records: u32) -> RequestBody {
    RequestBody::Produce(ProduceRequest {
        acks,
        timeout_us: 30 * SECOND,
        batches: vec![(PARTITION, batch(records))],
    })
}

fn log_end(broker: &Broker) -> u64 {
    broker.replicas[&PARTITION].log().end()
}

#[test]
fn an_old_leader_cuts_off_what_nobody_else_has() {
    let mut lab = Lab::new(BrokerConfig::default());
    lab.ask(1, produce(Acks::All, 5));
    lab.run(SECOND);
    lab.silent = vec![1];
    lab.ask(1, produce(Acks::Leader, 3));
    lab.run(2 * SECOND);
    lab.elect(2, 1, &[2, 3]);
    lab.ask(2, produce(Acks::Leader, 1));
    lab.run(40 * SECOND);
    assert_eq!((log_end(&lab.brokers[&1]), log_end(&lab.brokers[&2])), (8, 6));

    lab.silent.clear();
    lab.elect(2, 1, &[2, 3]);
    lab.run(80 * SECOND);
    assert_eq!((log_end(&lab.brokers[&1]), log_end(&lab.brokers[&3])), (6, 6));
    let told = lab.facts(1, |fact| matches!(fact, Fact::Diverged { .. } | Fact::Truncated { .. }));
    assert!(matches!(
        told[0].fact,
        Fact::Diverged {
            epoch: 0,
            end_offset: 5,
            ..
        }
    ));
    assert!(matches!(told[1].fact, Fact::Truncated { to: 5, records: 3, .. }));
    assert_eq!(told[1].cause, told[0].id, "it can be asked why");
}

#[test]
fn a_follower_that_loses_its_leader_tries_again_every_second() {
    let mut lab = Lab::new(BrokerConfig::default());
    lab.run(SECOND);
    let closed = Input::Message {
        from: NodeId::Broker(1),
        message: Message::Disconnect(Channel::Data),
    };
    lab.silent = vec![1];
    lab.with(2, |broker, ctx| broker.on(closed, ctx));
    let asked = |fact: &Fact| matches!(fact, Fact::Sent(sent) if sent.to == NodeId::Broker(1) && !sent.response);
    let before = lab.facts(2, asked).len();
    lab.run(SECOND + 999_999);
    assert_eq!(lab.facts(2, asked).len(), before);
    lab.run(2 * SECOND);
    assert_eq!(lab.facts(2, asked).len(), before + 1, "after replica.fetch.backoff.ms");
    assert_eq!(
        lab.facts(2, |fact| matches!(fact, Fact::ConnectionLost { .. })).len(),
        1
    );
    lab.run(40 * SECOND);
    assert_eq!(
        lab.facts(2, |fact| matches!(fact, Fact::ConnectionLost { .. })).len(),
        2,
        "silence is noticed after replica.socket.timeout.ms"
    );
}

#[test]
fn a_parked_fetch_is_released_when_the_leader_changes() {
    let mut lab = Lab::new(BrokerConfig::default());
    lab.silent = vec![2, 3];
    lab.ask(
        1,
        RequestBody::Fetch(FetchRequest {
            replica: None,
            max_wait_us: 10 * SECOND,
            min_bytes: 1,
            max_bytes: 1000,
            partitions: vec![FetchPartition {
                partition: PARTITION,
                fetch_offset: 0,
                current_leader_epoch: 0,
                last_fetched_epoch: None,
                max_bytes: 1000,
            }],
        }),
    );
    lab.run(SECOND);
    lab.elect(2, 1, &[2, 3]);
    lab.run(2 * SECOND);
    let answers = lab.answers();
    assert!(matches!(answers[0].1, ResponseBody::Fetch(_)));
    assert_eq!(
        (answers[0].0, answers[0].1.error()),
        (SECOND + 1_000, ErrorCode::FencedLeaderEpoch)
    );
}

#[test]
fn only_a_new_leader_epoch_is_a_new_leadership() {
    let mut lab = Lab::new(BrokerConfig::default());
    lab.publish(&state(Some(1), 0, 1, &[1, 2]));
    lab.publish(&state(Some(1), 0, 2, &[1, 2, 3]));
    assert_eq!(lab.facts(1, |fact| matches!(fact, Fact::BecameLeader { .. })).len(), 1);
    assert_eq!(
        lab.facts(2, |fact| matches!(fact, Fact::BecameFollower { .. })).len(),
        1
    );
    assert_eq!(lab.facts(1, |fact| matches!(fact, Fact::IsrUpdated { .. })).len(), 2);
    lab.publish(&state(None, 1, 3, &[1]));
    assert_eq!(
        lab.facts(1, |fact| matches!(fact, Fact::BecameLeaderless { .. })).len(),
        1
    );
}

#[test]
fn a_new_leader_starts_with_the_high_watermark_that_it_knows() {
    let mut lab = Lab::new(BrokerConfig::default());
    lab.ask(1, produce(Acks::All, 5));
    lab.run(3_500);
    lab.silent = vec![1];
    let known = lab.brokers[&2].replicas[&PARTITION].high_watermark();
    assert_eq!((known, log_end(&lab.brokers[&2])), (0, 5), "it is one fetch behind");
    lab.elect(2, 1, &[2, 3]);
    let replica = &lab.brokers[&2].replicas[&PARTITION];
    assert_eq!(replica.high_watermark(), 0);
    assert_eq!(replica.log().epochs().starts(), [(0, 0), (1, 5)]);
    lab.run(SECOND);
    assert_eq!(
        lab.brokers[&2].replicas[&PARTITION].high_watermark(),
        5,
        "the other has it, too"
    );
}

#[test]
fn a_reassigned_replica_is_deleted() {
    let mut lab = Lab::new(BrokerConfig::default());
    let mut moved = state(Some(1), 0, 1, &[1, 2]);
    moved.replicas = super::brokers([1, 2]).into();
    lab.publish(&moved);
    assert!(lab.brokers[&3].replica(PARTITION).is_none());
    lab.ask(3, produce(Acks::Leader, 1));
    lab.run(SECOND);
    assert_eq!(lab.answers()[0].1.error(), ErrorCode::NotLeaderOrFollower);
}

#[test]
fn a_broker_that_is_started_again_has_its_log_and_serves_nobody_at_first() {
    let mut lab = Lab::new(BrokerConfig::default());
    lab.ask(1, produce(Acks::All, 5));
    lab.run(6 * SECOND);
    lab.brokers.get_mut(&1).unwrap().killed(false);
    let replica = &lab.brokers[&1].replicas[&PARTITION];
    assert_eq!(
        (replica.log().end(), replica.high_watermark()),
        (5, 5),
        "as of the last checkpoint"
    );
    assert!(!replica.is_leader());
    let before = lab.received.len();
    lab.ask(1, produce(Acks::Leader, 1));
    lab.run(7 * SECOND);
    let refused = lab.received[before..]
        .iter()
        .any(|(_, to, message)| *to == NodeId::Producer(1) && matches!(message, Message::Disconnect(_)));
    assert!(refused, "its port is not open yet");

    lab.brokers.get_mut(&1).unwrap().lose_disk();
    assert!(lab.brokers[&1].replica(PARTITION).is_none());
}
