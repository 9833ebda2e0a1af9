//! Registration, sessions, fencing and controlled shutdown.

use super::desk::{Desk, PARTITION, SECOND, brokers};
use crate::controller::ControllerConfig;
use crate::node::{Bug, Ctx};
use crate::trace::{Election, Fact, FenceWhy, Sent};
use crate::wire::{
    AllocateProducerIdsRequest, BrokerHeartbeatRequest, BrokerId, ErrorCode, NodeId, RequestBody, ResponseBody,
};

fn cluster() -> Desk {
    let config = ControllerConfig {
        min_insync_replicas: 2,
        ..ControllerConfig::default()
    };
    Desk::with_cluster(config, 3)
}

fn fenced(desk: &Desk, broker: u8) -> bool {
    desk.controller.image.brokers[&BrokerId(broker)].fenced
}

#[test]
fn a_broker_is_unfenced_once_it_has_applied_its_own_registration() {
    let mut desk = Desk::new(ControllerConfig::default());
    let epoch = desk.register(1, 1, None).broker_epoch;
    assert!(desk.heartbeat(1, epoch, false).fenced, "all before it is not enough");
    assert!(!desk.heartbeat(1, epoch + 1, false).fenced);
}

#[test]
fn a_silent_broker_is_fenced_after_its_session_and_the_next_one_leads() {
    let mut desk = cluster();
    desk.beat_until(SECOND, &[]);
    desk.beat_until(10 * SECOND - 1, &[1]);
    assert_eq!(desk.now, 10 * SECOND);
    assert_eq!((desk.leader(), desk.isr()), (Some(2), vec![2, 3]));
    assert!(fenced(&desk, 1));
    assert_eq!(desk.controller.heard_us(BrokerId(1)), None);
    assert_eq!(desk.controller.heard_us(BrokerId(2)), Some(10 * SECOND));
}

#[test]
fn why_the_leader_moved_leads_back_to_the_last_heartbeat() {
    let mut desk = cluster();
    desk.beat_until(2 * SECOND, &[]);
    desk.expire(1);
    let moved = desk.last(|fact| matches!(fact, Fact::LeaderElected { .. }));
    let how = Election::FromIsr;
    let (partition, leader, epoch) = (PARTITION, BrokerId(2), 1);
    assert_eq!(
        moved.fact,
        Fact::LeaderElected {
            partition,
            leader,
            epoch,
            how
        }
    );
    let chain = desk.trace.chain(moved.id);
    let why = FenceWhy::SessionExpired;
    assert_eq!(
        chain[1].fact,
        Fact::BrokerFenced {
            broker: BrokerId(1),
            why
        }
    );
    assert!(
        matches!(
            chain[2].fact,
            Fact::Sent(Sent {
                to: NodeId::Controller(1),
                ..
            })
        ),
        "{:?}",
        chain[2]
    );
    assert_eq!((chain[2].node, chain[2].at), (NodeId::Broker(1), 2 * SECOND));
    let shrunk = desk.last(|fact| matches!(fact, Fact::IsrChanged { .. }));
    assert_eq!(shrunk.cause, chain[1].id);
}

#[test]
fn the_bug_keeps_the_fenced_in_the_isr() {
    let mut desk = cluster();
    desk.bug = Some(Bug::FencedStaysInIsr);
    desk.expire(1);
    assert_eq!((desk.leader(), desk.isr()), (Some(2), vec![1, 2, 3]));
}

#[test]
fn a_new_active_controller_gives_everybody_a_fresh_session() {
    let mut desk = cluster();
    desk.pass_to(8 * SECOND);
    desk.activate();
    desk.pass_to(16 * SECOND);
    assert!(!fenced(&desk, 1));
    desk.pass_to(17 * SECOND);
    assert!(fenced(&desk, 1) && fenced(&desk, 2) && fenced(&desk, 3));
    assert_eq!(desk.leader(), None);
}

#[test]
fn unfencing_elects_only_where_nobody_leads() {
    let mut desk = cluster();
    desk.expire(1);
    desk.beat(1);
    assert_eq!(
        (desk.leader(), desk.isr()),
        (Some(2), vec![2, 3]),
        "it waits to be preferred again"
    );
    desk.pass_to(desk.now + 9 * SECOND);
    assert_eq!(desk.leader(), None);
    desk.beat(3);
    assert_eq!((desk.leader(), desk.isr()), (Some(3), vec![3]), "eligible, and alone");
}

#[test]
fn heartbeats_of_unknown_and_of_former_lives_are_refused() {
    let mut desk = cluster();
    let beat = |desk: &mut Desk, broker, broker_epoch| {
        let request = BrokerHeartbeatRequest {
            broker: BrokerId(broker),
            broker_epoch,
            metadata_offset: 100,
            want_shut_down: false,
        };
        desk.ask(broker, RequestBody::BrokerHeartbeat(request)).error()
    };
    assert_eq!(beat(&mut desk, 9, 0), ErrorCode::BrokerIdNotRegistered);
    assert_eq!(beat(&mut desk, 1, 77), ErrorCode::StaleBrokerEpoch);
}

