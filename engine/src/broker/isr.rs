//! What a leader knows of its followers, who of them is in sync, and what it proposes to the controller (KIP-497).

use super::replica::{Replica, Role, Surroundings};
use crate::node::Bug;
use crate::trace::EventId;
use crate::wire::{
    AlterPartition, AlteredPartition, BrokerEpoch, BrokerId, BrokerSet, ErrorCode, FetchingReplica, LeaderEpoch,
    LeaderRecovery, Micros, Offset, PartitionId,
};
use std::sync::Arc;

/// What only a leader knows.
#[derive(Debug, Clone)]
pub(super) struct Leading {
    /// The other replicas.
    pub(super) followers: Vec<Follower>,
    /// As the controller has committed it.
    isr: Arc<[BrokerId]>,
    /// `isr`, as a set.
    committed: BrokerSet,
    /// What is proposed and not answered: one proposal at a time.
    pending: Option<IsrProposal>,
    /// What was proposed, and taken back by metadata that told the state before once more.
    taken_back: BrokerSet,
    /// Where the log ended when it became leader in this epoch.
    pub(super) epoch_start: Offset,
}

/// A follower, as its leader knows it (`Replica.ReplicaState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Follower {
    /// Who.
    pub(super) broker: BrokerId,
    /// The offset of its last fetch: it has all before it. `None` before its first.
    pub(super) log_end: Option<Offset>,
    /// When it last had all that there was; `None` for never.
    last_caught_up_us: Option<Micros>,
    /// Where the leader's log ended at its last fetch.
    leader_end_at_fetch: Option<Offset>,
    last_fetch_us: Option<Micros>,
    /// Its registration, as its fetches name it (KIP-903).
    epoch: Option<BrokerEpoch>,
    /// The event of its last fetch.
    pub(super) heard: EventId,
}

/// Other in-sync replicas, as a leader wants them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsrProposal {
    /// Those that are committed.
    pub from: BrokerSet,
    /// Those that it wants, in Kafka's order, each with the registration that it knows (KIP-903).
    pub new_isr: Vec<(BrokerId, Option<BrokerEpoch>)>,
    /// The epoch in which it leads.
    pub leader_epoch: LeaderEpoch,
    /// The state from which it starts.
    pub partition_epoch: u32,
}

/// What the answer to a proposal meant for a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Altered {
    /// It is committed: the ISR is new.
    Committed,
    /// Nothing has changed: it was refused, or the answer comes too late.
    Unchanged,
    /// It has to be sent again.
    Retry,
}

impl IsrProposal {
    /// Those that it wants.
    #[must_use]
    pub fn to(&self) -> BrokerSet {
        self.new_isr.iter().map(|(broker, _)| *broker).collect()
    }

    /// As it is sent. A leader that was elected uncleanly has nothing to recover: it says that it has
    /// (`Partition.makeLeader`).
    #[must_use]
    pub fn request(&self, partition: PartitionId) -> AlterPartition {
        AlterPartition {
            partition,
            leader_epoch: self.leader_epoch,
            partition_epoch: self.partition_epoch,
            new_isr: self.new_isr.clone(),
            recovery: LeaderRecovery::Recovered,
        }
    }
}

impl Follower {
    pub(super) fn new(broker: BrokerId) -> Self {
        Self {
            broker,
            log_end: None,
            last_caught_up_us: None,
            leader_end_at_fetch: None,
            last_fetch_us: None,
            epoch: None,
            heard: 0,
        }
    }

    /// A new epoch begins. Who is in sync has `replica.lag.time.max.ms` to show it; of the others it is not assumed, so
    /// that they do not hold the high watermark back (`Replica.resetReplicaState`).
    pub(super) fn reset(&mut self, now: Micros, leader_end: Offset, was_leader: bool, in_sync: bool) {
        let since = in_sync.then_some(now);
        let known = *self;
        *self = Self::new(self.broker);
        self.last_caught_up_us = since;
        self.heard = known.heard;
        if was_leader {
            self.log_end = known.log_end;
            self.epoch = known.epoch;
            self.leader_end_at_fetch = Some(leader_end);
            self.last_fetch_us = since;
        }
    }

