//! A broker as a follower: it asks the leaders for what it lacks, again and again.

use super::Broker;
use super::disk::Work;
use super::replica::Replica;
use crate::node::{Alarm, Bug, Ctx, Timer};
use crate::trace::{EventId, Fact};
use crate::wire::{
    BrokerId, Channel, EpochEnd, ErrorCode, FetchPartition, FetchRequest, FetchResponse, FetchedPartition,
    FetchingReplica, LeaderEpoch, Micros, NodeId, Offset, PartitionId, RequestBody,
};

/// What fetches from one leader (`ReplicaFetcherThread`; `num.replica.fetchers` is 1). One request at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Fetcher {
    /// Ascending.
    partitions: Vec<Following>,
    in_flight: Option<InFlight>,
    /// What the request in flight asks for, in its order.
    asked: Vec<Asked>,
    correlation: u32,
    /// For the next partition that is delayed.
    delayed: Alarm,
    /// For an answer that does not come.
    timeout: Alarm,
}

#[derive(Debug, Clone, Copy)]
struct Following {
    partition: PartitionId,
    /// Not before this, after an error.
    delayed_until: Micros,
    /// The leader is in a later epoch: waits for the metadata that says so (`AbstractFetcherThread.onPartitionFenced`).
    fenced: bool,
    /// The leader has answered once in this epoch.
    answered: bool,
    /// The event that made it follow this leader.
    because: EventId,
}

#[derive(Debug, Clone, Copy)]
struct InFlight {
    deadline_us: Micros,
    /// It is answered, and the disk works on it.
    answered: bool,
}

#[derive(Debug, Clone, Copy)]
struct Asked {
    partition: PartitionId,
    offset: Offset,
    leader_epoch: LeaderEpoch,
}

impl Fetcher {
    fn following(&mut self, partition: PartitionId) -> Option<&mut Following> {
        let place = self.partitions.binary_search_by_key(&partition, |f| f.partition).ok()?;
        self.partitions.get_mut(place)
    }

    fn delay(&mut self, partition: PartitionId, until: Micros) {
        if let Some(following) = self.following(partition) {
            following.delayed_until = until;
        }
    }
}

impl Broker {
    /// The partition has no leader to fetch from, or it is this broker.
    pub(super) fn unfollow(&mut self, partition: PartitionId) {
        for fetcher in self.fetchers.values_mut() {
            fetcher.partitions.retain(|following| following.partition != partition);
        }
    }

    /// A new epoch begins. The log stays as it is: the leader will say if it diverges. Only a log that knows no epochs is
    /// cut to its high watermark first (KIP-101, `ReplicaManager.initialFetchOffset`).
    pub(super) fn start_following(&mut self, partition: PartitionId, ctx: &mut Ctx) {
        let Some(replica) = self.replicas.get(&partition) else {
            return;
        };
        let (epochs_known, high_watermark) = (replica.log.latest_epoch().is_some(), replica.high_watermark);
        if !epochs_known || ctx.has_bug(Bug::TruncateToHighWatermark) {
            self.truncate(partition, high_watermark, ctx);
        }
        let Some(leader) = self.replicas.get(&partition).and_then(Replica::leader) else {
            return;
        };
        let fetcher = self.fetchers.or_default(leader);
        let place = fetcher.partitions.partition_point(|f| f.partition < partition);
        let following = Following {
            partition,
            delayed_until: 0,
            fenced: false,
            answered: false,
            because: ctx.cause(),
        };
        fetcher.partitions.insert(place, following);
    }

