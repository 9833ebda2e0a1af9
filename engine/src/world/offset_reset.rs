//! `kafka-consumer-groups --reset-offsets --execute`: an administrator's client asks the leaders where their logs begin or
//! end, and commits that for the group (`ConsumerGroupCommand.resetOffsets`, `Admin.alterConsumerGroupOffsets`). Its commit
//! is in no generation, so the coordinator takes it only for a group without members.
//!
//! And `--delete`, which asks the coordinator only (`Admin.deleteConsumerGroups`).

use super::link::Parcel;
use super::network::Network;
use super::{World, post};
use crate::trace::{EventId, Fact, Sent};
use crate::wire::{
    BrokerId, Channel, ErrorCode, GroupId, ListOffsetsRequest, Message, NodeId, Offset, OffsetCommitRequest,
    OffsetSpec, PartitionId, Request, RequestBody, ResetTo, Response, ResponseBody,
};

/// As many resets may be under way at a time; the oldest is given up for one more.
const MOST: usize = 16;

/// Resets that are under way.
#[derive(Debug, Clone, Default)]
pub(super) struct OffsetResets {
    under_way: Vec<Reset>,
    last: u32,
}

/// One of them.
#[derive(Debug, Clone)]
struct Reset {
    group: GroupId,
    /// To what; `None` where the group is to be deleted.
    to: Option<ResetTo>,
    /// The questions that are not answered yet, with who was asked.
    asked: Vec<(u32, BrokerId)>,
    found: Vec<(PartitionId, Offset)>,
    cause: EventId,
}

impl OffsetResets {
    /// Answers its place.
    fn begin(&mut self, reset: Reset) -> usize {
        if self.under_way.len() >= MOST {
            self.under_way.remove(0);
        }
        self.under_way.push(reset);
        self.under_way.len() - 1
    }
}

impl World {
    /// Deletes that group, if it has no members.
    pub(super) fn delete_group(&mut self, group: &str, cause: EventId) {
        let place = self.offset_resets.begin(Reset {
            group: group.into(),
            to: None,
            asked: Vec::new(),
            found: Vec::new(),
            cause,
        });
        self.ask_coordinator_of(place, RequestBody::DeleteGroups(group.into()), cause);
    }

    /// Sets the offsets of that group, if it has no members.
    pub(super) fn reset_offsets(&mut self, group: &str, to: ResetTo, cause: EventId) {
        let leaders: Vec<(PartitionId, Option<BrokerId>)> = self
            .topic_partitions()
            .map(|(id, state)| (id, state.leader))
            .filter(|(id, _)| !matches!(to, ResetTo::Offset { partition, .. } if partition != id.index))
            .collect();
        let reset = Reset {
            group: group.into(),
            to: Some(to),
            asked: Vec::new(),
            found: Vec::new(),
            cause,
        };
        // An offset that the log does not have is moved to its end, and the tool says so.
        let spec = match to {
            ResetTo::All(spec) => spec,
            ResetTo::Offset { .. } => OffsetSpec::Latest,
        };
        if leaders.is_empty() {
            return self.refuse_reset(&reset, ErrorCode::UnknownTopicOrPartition, cause);
        }
        if leaders.iter().any(|(_, leader)| leader.is_none()) {
            return self.refuse_reset(&reset, ErrorCode::LeaderNotAvailable, cause);
        }
        let mut brokers: Vec<BrokerId> = leaders.iter().filter_map(|(_, leader)| *leader).collect();
        crate::short_sort::sort_short_by_key(&mut brokers, |broker| *broker);
        brokers.dedup();
        let place = self.offset_resets.begin(reset);
        for broker in brokers {
            let of_it = leaders.iter().filter(|(_, leader)| *leader == Some(broker));
            let partitions = of_it.map(|(id, _)| *id).collect();
            let body = RequestBody::ListOffsets(ListOffsetsRequest { spec, partitions });
            self.ask_for_reset(place, broker, body, cause);
        }
    }

    fn ask_for_reset(&mut self, place: usize, broker: BrokerId, body: RequestBody, cause: EventId) {
        self.offset_resets.last += 1;
        let correlation = self.offset_resets.last;
        self.offset_resets.under_way[place].asked.push((correlation, broker));
        let message = Message::Request(Request {
            correlation,
            channel: Channel::Data,
            body,
        });
        let (to, bytes) = (NodeId::from(broker), message.wire_bytes());
        let sent = Fact::Sent(Sent::of(to, &message, bytes));
        let cause = self.trace.record(self.now, NodeId::User, cause, sent);
        let parcel = Parcel {
            from: NodeId::User,
            to,
            message,
            cause,
            sent: self.now,
            life: self.processes.life(to),
        };
        post(
            &mut self.network,
            &mut self.queue,
            parcel,
            bytes,
            Network::hold_or_give_up,
        );
    }