    /// A fetch from `offset` arrived. It has caught up now if it has all that there is, and had caught up at its last
    /// fetch if it has all that there was then (`Replica.updateFetchState`).
    fn fetched(&mut self, offset: Offset, leader_end: Offset, now: Micros, epoch: BrokerEpoch) {
        if offset >= leader_end {
            self.last_caught_up_us = self.last_caught_up_us.max(Some(now));
        } else if self.leader_end_at_fetch.is_none_or(|end| offset >= end) {
            self.last_caught_up_us = self.last_caught_up_us.max(self.last_fetch_us);
        }
        self.leader_end_at_fetch = self.leader_end_at_fetch.max(Some(leader_end));
        self.log_end = Some(offset);
        self.last_fetch_us = Some(now);
        self.epoch = Some(epoch);
    }

    /// Has all, or had all not longer ago than `replica.lag.time.max.ms` (`Replica.isCaughtUp`).
    pub(super) fn is_caught_up(&self, leader_end: Offset, around: &Surroundings) -> bool {
        let recently = |at: Micros| around.now.saturating_sub(at) <= around.lag_time_max_us;
        self.log_end == Some(leader_end) || self.last_caught_up_us.is_some_and(recently)
    }

    /// May be in an ISR: not fenced, not about to stop, and the life that fetches is the one that is registered
    /// (`Partition.isReplicaIsrEligible`, KIP-903).
    pub(super) fn is_eligible(&self, around: &Surroundings) -> bool {
        let registered = around.brokers.get(&self.broker);
        registered.is_some_and(|state| state.is_active() && self.epoch == Some(state.epoch))
    }
}

impl Leading {
    pub(super) fn new(isr: Arc<[BrokerId]>, epoch_start: Offset) -> Self {
        Self {
            followers: Vec::new(),
            committed: isr.iter().copied().collect(),
            isr,
            pending: None,
            taken_back: BrokerSet::default(),
            epoch_start,
        }
    }

    pub(super) fn isr(&self) -> &[BrokerId] {
        &self.isr
    }

    pub(super) fn is_in_sync(&self, broker: BrokerId) -> bool {
        self.committed.contains(broker)
    }

    /// A pending expansion counts at once, a pending shrinking not before it is committed: whatever the controller has
    /// decided, nobody who could lead is left out.
    pub(super) fn maximal_isr(&self) -> BrokerSet {
        let joining = self.pending.as_ref().map(IsrProposal::to).unwrap_or_default();
        self.committed.iter().chain(joining.iter()).collect()
    }

    /// Whether that replica counts for the high watermark.
    pub(super) fn counts(&self, broker: BrokerId) -> bool {
        let joins = |proposal: &IsrProposal| proposal.new_isr.iter().any(|(member, _)| *member == broker);
        self.committed.contains(broker) || self.pending.as_ref().is_some_and(joins)
    }

    /// This is the ISR, whatever was proposed.
    pub(super) fn commit(&mut self, isr: Arc<[BrokerId]>) {
        self.committed = isr.iter().copied().collect();
        self.isr = isr;
        self.pending = None;
        self.taken_back = BrokerSet::default();
    }

    /// The metadata tells the state that is known, once more. Kafka takes it for the truth, and back what was proposed since
    /// (`Partition.makeLeader`, `updateAssignmentAndIsr`): until the next state comes, the controller may count a replica
    /// that the leader does not.
    pub(super) fn commit_again(&mut self, isr: Arc<[BrokerId]>) {
        let proposed = self.pending.as_ref().map(IsrProposal::to).unwrap_or_default();
        let taken_back = self.taken_back.iter().chain(proposed.iter()).collect();
        self.commit(isr);
        self.taken_back = taken_back;
    }

