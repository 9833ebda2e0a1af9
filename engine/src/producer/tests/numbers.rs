//! Producer id, epoch and sequence numbers, end to end.

use super::little_brokers::{Fate, LittleBrokers, MILLI, SECOND, partition};
use crate::log::BatchSequence;
use crate::producer::ProducerConfig;
use crate::trace::Fact;
use crate::wire::ErrorCode;

fn bumped(fact: &Fact) -> bool {
    matches!(fact, Fact::ProducerEpochBumped { .. })
}

fn ready(settings: impl Fn(&mut ProducerConfig)) -> LittleBrokers {
    let mut brokers = LittleBrokers::new(1, settings);
    brokers.start();
    brokers.pass(10 * MILLI);
    brokers
}

fn numbers(brokers: &LittleBrokers) -> Vec<(u16, u32)> {
    let entries = brokers.logs[&partition(0)].entries_from(0);
    let numbers = entries.filter_map(|entry| entry.batch.sequence);
    numbers.map(|BatchSequence { epoch, base, .. }| (epoch, base)).collect()
}

#[test]
fn nothing_is_sent_before_the_producer_has_an_id() {
    let mut brokers = LittleBrokers::new(1, |_| {});
    brokers.id_errors = [ErrorCode::CoordinatorLoadInProgress; 3].into();
    brokers.start();
    brokers.pass(10 * MILLI);
    brokers.send("goal");
    brokers.pass(250 * MILLI);
    assert_eq!(brokers.stored(0), [0; 0]);
    brokers.pass(SECOND);
    assert_eq!(brokers.stored(0), [0]);
    assert_eq!(brokers.count(|fact| matches!(fact, Fact::ProducerIdAssigned { .. })), 1);
}

#[test]
fn without_idempotence_there_are_no_numbers() {
    let mut brokers = ready(|config| config.enable_idempotence = false);
    brokers.send("goal");
    brokers.pass(SECOND);
    assert_eq!((brokers.stored(0).len(), numbers(&brokers).len()), (1, 0));
    assert_eq!(brokers.count(|fact| matches!(fact, Fact::ProducerIdAssigned { .. })), 0);
}

#[test]
fn a_batch_that_is_refused_for_good_leaves_a_gap_that_a_new_epoch_closes() {
    let mut brokers = ready(|_| {});
    brokers.send("kick-off");
    brokers.pass(10 * MILLI);
    brokers.fates = [Fate::Refused(ErrorCode::InvalidRequest)].into();
    for _ in 0..3 {
        brokers.send("goal");
    }
    brokers.pass(5 * SECOND);
    assert_eq!(brokers.stored(0), [0, 2, 3]);
    assert_eq!(numbers(&brokers), [(0, 0), (1, 0), (1, 1)]);
    assert_eq!(brokers.count(bumped), 1);
    let failed = brokers.facts().find_map(|fact| match fact {
        Fact::RecordsFailed { ordinal, error, .. } => Some((ordinal, error)),
        _ => None,
    });
    assert_eq!(failed, Some((1, ErrorCode::InvalidRequest)));
}

#[test]
fn a_new_epoch_may_write_a_batch_twice_that_was_in_doubt() {
    let mut brokers = ready(|_| {});
    brokers.send("kick-off");
    brokers.pass(10 * MILLI);
    brokers.fates = [
        Fate::AppendedBut(ErrorCode::RequestTimedOut),
        Fate::Refused(ErrorCode::InvalidRequest),
    ]
    .into();
    brokers.send("goal");
    brokers.send("too bad");
    brokers.pass(5 * SECOND);
    assert_eq!(brokers.stored(0), [0, 1, 1], "as Kafka's producer would");
    assert_eq!(numbers(&brokers), [(0, 0), (0, 1), (1, 0)]);
}

