//! What the coordinator asks of a consumer group, and what becomes of the answer: it goes out when all that it says is in the
//! log.

use super::group::{ConsumerGroup, Topics};
use super::records::Changes;
use crate::coordinator::effect::{Asker, Effect, Turn, join_error};
use crate::coordinator::group::Group;
use crate::coordinator::stores::{Stored, Write};
use crate::coordinator::sync::as_group_error;
use crate::log::{BatchBuilder, GroupRecord, Record};
use crate::wire::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ErrorCode, JoinGroupRequest, ResponseBody,
};

/// The answer to a heartbeat that nobody is there for.
pub(in crate::coordinator) fn unasked(error: ErrorCode) -> ResponseBody {
    ResponseBody::ConsumerGroupHeartbeat(ConsumerGroupHeartbeatResponse::refusal(error))
}

impl Group {
    /// A heartbeat of the consumer group protocol. An empty classic group becomes a consumer group; one with members does not
    /// (as with `group.consumer.migration.policy=disabled`).
    pub(in crate::coordinator) fn consumer_heartbeat(
        &mut self,
        asker: Asker,
        request: &ConsumerGroupHeartbeatRequest,
        topics: &Topics,
        turn: &mut Turn,
    ) {
        if self.modern.is_none() && !(self.members.is_empty() && self.pending.is_empty()) {
            return turn.reply(asker, unasked(ErrorCode::GroupIdNotFound));
        }
        let is_new = self.modern.is_none();
        let id = &self.id;
        let group = self
            .modern
            .get_or_insert_with(|| Box::new(ConsumerGroup::new(id.clone())));
        group.learn(topics);
        let before = group.clone();
        let mut changes = Changes::default();
        let number = self.number;
        match group.heartbeat(asker.node, number, request, &mut changes, turn) {
            Ok(response) => self.answer_when_stored(asker, response, changes, before, turn),
            Err(error) => {
                if is_new {
                    self.modern = None;
                }
                turn.reply(asker, unasked(error));
            }
        }
    }

    /// A JoinGroup: an empty consumer group becomes a classic one (`maybeDeleteEmptyConsumerGroup`), one with members does not.
    pub(in crate::coordinator) fn join_classic(&mut self, asker: Asker, request: JoinGroupRequest, turn: &mut Turn) {
        if self.modern.as_ref().is_some_and(|group| !group.is_empty()) {
            let error = ErrorCode::InconsistentGroupProtocol;
            return turn.reply(asker, join_error(error, request.member));
        }
        self.modern = None;
        self.join(asker, request, turn);
    }

    /// A member's session may have run out.
    pub(in crate::coordinator) fn consumer_session_alarm(&mut self, member: u32, turn: &mut Turn) {
        let number = self.number;
        self.expire(turn, |group, changes, turn| {
            group.session_alarm(number, member, changes, turn)
        });
    }

    /// A member may have taken too long to give up what it was told to.
    pub(in crate::coordinator) fn revocation_alarm(&mut self, member: u32, turn: &mut Turn) {
        let number = self.number;
        self.expire(turn, |group, changes, turn| {
            group.revocation_alarm(number, member, changes, turn)
        });
    }

    fn expire(&mut self, turn: &mut Turn, look: impl FnOnce(&mut ConsumerGroup, &mut Changes, &mut Turn) -> bool) {
        let Some(group) = &mut self.modern else { return };
        let before = group.clone();
        let mut changes = Changes::default();
        if look(group, &mut changes, turn) {
            let then = Stored::Consumer {
                answer: None,
                before,
                revision: group.revise(),
            };
            self.store_changes(changes, then, turn);
        }
    }

    fn answer_when_stored(
        &mut self,
        asker: Asker,
        response: ConsumerGroupHeartbeatResponse,
        changes: Changes,
        before: Box<ConsumerGroup>,
        turn: &mut Turn,
    ) {
        let Some(group) = &mut self.modern else { return };
        if !changes.records.is_empty() {
            let then = Stored::Consumer {
                answer: Some((asker, response)),
                before,
                revision: group.revise(),
            };
            return self.store_changes(changes, then, turn);
        }
        // What it says may rest on what is not committed yet (`CoordinatorRuntime`: a write without records).
        let Some(until) = turn.stores.pending_end(self.partition) else {
            return turn.reply(asker, ResponseBody::ConsumerGroupHeartbeat(response));
        };
        let token = turn.stores.add(Write {
            group: self.number,
            partition: self.partition,
            end: until,
            then: Stored::ConsumerRead { asker, response },
        });
        turn.effects.push(Effect::Await {
            token,
            partition: self.partition,
            until,
        });
    }

    /// The changes are committed, or are not.
    pub(in crate::coordinator) fn consumer_stored(
        &mut self,
        answer: Option<(Asker, ConsumerGroupHeartbeatResponse)>,
        before: &ConsumerGroup,
        revision: u64,
        result: Result<(), ErrorCode>,
        turn: &mut Turn,
    ) {
        // What is in the log counts, however long it took.
        let is_refused = result.is_err_and(|error| error != ErrorCode::RequestTimedOut);
        if is_refused && let Some(group) = self.modern.as_deref_mut().filter(|group| group.revision == revision) {
            group.take_back(before, self.number, turn);
        }
        if let Some((asker, response)) = answer {
            let body = match result {
                Ok(()) => ResponseBody::ConsumerGroupHeartbeat(response),
                Err(error) => unasked(as_group_error(error)),
            };
            turn.reply(asker, body);
        }
    }

    fn store_changes(&self, changes: Changes, then: Stored, turn: &mut Turn) {
        let dictionary = turn.ctx.dictionary();
        let Some(subject) = dictionary.find_key(&self.id) else {
            panic!("invariant group-ids-are-in-the-dictionary is broken by {}", self.id);
        };
        let now = turn.ctx.now();
        let mut batch = BatchBuilder::new(now, u32::MAX);
        let key_bytes = u32::try_from(self.id.len()).unwrap_or(u32::MAX);
        let mut records = Vec::with_capacity(changes.records.len());
        for (record, bytes) in changes.records {
            let said = Record {
                key: None,
                subject,
                sequence: 0,
                value: None,
                value_bytes: bytes.saturating_add(key_bytes),
                timestamp_delta_us: 0,
            };
            batch.try_add(said, now, dictionary);
            records.push(GroupRecord::Consumer {
                group: self.id.clone(),
                record,
            });
        }
        let token = turn.stores.add(Write {
            group: self.number,
            partition: self.partition,
            end: 0,
            then,
        });
        turn.effects.push(Effect::Store {
            token,
            partition: self.partition,
            batch: batch.saying(records.into()).build(turn.ctx.me(), 0, None),
        });
    }
}

impl ConsumerGroup {
    fn revise(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    /// The log did not take it: as if it had not been asked (`CoordinatorRuntime` goes back to its last snapshot).
    fn take_back(&mut self, before: &ConsumerGroup, number: u32, turn: &mut Turn) {
        *self = before.clone();
        self.start(number, turn);
    }
}