    pub(super) fn taken_back(&self) -> BrokerSet {
        self.taken_back
    }

    fn epoch_of(&self, broker: BrokerId, around: &Surroundings) -> Option<BrokerEpoch> {
        if broker == around.me {
            return around.brokers.get(&broker).map(|state| state.epoch);
        }
        let follower = self.followers.iter().find(|follower| follower.broker == broker);
        follower.and_then(|follower| follower.epoch)
    }
}

impl Replica {
    /// A follower's fetch from `offset`, that was in order, arrived: it has all before it. Answers whether that is news
    /// (`Partition.updateFollowerFetchState`). `heard` is the event that brought it.
    ///
    /// # Errors
    /// `NOT_LEADER_OR_FOLLOWER` for a fetch of an earlier life of the follower than is registered (KIP-903).
    pub fn note_fetch(
        &mut self,
        by: FetchingReplica,
        offset: Offset,
        heard: EventId,
        around: &Surroundings,
    ) -> Result<bool, ErrorCode> {
        let leader_end = self.log.end();
        let Role::Leader(leading) = &mut self.role else {
            return Err(ErrorCode::NotLeaderOrFollower);
        };
        let follower = leading.followers.iter_mut().find(|f| f.broker == by.broker);
        let follower = follower.ok_or(ErrorCode::UnknownLeaderEpoch)?;
        // Looked up only where it can be out of date: each follower fetches many times in one life.
        let is_same_life = follower.epoch == Some(by.epoch);
        if !is_same_life && around.brokers.get(&by.broker).is_some_and(|b| b.epoch > by.epoch) {
            return Err(ErrorCode::NotLeaderOrFollower);
        }
        let before = follower.log_end;
        follower.fetched(offset, leader_end, around.now, by.epoch);
        follower.heard = heard;
        Ok(follower.log_end != before)
    }

    /// Proposes to take the follower in, if it has reached the high watermark and the start of this epoch
    /// (`Partition.maybeExpandIsr`). Counts it as one of the maximal ISR from now on.
    pub fn expand_isr(&mut self, follower: BrokerId, around: &Surroundings) -> Option<IsrProposal> {
        let leading = self.leading()?;
        if leading.is_in_sync(follower) || leading.pending.is_some() {
            return None;
        }
        let known = leading.followers.iter().find(|known| known.broker == follower)?;
        let reaches = |offset: Offset| known.log_end.is_some_and(|end| end >= offset);
        let in_sync = reaches(self.high_watermark) && reaches(leading.epoch_start);
        if !known.is_eligible(around) || !(in_sync || around.has_bug(Bug::IsrExpandsEarly)) {
            return None;
        }
        let members = leading.isr.iter().copied().chain([follower]).collect();
        Some(self.propose(members, around))
    }

    /// Proposes to drop those that have not caught up for `replica.lag.time.max.ms` (`Partition.maybeShrinkIsr`). Asked
    /// every half of that time, so it takes up to one and a half.
    pub fn shrink_isr(&mut self, around: &Surroundings) -> Option<IsrProposal> {
        let leading = self.leading()?;
        if leading.pending.is_some() || around.has_bug(Bug::IsrNeverShrinks) {
            return None;
        }
        let end = self.log.end();
        let stays = |member: &&BrokerId| {
            let follower = leading.followers.iter().find(|known| known.broker == **member);
            **member == around.me || follower.is_some_and(|follower| follower.is_caught_up(end, around))
        };
        let members: Vec<BrokerId> = leading.isr.iter().filter(stays).copied().collect();
        (members.len() < leading.isr.len()).then(|| self.propose(members, around))
    }

