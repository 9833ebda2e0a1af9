//! A broker as a follower: it asks the leaders for what it lacks, again and again.

use super::Broker;
use super::replica::Role;
use crate::node::{Ctx, Timer};
use crate::trace::Fact;
use crate::wire::{
    BrokerId, Channel, ErrorCode, FetchPartition, FetchRequest, FetchResponse, FetchedPartition, FetchingReplica,
    Micros, NodeId, PartitionId, RequestBody,
};

/// What fetches from one leader (`ReplicaFetcherThread`; `num.replica.fetchers` is 1). One request at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Fetcher {
    /// Ascending.
    partitions: Vec<Following>,
    asked: bool,
    correlation: u32,
}

#[derive(Debug, Clone, Copy)]
struct Following {
    partition: PartitionId,
    /// Not before this, after an error.
    delayed_until: Micros,
}

impl Broker {
    /// Follows these partitions, each at its leader, and no others.
    pub(super) fn follow(&mut self, ctx: &mut Ctx) {
        for fetcher in self.fetchers.values_mut() {
            fetcher.partitions.clear();
        }
        for (partition, replica) in &self.replicas {
            if let Role::Follower { leader: Some(leader) } = replica.role {
                let following = Following {
                    partition: *partition,
                    delayed_until: 0,
                };
                self.fetchers.entry(leader).or_default().partitions.push(following);
            }
        }
        let leaders: Vec<BrokerId> = self.fetchers.keys().copied().collect();
        for leader in leaders {
            self.ask(leader, ctx);
        }
    }

    /// Sends the next fetch to that leader, unless one is under way.
    fn ask(&mut self, leader: BrokerId, ctx: &mut Ctx) {
        let Some(fetcher) = self.fetchers.get_mut(&leader) else {
            return;
        };
        if fetcher.asked {
            return;
        }
        let now = ctx.now();
        let due = fetcher
            .partitions
            .iter()
            .filter(|following| following.delayed_until <= now);
        let wanted = due.filter_map(|following| {
            let replica = self.replicas.get(&following.partition)?;
            Some(FetchPartition {
                partition: following.partition,
                fetch_offset: replica.log.end(),
                current_leader_epoch: replica.leader_epoch,
                last_fetched_epoch: None,
                max_bytes: self.config.replica_fetch_max_bytes,
            })
        });
        let partitions: Vec<FetchPartition> = wanted.collect();
        if partitions.is_empty() {
            let next = fetcher.partitions.iter().map(|following| following.delayed_until).min();
            if let Some(at) = next {
                ctx.timer(at, Timer::Fetcher(leader.0));
            }
            return;
        }
        fetcher.asked = true;
        fetcher.correlation = fetcher.correlation.wrapping_add(1);
        let request = FetchRequest {
            replica: Some(FetchingReplica {
                broker: self.id,
                epoch: 0,
            }),
            max_wait_us: self.config.replica_fetch_wait_max_us,
            min_bytes: self.config.replica_fetch_min_bytes,
            max_bytes: self.config.replica_fetch_response_max_bytes,
            partitions,
        };
        ctx.request(
            leader.into(),
            Channel::Data,
            fetcher.correlation,
            RequestBody::Fetch(request),
        );
    }

    pub(super) fn on_fetcher_timer(&mut self, leader: BrokerId, ctx: &mut Ctx) {
        self.ask(leader, ctx);
    }

    /// Appends what the leader sent, takes over its high watermark, and asks again.
    pub(super) fn on_fetched(&mut self, from: NodeId, response: FetchResponse, ctx: &mut Ctx) {
        let NodeId::Broker(leader) = from else { return };
        let leader = BrokerId(leader);
        for fetched in response.partitions {
            if fetched.error == ErrorCode::None {
                self.append_fetched(leader, fetched, ctx);
            } else {
                self.delay(
                    leader,
                    fetched.partition,
                    ctx.now() + self.config.replica_fetch_backoff_us,
                );
            }
        }
        if let Some(fetcher) = self.fetchers.get_mut(&leader) {
            fetcher.asked = false;
        }
        self.ask(leader, ctx);
    }

    fn delay(&mut self, leader: BrokerId, partition: PartitionId, until: Micros) {
        if let Some(fetcher) = self.fetchers.get_mut(&leader)
            && let Some(following) = fetcher.partitions.iter_mut().find(|f| f.partition == partition)
        {
            following.delayed_until = until;
        }
    }

    /// `ReplicaFetcherThread.processPartitionData`: the follower's high watermark is the leader's, but not beyond its own
    /// log end, even if that is lower than before.
    fn append_fetched(&mut self, leader: BrokerId, fetched: FetchedPartition, ctx: &mut Ctx) {
        let FetchedPartition {
            partition,
            high_watermark,
            entries,
            ..
        } = fetched;
        let Some(replica) = self.replicas.get_mut(&partition) else {
            return;
        };
        let follows = matches!(replica.role, Role::Follower { leader: Some(l) } if l == leader);
        if !follows {
            return; // The answer to a question of an earlier epoch.
        }
        let base_offset = replica.log.end();
        for entry in entries {
            replica.log.append_as_follower(entry);
        }
        let records = u32::try_from(replica.log.end() - base_offset).unwrap_or(u32::MAX);
        let cause = ctx.cause();
        if records > 0 {
            ctx.record_as_cause(Fact::Appended {
                partition,
                base_offset,
                records,
                as_leader: false,
            });
        }
        let to = high_watermark.min(replica.log.end());
        if to != replica.high_watermark {
            replica.high_watermark = to;
            ctx.record(Fact::HighWatermarkMoved { partition, to });
        }
        ctx.set_cause(cause);
    }
}
