//! Connections that end: what fails with them, and when they are tried again.

use super::little_brokers::{Fate, LATENCY, LittleBrokers, MILLI, SECOND};
use crate::trace::{BatchWhy, Fact};
use crate::wire::{Api, BrokerId, ErrorCode, NodeId};

/// Two partitions: broker 1 leads the first, broker 2 the second. "b" goes to the first, "a" to the second.
fn two() -> LittleBrokers {
    let mut brokers = LittleBrokers::new(2, |_| {});
    brokers.start();
    brokers.pass(10 * MILLI);
    for key in ["a", "b", "c", "d"] {
        brokers.send(key);
    }
    brokers.pass(10 * MILLI);
    assert!((0..2).all(|index| !brokers.stored(index).is_empty()));
    brokers
}

fn lost(fact: &Fact) -> bool {
    matches!(fact, Fact::ConnectionLost { .. })
}

fn asked_of(broker: u8, api: Api) -> impl Fn(&Fact) -> bool {
    move |fact| matches!(fact, Fact::Sent(sent) if sent.to == NodeId::Broker(broker) && sent.api == api && !sent.response)
}

#[test]
fn a_broker_that_crashes_fails_what_was_on_its_way_and_nothing_else() {
    let mut brokers = two();
    brokers.fates = [Fate::Gone].into();
    brokers.dead.insert(BrokerId(1));
    let before = brokers.stored(1).len();
    for _ in 0..10 {
        for key in ["a", "b", "c", "d"] {
            brokers.send(key);
        }
        brokers.pass(50 * MILLI);
    }
    assert!(brokers.stored(1).len() > before + 9, "the other broker is not touched");
    let errors: Vec<ErrorCode> = brokers
        .facts()
        .filter_map(|fact| match fact {
            Fact::BatchRetried { error, .. } => Some(error),
            _ => None,
        })
        .collect();
    assert!(!errors.is_empty() && errors.iter().all(|error| *error == ErrorCode::NetworkException));
    // Batches of the broker that is away wait; what is tried on a lost connection is not one of them.
    let tries = brokers.count(asked_of(1, Api::Produce));
    brokers.pass(5 * SECOND);
    assert_eq!(brokers.count(asked_of(1, Api::Produce)), tries);

    brokers.dead.clear();
    brokers.pass(2 * SECOND);
    assert!(brokers.stored(0).is_sorted() && brokers.producer.waiting() == 0);
    assert_eq!(brokers.stored(0).len() + brokers.stored(1).len(), 44);
}

#[test]
fn reconnecting_waits_longer_and_longer_up_to_a_second() {
    let mut brokers = two();
    brokers.dead.insert(BrokerId(1));
    for key in ["a", "b", "c", "d"] {
        brokers.send(key);
    }
    brokers.pass(10 * SECOND);
    let losses = brokers.times(lost);
    let waits: Vec<u64> = losses
        .windows(2)
        .map(|pair| (pair[1] - pair[0] - 2 * LATENCY) / MILLI)
        .collect();
    assert!(
        (80..=120).contains(&waits[0]),
        "the batch waits for retry.backoff.ms, and nobody else asks: {waits:?}"
    );
    for (wait, about) in waits[1..].iter().zip([100, 200, 400, 800, 1_000, 1_000]) {
        assert!(
            (about * 4 / 5..=about * 6 / 5).contains(wait) && *wait <= 1_000,
            "{waits:?}"
        );
    }
    assert!((10..20).contains(&losses.len()), "{waits:?}");
}

#[test]
fn metadata_is_asked_of_another_broker_meanwhile() {
    let mut brokers = two();
    brokers.dead.insert(BrokerId(1));
    for key in ["a", "b", "c", "d"] {
        brokers.send(key);
    }
    brokers.pass(20 * MILLI);
    let first_loss = brokers.times(lost)[0];
    let asked = brokers.times(asked_of(2, Api::Metadata));
    assert_eq!(asked.last(), Some(&first_loss), "at once");
    // The controller has elected another leader.
    brokers.lead(0, Some(2), 1);
    brokers.pass(2 * SECOND);
    assert_eq!(brokers.producer.waiting(), 0);
    assert_eq!(brokers.stored(0).len() + brokers.stored(1).len(), 8);
}

#[test]
fn a_producer_starts_although_a_bootstrap_server_is_dead() {
    for seed in 0..4 {
        let mut brokers = LittleBrokers::new(1, |_| {});
        brokers.dead.insert(BrokerId(2));
        brokers.send_at(seed, "a");
        brokers.start();
        brokers.pass(SECOND);
        assert_eq!(brokers.stored(0), [0]);
    }
}

#[test]
fn a_question_without_an_answer_ends_its_connection_too() {
    let mut brokers = LittleBrokers::new(1, |config| config.request_timeout_us = SECOND);
    brokers.cut = [BrokerId(1), BrokerId(2)].into();
    brokers.start();
    brokers.pass(SECOND);
    assert!(brokers.count(|fact| matches!(fact, Fact::Disconnected { .. })) > 0);
    brokers.cut.clear();
    brokers.send("a");
    brokers.pass(5 * SECOND);
    assert_eq!(brokers.stored(0), [0]);
}

#[test]
fn a_cut_broker_times_out_and_its_batches_find_the_new_leader() {
    let mut brokers = two();
    brokers.cut.insert(BrokerId(1));
    for key in ["a", "b", "c", "d"] {
        brokers.send(key);
    }
    brokers.pass(10 * SECOND);
    brokers.lead(0, Some(2), 1);
    brokers.pass(25 * SECOND);
    assert_eq!(brokers.producer.waiting(), 0, "request.timeout.ms is 30 s");
    assert_eq!(brokers.stored(0).len() + brokers.stored(1).len(), 8);
    assert!(brokers.stored(0).is_sorted());
    let retried = |fact: &Fact| {
        matches!(
            fact,
            Fact::BatchRetried {
                error: ErrorCode::RequestTimedOut,
                ..
            }
        )
    };
    assert!(brokers.count(retried) > 0);
    assert!(
        brokers.count(|fact| matches!(
            fact,
            Fact::BatchDrained {
                why: BatchWhy::Retry,
                ..
            }
        )) > 0
    );
}

#[test]
fn a_partition_without_a_leader_is_asked_for_until_it_has_one() {
    let mut brokers = two();
    brokers.lead(0, None, 1);
    brokers.fates = [Fate::Refused(ErrorCode::NotLeaderOrFollower)].into();
    for key in ["a", "b", "c", "d"] {
        brokers.send(key);
    }
    brokers.pass(5 * SECOND);
    let asked = brokers.count(|fact| matches!(fact, Fact::Sent(sent) if sent.api == Api::Metadata));
    assert!((6..14).contains(&asked), "after 100 ms, 200, 400, … {asked}");
    brokers.lead(0, Some(2), 2);
    brokers.pass(2 * SECOND);
    assert_eq!(brokers.producer.waiting(), 0);
}
