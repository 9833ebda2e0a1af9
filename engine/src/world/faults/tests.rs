//! What peers hear of a process that ends, and in which order its nodes stop.

use super::*;
use crate::wire::{Micros, Request};
use crate::world::{Command, Setup};

const B1: NodeId = NodeId::Broker(1);
const B2: NodeId = NodeId::Broker(2);
const CTRL1: NodeId = NodeId::Controller(1);

/// A cluster that has been up for two seconds.
fn world(change: impl FnOnce(&mut Setup)) -> World {
    let mut setup = Setup::new(3, "topic");
    change(&mut setup);
    let mut world = World::new(&setup);
    world.run_until(2_000_000);
    world
}

fn commanded(world: &mut World, node: NodeId, fault: ProcessFault) {
    world.command(&Command::Process { node, fault });
}

/// Who will hear that a connection to `node` is closed, and when.
fn closings(world: &World, node: NodeId) -> Vec<(NodeId, Micros)> {
    let due = world.queue.iter().filter_map(|(at, due)| match due {
        Due::Message(parcel) if parcel.from == node && matches!(parcel.message, Message::Disconnect(_)) => {
            Some((parcel.to, at))
        }
        _ => None,
    });
    let mut closings: Vec<(NodeId, Micros)> = due.collect();
    closings.sort_unstable();
    closings
}

fn state(world: &World, node: NodeId) -> ProcessState {
    world.processes.of(node).unwrap().state
}

/// A question from one node to another, on its way.
fn ask(world: &mut World, from: NodeId, to: NodeId) {
    world.outbox.messages.push((
        to,
        Message::Request(Request {
            correlation: 1,
            channel: Channel::Data,
            body: RequestBody::Metadata,
        }),
        100,
        0,
    ));
    world.carry_out(from);
}

#[test]
fn all_peers_hear_of_a_crash_behind_what_was_sent() {
    let mut world = world(|_| {});
    let last_sent = world
        .queue
        .iter()
        .filter_map(|(at, due)| matches!(due, Due::Message(Parcel { from: B2, to: B1, .. })).then_some(at))
        .max();
    commanded(&mut world, B2, ProcessFault::Crash);
    let told = closings(&world, B2);
    let peers: Vec<NodeId> = told.iter().map(|(peer, _)| *peer).collect();
    assert!(peers.contains(&CTRL1) && peers.contains(&B1), "{peers:?}");
    assert!(told.iter().all(|(peer, at)| *peer != B1 || Some(*at) >= last_sent));
    assert!(
        told.iter().all(|(_, at)| (2_000_500..2_001_700).contains(at)),
        "{told:?}"
    );
}

#[test]
fn who_asks_a_dead_broker_is_refused_once() {
    let mut world = world(|setup| setup.consumers = 0);
    let client = NodeId::Producer(9); // one that asks nothing of its own
    commanded(&mut world, B2, ProcessFault::Crash);
    world.run_until(3_000_000);
    ask(&mut world, client, B2);
    ask(&mut world, client, B2);
    world.run_until(3_000_700);
    assert_eq!(closings(&world, B2).iter().filter(|(to, _)| *to == client).count(), 1);
}

#[test]
fn timers_of_an_earlier_life_do_not_run_out() {
    let mut world = world(|_| {});
    commanded(&mut world, B2, ProcessFault::Crash);
    commanded(&mut world, B2, ProcessFault::Start);
    let life = world.processes.life(B2);
    assert_eq!(life, 2);
    let old = world
        .queue
        .take_out(|due| matches!(due, Due::Timer { node: B2, life: 0, .. }));
    assert!(!old.is_empty());
    for due in old {
        let Due::Timer { node, life, .. } = due else { continue };
        assert_eq!(world.processes.reach(node, life, false), Reach::Void);
    }
}

#[test]
fn the_broker_stops_before_the_controller_of_its_process() {
    let mut world = world(|setup| setup.combined = true);
    commanded(&mut world, B1, ProcessFault::Stop);
    assert_ne!(state(&world, B1), ProcessState::Running);
    assert!(world.processes.is_there(CTRL1));
    world.exited(B1, 1);
    assert!(!world.processes.is_there(B1));
    assert!(closings(&world, B1).iter().any(|(peer, _)| *peer == B2));
    world.exited(CTRL1, 1);
    assert_eq!(state(&world, B1), ProcessState::Stopped);
    commanded(&mut world, CTRL1, ProcessFault::Start);
    assert!(world.processes.is_running(B1) && world.processes.is_running(CTRL1));
}

#[test]
fn a_stop_waits_until_a_paused_process_goes_on() {
    let mut world = world(|_| {});
    commanded(&mut world, B1, ProcessFault::Pause);
    commanded(&mut world, B1, ProcessFault::Stop);
    assert_eq!(state(&world, B1), ProcessState::Paused);
    commanded(&mut world, B1, ProcessFault::Resume);
    assert_ne!(state(&world, B1), ProcessState::Running);
}

#[test]
fn a_disk_can_be_lost_while_nothing_runs_and_a_controllers_own_survives() {
    let mut world = world(|_| {});
    commanded(&mut world, B1, ProcessFault::Crash);
    commanded(&mut world, B1, ProcessFault::LoseDisk);
    assert_eq!(state(&world, B1), ProcessState::DiskLost);
    commanded(&mut world, CTRL1, ProcessFault::LoseDisk);
    assert_eq!(state(&world, CTRL1), ProcessState::Crashed);
    let facts: Vec<NodeId> = world
        .trace
        .since(0)
        .filter(|event| event.fact == Fact::DiskLost)
        .map(|event| event.node)
        .collect();
    assert_eq!(facts, [B1]);
}

#[test]
fn a_slow_disk_stays_slow() {
    let mut world = world(|_| {});
    world.command(&Command::SlowDisk {
        broker: BrokerId(2),
        bytes_per_s: Some(5_000),
    });
    commanded(&mut world, B2, ProcessFault::Crash);
    commanded(&mut world, B2, ProcessFault::Start);
    assert_eq!(world.view().brokers[1].disk_bytes_per_s, Some(5_000));
}

#[test]
fn what_is_due_has_not_grown() {
    assert!(
        size_of::<Due>() <= size_of::<Message>() + 24,
        "{} bytes",
        size_of::<Due>()
    );
}
