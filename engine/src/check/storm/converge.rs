//! Whether all is well again.

use crate::check::{Checker, PartitionHistory};
use crate::consumer::Role;
use crate::wire::{Acks, Micros, OffsetSpec, PartitionId, PartitionState};
use crate::world::{Command, ConsumerView, GroupPartitionView, GroupView, ProcessState, View, World};

/// What is not well yet, when nothing is wrong with any process or link any more and nobody sends: every replica in sync,
/// every acknowledged record readable as far as that is promised, every group stable and caught up.
#[must_use]
pub fn unconverged(world: &World, checker: &Checker) -> Option<String> {
    let image = world.authoritative_image();
    let view = world.view();
    if let Some(broker) = view
        .brokers
        .iter()
        .find(|b| b.process != ProcessState::Running || !b.unfenced)
    {
        return Some(format!(
            "{} is {:?}, unfenced: {}",
            broker.id, broker.process, broker.unfenced
        ));
    }
    let replicated = image
        .partitions
        .iter()
        .find_map(|(id, state)| unreplicated(*id, state, world));
    replicated
        .or_else(|| unsent(&view))
        .or_else(|| unread(world, &view, checker))
        .or_else(|| super::retried::unretried(world, has_forgotten(world, checker) || skips(world)))
        .or_else(|| unmerged(world))
        .or_else(|| unkept(world, checker))
}

fn unreplicated(id: PartitionId, state: &PartitionState, world: &World) -> Option<String> {
    let name = world.names().partition(id);
    let Some(leader) = state.leader else {
        return Some(format!("{name} has no leader"));
    };
    if state.isr.len() < state.replicas.len() || !state.adding.is_empty() || !state.removing.is_empty() {
        return Some(format!(
            "{name} has replicas {:?} and in sync {:?}, adding {:?}, removing {:?}",
            state.replicas, state.isr, state.adding, state.removing
        ));
    }
    let replica = |broker| world.broker_of(broker).and_then(|b| b.replica(id));
    let Some(first) = replica(leader).filter(|r| r.is_leader() && r.leader_epoch == state.leader_epoch) else {
        return Some(format!("{leader} does not know that it leads {name}"));
    };
    for broker in state.replicas.iter() {
        let Some(other) = replica(*broker) else {
            return Some(format!("{broker} does not know that it has {name}"));
        };
        // With `enable.auto.commit` somebody commits all the time, even if it is the same again.
        let offsets = world.authoritative_image().topic("__consumer_offsets");
        let is_written =
            world.setup().consumer.application.auto_commit && offsets.is_some_and(|(topic, _)| topic == id.topic);
        if !is_written && (other.log.end(), other.high_watermark) != (first.log.end(), first.log.end()) {
            return Some(format!(
                "{name} ends at {} at its leader {leader}, and at {broker} at {}, with a high watermark of {}",
                first.log.end(),
                other.log.end(),
                other.high_watermark
            ));
        }
    }
    None
}

fn unsent(view: &View) -> Option<String> {
    let busy = view
        .producers
        .iter()
        .find(|p| p.waiting > 0 || p.in_flight > 0 || p.backlog > 0)?;
    Some(format!(
        "{} has {} records that wait, {} in front of send(), and {} requests in flight",
        busy.node, busy.waiting, busy.backlog, busy.in_flight
    ))
}

fn unread(world: &World, view: &View, checker: &Checker) -> Option<String> {
    // Those of retry topics and dead letters read something else.
    let is_of_topic = |group: &&GroupView| {
        let mut consumers = world.consumers_of(&group.id);
        consumers.any(|(_, consumer)| consumer.role() == Role::Main)
    };
    view.groups
        .iter()
        .filter(is_of_topic)
        .find_map(|group| unread_by(group, world, view, checker))
}

/// What a group has not come to: to be stable with all its consumers, each partition with one of them, and at the end of all
/// that there is.
fn unread_by(group: &GroupView, world: &World, view: &View, checker: &Checker) -> Option<String> {
    // Who has ended by itself, because `poll()` threw, is no member any more, and does not come back.
    let runs = |c: &&ConsumerView| *c.group == *group.id && c.process != ProcessState::Stopped;
    let members: Vec<&ConsumerView> = view.consumers.iter().filter(runs).collect();
    if members.is_empty() {
        return None;
    }
    if let Some(gone) = members.iter().find(|c| c.process != ProcessState::Running || c.stalled) {
        return Some(format!("{} of {} is {:?}", gone.node, group.id, gone.process));
    }
    if group.state != "Stable" || group.members as usize != members.len() {
        return Some(format!(
            "{} is {:?} with {} members at {:?}, and there are {} consumers",
            group.id,
            group.state,
            group.members,
            group.coordinator,
            members.len()
        ));
    }
    for row in &view.partitions {
        let owners = members.iter().flat_map(|c| &c.owned);
        let owners = owners.filter(|owned| owned.partition == row.index).count();
        if owners != 1 {
            return Some(format!(
                "partition {} is owned by {owners} consumers of {}",
                row.index, group.id
            ));
        }
    }
    // Where commits were lost as they could be, and nobody sends any more, nobody commits again: then what was read counts.
    // Neither does who was told to read from the end, and has found nothing there.
    let reads_count = has_forgotten(world, checker) || skips(world);
    let is_read = |partition: &GroupPartitionView| {
        let mut owned = members.iter().flat_map(|c| &c.owned);
        owned.any(|owned| owned.partition == partition.partition && Some(owned.processed) >= partition.end)
    };
    let is_behind = |partition: &&GroupPartitionView| partition.lag > 0 && !(reads_count && is_read(partition));
    let behind = group.partitions.iter().find(is_behind)?;
    Some(format!(
        "{} is {} records behind in {}-{}",
        group.id,
        behind.lag,
        world.setup().topic.name,
        behind.partition
    ))
}

/// Whether something that groups had committed is lost, as it could be.
fn has_forgotten(world: &World, checker: &Checker) -> bool {
    let topic = world.topic_id();
    let forgot = |(id, partition): (PartitionId, &PartitionHistory)| Some(id.topic) != topic && partition.has_lost();
    checker.history().partitions().any(forgot)
}

/// Whether applications may begin behind records that they have not committed.
fn skips(world: &World) -> bool {
    let setup = world.setup();
    let seeks = |(_, command): &(Micros, Command)| matches!(command, Command::Seek { .. });
    setup.consumer.auto_offset_reset != Some(OffsetSpec::Earliest) || setup.commands.iter().any(seeks)
}

fn unmerged(world: &World) -> Option<String> {
    let held = world.trace().merge_figures(world.now())?.held;
    (held > 0).then(|| format!("the merge step still holds {held} records"))
}

fn unkept(world: &World, checker: &Checker) -> Option<String> {
    let void = checker.history().partitions().any(|(_, p)| p.promise().is_void());
    if void || world.setup().producer.acks != Acks::All {
        return None;
    }
    let figures = world.ledger();
    (figures.lost > 0).then(|| format!("{} acknowledged records are lost", figures.lost))
}
