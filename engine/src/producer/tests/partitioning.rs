//! Where records go, with brokers that answer, are late, or are cut off.

use super::little_brokers::LittleBrokers;
use crate::producer::partitioner_class::PartitionerClass;
use crate::trace::Fact;
use crate::wire::{BrokerId, Micros};

/// The partitions of the records that were sent since then, in their order.
fn sent_since(brokers: &LittleBrokers, since: Micros) -> Vec<u16> {
    let sent = brokers.events().filter(|event| event.at >= since);
    let partitions = sent.filter_map(|event| match event.fact {
        Fact::RecordSent { partition, .. } => Some(partition.index),
        _ => None,
    });
    partitions.collect()
}

fn started(brokers: &mut LittleBrokers) {
    brokers.start();
    brokers.pass(100_000);
}

#[test]
fn a_record_goes_where_the_application_says() {
    let mut brokers = LittleBrokers::new(4, |_| {});
    started(&mut brokers);
    for partition in 0..4 {
        brokers.send_to(Some("the same key"), Some(partition));
    }
    brokers.pass(100_000);
    assert!((0..4).all(|partition| brokers.stored(partition) == [0]));
}

#[test]
fn a_partition_that_is_not_known_yet_is_waited_for() {
    let mut brokers = LittleBrokers::new(2, |_| {});
    started(&mut brokers);
    brokers.send_to(Some("k"), Some(3));
    brokers.send_to(Some("k"), Some(0));
    brokers.pass(1_000_000);
    assert!(brokers.producer.is_blocked());
    assert_eq!(brokers.stored(0), [0; 0], "what comes behind waits its turn");
    brokers.set_partitions(4);
    brokers.pass(2_000_000);
    assert!(!brokers.producer.is_blocked());
    assert_eq!((brokers.stored(3), brokers.stored(0)), (vec![0], vec![0]));
}

#[test]
fn a_partition_that_never_comes_is_given_up_after_max_block_ms() {
    let mut brokers = LittleBrokers::new(2, |config| config.max_block_us = 500_000);
    started(&mut brokers);
    brokers.send_to(Some("k"), Some(9));
    brokers.pass(499_999);
    assert!(brokers.producer.is_blocked());
    brokers.pass(1);
    assert!(!brokers.producer.is_blocked());
    assert_eq!(brokers.count(|fact| matches!(fact, Fact::SendTimedOut)), 1);
}

#[test]
fn only_who_waits_for_memory_makes_batches_leave() {
    let mut brokers = LittleBrokers::new(2, |config| config.linger_us = 1_000_000);
    started(&mut brokers);
    brokers.send_to(Some("k"), Some(0));
    brokers.send_to(Some("k"), Some(9));
    brokers.pass(500_000);
    assert_eq!(brokers.stored(0), [0; 0], "it lingers, though send() blocks");
    brokers.pass(600_000);
    assert_eq!(brokers.stored(0), [0]);
}

#[test]
fn round_robin_is_asked_once_a_record_even_if_there_is_no_memory() {
    let mut brokers = LittleBrokers::new(4, |config| {
        config.partitioners = vec![PartitionerClass::RoundRobin];
        (config.batch_size, config.buffer_memory) = (200, 400);
    });
    started(&mut brokers);
    let since = brokers.now;
    (0..12).for_each(|_| brokers.send("k"));
    brokers.pass(1_000_000);
    assert!(brokers.count(|fact| matches!(fact, Fact::SendBlocked)) > 0);
    assert_eq!(sent_since(&brokers, since), [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
}

#[test]
fn uniform_sticky_fills_a_batch_and_leaves_for_another_partition() {
    let mut brokers = LittleBrokers::new(4, |config| {
        config.partitioners = vec![PartitionerClass::UniformSticky];
        (config.batch_size, config.linger_us) = (300, 1_000_000);
    });
    started(&mut brokers);
    let since = brokers.now;
    (10..45).for_each(|n| brokers.send(&format!("key {n}")));
    let sent = sent_since(&brokers, since);
    let mut runs: Vec<usize> = sent.chunk_by(|a, b| a == b).map(<[u16]>::len).collect();
    runs.pop();
    assert!(runs.len() == 3 && runs[0] > 1, "{sent:?}");
    assert!(runs.iter().all(|run| *run == runs[0]), "one batch each: {sent:?}");
}

/// Broker 2, which leads the odd partitions, is cut off; records without a key go on for two seconds. How many of the
/// last second's go to it?
fn to_the_broker_that_is_cut_off(timeout_us: Micros) -> usize {
    let mut brokers = LittleBrokers::new(4, |config| {
        config.partitioner_availability_timeout_us = timeout_us;
        (config.batch_size, config.max_in_flight) = (100, 2);
    });
    started(&mut brokers);
    brokers.cut.insert(BrokerId(2));
    for _ in 0..1_000 {
        brokers.send_to(None, None);
        brokers.pass(2_000);
    }
    let sent = sent_since(&brokers, brokers.now - 1_000_000);
    assert!(sent.len() > 400);
    sent.iter().filter(|partition| *partition % 2 == 1).count()
}

#[test]
fn a_broker_that_takes_nothing_gets_nothing_more_if_that_is_asked_for() {
    assert!(
        to_the_broker_that_is_cut_off(0) > 0,
        "its queues grow, and are drawn now and then"
    );
    assert_eq!(to_the_broker_that_is_cut_off(200_000), 0);
}
