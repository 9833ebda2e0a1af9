//! What a producer is answered when replication is in trouble.

use super::lab::Lab;
use super::{PARTITION, SECOND, batch, state};
use crate::broker::BrokerConfig;
use crate::trace::Fact;
use crate::wire::{Acks, BrokerSet, ErrorCode, ProduceRequest, RequestBody, ResponseBody};

fn produce(acks: Acks) -> RequestBody {
    RequestBody::Produce(ProduceRequest {
        acks,
        timeout_us: 30 * SECOND,
        batches: vec![(PARTITION, batch(10))],
    })
}

fn two_in_sync() -> BrokerConfig {
    BrokerConfig {
        min_insync_replicas: 2,
        ..BrokerConfig::default()
    }
}

fn errors(lab: &Lab) -> Vec<ErrorCode> {
    lab.answers().iter().map(|(_, body)| body.error()).collect()
}

#[test]
fn acks_all_is_answered_when_all_in_sync_have_it() {
    let mut lab = Lab::new(two_in_sync());
    lab.run(SECOND);
    lab.ask(1, produce(Acks::All));
    lab.run(2 * SECOND);
    assert_eq!(errors(&lab), [ErrorCode::None]);
    assert_eq!(lab.brokers[&1].replicas[&PARTITION].high_watermark(), 10);
}

#[test]
fn below_the_minimum_acks_all_is_refused_and_nothing_is_written() {
    let mut lab = Lab::new(two_in_sync());
    lab.publish(&state(Some(1), 0, 1, &[1]));
    lab.silent = vec![2, 3];
    lab.ask(1, produce(Acks::All));
    lab.run(SECOND);
    assert_eq!(errors(&lab), [ErrorCode::NotEnoughReplicas]);
    lab.ask(1, produce(Acks::Leader));
    lab.run(2 * SECOND);
    let replica = &lab.brokers[&1].replicas[&PARTITION];
    assert_eq!(errors(&lab)[1], ErrorCode::None, "acks=1 is taken");
    assert_eq!(
        (replica.log().end(), replica.high_watermark()),
        (10, 0),
        "and stays invisible"
    );
}

#[test]
fn whoever_waits_is_told_when_the_leader_changes() {
    let mut lab = Lab::new(two_in_sync());
    lab.silent = vec![2, 3];
    lab.ask(1, produce(Acks::All));
    lab.run(SECOND);
    assert!(lab.answers().is_empty());
    lab.elect(2, 1, &[2, 3]);
    lab.run(2 * SECOND);
    assert_eq!(errors(&lab), [ErrorCode::NotLeaderOrFollower]);
}

#[test]
fn whoever_waits_too_long_is_told_that_nobody_knows() {
    let mut lab = Lab::new(two_in_sync());
    lab.silent = vec![2, 3];
    lab.ask(1, produce(Acks::All));
    lab.run(40 * SECOND);
    assert_eq!(errors(&lab), [ErrorCode::RequestTimedOut]);
    assert_eq!(
        lab.brokers[&1].replicas[&PARTITION].log().end(),
        10,
        "it is still in the log"
    );
}

#[test]
fn the_isr_is_proposed_to_shrink_after_30_to_45_seconds_and_only_once() {
    let mut lab = Lab::new(two_in_sync());
    lab.run(7 * SECOND);
    lab.silent = vec![3];
    lab.ask(1, produce(Acks::Leader));
    lab.run(120 * SECOND);
    let proposed = lab.facts(1, |fact| matches!(fact, Fact::IsrProposed { .. }));
    assert_eq!(proposed.len(), 1);
    let after = proposed[0].at - 7 * SECOND;
    assert!((30 * SECOND..=45 * SECOND).contains(&after), "{after}");
    let left: BrokerSet = super::brokers([1, 2]).into_iter().collect();
    assert!(matches!(proposed[0].fact, Fact::IsrProposed { to, .. } if to == left));
    assert_ne!(proposed[0].cause, 0, "because of the last fetch that came");
}

#[test]
fn a_slow_disk_makes_everybody_wait_for_it() {
    let mut lab = Lab::new(two_in_sync());
    lab.run(SECOND);
    let bytes = u64::from(batch(10).size_bytes());
    lab.with(1, |broker, ctx| broker.set_disk(Some(bytes), ctx));
    lab.ask(1, produce(Acks::Leader));
    lab.run(SECOND + SECOND / 2);
    assert_eq!(lab.brokers[&1].replicas[&PARTITION].log().end(), 0, "not there yet");
    lab.run(3 * SECOND);
    let answered: Vec<u64> = lab.answers().iter().map(|(at, _)| *at).collect();
    assert_eq!(answered, [2 * SECOND + 1_000], "one batch a second");

    lab.ask(1, produce(Acks::Leader));
    lab.run(3 * SECOND + SECOND / 2);
    lab.with(1, |broker, ctx| broker.set_disk(None, ctx));
    lab.run(4 * SECOND);
    assert_eq!(
        lab.answers()[1].0,
        3 * SECOND + SECOND / 2 + 1_000,
        "the disk is well again"
    );
}

#[test]
fn a_follower_whose_disk_cannot_keep_up_falls_out_of_sync() {
    let mut lab = Lab::new(two_in_sync());
    lab.run(SECOND);
    let bytes = u64::from(batch(10).size_bytes());
    // Half of what comes.
    lab.with(3, |broker, ctx| broker.set_disk(Some(bytes / 2), ctx));
    for second in 1..60 {
        lab.ask(1, produce(Acks::Leader));
        lab.run(second * SECOND);
    }
    let proposed = lab.facts(1, |fact| matches!(fact, Fact::IsrProposed { .. }));
    let left: BrokerSet = super::brokers([1, 2]).into_iter().collect();
    assert!(matches!(proposed[0].fact, Fact::IsrProposed { to, .. } if to == left));
    let at = proposed[0].at;
    assert!((30 * SECOND..=48 * SECOND).contains(&at), "{at}");
}

#[test]
fn a_producer_id_needs_a_block_from_the_controller() {
    let mut lab = Lab::new(two_in_sync());
    lab.ask(1, RequestBody::InitProducerId);
    lab.run(SECOND);
    assert_eq!(errors(&lab), [ErrorCode::CoordinatorLoadInProgress]);
    let ids = crate::wire::AllocateProducerIdsResponse {
        error: ErrorCode::None,
        start: 4000,
        len: 1000,
    };
    lab.with(1, |broker, ctx| broker.on_producer_ids(&ids, ctx));
    lab.ask(1, RequestBody::InitProducerId);
    lab.run(2 * SECOND);
    let answers = lab.answers();
    assert!(matches!(answers[1].1, ResponseBody::InitProducerId(r) if r.producer_id == 4000));
}
