//! The list of what can be observed.

use super::{Asked, Observable, Of, Seen};
use crate::log::KeyId;
use crate::trace::{MergeFigures, SubjectCounters};
use crate::world::ProcessState;

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    items.count() as u64
}

fn subject(seen: &Seen, key: Option<KeyId>) -> SubjectCounters {
    let counters = seen.world.trace().counters();
    key.and_then(|key| counters.subjects.get(key.index()))
        .copied()
        .unwrap_or_default()
}

/// The farthest that a follower's log ends behind its leader's.
fn followers_behind(seen: &Seen, asked: Asked) -> u64 {
    let leaders = seen.replicas(asked).filter(|replica| replica.is_leader);
    let behind = leaders.flat_map(|leader| {
        let row = seen.replicas(Asked::Partition(leader.partition));
        row.map(|replica| leader.log_end.saturating_sub(replica.log_end))
    });
    behind.max().unwrap_or(0)
}

pub(super) static OBSERVABLES: [Observable; 55] = [
    Observable::new("sent", Of::Any, "records that send() took", |s, asked| match asked {
        Asked::Run => s.world.trace().counters().sent,
        Asked::Partition(index) => s.counted(index).map_or(0, |p| p.sent),
        Asked::Key(key) => subject(s, key).sent,
    }),
    Observable::new(
        "processed",
        Of::Any,
        "records that the consumers' applications have processed",
        |s, asked| match asked {
            Asked::Run => s.world.trace().counters().processed,
            Asked::Partition(index) => s.counted(index).map_or(0, |p| p.processed),
            Asked::Key(key) => subject(s, key).processed,
        },
    ),
    Observable::new(
        "out_of_order",
        Of::RunOrKey,
        "records processed after a later one about the same thing",
        |s, asked| match asked {
            Asked::Key(key) => subject(s, key).out_of_order,
            Asked::Run | Asked::Partition(_) => s.world.trace().counters().out_of_order,
        },
    ),
    Observable::new(
        "acknowledged",
        Of::RunOrPartition,
        "records that the producers know to be stored",
        |s, asked| match asked {
            Asked::Partition(index) => s.counted(index).map_or(0, |p| p.acknowledged),
            Asked::Run | Asked::Key(_) => s.world.trace().counters().acknowledged,
        },
    ),
    Observable::new(
        "failed",
        Of::Run,
        "records that an application was told to have failed",
        |s, _| s.world.trace().counters().failed,
    ),
    Observable::new("retried", Of::Run, "batches that were sent again", |s, _| {
        s.world.trace().counters().retried
    }),
    Observable::new("messages", Of::Run, "requests and responses", |s, _| {
        s.world.trace().counters().messages
    }),
    Observable::new("events", Of::Run, "events of the trace", |s, _| s.world.trace().count()),
    Observable::new(
        "keys_spread",
        Of::Run,
        "keys whose records went to more than one partition",
        |s, _| {
            count(
                s.world
                    .trace()
                    .counters()
                    .subjects
                    .iter()
                    .filter(|subject| subject.is_spread),
            )
        },
    ),
    Observable::new(
        "partitions_of_key",
        Of::Key,
        "partitions that got records about the key",
        |s, asked| {
            let Asked::Key(Some(key)) = asked else { return 0 };
            count(
                s.world
                    .trace()
                    .counters()
                    .partitions
                    .iter()
                    .filter(|partition| partition.about(key) > 0),
            )
        },
    ),
    Observable::new(
        "partitions",
        Of::Run,
        "partitions of the topic, once it exists",
        |s, _| s.view.partitions.len() as u64,
    ),
    Observable::new("log_end", Of::Partition, "the leader's log end offset", |s, asked| {
        s.leader(asked).map_or(0, |replica| replica.log_end)
    }),
    Observable::new(
        "high_watermark",
        Of::Partition,
        "the leader's high watermark",
        |s, asked| s.leader(asked).map_or(0, |replica| replica.high_watermark),
    ),
    Observable::new(
        "uncommitted",
        Of::RunOrPartition,
        "records between high watermark and log end, at the leaders",
        |s, asked| {
            s.replicas(asked)
                .filter(|r| r.is_leader)
                .map(|r| r.log_end.saturating_sub(r.high_watermark))
                .sum()
        },
    ),
    Observable::new(
        "followers_behind",
        Of::RunOrPartition,
        "records by which the last follower is behind its leader",
        followers_behind,
    ),
    Observable::new(
        "in_sync",
        Of::RunOrPartition,
        "replicas in the ISR, leaders included",
        |s, asked| s.over_rows(asked, |row| row.isr.len() as u64),
    ),
    Observable::new(
        "leader",
        Of::Partition,
        "the number of the broker that leads; 0 for none",
        |s, asked| {
            s.row(asked)
                .and_then(|row| row.leader)
                .map_or(0, |leader| u64::from(leader.0))
        },
    ),
    Observable::new(
        "leader_epoch",
        Of::Partition,
        "the partition's leader epoch",
        |s, asked| s.row(asked).map_or(0, |row| u64::from(row.leader_epoch)),
    ),
    Observable::new(
        "leaders_spread",
        Of::Run,
        "partitions that the busiest broker leads more than the idlest one",
        |s, _| {
            let leads = || s.view.brokers.iter().map(|broker| u64::from(broker.leads));
            leads().max().unwrap_or(0) - leads().min().unwrap_or(0)
        },
    ),
    Observable::new(
        "brokers",
        Of::Run,
        "brokers that are registered and unfenced",
        |s, _| count(s.view.brokers.iter().filter(|broker| broker.unfenced)),
    ),
    Observable::new(
        "share",
        Of::Partition,
        "the partition's part of all records, in thousandths",
        |s, asked| s.row(asked).map_or(0, |row| u64::from(row.share_permille)),
    ),
    Observable::new(
        "recent_share",
        Of::Partition,
        "the same for the records of the last five seconds",
        |s, asked| s.row(asked).map_or(0, |row| u64::from(row.recent_permille)),
    ),
    Observable::new(
        "lag",
        Of::RunOrPartition,
        "records between the group's committed offsets and the high watermarks",
        |s, asked| s.over_rows(asked, |row| row.lag),
    ),
    Observable::new(
        "unprocessed",
        Of::RunOrPartition,
        "records below the high watermarks that the group is not done with",
        |s, asked| s.over_rows(asked, |row| row.unprocessed),
    ),
    Observable::new(
        "group_members",
        Of::Run,
        "members of the group, at its coordinator",
        |s, _| u64::from(s.view.group.members),
    ),
    Observable::new("group_generation", Of::Run, "the group's generation", |s, _| {
        u64::from(s.view.group.generation)
    }),
    Observable::new("group_stable", Of::Run, "1 when the group is Stable, else 0", |s, _| {
        u64::from(s.view.group.state == "Stable")
    }),
    Observable::new("consumers", Of::Run, "consumers that run", |s, _| {
        count(s.view.consumers.iter().filter(|consumer| runs(consumer.process)))
    }),
    Observable::new(
        "consumers_with_work",
        Of::Run,
        "consumers that own a partition",
        |s, _| count(s.view.consumers.iter().filter(|consumer| !consumer.owned.is_empty())),
    ),
    Observable::new(
        "partitions_owned",
        Of::Run,
        "partitions that some consumer owns",
        |s, _| {
            s.view
                .consumers
                .iter()
                .map(|consumer| consumer.owned.len() as u64)
                .sum()
        },
    ),
    Observable::new("waiting", Of::Run, "records that wait in the producers", |s, _| {
        s.view.producers.iter().map(|producer| producer.waiting).sum()
    }),
    Observable::new(
        "latency_us",
        Of::Run,
        "mean time from send() to the end of processing, in microseconds",
        |s, _| {
            let counters = s.world.trace().counters();
            counters.latency_sum_us.checked_div(counters.processed).unwrap_or(0)
        },
    ),
    Observable::new(
        "refused",
        Of::Run,
        "records of which an application was told that they are not stored",
        |s, _| s.world.ledger().refused,
    ),
    Observable::new(
        "longest_ack_ms",
        Of::Run,
        "the longest time so far from send() to the acknowledgement, in whole milliseconds",
        |s, _| s.world.trace().ledger().longest_ack_us() / 1000,
    ),
    Observable::new(
        "lost",
        Of::Run,
        "records that were acknowledged and are not in the leader's log any more",
        |s, _| s.world.ledger().lost,
    ),
    Observable::new(
        "duplicated",
        Of::Run,
        "records that are more than once in the leader's log",
        |s, _| s.world.ledger().duplicated,
    ),
    Observable::new(
        "retried_records",
        Of::Run,
        "records that were sent more than once",
        |s, _| s.world.ledger().retried,
    ),
    Observable::new(
        "truncated",
        Of::Run,
        "records that replicas have cut off, because their leader did not have them",
        |s, _| {
            let topic = s.world.topic_id();
            topic.map_or(0, |topic| s.world.trace().counters().truncated(topic))
        },
    ),
    Observable::new(
        "producer_epoch",
        Of::Run,
        "the highest epoch that an idempotent producer has come to",
        |s, _| u64::from(s.world.trace().counters().producer_epoch),
    ),
    Observable::new(
        "under_replicated",
        Of::RunOrPartition,
        "partitions with fewer replicas in sync than there are: UnderReplicatedPartitions",
        |s, asked| s.over_rows(asked, |row| u64::from(row.under_replicated)),
    ),
    Observable::new(
        "under_min_isr",
        Of::RunOrPartition,
        "partitions with fewer replicas in sync than min.insync.replicas: UnderMinIsrPartitionCount",
        |s, asked| s.over_rows(asked, |row| u64::from(row.under_min_isr)),
    ),
    Observable::new(
        "offline",
        Of::RunOrPartition,
        "partitions without a leader: OfflinePartitionsCount",
        |s, asked| s.over_rows(asked, |row| u64::from(row.offline)),
    ),
    Observable::new(
        "unavailable_ms",
        Of::RunOrPartition,
        "the longest time so far that a partition could not be written to, in whole milliseconds",
        |s, asked| match asked {
            Asked::Partition(index) => s.world.longest_unavailable_us(index) / 1_000,
            Asked::Run | Asked::Key(_) => {
                let rows = s.view.partitions.iter();
                let longest = rows.map(|row| s.world.longest_unavailable_us(row.index)).max();
                longest.unwrap_or(0) / 1_000
            }
        },
    ),
    Observable::new(
        "eligible",
        Of::RunOrPartition,
        "replicas that may lead although they are not in the ISR (KIP-966)",
        |s, asked| s.over_rows(asked, |row| row.elr.len() as u64),
    ),
    Observable::new("live_brokers", Of::Run, "brokers whose process runs", |s, _| {
        count(s.view.brokers.iter().filter(|broker| runs(broker.process)))
    }),
    Observable::new(
        "fenced_brokers",
        Of::Run,
        "brokers that are registered and fenced",
        |s, _| s.world.fenced_brokers(),
    ),
    Observable::new(
        "active_controller",
        Of::Run,
        "the number of the controller that leads the quorum; 0 for none",
        |s, _| s.view.active_controller.map_or(0, u64::from),
    ),
    Observable::new(
        "aggregate",
        Of::Key,
        "records processed about the key's subject, put together from what each consumer has counted under each key",
        |s, asked| {
            let Asked::Key(Some(key)) = asked else { return 0 };
            s.world.trace().total_about(key).0
        },
    ),
    Observable::new(
        "partials",
        Of::RunOrKey,
        "counts that have to be read and added up for the total about the key's subject; of the run, the most of any",
        |s, asked| {
            u64::from(match asked {
                Asked::Key(key) => key.map_or(0, |key| s.world.trace().total_about(key).1),
                Asked::Run | Asked::Partition(_) => s.world.trace().most_partials(),
            })
        },
    ),
    Observable::new(
        "held",
        Of::RunOrKey,
        "records that the merge step of order.repair holds",
        |s, asked| match asked {
            Asked::Key(key) => key.map_or(0, |key| s.world.trace().held_about(key)),
            Asked::Run | Asked::Partition(_) => repaired(s).held,
        },
    ),
    Observable::new(
        "most_held",
        Of::Run,
        "the most records that the merge step has held at a time",
        |s, _| repaired(s).most_held,
    ),
    Observable::new(
        "longest_hold_ms",
        Of::Run,
        "the longest that the merge step has held a record, in whole milliseconds",
        |s, _| repaired(s).longest_delay_us / 1_000,
    ),
    Observable::new(
        "out_of_order_after_merge",
        Of::Run,
        "records that the merge step let go after a later one about the same thing: they came after they were given up",
        |s, _| repaired(s).out_of_order,
    ),
    Observable::new(
        "backlog",
        Of::Run,
        "records that wait at the source, in front of send()",
        |s, _| s.view.producers.iter().map(|producer| producer.backlog).sum(),
    ),
    Observable::new(
        "dropped",
        Of::Run,
        "records that the queue at the source had no room for",
        |s, _| s.world.trace().counters().dropped,
    ),
];

fn runs(process: ProcessState) -> bool {
    matches!(process, ProcessState::Running | ProcessState::ShuttingDown)
}

fn repaired(seen: &Seen) -> MergeFigures {
    seen.world.trace().merge_figures(seen.view.now_us).unwrap_or_default()
}