#[test]
fn controlled_shutdown_moves_leaderships_at_once_and_ends_when_the_others_know() {
    let mut desk = cluster();
    let at = desk.controller.image.offset;
    let asked = desk.heartbeat(1, at, true);
    assert!(!asked.fenced && !asked.should_shut_down);
    assert_eq!((desk.leader(), desk.isr()), (Some(2), vec![2, 3]));
    assert!(
        !desk.heartbeat(1, at, true).should_shut_down,
        "the others have not heard of it"
    );
    desk.beat(2);
    assert!(!desk.heartbeat(1, at, true).should_shut_down, "3 has not");
    desk.beat(3);
    assert!(desk.heartbeat(1, at, true).should_shut_down);
    assert!(fenced(&desk, 1));
    let why = FenceWhy::ShutDown;
    assert!(desk.facts().contains(&Fact::BrokerFenced {
        broker: BrokerId(1),
        why
    }));
    assert!(desk.facts().contains(&Fact::BrokerShuttingDown { broker: BrokerId(1) }));
}

#[test]
fn a_broker_that_leads_nothing_may_stop_at_once() {
    let mut desk = cluster();
    let offset = desk.controller.image.offset;
    assert!(desk.heartbeat(3, offset, true).should_shut_down);
    assert_eq!((desk.leader(), desk.isr()), (Some(1), vec![1, 2]));
}

#[test]
fn a_registration_that_is_sent_twice_is_answered_twice() {
    let mut desk = cluster();
    let records = desk.controller.image.offset;
    assert_eq!(desk.register(1, 1, None).broker_epoch, desk.epoch(1));
    assert_eq!((desk.controller.image.offset, desk.leader()), (records, Some(1)));
}

#[test]
fn a_new_life_waits_until_the_session_of_the_last_one_has_run_out() {
    let mut desk = cluster();
    desk.beat_until(3 * SECOND, &[1]);
    assert_eq!(desk.register(1, 2, None).error, ErrorCode::DuplicateBrokerRegistration);
    desk.beat_until(9 * SECOND, &[1]);
    assert_eq!(desk.register(1, 2, None).error, ErrorCode::None);
}

#[test]
fn after_a_clean_shutdown_a_new_life_is_welcome_at_once() {
    let mut desk = cluster();
    let (epoch, offset) = (desk.epoch(3), desk.controller.image.offset);
    assert!(desk.heartbeat(3, offset, true).should_shut_down);
    assert_eq!(desk.register(3, 2, Some(epoch)).error, ErrorCode::None);
}

#[test]
fn an_unclean_shutdown_ends_eligibility_and_a_clean_one_does_not() {
    for (is_clean, elr) in [(false, vec![]), (true, vec![BrokerId(1)])] {
        let mut desk = cluster();
        desk.expire(3);
        desk.expire(2);
        desk.expire(1);
        desk.controller.image.partitions.get_mut(&PARTITION).unwrap().elr = brokers(&[1]).into();
        let previous = is_clean.then_some(desk.epoch(1));
        desk.register(1, 2, previous);
        assert_eq!(desk.state().elr.to_vec(), elr, "clean: {is_clean}");
    }
}

#[test]
fn without_elr_an_unclean_shutdown_only_fences() {
    let config = ControllerConfig {
        eligible_leader_replicas: false,
        ..ControllerConfig::default()
    };
    let mut desk = Desk::with_cluster(config, 1);
    desk.expire(1);
    assert_eq!((desk.leader(), desk.isr()), (None, vec![1]));
    desk.register(1, 2, None);
    desk.beat(1);
    assert_eq!(
        (desk.leader(), desk.isr()),
        (Some(1), vec![1]),
        "with whatever it has left"
    );
}

#[test]
fn producer_ids_come_in_blocks_and_never_twice() {
    let mut desk = cluster();
    let epoch = desk.epoch(1);
    let mut block = |broker: u8, broker_epoch| {
        let request = AllocateProducerIdsRequest {
            broker: BrokerId(broker),
            broker_epoch,
        };
        match desk.ask(broker, RequestBody::AllocateProducerIds(request)) {
            ResponseBody::AllocateProducerIds(answer) => (answer.error, answer.start, answer.len),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(block(1, epoch), (ErrorCode::None, 0, 1_000));
    assert_eq!(block(1, epoch), (ErrorCode::None, 1_000, 1_000));
    assert_eq!(block(2, epoch).0, ErrorCode::StaleBrokerEpoch);
}

impl Desk {
    fn activate(&mut self) {
        self.act(|controller, ctx: &mut Ctx| {
            controller.on_resigned(ctx);
            controller.on_active(ctx);
        });
    }
}
