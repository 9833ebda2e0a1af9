//! Static members (KIP-345), as far as it is theirs.

use super::little_world::{LittleWorld, SECOND, TOPIC};
use crate::consumer::{ConsumerConfig, ConsumerState};
use crate::coordinator::Asker;
use crate::trace::Fact;
use crate::wire::{Api, Channel, ErrorCode, GroupProtocol, JoinGroupRequest, NodeId, RequestBody, Subscription};

fn worker(config: &mut ConsumerConfig) {
    config.instance_id = "worker".into();
}

fn left(world: &LittleWorld, id: u8) -> bool {
    let is_leave = |fact: Fact| matches!(fact, Fact::Sent(sent) if sent.api == Api::LeaveGroup);
    world.facts(id).any(is_leave)
}

#[test]
fn close_says_no_good_bye() {
    let mut world = LittleWorld::new(2);
    world.start(&[1], worker);
    world.pass(4 * SECOND);
    world.close(1);
    world.pass(SECOND);
    assert_eq!(world.consumers[&1].state(), ConsumerState::Closed);
    assert!(!left(&world, 1));
    assert_eq!(
        world.group(),
        "Stable 1 1",
        "its place is kept until its session is over"
    );
}

#[test]
fn who_does_not_poll_keeps_its_place_and_says_nothing() {
    let mut world = LittleWorld::new(1);
    world.write(0, 1);
    world.start(&[1], |config| {
        worker(config);
        config.processing_us = 14 * SECOND;
        config.max_poll_interval_us = 8 * SECOND;
    });
    world.pass(16 * SECOND);
    assert!(!left(&world, 1));
    assert_eq!(world.group(), "Stable 1 1");
}

#[test]
fn the_instance_has_the_number_of_its_consumer() {
    let mut config = ConsumerConfig::new("readers", "matches");
    assert_eq!(config.instance_of(2), None);
    worker(&mut config);
    assert_eq!(config.instance_of(2).as_deref(), Some("worker-2"));
}

#[test]
fn who_is_replaced_by_another_process_of_its_name_ends() {
    let mut world = LittleWorld::new(2);
    world.start(&[1], worker);
    world.pass(4 * SECOND);
    let other = NodeId::Consumer(9);
    world.dead.insert(other);
    let asker = Asker {
        node: other,
        channel: Channel::Coordinator,
        connection: 0,
        correlation: 1,
    };
    let join = JoinGroupRequest {
        group: "readers".into(),
        member: "".into(),
        instance: Some("worker-1".into()),
        session_timeout_us: 45 * SECOND,
        rebalance_timeout_us: 300 * SECOND,
        protocols: [GroupProtocol {
            name: "range".into(),
            metadata: Subscription::to([TOPIC]),
        }]
        .into(),
        client_id: "c9".into(),
    };
    world.coordinate(Box::new(move |coordinator, ctx, effects| {
        coordinator.on_request(asker, RequestBody::JoinGroup(join), ctx, effects);
    }));
    world.pass(4 * SECOND);
    let is_fenced = |fact: Fact| {
        let error = ErrorCode::FencedInstanceId;
        matches!(fact, Fact::CoordinatorRefused { error: told, .. } if told == error)
    };
    assert!(world.facts(1).any(is_fenced), "its next heartbeat tells it");
    assert_eq!(world.consumers[&1].state(), ConsumerState::Closed);
    assert!(!left(&world, 1));
    assert_eq!(world.group(), "Stable 1 1", "the other one has its place");
}
