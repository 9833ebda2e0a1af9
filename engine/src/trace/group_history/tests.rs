//! A group of two: c1 is alone, c2 joins, c1 dies.

use super::*;
use crate::log::Dictionary;
use crate::wire::TopicId;

fn partition(index: u16) -> PartitionId {
    PartitionId {
        topic: TopicId(0),
        index,
    }
}

fn history(told: &[(Micros, u8, Fact)]) -> GroupHistory {
    let mut history = GroupHistory::new(Dictionary::default().key("group").unwrap());
    for (id, (at, consumer, fact)) in (1..).zip(told) {
        history.add(&Event {
            id,
            at: *at,
            node: NodeId::Consumer(*consumer),
            cause: 100 + id,
            fact: *fact,
        });
    }
    history
}

fn state(state: GroupStateName, generation: u32) -> Fact {
    Fact::GroupState {
        group: None,
        state,
        generation,
        members: 2,
    }
}

fn assigned(index: u16, generation: u32) -> Fact {
    Fact::PartitionAssigned {
        partition: partition(index),
        generation,
    }
}

fn story() -> GroupHistory {
    let revoked = |index| Fact::PartitionRevoked {
        partition: partition(index),
    };
    history(&[
        (0, 1, Fact::ConsumerStarted),
        (10, 0, state(GroupStateName::PreparingRebalance, 0)),
        (20, 0, state(GroupStateName::Stable, 1)),
        (25, 1, assigned(0, 1)),
        (25, 1, assigned(1, 1)),
        (90, 2, Fact::ConsumerStarted),
        (95, 3, Fact::ConsumerStarted),
        (100, 0, state(GroupStateName::PreparingRebalance, 1)),
        (110, 1, revoked(0)),
        (110, 1, revoked(1)),
        (120, 0, state(GroupStateName::CompletingRebalance, 2)),
        (130, 0, state(GroupStateName::Stable, 2)),
        (140, 1, assigned(0, 2)),
        (150, 2, assigned(1, 2)),
        (150, 3, Fact::NothingAssigned { generation: 2 }),
        (200, 1, Fact::ProcessCrashed),
    ])
}

#[test]
fn ownership_begins_and_ends_and_says_how() {
    let spans: Vec<_> = story()
        .spans()
        .map(|span| {
            (
                span.consumer,
                span.partition.index,
                span.from_us,
                span.until_us,
                span.end,
            )
        })
        .collect();
    let expected = [
        (1, 0, 25, 110, SpanEnd::Revoked),
        (1, 1, 25, 110, SpanEnd::Revoked),
        (1, 0, 140, 200, SpanEnd::Crashed),
        (2, 1, 150, 150, SpanEnd::Open),
    ];
    assert_eq!(spans, expected);
}

#[test]
fn a_rebalance_has_a_reason_a_duration_and_what_it_moved() {
    let rebalances: Vec<Rebalance> = story().rebalances().copied().collect();
    assert_eq!(rebalances.len(), 2);
    let second = rebalances[1];
    assert_eq!((second.reason, second.from_us, second.until_us), (108, 100, Some(130)));
    assert_eq!(
        (second.generation, second.moved),
        (2, 1),
        "partition 1 has another owner"
    );
    assert_eq!(story().rebalancing_us, 10 + 30);
}

#[test]
fn members_wait_work_and_are_gone() {
    let story = story();
    let spells: Vec<_> = story
        .past_spells()
        .map(|spell| (spell.consumer, spell.does, spell.from_us))
        .collect();
    let expected = [
        (1, MemberDoes::Waiting, 0),
        (1, MemberDoes::Working, 25),
        (1, MemberDoes::Waiting, 110),
        (2, MemberDoes::Waiting, 90),
        (1, MemberDoes::Working, 140),
        (3, MemberDoes::Waiting, 95),
    ];
    let mut sorted = spells.clone();
    sorted.sort_unstable_by_key(|(consumer, _, from)| (*from, *consumer));
    let mut wanted = expected.to_vec();
    wanted.sort_unstable_by_key(|(consumer, _, from)| (*from, *consumer));
    assert_eq!(sorted, wanted);
    let now: Vec<_> = story.present_spells().map(|spell| spell.does).collect();
    assert_eq!(now, [MemberDoes::Gone, MemberDoes::Working, MemberDoes::Idle]);
}

#[test]
fn the_time_without_an_owner_is_summed() {
    let story = story();
    assert_eq!(story.unowned_us(partition(0), 250), 30 + 50);
    assert_eq!(story.unowned_us(partition(1), 250), 40);
    assert_eq!(story.unowned_us(partition(9), 250), 0, "nobody has ever owned it");
}

#[test]
fn who_is_removed_has_lost_what_it_had() {
    let removed = Fact::MemberRemoved {
        consumer: NodeId::Consumer(1),
    };
    let history = history(&[(5, 1, assigned(0, 1)), (50, 0, removed)]);
    let span = history.spans().next().unwrap();
    assert_eq!((span.until_us, span.end), (50, SpanEnd::Lost));
}

#[test]
fn what_is_kept_is_bounded() {
    let mut told = Vec::new();
    for n in 0..2 * GroupHistory::MOST_REBALANCES as u64 {
        told.push((2 * n, 0, state(GroupStateName::PreparingRebalance, 1)));
        told.push((2 * n + 1, 0, state(GroupStateName::Stable, 1)));
    }
    let history = history(&told);
    assert_eq!(history.rebalances().count(), GroupHistory::MOST_REBALANCES);
    assert_eq!(history.rebalanced, 2 * GroupHistory::MOST_REBALANCES as u64);
}