    /// Asks every leader that is not asked already.
    pub(super) fn ask_all(&mut self, ctx: &mut Ctx) {
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
        if fetcher.in_flight.is_some() {
            return;
        }
        let now = ctx.now();
        let mut partitions = Vec::with_capacity(fetcher.partitions.len());
        fetcher.asked.clear();
        let mut next_due: Option<Micros> = None;
        for following in fetcher.partitions.iter().filter(|following| !following.fenced) {
            if following.delayed_until > now {
                let due = following.delayed_until;
                next_due = Some(next_due.map_or(due, |next| next.min(due)));
                continue;
            }
            let Some(replica) = self.replicas.get(&following.partition) else {
                continue;
            };
            let asked = Asked {
                partition: following.partition,
                offset: replica.log.end(),
                leader_epoch: replica.leader_epoch,
            };
            fetcher.asked.push(asked);
            partitions.push(FetchPartition {
                partition: asked.partition,
                fetch_offset: asked.offset,
                current_leader_epoch: asked.leader_epoch,
                last_fetched_epoch: last_fetched_epoch(replica, following, ctx),
                max_bytes: self.config.replica_fetch_max_bytes,
            });
        }
        if partitions.is_empty() {
            if let Some(at) = next_due {
                fetcher.delayed.arm(at, Timer::Fetcher(leader.0), ctx);
            }
            return;
        }
        let deadline_us = now + self.config.replica_socket_timeout_us;
        fetcher.in_flight = Some(InFlight {
            deadline_us,
            answered: false,
        });
        fetcher.timeout.arm(deadline_us, Timer::FetcherTimeout(leader.0), ctx);
        fetcher.correlation = fetcher.correlation.wrapping_add(1);
        let request = FetchRequest {
            replica: Some(FetchingReplica {
                broker: self.id,
                epoch: self.controller.broker_epoch().unwrap_or(0),
            }),
            max_wait_us: self.config.replica_fetch_wait_max_us,
            min_bytes: self.config.replica_fetch_min_bytes,
            max_bytes: self.config.replica_fetch_response_max_bytes,
            partitions,
        };
        let correlation = fetcher.correlation;
        ctx.request(leader.into(), Channel::Data, correlation, RequestBody::Fetch(request));
    }

    pub(super) fn on_fetcher_timer(&mut self, leader: BrokerId, ctx: &mut Ctx) {
        let rang = |fetcher: &mut Fetcher| fetcher.delayed.rang(ctx.now());
        if self.fetchers.get_mut(&leader).is_some_and(rang) {
            self.ask(leader, ctx);
        }
    }

    /// `replica.socket.timeout.ms` may be over.
    pub(super) fn on_fetcher_timeout(&mut self, leader: BrokerId, ctx: &mut Ctx) {
        let Some(fetcher) = self.fetchers.get_mut(&leader) else {
            return;
        };
        if !fetcher.timeout.rang(ctx.now()) {
            return;
        }
        match fetcher.in_flight {
            Some(in_flight) if !in_flight.answered && in_flight.deadline_us <= ctx.now() => {
                self.on_leader_lost(leader, ctx);
            }
            Some(InFlight { deadline_us, .. }) if deadline_us > ctx.now() => {
                fetcher.timeout.arm(deadline_us, Timer::FetcherTimeout(leader.0), ctx);
            }
            _ => {}
        }
    }

    /// The connection to that leader is gone, with what was asked on it. It is asked again after
    /// `replica.fetch.backoff.ms` (`AbstractFetcherThread.processFetchRequest`).
    pub(super) fn on_leader_lost(&mut self, leader: BrokerId, ctx: &mut Ctx) {
        let Some(fetcher) = self.fetchers.get_mut(&leader) else {
            return;
        };
        if fetcher.in_flight.is_none_or(|in_flight| in_flight.answered) {
            return;
        }
        fetcher.in_flight = None;
        let cause = ctx.cause();
        ctx.record_as_cause(Fact::ConnectionLost { with: leader.into() });
        let until = ctx.now() + self.config.replica_fetch_backoff_us;
        for asked in std::mem::take(&mut fetcher.asked) {
            fetcher.delay(asked.partition, until);
        }
        self.ask(leader, ctx);
        ctx.set_cause(cause);
    }

    /// The leader has answered: the disk gets it.
    pub(super) fn on_fetched(&mut self, from: NodeId, correlation: u32, response: FetchResponse, ctx: &mut Ctx) {
        let NodeId::Broker(leader) = from else { return };
        let leader = BrokerId(leader);
        let Some(fetcher) = self.fetchers.get_mut(&leader) else {
            return;
        };
        match &mut fetcher.in_flight {
            Some(in_flight) if !in_flight.answered && fetcher.correlation == correlation => in_flight.answered = true,
            _ => return, // The answer to a question that was given up.
        }
        self.write(Work::Fetched(leader, response), ctx);
    }

