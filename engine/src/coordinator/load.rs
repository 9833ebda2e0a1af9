//! A coordinator moves: it forgets its groups where it does not lead any more, and finds them in the log where it does.

use super::GroupCoordinator;
use super::effect::{Effect, Turn, commit_answer, join_error, offsets_error, sync_error};
use super::group::{Group, Member};
use super::modern::{self, ConsumerGroup};
use super::session::Session;
use super::stores::Stored;
use crate::log::{GroupMetadata, GroupRecord};
use crate::node::Ctx;
use crate::short_map::ShortMap;
use crate::trace::{Fact, GroupStateName};
use crate::wire::{ErrorCode, GroupId, GroupProtocol, Offset, PartitionId, ResponseBody, Subscription};
use std::sync::Arc;

/// A group as the log tells of it: the last that was said counts.
#[derive(Debug, Default)]
struct Found<'a> {
    metadata: Option<&'a GroupMetadata>,
    offsets: ShortMap<PartitionId, Offset>,
    modern: Option<Box<ConsumerGroup>>,
}

impl Found<'_> {
    fn is_there(&self) -> bool {
        self.metadata.is_some() || self.modern.is_some() || !self.offsets.is_empty()
    }
}

impl GroupCoordinator {
    /// The broker has become the leader of that partition of `__consumer_offsets`: its groups are here from now on.
    /// `log` is all that the partition has, committed or not (`CoordinatorLoaderImpl.doLoad` reads to the log end). It
    /// takes no time here, so that nobody meets `COORDINATOR_LOAD_IN_PROGRESS`. Whoever coordinates it already goes on,
    /// whatever the new epoch (`CoordinatorRuntime.scheduleLoadOperation`).
    ///
    /// `uncommitted_end` is where the log ends, if that is above the high watermark: answers wait until it is committed.
    ///
    /// Only what was stored is found: a group that was in the middle of a rebalance is in the generation before, and
    /// its members learn it by `ILLEGAL_GENERATION`.
    pub fn load<'a>(
        &mut self,
        partition: PartitionId,
        log: impl Iterator<Item = &'a GroupRecord>,
        uncommitted_end: Option<Offset>,
        ctx: &mut Ctx,
        effects: &mut Vec<Effect>,
    ) {
        if self.partitions.contains(&partition.index) {
            return;
        }
        self.partitions.push(partition.index);
        if let Some(end) = uncommitted_end {
            self.stores.loaded(partition.index, end);
        }
        let mut found: ShortMap<&GroupId, Found> = ShortMap::new();
        for record in log {
            match record {
                GroupRecord::Metadata(metadata) => {
                    let found = found.or_default(&metadata.group);
                    found.metadata = Some(metadata);
                    found.modern = None;
                }
                GroupRecord::Offset {
                    group,
                    partition,
                    offset,
                } => {
                    found.or_default(group).offsets.insert(*partition, *offset);
                }
                GroupRecord::Consumer { group, record } => {
                    let found = found.or_default(group);
                    found.metadata = None;
                    let modern = found
                        .modern
                        .get_or_insert_with(|| Box::new(ConsumerGroup::new(group.clone())));
                    modern.replay(record);
                }
                GroupRecord::OffsetTombstone { group, partition } => {
                    found.or_default(group).offsets.remove(partition);
                }
                GroupRecord::GroupTombstone { group } => {
                    let found = found.or_default(group);
                    (found.metadata, found.modern) = (None, None);
                }
            }
        }
        found.retain(|_, group| group.is_there());
        // Most of the fifty partitions have no group, and nothing to tell.
        if found.is_empty() {
            return;
        }
        let cause = ctx.cause();
        ctx.record_as_cause(Fact::CoordinatorLoaded {
            partition,
            groups: u32::try_from(found.len()).unwrap_or(u32::MAX),
        });
        let mut turn = Turn {
            config: &self.config,
            stores: &mut self.stores,
            ctx,
            effects,
        };
        for (id, found) in found {
            self.last_group = self.last_group.wrapping_add(1);
            let mut group = Group::new(id.clone(), self.last_group, partition.index);
            group.restore(found, &mut turn);
            self.groups.push(group);
        }
        ctx.set_cause(cause);
    }

    /// The broker does not lead that partition of `__consumer_offsets` any more: its groups are elsewhere from now on,
    /// and whoever waits is told to look for them (`GroupMetadataManager.onUnloaded`, `CoordinatorContext.unload`).
    pub fn unload(&mut self, partition: PartitionId, ctx: &mut Ctx, effects: &mut Vec<Effect>) {
        let Some(place) = self.partitions.iter().position(|index| *index == partition.index) else {
            return;
        };
        self.partitions.swap_remove(place);
        let given_up = self.stores.take_all(partition.index);
        if given_up.is_empty() && self.groups.iter().all(|group| group.partition != partition.index) {
            return;
        }
        let cause = ctx.cause();
        ctx.record_as_cause(Fact::CoordinatorUnloaded { partition });
        let mut turn = Turn {
            config: &self.config,
            stores: &mut self.stores,
            ctx,
            effects,
        };
        for write in given_up {
            match write.then {
                Stored::Offsets { asker: Some(asker), .. } => {
                    turn.reply(asker, commit_answer(ErrorCode::NotCoordinator));
                }
                Stored::Consumer {
                    answer: Some((asker, _)),
                    ..
                }
                | Stored::ConsumerRead { asker, .. } => turn.reply(asker, modern::unasked(ErrorCode::NotCoordinator)),
                Stored::Read { asker } => turn.reply(asker, offsets_error(ErrorCode::NotCoordinator)),
                Stored::Deletion { asker, .. } => {
                    turn.reply(asker, ResponseBody::DeleteGroups(ErrorCode::NotCoordinator));
                }
                Stored::Offsets { asker: None, .. }
                | Stored::Metadata { .. }
                | Stored::Replacement { .. }
                | Stored::Nothing
                | Stored::Consumer { answer: None, .. } => {}
            }
        }
        for group in self.groups.extract_if(.., |group| group.partition == partition.index) {
            group.dissolve(&mut turn);
        }
        ctx.set_cause(cause);
    }
}

