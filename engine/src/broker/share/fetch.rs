//! ShareFetch and ShareAcknowledge (`SharePartitionManager`, `DelayedShareFetch`).

use super::super::Broker;
use super::super::connections::Return;
use super::super::fetch::offset_for;
use super::ParkedShareFetch;
use crate::node::{Bug, Ctx, Timer};
use crate::share::{SharePartition, Transition};
use crate::trace::{Fact, ShareFact, ShareStep};
use crate::wire::{
    AcknowledgementBatch, AcquiredRecords, Channel, ErrorCode, GroupId, Micros, NodeId, OffsetSpec, PartitionId,
    ResponseBody, ShareFetchRequest, ShareFetchResponse, ShareMember, SharePartitionRequest, SharePartitionResponse,
};

impl Broker {
    /// Hears what the member says of what it has, then gives it more, now or when there is something.
    pub(in crate::broker) fn share_fetch(&mut self, to: Return, mut request: ShareFetchRequest, ctx: &mut Ctx) {
        let acknowledged = self.hear_acknowledgements(&mut request, ctx);
        if request.is_final {
            self.release_member(request.member, ctx);
        }
        let found = self.acquire(&request, ctx);
        let wants = request.partitions.iter().any(|partition| partition.fetch);
        if !found.is_empty() || request.max_wait_us == 0 || !wants {
            return self.answer_share_fetch(to, found, acknowledged, ctx);
        }
        let deadline_us = ctx.now() + request.max_wait_us;
        let cause = ctx.cause();
        self.sharing.parked_alarm.arm(deadline_us, Timer::ParkedShareFetch, ctx);
        self.sharing.parked.push(ParkedShareFetch {
            to,
            request,
            acknowledged,
            deadline_us,
            cause,
        });
    }

    fn answer_share_fetch(
        &mut self,
        to: Return,
        mut partitions: Vec<SharePartitionResponse>,
        acknowledged: Vec<(PartitionId, ErrorCode)>,
        ctx: &mut Ctx,
    ) {
        for (partition, error) in acknowledged {
            match partitions.iter_mut().find(|found| found.partition == partition) {
                Some(found) => found.acknowledge_error = error,
                None => partitions.push(SharePartitionResponse {
                    acknowledge_error: error,
                    ..nothing(partition, ErrorCode::None)
                }),
            }
        }
        self.answer(to, ResponseBody::ShareFetch(ShareFetchResponse { partitions }), ctx);
    }

    /// Each partition's acknowledgements count as a whole or not at all. What they give back may be what others wait for.
    fn hear_acknowledgements(
        &mut self,
        request: &mut ShareFetchRequest,
        ctx: &mut Ctx,
    ) -> Vec<(PartitionId, ErrorCode)> {
        let mut heard = Vec::new();
        for SharePartitionRequest {
            partition,
            acknowledgements,
            ..
        } in &mut request.partitions
        {
            let batches = std::mem::take(acknowledgements);
            if !batches.is_empty() {
                let result = self.acknowledge(&request.group, request.member, *partition, &batches, ctx);
                heard.push((*partition, result.err().unwrap_or(ErrorCode::None)));
            }
        }
        for (partition, _) in &heard {
            self.complete_share_fetches(*partition, ctx);
        }
        heard
    }

    fn acknowledge(
        &mut self,
        group: &GroupId,
        member: ShareMember,
        partition: PartitionId,
        batches: &[AcknowledgementBatch],
        ctx: &mut Ctx,
    ) -> Result<(), ErrorCode> {
        let now = ctx.now();
        let result = self.shared(group, partition, ctx);
        let result = result.and_then(|shared| shared.acknowledge(member, batches, now));
        match result.and_then(|transitions| self.write_shared(group, partition, ctx).map(|()| transitions)) {
            Ok(transitions) => {
                note(partition, &transitions, ctx);
                Ok(())
            }
            Err(error) => {
                let refused = batches.iter().map(|batch| Transition {
                    step: ShareStep::AcknowledgeRefused,
                    first: batch.first,
                    records: u32::try_from(batch.last.saturating_sub(batch.first) + 1).unwrap_or(u32::MAX),
                    delivery_count: 0,
                    member,
                });
                note(partition, &refused.collect::<Vec<_>>(), ctx);
                Err(error)
            }
        }
    }

    /// Writes what has changed in the group's account of that partition. Who may not write any more, because it is not the
    /// leader and does not know yet, gives the account up with all that was not written: nobody gets anything out of it
    /// (`SharePartition.rollbackOrProcessStateUpdates`, `SharePartitionManager.fencedSharePartitionHandler`).
    fn write_shared(&mut self, group: &GroupId, partition: PartitionId, ctx: &mut Ctx) -> Result<(), ErrorCode> {
        let key = (partition, group.clone());
        let shared = self.sharing.partitions.get(&key);
        if shared.is_some_and(|shared| ctx.share_states().write(partition, group, shared)) {
            return Ok(());
        }
        self.sharing.partitions.remove(&key);
        Err(ErrorCode::NotLeaderOrFollower)
    }

