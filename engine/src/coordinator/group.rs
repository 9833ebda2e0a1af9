//! A group and its members, as the coordinator keeps them (`ClassicGroup`, `ClassicGroupMember`).

use super::effect::{Asker, Turn};
use super::modern::{ConsumerGroup, ConsumerGroupMember};
use super::rebalance::JoinPhase;
use super::session::Session;
use crate::short_map::ShortMap;
use crate::trace::{EventId, Fact, GroupStateName};
use crate::wire::{
    GroupId, GroupProtocol, InstanceId, JoinedMember, MemberId, Micros, NodeId, Offset, PartitionId, RequestBody,
};
use std::sync::Arc;

/// A group.
#[derive(Debug, Clone)]
pub struct Group {
    pub(super) id: GroupId,
    pub(super) number: u32,
    /// Its partition of `__consumer_offsets`.
    pub(super) partition: u16,
    pub(super) state: GroupStateName,
    pub(super) previous_state: GroupStateName,
    /// The event that brought the group into its state: why a heartbeat is answered as it is.
    pub(super) state_event: EventId,
    pub(super) generation: u32,
    /// The assignor of this generation; `None` without members.
    pub(super) protocol: Option<Arc<str>>,
    /// The number of the member that computes the assignment.
    pub(super) leader: Option<u32>,
    /// In the order in which they came. `group.max.size` bounds them.
    pub(super) members: Vec<Member>,
    /// Ids that were handed out and not yet used. `group.max.size` bounds them, too.
    pub(super) pending: Vec<PendingMember>,
    pub(super) join_phase: Option<JoinPhase>,
    /// Counts the join phases, so that the timer of an old one is known.
    pub(super) rounds: u32,
    /// Somebody came while the first rebalance waits for more members.
    pub(super) new_member_added: bool,
    /// The SyncGroup of a member id that was replaced is still waited for.
    pub(super) lost_sync: bool,
    /// Counts members and pending ids.
    pub(super) last_member: u32,
    /// Next offset to read. As many as there are partitions.
    pub(super) offsets: ShortMap<PartitionId, Offset>,
    /// Its members and epochs, when it is a consumer group (KIP-848); those of the classic protocol are empty then.
    pub(super) modern: Option<Box<ConsumerGroup>>,
}

/// A member.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) number: u32,
    pub(super) id: MemberId,
    /// `group.instance.id` of a static member.
    pub(super) instance: Option<InstanceId>,
    pub(super) node: NodeId,
    pub(super) session_timeout_us: Micros,
    pub(super) rebalance_timeout_us: Micros,
    /// What it knows, the one that it likes best first.
    pub(super) protocols: Arc<[GroupProtocol]>,
    pub(super) assignment: Arc<[PartitionId]>,
    /// Its JoinGroup, while that waits for the others.
    pub(super) join: Option<Asker>,
    /// Its SyncGroup, while that waits for the leader.
    pub(super) sync: Option<Asker>,
    /// In its first join phase.
    pub(super) is_new: bool,
    /// Has joined this generation and not yet sent its SyncGroup.
    pub(super) owes_sync: bool,
    pub(super) session: Session,
}

/// A member to be, which was told its id and has to join with it (KIP-394).
#[derive(Debug, Clone)]
pub(super) struct PendingMember {
    pub(super) number: u32,
    pub(super) id: MemberId,
    pub(super) session: Session,
}

impl Group {
    pub(super) fn new(id: GroupId, number: u32, partition: u16) -> Self {
        Self {
            id,
            number,
            partition,
            state: GroupStateName::Empty,
            previous_state: GroupStateName::Empty,
            state_event: 0,
            generation: 0,
            protocol: None,
            leader: None,
            members: Vec::new(),
            pending: Vec::new(),
            join_phase: None,
            rounds: 0,
            new_member_added: false,
            lost_sync: false,
            last_member: 0,
            offsets: ShortMap::new(),
            modern: None,
        }
    }

    /// Its `group.id`.
    #[must_use]
    pub fn id(&self) -> &GroupId {
        &self.id
    }

    /// Its state, by Kafka's name.
    #[must_use]
    pub fn state(&self) -> GroupStateName {
        self.modern.as_ref().map_or(self.state, |modern| modern.state())
    }

