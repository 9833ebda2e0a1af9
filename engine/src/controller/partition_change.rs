//! How the state of a partition changes: who leads, who is in sync, who may lead all the same (Kafka's
//! `PartitionChangeBuilder`).
//!
//! Pure: a state and what is wanted go in, the next state comes out. The controller and the replayed vectors use the
//! same code.

use crate::node::Bug;
use crate::short_sort::sort_short_by_key;
use crate::trace::Election;
use crate::wire::{BrokerId, LeaderRecovery, PartitionState};

/// The settings that an election looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElectionRules {
    /// The smaller of `min.insync.replicas` and the replication factor.
    pub min_isr: usize,
    /// Whether eligible leader replicas are kept (KIP-966).
    pub elr: bool,
    /// `unclean.leader.election.enable`.
    pub unclean: bool,
    /// The mistake that is built in, if any.
    pub bug: Option<Bug>,
}

/// How far an election may go (`PartitionChangeBuilder.Election`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// From the ISR, or the ELR while the ISR is empty.
    Online,
    /// As `Online`, and the preferred leader comes before the current one.
    Preferred,
    /// As `Online`, and any active replica when there is nobody else.
    Unclean,
}

/// What happened to the leadership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leadership {
    /// As before.
    Kept,
    /// The same leader in a new epoch, so that replicas that a reassignment removes hear of it.
    Renewed,
    /// Another leader.
    Elected(BrokerId, Election),
    /// Nobody leads any more.
    Lost,
}

/// The next state of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The state.
    pub state: PartitionState,
    /// What happened to the leadership.
    pub leadership: Leadership,
}

/// A change that is being prepared. Starts as *no change*; [`PartitionChange::build`] makes the next state of it.
#[derive(Debug, Clone)]
pub struct PartitionChange<'a> {
    pub(super) before: &'a PartitionState,
    rules: ElectionRules,
    reach: Reach,
    pub(super) isr: Vec<BrokerId>,
    elr: Vec<BrokerId>,
    pub(super) replicas: Vec<BrokerId>,
    pub(super) adding: Vec<BrokerId>,
    pub(super) removing: Vec<BrokerId>,
    recovery: LeaderRecovery,
    unclean_shutdown: Option<BrokerId>,
}

struct Elected {
    leader: Option<BrokerId>,
    how: Election,
    /// The ISR is lost: it is the new leader alone.
    unclean: bool,
}

impl<'a> PartitionChange<'a> {
    /// Nothing but a look whether the leader may still lead.
    #[must_use]
    pub fn new(before: &'a PartitionState, rules: ElectionRules) -> Self {
        Self {
            before,
            rules,
            reach: if rules.unclean { Reach::Unclean } else { Reach::Online },
            isr: before.isr.to_vec(),
            elr: before.elr.to_vec(),
            replicas: before.replicas.to_vec(),
            adding: before.adding.to_vec(),
            removing: before.removing.to_vec(),
            recovery: before.recovery,
            unclean_shutdown: None,
        }
    }

    /// The broker is fenced, or about to stop: it leaves the ISR.
    #[must_use]
    pub fn without(mut self, broker: BrokerId) -> Self {
        if self.rules.bug != Some(Bug::FencedStaysInIsr) {
            self.isr.retain(|member| *member != broker);
        }
        self
    }

    /// The broker is there again, but may have lost the end of its log: it is neither in sync nor eligible (KIP-966).
    #[must_use]
    pub fn after_unclean_shutdown(mut self, broker: BrokerId) -> Self {
        if self.rules.bug != Some(Bug::UncleanShutdownKeepsIsr) {
            self.isr.retain(|member| *member != broker);
            self.unclean_shutdown = Some(broker);
        }
        self
    }

    /// The leader proposes these, and says whether it has recovered (KIP-497, KIP-704).
    #[must_use]
    pub fn with_isr(mut self, isr: Vec<BrokerId>, recovery: LeaderRecovery) -> Self {
        self.isr = isr;
        self.recovery = recovery;
        self
    }

    /// The preferred leader shall lead, if it can. Never unclean.
    #[must_use]
    pub fn preferred(mut self) -> Self {
        self.reach = Reach::Preferred;
        self
    }

    /// Somebody shall lead, whatever is lost, and whatever the settings say.
    #[must_use]
    pub fn unclean(mut self) -> Self {
        self.reach = Reach::Unclean;
        self
    }

    /// Never unclean, whatever the settings say.
    #[must_use]
    pub(super) fn clean(mut self) -> Self {
        self.reach = Reach::Online;
        self
    }

