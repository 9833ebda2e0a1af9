//! DeleteGroups: an administrator deletes a group that nobody is in, with all that it has committed.

use super::effect::{Asker, Turn, commit_answer, offsets_answer, offsets_error};
use super::group::Group;
use super::modern::unasked;
use super::records::tombstone_bytes;
use super::stores::Stored;
use super::sync::as_group_error;
use crate::log::GroupRecord;
use crate::trace::GroupStateName;
use crate::wire::{ErrorCode, ResponseBody};

/// Deletes the group at that place (`GroupMetadataManager.validateDeleteGroup`, `GroupCoordinatorShard.deleteGroups`): its
/// offsets and itself get tombstones. With the append it is gone, and whoever joins makes another one of its name.
pub(super) fn delete(groups: &mut Vec<Group>, place: usize, asker: Asker, turn: &mut Turn) {
    let group = &groups[place];
    if group.state() != GroupStateName::Empty {
        return turn.reply(asker, ResponseBody::DeleteGroups(ErrorCode::NonEmptyGroup));
    }
    let committed = group.offsets().map(|(partition, _)| partition);
    let pending = turn.stores.pending_offsets(group.number);
    let pending = pending.filter(|partition| group.committed(*partition).is_none());
    let tombstone = |partition| GroupRecord::OffsetTombstone {
        group: group.id.clone(),
        partition,
    };
    let mut records: Vec<GroupRecord> = committed.chain(pending).map(tombstone).collect();
    records.push(GroupRecord::GroupTombstone {
        group: group.id.clone(),
    });
    let then = Stored::Deletion {
        asker,
        group: Box::new(group.clone()),
    };
    group.store(records.into(), tombstone_bytes(&group.id), then, turn);
    groups.remove(place).transition(GroupStateName::Dead, turn);
}

/// The tombstones are committed, or are not. What could not be appended is undone (`CoordinatorRuntime` reverts to the last
/// state that was written); what only took too long is in the log.
pub(super) fn stored(
    groups: &mut Vec<Group>,
    asker: Asker,
    mut group: Group,
    result: Result<(), ErrorCode>,
    turn: &mut Turn,
) {
    let was_written = result.is_ok() || result == Err(ErrorCode::RequestTimedOut);
    let is_free = groups.iter().all(|other| other.id != group.id);
    if !was_written && is_free {
        group.transition(GroupStateName::Empty, turn);
        groups.push(group);
    }
    let error = result.err().map_or(ErrorCode::None, as_group_error);
    turn.reply(asker, ResponseBody::DeleteGroups(error));
}

/// Something of a group is committed, or is not, that has been deleted meanwhile: only whoever waits for it cares.
pub(super) fn answer_late(then: Stored, result: Result<(), ErrorCode>, turn: &mut Turn) {
    let error = result.err().map_or(ErrorCode::None, as_group_error);
    match then {
        Stored::Offsets { asker: Some(asker), .. } => turn.reply(asker, commit_answer(error)),
        Stored::Read { asker } if error == ErrorCode::None => turn.reply(asker, offsets_answer(Vec::new())),
        Stored::Read { asker } => turn.reply(asker, offsets_error(error)),
        Stored::Consumer {
            answer: Some((asker, response)),
            ..
        }
        | Stored::ConsumerRead { asker, response } => {
            let body = match error {
                ErrorCode::None => ResponseBody::ConsumerGroupHeartbeat(response),
                error => unasked(error),
            };
            turn.reply(asker, body);
        }
        _ => {}
    }
}