    /// How many assignments it has had; of a consumer group, its epoch.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.modern.as_ref().map_or(self.generation, |modern| modern.epoch())
    }

    /// Whether it uses the consumer group protocol (KIP-848).
    #[must_use]
    pub fn is_modern(&self) -> bool {
        self.modern.is_some()
    }

    /// Its members in the order in which they came, of a consumer group by id: the process, the id, and what it owns, or may
    /// own from now on.
    pub fn members(&self) -> impl Iterator<Item = (NodeId, &MemberId, Arc<[PartitionId]>)> {
        let classic = self.members.iter();
        let modern = self.modern.iter().flat_map(|group| group.members());
        classic
            .map(|member| (member.node, &member.id, member.assignment.clone()))
            .chain(modern.map(|member| (member.node, &member.id, member.partitions())))
    }

    /// The `group.instance.id` of that member, if it is a static one.
    #[must_use]
    pub fn instance_of(&self, id: &MemberId) -> Option<InstanceId> {
        let classic = self.members.iter().find(|member| member.id == *id);
        let modern = self.modern.iter().flat_map(|group| group.members());
        let modern = modern
            .filter(|member| member.id == *id)
            .find_map(ConsumerGroupMember::instance);
        classic.and_then(|member| member.instance.clone()).or(modern)
    }

    /// The next offset that the group reads from after a restart, if it has committed one.
    #[must_use]
    pub fn committed(&self, partition: PartitionId) -> Option<Offset> {
        self.offsets.get(&partition).copied()
    }

    /// All committed offsets, by partition.
    pub fn offsets(&self) -> impl ExactSizeIterator<Item = (PartitionId, Offset)> {
        self.offsets.iter().map(|(partition, offset)| (*partition, *offset))
    }

    pub(super) fn on_request(&mut self, asker: Asker, body: RequestBody, turn: &mut Turn) {
        match body {
            RequestBody::JoinGroup(request) => self.join_classic(asker, *request, turn),
            RequestBody::SyncGroup(request) => self.sync(asker, request, turn),
            RequestBody::Heartbeat(request) => self.heartbeat(asker, &request, turn),
            RequestBody::LeaveGroup(request) => self.leave(asker, &request, turn),
            RequestBody::OffsetCommit(request) => self.commit(asker, request, turn),
            RequestBody::OffsetFetch(_) => self.fetch_offsets(asker, turn),
            _ => {}
        }
    }

    /// Moves to another state. What follows in this turn follows from it.
    pub(super) fn transition(&mut self, to: GroupStateName, turn: &mut Turn) {
        self.previous_state = self.state;
        self.state = to;
        let members = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        let fact = Fact::GroupState {
            group: turn.ctx.dictionary().find_key(&self.id),
            state: to,
            generation: self.generation,
            members,
        };
        self.state_event = turn.ctx.record_as_cause(fact);
    }

    pub(super) fn leader(&self) -> Option<&Member> {
        self.members.iter().find(|member| Some(member.number) == self.leader)
    }

    pub(super) fn member(&mut self, id: &MemberId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.id == *id)
    }

    pub(super) fn is_member(&self, id: &MemberId) -> bool {
        self.members.iter().any(|member| member.id == *id)
    }

    /// Adds the member. The first one leads (`ClassicGroup.add`).
    pub(super) fn add(&mut self, member: Member) {
        self.leader.get_or_insert(member.number);
        self.members.push(member);
    }

    /// Takes the member out. Another one leads when it was the leader: any in Kafka, the one that came first here
    /// (`ClassicGroup.remove`).
    pub(super) fn remove(&mut self, number: u32) -> Option<Member> {
        let index = self.members.iter().position(|member| member.number == number)?;
        let removed = self.members.remove(index);
        if self.leader == Some(number) {
            self.leader = self.members.first().map(|member| member.number);
        }
        Some(removed)
    }

    /// Whoever leads has to be there to share the partitions out: if the leader did not join, another one that did leads,
    /// any in Kafka, the one that came first here (`maybeElectNewJoinedLeader`). Answers whether anybody did.
    pub(super) fn elect_joined_leader(&mut self) -> bool {
        if self.leader().is_none_or(|leader| leader.join.is_none()) {
            let Some(joined) = self.members.iter().find(|member| member.join.is_some()) else {
                return false;
            };
            self.leader = Some(joined.number);
        }
        true
    }

    /// Takes out members that have failed, and says so.
    pub(super) fn remove_failed(&mut self, failed: impl Fn(&Member) -> bool, turn: &mut Turn) {
        let numbers: Vec<u32> = self
            .members
            .iter()
            .filter(|member| failed(member))
            .map(|m| m.number)
            .collect();
        for member in numbers.into_iter().filter_map(|number| self.remove(number)) {
            turn.ctx.record_as_cause(Fact::MemberRemoved { consumer: member.node });
        }
    }

    /// What the leader has to know.
    pub(super) fn member_list(&self) -> Vec<JoinedMember> {
        let Some(protocol) = &self.protocol else {
            return Vec::new();
        };
        let joined = |member: &Member| {
            Some(JoinedMember {
                member: member.id.clone(),
                instance: member.instance.clone(),
                metadata: member.metadata(protocol)?.clone(),
            })
        };
        self.members.iter().filter_map(joined).collect()
    }

    /// How long the slowest member may take to join.
    pub(super) fn rebalance_timeout_us(&self) -> Micros {
        self.members
            .iter()
            .map(|member| member.rebalance_timeout_us)
            .max()
            .unwrap_or(0)
    }

    pub(super) fn joined(&self) -> usize {
        self.members.iter().filter(|member| member.join.is_some()).count()
    }
}