    /// The next state, or `None` when nothing changes (`PartitionChangeBuilder.build`). `is_active` says who may lead:
    /// unfenced and not about to stop.
    #[must_use]
    pub fn build(mut self, is_active: impl Fn(BrokerId) -> bool) -> Option<Changed> {
        self.complete_reassignment();
        self.keep_eligible();
        let elected = self.elect(&is_active);
        let moved = elected.leader != self.before.leader;
        let mut lost_isr = None;
        let mut recovery = self.recovery;
        if moved && let Some(leader) = elected.leader {
            if elected.unclean {
                lost_isr = Some(vec![leader]);
                // A proposal of the leader itself (KIP-704) goes before.
                if self.recovery == self.before.recovery {
                    recovery = LeaderRecovery::Recovering;
                }
            } else if !self.isr.contains(&leader) {
                // An eligible one has all that is committed, and nobody else is in sync with it.
                self.isr = vec![leader];
                self.elr.retain(|member| *member != leader);
            }
        }
        if lost_isr.is_some() || !self.rules.elr {
            self.elr.clear();
        }
        let keeps_isr = self.isr.is_empty() && !self.rules.elr;
        let isr = lost_isr.unwrap_or(if keeps_isr { self.before.isr.to_vec() } else { self.isr });

        // A leader epoch for each new leader, and one more when replicas go: they must hear that they are not followers
        // any more. An ISR that shrinks does not need one since 3.6 (KAFKA-15021).
        let leaves = |replica: &BrokerId| !self.replicas.contains(replica);
        let renewed = !moved && self.before.replicas.iter().any(leaves);
        let mut next = PartitionState {
            last_known_leader: self.before.last_known_leader,
            replicas: self.replicas.into(),
            isr: isr.into(),
            elr: self.elr.into(),
            recovery,
            adding: self.adding.into(),
            removing: self.removing.into(),
            leader: elected.leader,
            leader_epoch: self.before.leader_epoch,
            partition_epoch: self.before.partition_epoch,
        };
        if self.rules.elr {
            remember_leader(self.before, &mut next);
        }
        if !renewed && next == *self.before {
            return None;
        }
        next.partition_epoch += 1;
        if (moved || renewed) && self.rules.bug != Some(Bug::EpochNotBumped) {
            next.leader_epoch += 1;
        }
        let leadership = match elected.leader {
            Some(leader) if moved => Leadership::Elected(leader, elected.how),
            None if moved => Leadership::Lost,
            _ if renewed => Leadership::Renewed,
            _ => Leadership::Kept,
        };
        Some(Changed {
            state: next,
            leadership,
        })
    }

    /// While the ISR is smaller than `min.insync.replicas` the high watermark stands still, so whoever leaves the ISR has
    /// all that is committed and stays eligible (KIP-966, `maybePopulateTargetElr`).
    fn keep_eligible(&mut self) {
        if !self.rules.elr {
            return;
        }
        if self.isr.len() >= self.rules.min_isr || self.rules.bug == Some(Bug::ElectOutsideIsr) {
            self.elr.clear();
            return;
        }
        for member in self.before.isr.iter() {
            if !self.elr.contains(member) {
                self.elr.push(*member);
            }
        }
        // Kafka 4.x keeps a replica in the ELR that a reassignment removes while the ISR is below the minimum. When a later
        // one adds it again, it could lead with an empty log. Here it goes with its replica: found by the storm.
        let stays = |member: &BrokerId| self.replicas.contains(member) && !self.isr.contains(member);
        self.elr
            .retain(|member| stays(member) && self.unclean_shutdown != Some(*member));
        // Kafka keeps them in a hash set of integers, which hands small numbers out in ascending order.
        sort_short_by_key(&mut self.elr, |member| *member);
    }

    /// Who leads from now on (`electLeader`): the current leader if it may, else the first that may in the order of
    /// assignment, else the last known leader, else, if that is allowed, the first that is alive.
    fn elect(&self, is_active: &impl Fn(BrokerId) -> bool) -> Elected {
        let clean = |leader, how| Elected {
            leader: Some(leader),
            how,
            unclean: false,
        };
        let unclean = |leader, how| Elected {
            leader: Some(leader),
            how,
            unclean: true,
        };
        let eligible = |broker: &BrokerId| self.is_eligible(*broker) && is_active(*broker);
        let from = if self.isr.is_empty() {
            Election::FromElr
        } else {
            Election::FromIsr
        };
        let first = self.replicas.first().copied();
        if self.reach == Reach::Preferred
            && let Some(preferred) = first.filter(eligible)
        {
            return clean(preferred, Election::Preferred);
        }
        let online = self.before.leader.filter(eligible);
        if let Some(leader) = online.or_else(|| self.replicas.iter().copied().find(eligible)) {
            return clean(leader, from);
        }
        if let Some(last) = self.last_known().filter(|last| is_active(*last)) {
            return unclean(last, Election::LastKnown);
        }
        let alive = self.replicas.iter().copied().find(|replica| is_active(*replica));
        match alive {
            Some(leader) if self.reach == Reach::Unclean => unclean(leader, Election::Unclean),
            _ => Elected {
                leader: None,
                how: from,
                unclean: false,
            },
        }
    }

    /// In the ISR, or in the ELR while the ISR is empty (`isValidNewLeader`).
    fn is_eligible(&self, broker: BrokerId) -> bool {
        let may_stand_in = self.elr.contains(&broker) || self.rules.bug == Some(Bug::ElectOutsideIsr);
        self.isr.contains(&broker) || (self.isr.is_empty() && may_stand_in)
    }

    /// The last leader, when ELR and ISR are empty (*balanced recovery*, KIP-966).
    fn last_known(&self) -> Option<BrokerId> {
        let nobody_is_left = self.rules.elr && self.isr.is_empty() && self.elr.is_empty();
        self.before.last_known_leader.filter(|_| nobody_is_left)
    }
}

/// The last leader is remembered when the ISR becomes empty, and forgotten once there is a leader
/// (`maybeUpdateLastKnownLeader`).
fn remember_leader(before: &PartitionState, next: &mut PartitionState) {
    if next.isr.is_empty() && !before.isr.is_empty() {
        next.last_known_leader = before.leader;
    } else if next.leader.is_some() {
        next.last_known_leader = None;
    }
}