    /// Appends what the leader sent, takes over its high watermark, and asks again. What is not in the epoch or at the
    /// offset that was asked for any more is passed over (`AbstractFetcherThread.processFetchRequest`).
    pub(super) fn append_fetched(&mut self, leader: BrokerId, response: FetchResponse, ctx: &mut Ctx) {
        let Some(fetcher) = self.fetchers.get_mut(&leader) else {
            return;
        };
        fetcher.in_flight = None;
        let asked = std::mem::take(&mut fetcher.asked);
        for (asked, fetched) in asked.iter().zip(response.partitions) {
            let as_asked = self.replicas.get(&asked.partition).is_some_and(|replica| {
                replica.leader() == Some(leader)
                    && replica.leader_epoch == asked.leader_epoch
                    && replica.log.end() == asked.offset
            });
            if fetched.partition == asked.partition && as_asked {
                self.take_fetched(leader, fetched, ctx);
            }
        }
        if let Some(fetcher) = self.fetchers.get_mut(&leader) {
            fetcher.asked = asked; // keeps its room for the next request
        }
        self.ask(leader, ctx);
    }

    fn take_fetched(&mut self, leader: BrokerId, fetched: FetchedPartition, ctx: &mut Ctx) {
        let until = ctx.now() + self.config.replica_fetch_backoff_us;
        let Some(following) = self
            .fetchers
            .get_mut(&leader)
            .and_then(|fetcher| fetcher.following(fetched.partition))
        else {
            return;
        };
        match fetched.error {
            ErrorCode::None => {
                let answered_before = std::mem::replace(&mut following.answered, true);
                let because = following.because;
                match fetched.diverging {
                    Some(end) => {
                        // Not the fetch, one of many, is the reason, but that there is another leader.
                        let cause = ctx.cause();
                        ctx.set_cause(because);
                        self.on_diverging(fetched.partition, end, answered_before, ctx);
                        ctx.set_cause(cause);
                    }
                    None => self.append_as_follower(fetched, ctx),
                }
            }
            ErrorCode::FencedLeaderEpoch => following.fenced = true,
            _ => following.delayed_until = until,
        }
    }

    /// Cuts the log to where both may agree, and asks again from there. The high watermark waits for the next answer.
    fn on_diverging(&mut self, partition: PartitionId, leader: EpochEnd, answered_before: bool, ctx: &mut Ctx) {
        let Some(replica) = self.replicas.get(&partition) else {
            return;
        };
        let cause = ctx.cause();
        ctx.record_as_cause(Fact::Diverged {
            partition,
            epoch: leader.epoch,
            end_offset: leader.end_offset,
        });
        // Before KIP-279 the leader told the offset only, and the first answer was the last.
        let trusts = ctx.has_bug(Bug::SingleEpochLookup) && !answered_before;
        let to = if trusts {
            leader.end_offset.min(replica.log.end())
        } else {
            replica.truncation_offset(leader)
        };
        self.truncate(partition, to, ctx);
        ctx.set_cause(cause);
    }

    fn truncate(&mut self, partition: PartitionId, to: Offset, ctx: &mut Ctx) {
        let Some(replica) = self.replicas.get_mut(&partition) else {
            return;
        };
        let before = replica.high_watermark;
        let Some(records) = replica.truncate_to(to, ctx.now()) else {
            return;
        };
        let after = replica.high_watermark;
        ctx.record(Fact::Truncated {
            partition,
            to,
            records: u32::try_from(records).unwrap_or(u32::MAX),
        });
        if after != before {
            ctx.record(Fact::HighWatermarkMoved { partition, to: after });
        }
    }

    fn append_as_follower(&mut self, fetched: FetchedPartition, ctx: &mut Ctx) {
        let FetchedPartition {
            partition,
            high_watermark,
            entries,
            ..
        } = fetched;
        let Some(replica) = self.replicas.get_mut(&partition) else {
            return;
        };
        let base_offset = replica.log.end();
        let records = replica.append_as_follower(entries);
        let cause = ctx.cause();
        if records > 0 {
            ctx.record_as_cause(Fact::Appended {
                partition,
                base_offset,
                records,
                as_leader: false,
            });
        }
        if let Some(to) = replica.follow_high_watermark(high_watermark) {
            ctx.record(Fact::HighWatermarkMoved { partition, to });
        }
        ctx.set_cause(cause);
    }
}

/// The epoch of the last record of the log, by which the leader sees whether the logs agree (KIP-595). As Kafka once was,
/// it was not sent, or only the first time.
fn last_fetched_epoch(replica: &Replica, following: &Following, ctx: &Ctx) -> Option<LeaderEpoch> {
    let is_silent = ctx.has_bug(Bug::NoTruncation)
        || ctx.has_bug(Bug::TruncateToHighWatermark)
        || (ctx.has_bug(Bug::SingleEpochLookup) && following.answered);
    replica.log.latest_epoch().filter(|_| !is_silent)
}
