//! The members of a share group, at its coordinator (`ShareGroup`, `GroupMetadataManager.shareGroupHeartbeat`).

use super::simple_assignment;
use crate::wire::{ErrorCode, GroupId, Micros, NodeId, PartitionId, ShareMember};
use std::sync::Arc;

/// A share group. There is no barrier and nothing to revoke: whoever joins or leaves changes what the others are told with
/// their next heartbeats.
#[derive(Debug, Clone)]
pub struct ShareGroup {
    id: GroupId,
    epoch: i32,
    partitions: Vec<PartitionId>,
    members: Vec<ShareGroupMember>,
}

/// A member.
#[derive(Debug, Clone)]
pub struct ShareGroupMember {
    /// Who.
    pub member: ShareMember,
    /// What it reads, together with others.
    pub assignment: Arc<[PartitionId]>,
    /// It counts as dead when nothing was heard until then.
    pub session_until_us: Micros,
}

impl ShareGroup {
    /// A group without members.
    #[must_use]
    pub fn new(id: GroupId) -> Self {
        Self {
            id,
            epoch: 0,
            partitions: Vec::new(),
            members: Vec::new(),
        }
    }

    /// Its `group.id`.
    #[must_use]
    pub fn id(&self) -> &GroupId {
        &self.id
    }

    /// Counts the changes of members and partitions.
    #[must_use]
    pub fn epoch(&self) -> i32 {
        self.epoch
    }

    /// The members, in the order in which they joined.
    #[must_use]
    pub fn members(&self) -> &[ShareGroupMember] {
        &self.members
    }

    /// A heartbeat of a member that is in that epoch (0: it joins), while the topic has these partitions. Answers whether
    /// the group has changed.
    ///
    /// # Errors
    /// `UNKNOWN_MEMBER_ID` for one that believes to be in the group and is not: it has to join again.
    pub fn heartbeat(
        &mut self,
        member: ShareMember,
        epoch: i32,
        partitions: &[PartitionId],
        session_until_us: Micros,
    ) -> Result<bool, ErrorCode> {
        let known = self.members.iter_mut().find(|known| known.member == member);
        let mut changed = false;
        match known {
            Some(known) => known.session_until_us = session_until_us,
            None if epoch == 0 => {
                self.members.push(ShareGroupMember {
                    member,
                    assignment: Arc::from([]),
                    session_until_us,
                });
                changed = true;
            }
            None => return Err(ErrorCode::UnknownMemberId),
        }
        if self.partitions != partitions {
            self.partitions = partitions.to_vec();
            changed = true;
        }
        if changed {
            self.assign();
        }
        Ok(changed)
    }

    /// A member leaves. Answers whether it was there.
    pub fn leave(&mut self, member: ShareMember) -> bool {
        let before = self.members.len();
        self.members.retain(|known| known.member != member);
        let left = self.members.len() < before;
        if left {
            self.assign();
        }
        left
    }

    /// Removes those of whom nothing was heard in time.
    pub fn expire(&mut self, now: Micros) -> Vec<NodeId> {
        let gone = self
            .members
            .extract_if(.., |member| member.session_until_us <= now)
            .map(|member| member.member.node)
            .collect::<Vec<_>>();
        if !gone.is_empty() {
            self.assign();
        }
        gone
    }

    /// What the member reads.
    #[must_use]
    pub fn assignment(&self, member: ShareMember) -> Arc<[PartitionId]> {
        let known = self.members.iter().find(|known| known.member == member);
        known.map_or_else(|| Arc::from([]), |known| known.assignment.clone())
    }

    fn assign(&mut self) {
        self.epoch += 1;
        let count = self.members.len();
        for (place, member) in self.members.iter_mut().enumerate() {
            member.assignment = simple_assignment(&self.partitions, count, place).into();
        }
    }
}
