//! Who leads, by the rules of `PartitionChangeBuilder`.

use super::desk::{brokers, ids};
use crate::controller::partition_change::{Changed, ElectionRules, Leadership, PartitionChange};
use crate::node::Bug;
use crate::trace::Election;
use crate::wire::{BrokerId, LeaderRecovery, PartitionState};
use proptest::prelude::*;

const RULES: ElectionRules = ElectionRules {
    min_isr: 2,
    elr: true,
    unclean: false,
    bug: None,
};

fn with_bug(bug: Bug) -> ElectionRules {
    ElectionRules {
        bug: Some(bug),
        ..RULES
    }
}

/// Replicas 1, 2 and 3.
fn partition(isr: &[u8], leader: Option<u8>) -> PartitionState {
    PartitionState::new(brokers(&[1, 2, 3]).into(), brokers(isr).into(), leader.map(BrokerId))
}

fn active(ids: &'static [u8]) -> impl Fn(BrokerId) -> bool {
    move |broker| ids.contains(&broker.0)
}

fn elected(changed: &Changed) -> (u8, Election) {
    match changed.leadership {
        Leadership::Elected(leader, how) => (leader.0, how),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_leader_stays_while_it_is_valid_and_only_the_partition_epoch_moves() {
    let before = partition(&[3, 2, 1], Some(3));
    let changed = PartitionChange::new(&before, RULES)
        .without(BrokerId(2))
        .build(active(&[1, 3]))
        .unwrap();
    assert_eq!(changed.leadership, Leadership::Kept);
    assert_eq!(
        (
            ids(&changed.state.isr),
            changed.state.leader_epoch,
            changed.state.partition_epoch
        ),
        (vec![3, 1], 0, 1)
    );
}

#[test]
fn the_first_of_the_isr_in_the_order_of_assignment_leads() {
    // Not the first of the ISR as it is written.
    let before = partition(&[1, 3, 2], Some(1));
    let changed = PartitionChange::new(&before, RULES)
        .without(BrokerId(1))
        .build(active(&[2, 3]))
        .unwrap();
    assert_eq!(elected(&changed), (2, Election::FromIsr));
    assert_eq!((changed.state.leader_epoch, changed.state.partition_epoch), (1, 1));
}

#[test]
fn nothing_to_change_is_no_change() {
    let before = partition(&[1, 2, 3], Some(1));
    assert_eq!(PartitionChange::new(&before, RULES).build(active(&[1, 2])), None);
}

#[test]
fn whoever_leaves_a_small_isr_stays_eligible_and_leads_again_alone() {
    let before = partition(&[1, 2], Some(1));
    let small = PartitionChange::new(&before, RULES)
        .without(BrokerId(2))
        .build(active(&[1]))
        .unwrap()
        .state;
    assert_eq!((ids(&small.isr), ids(&small.elr)), (vec![1], vec![2]));
    let none = PartitionChange::new(&small, RULES)
        .without(BrokerId(1))
        .build(active(&[]))
        .unwrap();
    assert_eq!(none.leadership, Leadership::Lost);
    assert_eq!((ids(&none.state.isr), ids(&none.state.elr)), (vec![], vec![1, 2]));
    assert_eq!(
        (none.state.last_known_leader, none.state.leader_epoch),
        (Some(BrokerId(1)), 1)
    );
    let back = PartitionChange::new(&none.state, RULES).build(active(&[2])).unwrap();
    assert_eq!(elected(&back), (2, Election::FromElr));
    assert_eq!((ids(&back.state.isr), ids(&back.state.elr)), (vec![2], vec![1]));
    assert_eq!(back.state.recovery, LeaderRecovery::Recovered);
    assert_eq!(back.state.last_known_leader, None);
}

#[test]
fn an_isr_of_the_minimum_size_ends_all_eligibility() {
    let mut before = partition(&[1], Some(1));
    before.elr = brokers(&[2, 3]).into();
    let change = PartitionChange::new(&before, RULES).with_isr(brokers(&[1, 3]), LeaderRecovery::Recovered);
    assert!(change.build(active(&[1, 3])).unwrap().state.elr.is_empty());
}

#[test]
fn the_last_known_leader_leads_when_isr_and_elr_are_empty_and_must_recover() {
    let mut before = partition(&[], None);
    before.last_known_leader = Some(BrokerId(2));
    let changed = PartitionChange::new(&before, RULES).build(active(&[1, 2])).unwrap();
    assert_eq!(elected(&changed), (2, Election::LastKnown));
    assert_eq!(
        (ids(&changed.state.isr), changed.state.recovery),
        (vec![2], LeaderRecovery::Recovering)
    );
    assert_eq!(
        PartitionChange::new(&before, RULES).build(active(&[1, 3])),
        None,
        "it must be alive"
    );
}

#[test]
fn without_elr_the_last_member_stays_in_the_isr_and_nobody_leads() {
    let rules = ElectionRules { elr: false, ..RULES };
    let before = partition(&[3], Some(3));
    let changed = PartitionChange::new(&before, rules)
        .without(BrokerId(3))
        .build(active(&[1, 2]))
        .unwrap();
    assert_eq!(
        (changed.leadership, ids(&changed.state.isr)),
        (Leadership::Lost, vec![3])
    );
    assert_eq!(changed.state.leader_epoch, 1);
}

#[test]
fn an_unclean_election_takes_the_first_that_is_alive_and_loses_the_isr() {
    for rules in [RULES, ElectionRules { elr: false, ..RULES }] {
        let before = partition(&[3], Some(3));
        let change = PartitionChange::new(&before, rules).without(BrokerId(3)).unclean();
        let changed = change.build(active(&[1, 2])).unwrap();
        assert_eq!(elected(&changed), (1, Election::Unclean));
        assert_eq!(
            (ids(&changed.state.isr), changed.state.recovery),
            (vec![1], LeaderRecovery::Recovering)
        );
        assert!(changed.state.elr.is_empty());
    }
}

#[test]
fn the_preferred_leader_leads_again_once_it_is_in_sync_and_never_uncleanly() {
    let before = partition(&[2, 1], Some(2));
    let changed = PartitionChange::new(&before, RULES)
        .preferred()
        .build(active(&[1, 2]))
        .unwrap();
    assert_eq!(elected(&changed), (1, Election::Preferred));
    let behind = partition(&[2, 3], Some(2));
    assert_eq!(
        PartitionChange::new(&behind, RULES)
            .preferred()
            .build(active(&[1, 2, 3])),
        None
    );
    let rules = ElectionRules {
        unclean: true,
        elr: false,
        ..RULES
    };
    let leaderless = partition(&[3], None);
    assert_eq!(
        PartitionChange::new(&leaderless, rules)
            .preferred()
            .build(active(&[1, 2])),
        None
    );
}

#[test]
fn an_unclean_shutdown_costs_isr_and_elr() {
    let mut before = partition(&[], None);
    before.elr = brokers(&[1, 2]).into();
    let change = PartitionChange::new(&before, RULES).after_unclean_shutdown(BrokerId(1));
    assert_eq!(ids(&change.build(active(&[])).unwrap().state.elr), [2]);
    let rules = with_bug(Bug::UncleanShutdownKeepsIsr);
    let change = PartitionChange::new(&before, rules).after_unclean_shutdown(BrokerId(1));
    assert_eq!(change.build(active(&[])), None, "before KIP-966");
}

#[test]
fn a_reassignment_waits_for_the_new_replicas_and_then_drops_the_old() {
    let before = PartitionState::new(brokers(&[1, 2]).into(), brokers(&[1, 2]).into(), Some(BrokerId(1)));
    let all = active(&[1, 2, 3, 4]);
    let target = brokers(&[3, 4]);
    let moving = PartitionChange::new(&before, RULES)
        .reassign(&target)
        .build(&all)
        .unwrap();
    assert_eq!(ids(&moving.state.replicas), [3, 4, 1, 2]);
    assert_eq!(
        (ids(&moving.state.adding), ids(&moving.state.removing)),
        (vec![3, 4], vec![1, 2])
    );
    assert_eq!((moving.leadership, moving.state.leader_epoch), (Leadership::Kept, 0));
    let isr = |ids| PartitionChange::new(&moving.state, RULES).with_isr(brokers(ids), LeaderRecovery::Recovered);
    assert!(isr(&[1, 2, 3]).build(&all).unwrap().state.is_reassigning());
    let done = isr(&[1, 2, 4, 3]).build(&all).unwrap();
    assert_eq!(
        (ids(&done.state.replicas), ids(&done.state.isr)),
        (vec![3, 4], vec![4, 3])
    );
    assert_eq!(elected(&done), (3, Election::FromIsr));
    assert!(!done.state.is_reassigning());
}

#[test]
fn replicas_that_are_dropped_hear_of_it_in_a_new_leader_epoch() {
    let before = partition(&[1, 2, 3], Some(1));
    let target = brokers(&[1, 2]);
    let changed = PartitionChange::new(&before, RULES)
        .reassign(&target)
        .build(active(&[1, 2, 3]))
        .unwrap();
    assert_eq!(
        (changed.leadership, changed.state.leader_epoch),
        (Leadership::Renewed, 1)
    );
    assert_eq!(
        (ids(&changed.state.replicas), ids(&changed.state.isr)),
        (vec![1, 2], vec![1, 2])
    );
}

#[test]
fn the_seeded_bugs_break_their_rules() {
    let before = partition(&[1], Some(1));
    let gone = |rules| {
        PartitionChange::new(&before, rules)
            .without(BrokerId(1))
            .build(active(&[2, 3]))
    };
    let outside = gone(with_bug(Bug::ElectOutsideIsr)).unwrap();
    assert_eq!(elected(&outside), (2, Election::FromElr));
    assert_eq!(
        (ids(&outside.state.isr), outside.state.recovery),
        (vec![2], LeaderRecovery::Recovered)
    );
    let stays = gone(with_bug(Bug::FencedStaysInIsr)).unwrap();
    assert_eq!((ids(&stays.state.isr), stays.leadership), (vec![1], Leadership::Lost));
    let same = gone(with_bug(Bug::EpochNotBumped)).unwrap().state;
    assert_eq!((same.leader_epoch, same.partition_epoch), (0, 1));
}

proptest! {
    /// Whatever happens in whatever order: the leader is in sync, nobody is both in sync and eligible, and epochs count
    /// changes.
    #[test]
    fn a_partition_stays_consistent(
        elr: bool,
        unclean: bool,
        min_isr in 1_usize..=3,
        steps in prop::collection::vec((0_u8..6, 1_u8..=4, 0_u8..16), 1..40),
    ) {
        let rules = ElectionRules { min_isr, elr, unclean, bug: None };
        let mut state = partition(&[1, 2, 3], Some(1));
        for (what, broker, alive) in steps {
            let broker = BrokerId(broker);
            let is_active = |other: BrokerId| alive & (1 << (other.0 - 1)) != 0;
            let change = PartitionChange::new(&state, rules);
            let changed = match what {
                0 => change.without(broker).build(|other| other != broker && is_active(other)),
                1 => change.after_unclean_shutdown(broker).build(|other| other != broker && is_active(other)),
                2 => change.preferred().build(is_active),
                3 => change.unclean().build(is_active),
                4 if state.replicas.contains(&broker) && state.leader.is_some_and(is_active) && is_active(broker) => {
                    let mut isr: Vec<BrokerId> = state.isr.iter().copied().filter(|other| is_active(*other)).collect();
                    isr.extend((!isr.contains(&broker)).then_some(broker));
                    change.with_isr(isr, LeaderRecovery::Recovered).build(is_active)
                }
                5 => change.reassign(&brokers(&[broker.0, broker.0 % 4 + 1])).build(is_active),
                _ => change.build(is_active),
            };
            let Some(Changed { state: next, leadership }) = changed else { continue };
            prop_assert_eq!(next.partition_epoch, state.partition_epoch + 1);
            let bumped = u32::from(leadership != Leadership::Kept);
            prop_assert_eq!(next.leader_epoch, state.leader_epoch + bumped);
            prop_assert!(next.leader.is_none_or(|leader| next.isr.contains(&leader)));
            prop_assert!(next.isr.iter().all(|member| !next.elr.contains(member)));
            prop_assert!(elr || !next.isr.is_empty());
            prop_assert!(elr || next.elr.is_empty());
            state = next;
        }
    }
}
