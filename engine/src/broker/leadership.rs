//! Becoming leader, and becoming follower.

use super::isr::{Follower, Leading};
use super::replica::{Replica, Role, Surroundings};
use crate::wire::{BrokerId, PartitionState};

/// What a new state of its partition meant for a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is older than what the replica knows.
    None,
    /// It leads in an epoch that is new to it.
    BecameLeader,
    /// It follows in an epoch that is new to it, or nobody leads.
    BecameFollower,
    /// It leads as before; other in-sync replicas count, or other replicas.
    Updated,
    /// It follows as before.
    SameLeader,
}

impl Replica {
    /// The partition is now so. Only a larger leader epoch makes a change of leadership; a larger partition epoch alone
    /// brings other in-sync replicas (`Partition.makeLeader`, `Partition.makeFollower`).
    pub fn apply(&mut self, state: &PartitionState, around: &Surroundings) -> Change {
        let is_known = !matches!(self.role, Role::Waiting);
        if is_known && state.partition_epoch < self.partition_epoch {
            return Change::None;
        }
        let is_new_epoch = !is_known || state.leader_epoch > self.leader_epoch;
        // The answer to a proposal may have told this state before the metadata does.
        let is_news = is_new_epoch || state.partition_epoch > self.partition_epoch;
        self.partition_epoch = state.partition_epoch;
        self.leader_epoch = state.leader_epoch;
        if state.leader == Some(around.me) {
            self.lead(state, is_new_epoch, is_news, around)
        } else {
            self.role = Role::Follower { leader: state.leader };
            if is_new_epoch {
                Change::BecameFollower
            } else {
                Change::SameLeader
            }
        }
    }

    /// A new leader keeps its log: its epoch begins where the log ends. Its high watermark stays where it knew it, and it
    /// knows nothing of where the followers are.
    fn lead(&mut self, state: &PartitionState, is_new_epoch: bool, is_news: bool, around: &Surroundings) -> Change {
        let (was_leader, mut leading) = match std::mem::take(&mut self.role) {
            Role::Leader(leading) => (true, leading),
            Role::Follower { .. } | Role::Waiting => (false, Leading::new(state.isr.clone(), self.log.end())),
        };
        if is_news {
            leading.commit(state.isr.clone());
        } else {
            leading.commit_again(state.isr.clone());
        }
        let others = state.replicas.iter().filter(|broker| **broker != around.me);
        let known = |broker: &BrokerId| {
            let follower = leading.followers.iter().find(|f| f.broker == *broker);
            follower.copied().unwrap_or_else(|| Follower::new(*broker))
        };
        leading.followers = others.map(known).collect();
        if is_new_epoch {
            let epoch_start = self.log.end();
            self.log.assign_epoch(state.leader_epoch);
            for follower in &mut leading.followers {
                let in_sync = state.isr.contains(&follower.broker);
                follower.reset(around.now, epoch_start, was_leader, in_sync);
            }
            leading.epoch_start = epoch_start;
        }
        self.role = Role::Leader(leading);
        if is_new_epoch || !was_leader {
            Change::BecameLeader
        } else {
            Change::Updated
        }
    }
}