    /// A member of the ISR that has not caught up for `replica.lag.time.max.ms`, while nothing is proposed to the
    /// controller: for whoever looks.
    pub(crate) fn lagging_member(&self, me: BrokerId, now: Micros, lag_time_max_us: Micros) -> Option<BrokerId> {
        let leading = self.leading().filter(|leading| leading.pending.is_none())?;
        let end = self.log.end();
        let caught_up = |follower: &Follower| {
            let recently = |at: Micros| now.saturating_sub(at) <= lag_time_max_us;
            follower.log_end == Some(end) || follower.last_caught_up_us.is_some_and(recently)
        };
        leading.isr.iter().copied().find(|member| {
            let follower = leading.followers.iter().find(|known| known.broker == *member);
            *member != me && !follower.is_some_and(caught_up)
        })
    }

    /// Makes something wrong, for tests of the invariants.
    #[cfg(test)]
    pub(crate) fn doctor_isr(&mut self, isr: &[BrokerId]) {
        if let Role::Leader(leading) = &mut self.role {
            leading.commit(isr.into());
        }
    }

    fn propose(&mut self, members: Vec<BrokerId>, around: &Surroundings) -> IsrProposal {
        let (leader_epoch, partition_epoch) = (self.leader_epoch, self.partition_epoch);
        let mut proposal = IsrProposal {
            from: BrokerSet::default(),
            new_isr: Vec::new(),
            leader_epoch,
            partition_epoch,
        };
        if let Role::Leader(leading) = &mut self.role {
            proposal.from = leading.committed;
            proposal.new_isr = members
                .into_iter()
                .map(|member| (member, leading.epoch_of(member, around)))
                .collect();
            leading.pending = Some(proposal.clone());
        }
        proposal
    }

    /// The controller's answer to that proposal (`Partition.handleAlterPartitionUpdate`, `handleAlterPartitionError`).
    /// The caller then moves the high watermark, if the ISR is another.
    pub fn on_altered(&mut self, proposal: &IsrProposal, answer: &AlteredPartition) -> Altered {
        let (leader_epoch, partition_epoch) = (self.leader_epoch, self.partition_epoch);
        let Role::Leader(leading) = &mut self.role else {
            return Altered::Unchanged;
        };
        if leading.pending.as_ref() != Some(proposal) {
            return Altered::Unchanged; // An election or another change came first.
        }
        match answer.error {
            ErrorCode::None if answer.leader_epoch != leader_epoch || answer.partition_epoch < partition_epoch => {
                Altered::Unchanged
            }
            ErrorCode::None => {
                leading.commit(answer.isr.as_slice().into());
                self.partition_epoch = answer.partition_epoch;
                Altered::Committed
            }
            // Refused for certain: the ISR is what it was, and the next fetch or look may propose again.
            ErrorCode::IneligibleReplica => {
                leading.pending = None;
                Altered::Unchanged
            }
            // The leader is behind the controller. What is proposed still counts until the metadata says what is true.
            ErrorCode::FencedLeaderEpoch
            | ErrorCode::InvalidUpdateVersion
            | ErrorCode::InvalidRequest
            | ErrorCode::NewLeaderElected
            | ErrorCode::UnknownTopicOrPartition => Altered::Unchanged,
            _ => Altered::Retry,
        }
    }

    /// The proposal was never sent, because an earlier one of this partition is still under way
    /// (`OPERATION_NOT_ATTEMPTED`).
    pub(super) fn withdraw(&mut self, proposal: &IsrProposal) {
        if let Role::Leader(leading) = &mut self.role
            && leading.pending.as_ref() == Some(proposal)
        {
            leading.pending = None;
        }
    }

    /// The event of the last fetch of one of those that the proposal leaves out: why it does.
    pub(super) fn last_heard_of_lagging(&self, proposal: &IsrProposal) -> Option<EventId> {
        let stays = proposal.to();
        let leading = self.leading()?;
        let left_out = leading.followers.iter().filter(|follower| {
            let member = leading.is_in_sync(follower.broker);
            member && !stays.contains(follower.broker)
        });
        left_out.map(|follower| follower.heard).find(|heard| *heard > 0)
    }
}