    /// An answer to the administrator's client, or the end of a connection.
    pub(super) fn administrator_hears(&mut self, from: NodeId, message: Message, cause: EventId) {
        match message {
            Message::Response(response) => self.on_reset_answer(response, cause),
            Message::Disconnect(_) => {
                let lost = |reset: &Reset| reset.asked.iter().any(|(_, broker)| NodeId::from(*broker) == from);
                while let Some(place) = self.offset_resets.under_way.iter().position(lost) {
                    let reset = self.offset_resets.under_way.remove(place);
                    self.refuse_reset(&reset, ErrorCode::NetworkException, cause);
                }
            }
            Message::Request(_) | Message::Work(_) => {}
        }
    }

    fn on_reset_answer(&mut self, response: Response, cause: EventId) {
        let is_asked = |reset: &Reset| reset.asked.iter().any(|(number, _)| *number == response.correlation);
        let Some(place) = self.offset_resets.under_way.iter().position(is_asked) else {
            return;
        };
        let reset = &mut self.offset_resets.under_way[place];
        reset.asked.retain(|(number, _)| *number != response.correlation);
        let error = match response.body {
            ResponseBody::ListOffsets(listed) => {
                let wrong = listed.partitions.iter().find(|listed| listed.error != ErrorCode::None);
                let wrong = wrong.map(|listed| listed.error);
                reset
                    .found
                    .extend(listed.partitions.iter().map(|l| (l.partition, l.base_offset)));
                match wrong {
                    Some(error) => error,
                    None if !reset.asked.is_empty() => return,
                    None => return self.commit_reset(place, cause),
                }
            }
            ResponseBody::OffsetCommit(answer) => answer.error,
            ResponseBody::DeleteGroups(error) => error,
            _ => ErrorCode::NetworkException,
        };
        let reset = self.offset_resets.under_way.remove(place);
        if error != ErrorCode::None {
            return self.refuse_reset(&reset, error, cause);
        }
        // That a group is dead its coordinator says.
        if let Some(group) = self.dictionary.find_key(&reset.group).filter(|_| reset.to.is_some()) {
            let partitions = u32::try_from(reset.found.len()).unwrap_or(u32::MAX);
            let fact = Fact::OffsetsReset { group, partitions };
            self.trace.record(self.now, NodeId::User, cause, fact);
        }
    }

    fn commit_reset(&mut self, place: usize, cause: EventId) {
        let reset = &mut self.offset_resets.under_way[place];
        if let Some(ResetTo::Offset { offset: wanted, .. }) = reset.to {
            for (_, offset) in &mut reset.found {
                *offset = wanted.min(*offset);
            }
        }
        let (group, offsets) = (reset.group.clone(), reset.found.clone());
        let body = RequestBody::OffsetCommit(OffsetCommitRequest {
            group,
            member: "".into(),
            instance: None,
            generation: None,
            offsets,
        });
        self.ask_coordinator_of(place, body, cause);
    }

    fn ask_coordinator_of(&mut self, place: usize, body: RequestBody, cause: EventId) {
        let group = &self.offset_resets.under_way[place].group;
        let brokers = self.nodes.brokers.iter().map(|(broker, _)| broker);
        let mut coordinators = brokers.filter(|broker| self.is_there(broker.id().into()) && broker.coordinates(group));
        if let Some(coordinator) = coordinators.next().map(crate::broker::Broker::id) {
            return self.ask_for_reset(place, coordinator, body, cause);
        }
        let reset = self.offset_resets.under_way.remove(place);
        self.refuse_reset(&reset, ErrorCode::CoordinatorNotAvailable, cause);
    }

    fn refuse_reset(&mut self, reset: &Reset, error: ErrorCode, cause: EventId) {
        let cause = if cause == 0 { reset.cause } else { cause };
        if let Some(group) = self.dictionary.find_key(&reset.group) {
            let fact = match reset.to {
                Some(_) => Fact::OffsetResetRefused { group, error },
                None => Fact::GroupDeletionRefused { group, error },
            };
            self.trace.record(self.now, NodeId::User, cause, fact);
        }
    }
}
