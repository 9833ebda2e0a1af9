//! What the coordinator asks its broker to do, and the answers that it gives.

use super::GroupCoordinatorConfig;
use super::stores::Stores;
use crate::log::Batch;
use crate::node::Ctx;
use crate::wire::{
    Channel, ErrorCode, JoinGroupResponse, MemberId, NodeId, Offset, OffsetCommitResponse, OffsetFetchResponse,
    PartitionId, ResponseBody, SyncGroupResponse,
};
use std::sync::Arc;

/// An answer to a client.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The client.
    pub to: NodeId,
    /// The connection that carried the request.
    pub channel: Channel,
    /// The request's number.
    pub correlation: u32,
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
}

/// Who waits for an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker {
    pub(super) node: NodeId,
    pub(super) channel: Channel,
    pub(super) correlation: u32,
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
        let Asker {
            node,
            channel,
            correlation,
        } = to;
        self.effects.push(Effect::Reply(Reply {
            to: node,
            channel,
            correlation,
            body,
        }));
    }
}

pub(super) fn join_error(error: ErrorCode, member: MemberId) -> ResponseBody {
    ResponseBody::JoinGroup(JoinGroupResponse {
        error,
        generation: 0,
        member,
        leader: "".into(),
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
