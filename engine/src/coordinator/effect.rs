//! What the coordinator asks its broker to do, and the answers that it gives.

use super::GroupCoordinatorConfig;
use super::modern;
use super::stores::Stores;
use crate::log::Batch;
use crate::node::Ctx;
use crate::wire::{
    Channel, ErrorCode, JoinGroupResponse, MemberId, NodeId, Offset, OffsetCommitResponse, OffsetFetchResponse,
    PartitionId, RequestBody, ResponseBody, SyncGroupResponse,
};
use std::sync::Arc;

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The client.
    pub node: NodeId,
    /// Which of its connections carried the request.
    pub channel: Channel,
    /// The how manyeth connection of that kind it was: if it is closed by now, the answer goes nowhere.
    pub connection: u32,
    /// The request's number.
    pub correlation: u32,
}

/// An answer to a client.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The client.
    pub to: Asker,
    /// The answer.
    pub body: ResponseBody,
}

/// What the coordinator asks its broker to do.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Answer a client.
    Reply(Reply),
    /// Append to a partition of `__consumer_offsets` with acks=all, and call [`super::GroupCoordinator::stored`] once
    /// the batch is committed or has failed.
    Store {
        /// Names the batch in the call back.
        token: u64,
        /// Which partition.
        partition: u16,
        /// What to append.
        batch: Arc<Batch>,
    },
    /// Call [`super::GroupCoordinator::stored`] once the high watermark of a partition of `__consumer_offsets` is there.
    Await {
        /// Names the wish in the call back.
        token: u64,
        /// Which partition.
        partition: u16,
        /// Where.
        until: Offset,
    },
}

/// What a group may use while it handles one input.
pub(super) struct Turn<'a, 'w> {
    pub(super) config: &'a GroupCoordinatorConfig,
    pub(super) stores: &'a mut Stores,
    pub(super) ctx: &'a mut Ctx<'w>,
    pub(super) effects: &'a mut Vec<Effect>,
}

impl Turn<'_, '_> {
    pub(super) fn reply(&mut self, to: Asker, body: ResponseBody) {
        self.effects.push(Effect::Reply(Reply { to, body }));
    }
}

pub(super) fn join_error(error: ErrorCode, member: MemberId) -> ResponseBody {
    ResponseBody::JoinGroup(JoinGroupResponse {
        error,
        generation: 0,
        member,
        protocol: None,
        leader: "".into(),
        skip_assignment: false,
        members: Vec::new(),
    })
}

pub(super) fn sync_error(error: ErrorCode) -> ResponseBody {
    ResponseBody::SyncGroup(SyncGroupResponse {
        error,
        partitions: [].into(),
    })
}

pub(super) fn commit_answer(error: ErrorCode) -> ResponseBody {
    ResponseBody::OffsetCommit(OffsetCommitResponse { error })
}

pub(super) fn offsets_answer(offsets: Vec<(PartitionId, Offset)>) -> ResponseBody {
    ResponseBody::OffsetFetch(OffsetFetchResponse {
        error: ErrorCode::None,
        offsets,
    })
}

pub(super) fn offsets_error(error: ErrorCode) -> ResponseBody {
    ResponseBody::OffsetFetch(OffsetFetchResponse {
        error,
        offsets: Vec::new(),
    })
}

/// The answer to any request of a group that says only this.
pub(super) fn refusal(body: &RequestBody, error: ErrorCode) -> ResponseBody {
    match body {
        RequestBody::JoinGroup(request) => join_error(error, request.member.clone()),
        RequestBody::SyncGroup(_) => sync_error(error),
        RequestBody::LeaveGroup(_) => ResponseBody::LeaveGroup(error),
        RequestBody::OffsetCommit(_) => commit_answer(error),
        RequestBody::OffsetFetch(_) => offsets_error(error),
        RequestBody::ConsumerGroupHeartbeat(_) => modern::unasked(error),
        RequestBody::DeleteGroups(_) => ResponseBody::DeleteGroups(error),
        _ => ResponseBody::Heartbeat(error),
    }
}