    /// The group's account of that partition: as the leader before has written it, or a new one where the group has never
    /// read it.
    fn shared(
        &mut self,
        group: &GroupId,
        partition: PartitionId,
        ctx: &mut Ctx,
    ) -> Result<&mut SharePartition, ErrorCode> {
        let replica = self.replicas.get(&partition).ok_or_else(|| self.not_here(partition))?;
        if !replica.is_leader() {
            return Err(ErrorCode::NotLeaderOrFollower);
        }
        let (epoch, key) = (replica.leader_epoch, (partition, group.clone()));
        // Another epoch is another leadership: what was kept in the one before may be out of date.
        if self
            .sharing
            .partitions
            .get(&key)
            .is_some_and(|shared| shared.leader_epoch() != epoch)
        {
            self.sharing.partitions.remove(&key);
        }
        let config = &self.config.sharing;
        if !self.sharing.partitions.contains_key(&key) {
            let written = ctx.share_states().read(partition, group, epoch);
            let written = written.map_err(|_| ErrorCode::NotLeaderOrFollower)?;
            let fresh = match (written, config.auto_offset_reset) {
                (Some(written), _) => SharePartition::restored(config.clone(), epoch, written),
                (None, OffsetSpec::Earliest) => SharePartition::new(config.clone(), epoch, replica.log.start()),
                (None, OffsetSpec::Latest) if replica.knows_latest_offset() => {
                    SharePartition::new(config.clone(), epoch, replica.high_watermark)
                }
                (None, OffsetSpec::Timestamp(from_us)) if replica.knows_latest_offset() => {
                    SharePartition::new(config.clone(), epoch, offset_for(replica, from_us))
                }
                (None, OffsetSpec::Latest | OffsetSpec::Timestamp(_)) => return Err(ErrorCode::OffsetNotAvailable),
            };
            ctx.share_states().write(partition, group, &fresh);
            self.sharing.partitions.insert(key.clone(), fresh);
        }
        let found = self.sharing.partitions.get_mut(&key);
        found.ok_or(ErrorCode::UnknownTopicOrPartition)
    }

    /// What of each partition the member gets now: only partitions with something to tell.
    fn acquire(&mut self, request: &ShareFetchRequest, ctx: &mut Ctx) -> Vec<SharePartitionResponse> {
        let mut found: Vec<SharePartitionResponse> = Vec::new();
        let (mut left_bytes, mut left_records) = (request.max_bytes, request.max_records);
        for wanted in request.partitions.iter().filter(|wanted| wanted.fetch) {
            if left_records == 0 {
                break;
            }
            let limits = (left_bytes, left_records, found.is_empty());
            match self.acquire_from(&request.group, request.member, wanted.partition, limits, ctx) {
                Ok(None) => {}
                Ok(Some(part)) => {
                    let bytes: u32 = part.entries.iter().map(|entry| entry.batch.size_bytes()).sum();
                    left_bytes = left_bytes.saturating_sub(bytes);
                    left_records = left_records.saturating_sub(count(&part.acquired));
                    found.push(part);
                }
                Err(error) => found.push(nothing(wanted.partition, error)),
            }
        }
        found
    }

    fn acquire_from(
        &mut self,
        group: &GroupId,
        member: ShareMember,
        partition: PartitionId,
        (max_bytes, max_records, at_least_one): (u32, u32, bool),
        ctx: &mut Ctx,
    ) -> Result<Option<SharePartitionResponse>, ErrorCode> {
        let shared = self.shared(group, partition, ctx)?;
        if ctx.has_bug(Bug::LockIgnored) {
            shared.expire_locks(Micros::MAX);
        }
        if !shared.can_acquire() {
            return Ok(None);
        }
        let from = shared.next_fetch_offset();
        let replica = self.replicas.get(&partition).ok_or_else(|| self.not_here(partition))?;
        let (from, up_to) = (from.max(replica.log.start()), replica.high_watermark);
        if from >= up_to {
            return Ok(None);
        }
        let mut entries = replica.log.read(from, up_to, max_bytes, at_least_one);
        let acquired = self
            .shared(group, partition, ctx)?
            .acquire(member, &entries, (up_to, max_records), ctx.now());
        let Some(last) = acquired.last().map(|range| range.last) else {
            return Ok(None);
        };
        entries.retain(|entry| entry.base_offset <= last);
        for range in &acquired {
            let transition = Transition {
                step: ShareStep::Acquired,
                first: range.first,
                records: u32::try_from(range.last - range.first + 1).unwrap_or(u32::MAX),
                delivery_count: range.delivery_count,
                member,
            };
            note(partition, &[transition], ctx);
        }
        let until = ctx.now() + self.config.sharing.record_lock_duration_us;
        self.sharing.lock_alarm.arm(until, Timer::ShareLocks, ctx);
        Ok(Some(SharePartitionResponse {
            entries,
            acquired,
            ..nothing(partition, ErrorCode::None)
        }))
    }