impl Group {
    /// Becomes what the log says (`GroupMetadataManager.replay`, `onLoaded`): every member has a full session to show
    /// that it is still there.
    fn restore(&mut self, found: Found, turn: &mut Turn) {
        self.state_event = turn.ctx.cause();
        self.offsets = found.offsets;
        if let Some(mut modern) = found.modern {
            modern.start(self.number, turn);
            self.modern = Some(modern);
        }
        let Some(metadata) = found.metadata else { return };
        self.generation = metadata.generation;
        self.protocol = metadata.protocol.clone();
        for stored in &metadata.members {
            self.last_member += 1;
            let mut member = Member {
                number: self.last_member,
                id: stored.id.clone(),
                instance: stored.instance.clone(),
                node: stored.node,
                session_timeout_us: stored.session_timeout_us,
                rebalance_timeout_us: stored.rebalance_timeout_us,
                protocols: known(metadata.protocol.as_ref(), &stored.subscription),
                assignment: stored.assignment.clone(),
                join: None,
                sync: None,
                is_new: false,
                owes_sync: false,
                session: Session::default(),
            };
            member.extend_session(self.number, turn.ctx);
            if metadata.leader.as_ref() == Some(&member.id) {
                self.leader = Some(member.number);
            }
            self.members.push(member);
        }
        if self.members.is_empty() {
            return;
        }
        self.state = GroupStateName::Stable;
        self.previous_state = GroupStateName::Stable;
        if self.leader.is_none() {
            self.leader = self.members.first().map(|member| member.number);
        }
        // The setting may have changed since.
        if self.members.len() > turn.config.max_size as usize {
            self.prepare_rebalance(turn);
        }
    }

    /// Whoever waits for the group has to ask another coordinator.
    fn dissolve(self, turn: &mut Turn) {
        for member in self.members {
            if let Some(asker) = member.join {
                turn.reply(asker, join_error(ErrorCode::NotCoordinator, member.id));
            }
            if let Some(asker) = member.sync {
                turn.reply(asker, sync_error(ErrorCode::NotCoordinator));
            }
        }
    }
}

/// Of what a member knew only the chosen protocol is stored.
fn known(protocol: Option<&Arc<str>>, subscription: &Subscription) -> Arc<[GroupProtocol]> {
    let chosen = protocol.map(|name| GroupProtocol {
        name: name.clone(),
        metadata: subscription.clone(),
    });
    chosen.into_iter().collect()
}
