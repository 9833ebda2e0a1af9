//! What Kafka leaves to nobody, until a group is rebalanced for another reason.

use crate::consumer::{Protocol, Role};
use crate::trace::{Fact, GroupStateName};
use crate::world::{GroupView, World};

/// The groups of the topic of which static members came back between two halves of a rebalance.
///
/// In a cooperative group a partition changes hands in two rebalances: in the first its owner gives it up, and because that
/// one joins again (`ConsumerCoordinator.onJoinComplete`), somebody gets it in the second. Before the second is shared out
/// only the first is written down. When its coordinator moves then, and whoever would join again is restarted and has
/// nothing to give up any more, static members take their old places in a generation that is stable, and nobody joins again
/// (`GroupMetadataManager.updateStaticMemberThenRebalanceOrCompleteJoin`). Kafka waits for the next rebalance: a storm
/// brings it about, and then all must be well.
pub(super) fn left_over(world: &World) -> Vec<String> {
    let groups = world.view().groups;
    let waits = |group: &&GroupView| is_static_and_cooperative(&group.id, world) && lacks_an_owner(group, world);
    let waiting = groups.iter().filter(waits);
    waiting
        .filter(|group| has_come_back(&group.id, world))
        .map(|group| group.id.clone())
        .collect()
}

fn is_static_and_cooperative(group: &str, world: &World) -> bool {
    world.consumers_of(group).any(|(_, consumer)| {
        let config = consumer.config();
        consumer.role() == Role::Main
            && config.protocol == Protocol::Classic
            && !config.instance_id.is_empty()
            && config.strategies.iter().all(|strategy| strategy.is_cooperative())
    })
}

/// Whether the coordinator has a stable assignment that leaves a partition out.
fn lacks_an_owner(group: &GroupView, world: &World) -> bool {
    let coordinator = group.coordinator.and_then(|broker| world.broker_of(broker));
    let group = coordinator.and_then(|broker| broker.coordinator().group(&group.id));
    let Some(group) = group.filter(|group| group.state() == GroupStateName::Stable) else {
        return false;
    };
    let given = |index| {
        let mut shares = group.members().map(|(.., share)| share);
        shares.any(|share| share.iter().any(|partition| partition.index == index))
    };
    world.view().partitions.iter().any(|row| !given(row.index))
}

/// Whether a static member has taken its place again since the group was last in a new state.
fn has_come_back(id: &str, world: &World) -> bool {
    let key = world.dictionary().find_key(id);
    let mut came_back = false;
    for event in world.trace().since(0) {
        match event.fact {
            Fact::GroupState { group, .. } if group == key => came_back = false,
            Fact::StaticMemberReplaced { consumer, .. }
                if world.group_of(consumer).is_some_and(|group| **group == *id) =>
            {
                came_back = true;
            }
            _ => {}
        }
    }
    came_back
}