    /// The partition has more, or something has come back, or it has another leader: whoever waits is asked anew.
    pub(in crate::broker) fn complete_share_fetches(&mut self, partition: PartitionId, ctx: &mut Ctx) {
        let mut place = 0;
        while let Some(parked) = self.sharing.parked.get(place) {
            let wants = |wanted: &SharePartitionRequest| wanted.fetch && wanted.partition == partition;
            let request = parked.request.clone();
            let found = if request.partitions.iter().any(wants) {
                self.acquire(&request, ctx)
            } else {
                Vec::new()
            };
            if found.is_empty() {
                place += 1;
            } else {
                let parked = self.sharing.parked.remove(place);
                self.answer_share_fetch(parked.to, found, parked.acknowledged, ctx);
            }
        }
    }

    pub(in crate::broker) fn on_share_fetch_timeout(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        if !self.sharing.parked_alarm.rang(now) {
            return;
        }
        let over: Vec<ParkedShareFetch> = self
            .sharing
            .parked
            .extract_if(.., |parked| parked.deadline_us <= now)
            .collect();
        for parked in over {
            ctx.set_cause(parked.cause);
            self.answer_share_fetch(parked.to, Vec::new(), parked.acknowledged, ctx);
        }
        if let Some(next) = self.sharing.parked.iter().map(|parked| parked.deadline_us).min() {
            self.sharing.parked_alarm.arm(next, Timer::ParkedShareFetch, ctx);
        }
        self.work_off(ctx);
    }

    /// Locks may have run out.
    pub(in crate::broker) fn on_share_locks(&mut self, ctx: &mut Ctx) {
        let now = ctx.now();
        if !self.sharing.lock_alarm.rang(now) {
            return;
        }
        self.give_back(|shared| shared.expire_locks(now), true, ctx);
        let next = self
            .sharing
            .partitions
            .values()
            .filter_map(SharePartition::next_expiry)
            .min();
        if let Some(next) = next {
            self.sharing.lock_alarm.arm(next, Timer::ShareLocks, ctx);
        }
        self.work_off(ctx);
    }

    /// A member's connection for fetches is gone, and its share session with it.
    pub(in crate::broker) fn on_share_disconnect(&mut self, from: NodeId, channel: Channel, ctx: &mut Ctx) {
        let NodeId::ShareConsumer(_) = from else { return };
        if channel != Channel::Data {
            return;
        }
        self.sharing.parked.retain(|parked| parked.to.to != from);
        let records = self.sharing.partitions.values().flat_map(SharePartition::records);
        let mut members: Vec<ShareMember> = records
            .map(|(_, record)| record.member)
            .filter(|member| member.node == from)
            .collect();
        members.dedup();
        for member in members {
            self.release_member(member, ctx);
        }
    }

    fn release_member(&mut self, member: ShareMember, ctx: &mut Ctx) {
        self.give_back(|shared| shared.release_member(member), false, ctx);
    }

    /// Does that to all partitions, and wakes those who wait where something has come back. Who may not write it gives up
    /// the account, as with acknowledgements, unless it counts all the same (`SharePartition.releaseAcquisitionLockOnTimeout`).
    fn give_back(
        &mut self,
        how: impl Fn(&mut SharePartition) -> Vec<Transition>,
        counts_unwritten: bool,
        ctx: &mut Ctx,
    ) {
        let mut changed = Vec::new();
        self.sharing.partitions.retain(|(partition, group), shared| {
            let transitions = how(shared);
            if transitions.is_empty() {
                return true;
            }
            let counts = ctx.share_states().write(*partition, group, shared) || counts_unwritten;
            if counts {
                note(*partition, &transitions, ctx);
                changed.push(*partition);
            }
            counts
        });
        for partition in changed {
            self.complete_share_fetches(partition, ctx);
        }
    }
}

fn nothing(partition: PartitionId, error: ErrorCode) -> SharePartitionResponse {
    SharePartitionResponse {
        partition,
        error,
        acknowledge_error: ErrorCode::None,
        entries: Vec::new(),
        acquired: Vec::new(),
    }
}

fn count(acquired: &[AcquiredRecords]) -> u32 {
    let records: u64 = acquired.iter().map(|range| range.last - range.first + 1).sum();
    u32::try_from(records).unwrap_or(u32::MAX)
}

fn note(partition: PartitionId, transitions: &[Transition], ctx: &mut Ctx) {
    for transition in transitions {
        ctx.record(Fact::Share(ShareFact {
            step: transition.step,
            member: transition.member.node,
            partition,
            first: transition.first,
            records: transition.records,
            delivery_count: transition.delivery_count,
        }));
    }
}