#[test]
fn a_log_that_has_lost_what_it_acknowledged_makes_a_gap_and_nobody_is_told() {
    let mut brokers = ready(|_| {});
    brokers.send("kick-off");
    brokers.send("goal");
    brokers.pass(10 * MILLI);
    // As after an unclean election.
    brokers.logs.get_mut(&partition(0)).unwrap().truncate_to(1);
    brokers.send("goal");
    brokers.pass(5 * SECOND);
    assert_eq!(brokers.stored(0), [0, 2]);
    assert_eq!(numbers(&brokers), [(0, 0), (1, 0)]);
    assert_eq!(brokers.count(|fact| matches!(fact, Fact::RecordsFailed { .. })), 0);
}

#[test]
fn a_producer_that_the_log_has_fenced_goes_on_in_a_later_epoch() {
    let mut brokers = ready(|_| {});
    brokers.send("kick-off");
    brokers.pass(10 * MILLI);
    brokers.fates = [Fate::Refused(ErrorCode::InvalidProducerEpoch)].into();
    brokers.send("goal");
    brokers.send("goal");
    brokers.pass(5 * SECOND);
    assert_eq!(brokers.stored(0), [0, 2], "the application is told of the first one");
    assert_eq!(numbers(&brokers), [(0, 0), (1, 0)]);
}

#[test]
fn what_the_broker_has_but_cannot_place_counts_as_sent() {
    let mut brokers = ready(|_| {});
    brokers.fates = [Fate::AppendedBut(ErrorCode::DuplicateSequenceNumber)].into();
    brokers.send("goal");
    brokers.pass(SECOND);
    assert_eq!(brokers.count(|fact| matches!(fact, Fact::BatchAcknowledged { .. })), 1);
    assert_eq!(brokers.count(|fact| matches!(fact, Fact::BatchRetried { .. })), 0);
}

/// A batch is given up after it has been tried twice, the second time without an answer; another one waits behind it.
fn given_up_in_doubt(second: Fate) -> LittleBrokers {
    let mut brokers = ready(|config| {
        config.delivery_timeout_us = SECOND;
        config.request_timeout_us = 900 * MILLI;
    });
    brokers.send("kick-off");
    brokers.pass(10 * MILLI);
    brokers.fates = [Fate::Refused(ErrorCode::NotEnoughReplicas), second].into();
    brokers.send("goal");
    brokers.pass(990 * MILLI);
    brokers.send("red card");
    brokers.pass(100 * MILLI);
    assert_eq!(
        brokers.count(|fact| matches!(fact, Fact::RecordsFailed { ordinal: 1, .. })),
        1
    );
    brokers
}

#[test]
fn after_a_doubt_the_epoch_is_new_and_nothing_is_stored_twice() {
    // The broker is slow: it handles the batch after it was given up, and its answer comes too late.
    let mut brokers = given_up_in_doubt(Fate::Late(5 * SECOND));
    brokers.pass(10 * SECOND);
    assert_eq!(brokers.count(bumped), 1);
    assert_eq!(brokers.stored(0), [0, 2]);
    assert_eq!(numbers(&brokers), [(0, 0), (1, 0)]);
}

#[test]
fn an_unclear_batch_that_turns_out_to_be_written_needs_no_new_epoch() {
    let mut brokers = ready(|config| {
        config.delivery_timeout_us = SECOND;
        config.request_timeout_us = 900 * MILLI;
    });
    brokers.fates = [
        Fate::Refused(ErrorCode::NotEnoughReplicas),
        Fate::Refused(ErrorCode::NotEnoughReplicas),
        Fate::Refused(ErrorCode::NotEnoughReplicas),
        Fate::Late(500 * MILLI),
    ]
    .into();
    brokers.send("goal");
    brokers.pass(500 * MILLI);
    brokers.send("red card");
    brokers.pass(5 * SECOND);
    let failed = brokers.count(|fact| matches!(fact, Fact::RecordsFailed { .. }));
    let stored = brokers.stored(0);
    assert_eq!(
        (stored, failed),
        (vec![0, 1], 1),
        "stored, although the application was told that it failed"
    );
}
