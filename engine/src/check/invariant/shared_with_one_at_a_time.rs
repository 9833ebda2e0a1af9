//! Records of share groups.

use crate::check::{Broken, Invariant, Moment};
use crate::trace::{Event, Fact, Intervals, ShareFact, ShareStep};
use crate::wire::{NodeId, Offset, PartitionId};
use crate::world::Setup;
use std::collections::BTreeMap;

/// **A share group's record is with one member at a time, is delivered no more often than the limit, and when it is done,
/// nobody gets it again** (KIP-932, `SharePartition.acquire`): accepted, rejected, or archived after
/// `group.share.delivery.count.limit` deliveries.
///
/// Holds for each leader's account: a leader that does not know yet that it is none any more has one of its own. That what
/// is done stays done holds while nothing committed is lost. That each record *is* done in the end is asked when all is
/// well again.
#[derive(Debug)]
pub struct SharedWithOneAtATime {
    limit: u16,
    /// By member, from the first on: which group it is in.
    group_of: Vec<u8>,
    held: BTreeMap<(NodeId, u8, PartitionId, Offset), NodeId>,
    done: BTreeMap<(u8, PartitionId), Intervals>,
}

impl SharedWithOneAtATime {
    pub(super) fn new(setup: &Setup) -> Self {
        let groups = (0..).zip(&setup.share_groups);
        Self {
            limit: setup.broker.sharing.delivery_count_limit,
            group_of: groups
                .flat_map(|(number, group)| std::iter::repeat_n(number, group.consumers.into()))
                .collect(),
            held: BTreeMap::new(),
            done: BTreeMap::new(),
        }
    }

    fn note(&mut self, event: &Event, fact: ShareFact, moment: &Moment) -> Result<(), String> {
        let NodeId::ShareConsumer(number) = fact.member else {
            return Ok(()); // Nobody of this leader's life had it.
        };
        let place = usize::from(number).saturating_sub(1);
        let Some(group) = self.group_of.get(place).copied() else {
            return Ok(());
        };
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        for offset in fact.first..fact.first + u64::from(fact.records) {
            let key = (event.node, group, fact.partition, offset);
            match fact.step {
                ShareStep::Acquired => {
                    if let Some(other) = self.held.insert(key, fact.member) {
                        return Err(format!("offset {offset} goes to {}, and {other} has it", fact.member));
                    }
                    let done = self.done.get(&(group, fact.partition));
                    let lost = moment.history.partition(fact.partition);
                    let has_lost = lost.is_some_and(|p| p.has_lost() || p.promise().is_void());
                    let may_come_again = has_lost || !leads(moment, event.node, fact.partition);
                    if done.is_some_and(|done| done.contains(narrow(offset))) && !may_come_again {
                        return Err(format!("offset {offset} goes to {}, and is done", fact.member));
                    }
                }
                ShareStep::Accepted | ShareStep::Rejected | ShareStep::Archived => {
                    self.held.remove(&key);
                    // What a former leader says is done, the next one need not know.
                    if leads(moment, event.node, fact.partition) {
                        let done = self.done.entry((group, fact.partition)).or_default();
                        done.add(narrow(offset)..narrow(offset) + 1);
                    }
                }
                ShareStep::Released | ShareStep::LockExpired | ShareStep::SessionEnded => {
                    self.held.remove(&key);
                }
                ShareStep::Renewed | ShareStep::AcknowledgeRefused => {}
            }
        }
        if fact.step == ShareStep::Acquired && fact.delivery_count > self.limit {
            return Err(format!(
                "offset {} is delivered for the {}th time, and {} is the limit",
                fact.first, fact.delivery_count, self.limit
            ));
        }
        Ok(())
    }
}

/// Whether that broker leads, and not only in its own opinion.
fn leads(moment: &Moment, node: NodeId, partition: PartitionId) -> bool {
    let Some(state) = moment.world.authoritative_image().partitions.get(&partition) else {
        return false;
    };
    let broker = state.leader.filter(|leader| NodeId::from(*leader) == node);
    let replica = broker.and_then(|broker| moment.replica(broker, partition));
    replica.is_some_and(|replica| replica.leader_epoch == state.leader_epoch)
}

impl Invariant for SharedWithOneAtATime {
    fn name(&self) -> &'static str {
        "shared-with-one-at-a-time"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for event in moment.events() {
            match event.fact {
                Fact::Share(fact) => self.note(event, fact, moment).map_err(|message| {
                    let name = moment.world.names().partition(fact.partition);
                    Broken::at(event.id, format!("{name}: {message}"))
                })?,
                // Its account begins anew.
                Fact::BecameLeader { partition, .. } | Fact::BecameFollower { partition, .. } => {
                    self.held
                        .retain(|(node, _, of, _), _| (*node, *of) != (event.node, partition));
                }
                Fact::ProcessCrashed | Fact::ProcessStopped => self.held.retain(|(node, ..), _| *node != event.node),
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;
    use crate::share::ShareGroupSetup;

    fn patient() -> Patient {
        Patient::with(|setup| {
            setup.share_groups = vec![ShareGroupSetup {
                name: "workers".to_owned(),
                consumers: 2,
            }];
        })
    }

    fn step(patient: &Patient, step: ShareStep, member: u8, delivery_count: u16) -> Fact {
        Fact::Share(ShareFact {
            step,
            member: NodeId::ShareConsumer(member),
            partition: patient.partition(),
            first: 900_000,
            records: 2,
            delivery_count,
        })
    }

    #[test]
    fn a_record_that_two_have_is_noticed() {
        let mut patient = patient();
        let leader = patient.leader().into();
        for (what, member) in [
            (ShareStep::Acquired, 1),
            (ShareStep::Released, 1),
            (ShareStep::Acquired, 2),
        ] {
            patient.claim(leader, step(&patient, what, member, 1));
        }
        assert_eq!(patient.diagnosis(), None);
        patient.claim(leader, step(&patient, ShareStep::Acquired, 1, 2));
        assert_eq!(patient.diagnosis(), Some("shared-with-one-at-a-time"));
    }

    #[test]
    fn a_delivery_too_many_is_noticed() {
        let mut patient = patient();
        let leader = patient.leader().into();
        patient.claim(leader, step(&patient, ShareStep::Acquired, 1, 6));
        assert_eq!(patient.diagnosis(), Some("shared-with-one-at-a-time"));
    }

    #[test]
    fn a_record_that_is_done_and_comes_again_is_noticed() {
        let mut patient = patient();
        let leader = patient.leader().into();
        for what in [ShareStep::Acquired, ShareStep::Accepted] {
            patient.claim(leader, step(&patient, what, 1, 1));
        }
        assert_eq!(patient.diagnosis(), None);
        patient.claim(leader, step(&patient, ShareStep::Acquired, 2, 1));
        assert_eq!(patient.diagnosis(), Some("shared-with-one-at-a-time"));
    }
}
