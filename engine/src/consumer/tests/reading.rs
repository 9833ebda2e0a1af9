//! Fetching, processing, committing, and what can go wrong with each.

use super::little_world::{LittleWorld, MILLI, SECOND};
use crate::consumer::ConsumerState;
use crate::trace::Fact;
use crate::wire::Api;

#[test]
fn every_record_is_processed_once_and_then_committed() {
    let mut world = LittleWorld::new(2);
    world.write(0, 3);
    world.start(&[1], |_| {});
    world.pass(4 * SECOND);
    world.write(1, 2);
    world.write(1, 2);
    world.pass(SECOND);
    assert_eq!(
        (world.processed(0), world.processed(1)),
        (vec![0, 1, 2], vec![0, 1, 2, 3])
    );
    assert_eq!((world.committed(0), world.committed(1)), (Some(3), Some(4)));
    let second = world.consumers[&1].owned().nth(1).expect("it owns two");
    assert_eq!(
        (second.position, second.processed, second.committed, second.buffered),
        (4, 4, Some(4), 0)
    );
    assert_eq!(second.high_watermark, 4);
}

#[test]
fn a_poll_takes_at_most_max_poll_records_and_each_is_committed_before_the_next() {
    let mut world = LittleWorld::new(1);
    for _ in 0..5 {
        world.write(0, 7);
    }
    world.start(&[1], |config| config.max_poll_records = 10);
    world.pass(4 * SECOND);
    let story: Vec<String> = world
        .facts(1)
        .filter_map(|fact| match fact {
            Fact::Polled { records } => Some(format!("poll {records}")),
            Fact::Sent(sent) if sent.api == Api::OffsetCommit => Some(format!("commit {}", sent.offset)),
            _ => None,
        })
        .collect();
    let polls = [
        "poll 10",
        "commit 10",
        "poll 10",
        "commit 20",
        "poll 10",
        "commit 30",
        "poll 5",
        "commit 35",
    ];
    assert_eq!(story, polls);
    assert_eq!(world.processed(0), (0..35).collect::<Vec<_>>());
}

#[test]
fn the_next_records_travel_while_the_application_works() {
    let mut world = LittleWorld::new(1);
    world.start(&[1], |config| config.processing_us = 100 * MILLI);
    world.pass(4 * SECOND);
    world.write(0, 5);
    world.pass(10 * MILLI);
    world.write(0, 5);
    world.pass(10 * MILLI);
    let owned = world.consumers[&1].owned().next().expect("it owns one");
    assert!(world.consumers[&1].is_busy());
    assert_eq!((owned.position, owned.processed, owned.buffered), (5, 0, 10));
    world.pass(SECOND);
    assert_eq!(world.committed(0), Some(10));
}

#[test]
fn a_new_leader_is_found_by_the_old_ones_refusal() {
    let mut world = LittleWorld::new(1);
    world.start(&[1], |_| {});
    world.pass(4 * SECOND);
    world.elect(0, 2);
    world.write(0, 1);
    world.pass(SECOND);
    assert_eq!(world.processed(0), [0]);
    let refused = |fact: &Fact| matches!(fact, Fact::Sent(sent) if sent.api == Api::Metadata);
    assert_eq!(
        world.facts(1).filter(refused).count(),
        2,
        "at the start, and after the refusal"
    );
}

#[test]
fn an_offset_that_is_not_in_the_log_is_reset() {
    let mut world = LittleWorld::new(1);
    world.write(0, 5);
    world.start(&[1], |_| {});
    world.pass(4 * SECOND);
    world.close(1);
    world.pass(SECOND);
    world.forget_log(0);
    world.write(0, 1);
    // A committed offset says nothing of its epoch, as with `new OffsetAndMetadata(offset)`.
    world.start(&[2], |_| {});
    world.pass(4 * SECOND);
    assert_eq!(world.processed(0), [0, 1, 2, 3, 4, 0]);
}

#[test]
fn a_restarted_group_goes_on_in_the_middle_of_a_batch() {
    let mut world = LittleWorld::new(1);
    world.write(0, 10);
    world.start(&[1], |config| {
        config.max_poll_records = 4;
        config.processing_us = SECOND;
    });
    world.pass(8 * SECOND);
    world.close(1);
    world.pass(SECOND);
    assert_eq!(world.committed(0), Some(4));
    world.start(&[2], |_| {});
    world.pass(4 * SECOND);
    assert_eq!(world.processed(0), (0..10).collect::<Vec<_>>());
}

#[test]
fn a_lost_answer_stalls_nobody_for_longer_than_the_request_timeout() {
    for api in [
        Api::Metadata,
        Api::FindCoordinator,
        Api::SyncGroup,
        Api::OffsetFetch,
        Api::ListOffsets,
        Api::Fetch,
        Api::OffsetCommit,
        Api::Heartbeat,
    ] {
        let mut world = LittleWorld::new(2);
        world.write(0, 1);
        world.lose_next = Some(api);
        world.start(&[1], |config| config.request_timeout_us = 5 * SECOND);
        world.pass(14 * SECOND);
        assert_eq!(world.lose_next, None, "{} was sent", api.name());
        world.write(1, 1);
        world.pass(15 * SECOND);
        assert_eq!(world.committed(0), Some(1), "after the loss of {}", api.name());
        assert_eq!(world.committed(1), Some(1), "after the loss of {}", api.name());
        assert_eq!(world.consumers[&1].state(), ConsumerState::Stable);
    }
}

#[test]
fn timers_and_requests_do_not_pile_up() {
    let mut world = LittleWorld::new(2);
    world.start(&[1], |_| {});
    world.pass(60 * SECOND);
    let before = world.waiting();
    world.pass(600 * SECOND);
    assert!(world.waiting() <= before + 2, "{} and {}", before, world.waiting());
}
