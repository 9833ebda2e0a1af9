//! Stories of replicas: the rules alone, and brokers that talk to each other without a controller.

mod isr;
mod lab;
mod leader_change;
mod produce;
mod truncation;

use super::{Replica, Surroundings};
use crate::log::{Batch, BatchBuilder, Dictionary, Record};
use crate::short_map::ShortMap;
use crate::wire::{
    BrokerId, BrokerState, FetchPartition, LeaderEpoch, Micros, NodeId, PartitionId, PartitionState, TopicId,
};
use std::sync::Arc;

const PARTITION: PartitionId = PartitionId {
    topic: TopicId(0),
    index: 0,
};

const SECOND: Micros = 1_000_000;

fn batch(records: u32) -> Arc<Batch> {
    let mut dictionary = Dictionary::default();
    let key = dictionary.key("k").unwrap();
    let mut builder = BatchBuilder::new(0, u32::MAX);
    for sequence in 1..=records {
        let record = Record {
            key: Some(key),
            subject: key,
            sequence,
            value: None,
            value_bytes: 100,
            timestamp_delta_us: 0,
        };
        assert!(builder.try_add(record, 0, &dictionary));
    }
    builder.build(NodeId::Producer(1), 0, None)
}

fn brokers(numbers: impl IntoIterator<Item = u8>) -> Vec<BrokerId> {
    numbers.into_iter().map(BrokerId).collect()
}

/// The partition on brokers 1, 2 and 3.
fn state(leader: Option<u8>, leader_epoch: LeaderEpoch, partition_epoch: u32, isr: &[u8]) -> PartitionState {
    let isr = brokers(isr.iter().copied()).into();
    let mut state = PartitionState::new(brokers(1..=3).into(), isr, leader.map(BrokerId));
    state.leader_epoch = leader_epoch;
    state.partition_epoch = partition_epoch;
    state
}

/// Brokers 1, 2 and 3, each in its first life.
fn registered() -> ShortMap<BrokerId, BrokerState> {
    let state = |broker| {
        let state = BrokerState {
            rack: None,
            fenced: false,
            in_controlled_shutdown: false,
            epoch: 0,
            incarnation: 1,
        };
        (broker, state)
    };
    brokers(1..=3).into_iter().map(state).collect()
}

fn around(me: u8, now: Micros, brokers: &ShortMap<BrokerId, BrokerState>) -> Surroundings<'_> {
    Surroundings {
        me: BrokerId(me),
        now,
        lag_time_max_us: 30 * SECOND,
        min_insync_replicas: 2,
        brokers,
        bug: None,
    }
}

fn wanted(replica: &Replica) -> FetchPartition {
    FetchPartition {
        partition: PARTITION,
        fetch_offset: replica.log().end(),
        current_leader_epoch: replica.leader_epoch(),
        last_fetched_epoch: replica.log().latest_epoch(),
        max_bytes: u32::MAX,
    }
}
