//! A coordinator alone, with clients that are played by the test.

use crate::coordinator::partition_for::partition_for;
use crate::coordinator::{Asker, Effect, GroupCoordinator, GroupCoordinatorConfig};
use crate::log::{Dictionary, GroupRecord};
use crate::node::{Ctx, Outbox, Random, Subjects, Timer};
use crate::trace::{Fact, Trace};
use crate::wire::{
    Assignment, Channel, ErrorCode, GroupProtocol, HeartbeatRequest, JoinGroupRequest, JoinGroupResponse,
    LeaveGroupRequest, MemberId, Micros, NodeId, Offset, OffsetCommitRequest, PartitionId, RequestBody, ResponseBody,
    Subscription, SyncGroupRequest, TopicId,
};
use std::collections::BTreeMap;

pub(super) const GROUP: &str = "readers";
pub(super) const TOPIC: TopicId = TopicId(0);
pub(super) const SECOND: Micros = 1_000_000;

type Act = Box<dyn FnOnce(&mut GroupCoordinator, &mut Ctx, &mut Vec<Effect>)>;

/// The desk at which the coordinator sits. Answers are kept until somebody takes them.
pub(super) struct Desk {
    pub(super) coordinator: GroupCoordinator,
    pub(super) now: Micros,
    /// What `__consumer_offsets` says to a write.
    pub(super) log_says: Result<(), ErrorCode>,
    /// Writes are neither committed nor refused, until [`Desk::commit_held`].
    pub(super) hold: bool,
    held: Vec<u64>,
    /// What `__consumer_offsets` has, for whoever coordinates next.
    pub(super) log: Vec<GroupRecord>,
    /// Requests that are not answered yet, and answers that are not taken yet, by their number.
    pub(super) answers: BTreeMap<u32, ResponseBody>,
    pub(super) trace: Trace,
    last: u32,
    timers: BTreeMap<(Micros, usize), Timer>,
    armed: usize,
    random: Random,
    outbox: Outbox,
    dictionary: Dictionary,
    subjects: Subjects,
    downstream: crate::application::Downstream,
}

impl Desk {
    pub(super) fn new(config: GroupCoordinatorConfig) -> Self {
        let mut dictionary = Dictionary::default();
        dictionary.key(GROUP);
        let mut desk = Self {
            coordinator: GroupCoordinator::new(config.clone()),
            now: 0,
            log_says: Ok(()),
            hold: false,
            held: Vec::new(),
            log: Vec::new(),
            answers: BTreeMap::new(),
            trace: Trace::new(10_000),
            last: 0,
            timers: BTreeMap::new(),
            armed: 0,
            random: Random::named(1, "b1"),
            outbox: Outbox::default(),
            dictionary,
            subjects: Subjects::default(),
            downstream: crate::application::Downstream::default(),
        };
        desk.move_to_another(config);
        desk
    }

    /// Another broker coordinates from now on: all that it knows is in the log.
    pub(super) fn move_to_another(&mut self, config: GroupCoordinatorConfig) {
        self.coordinator = GroupCoordinator::new(config);
        self.timers.clear();
        self.held.clear();
        self.load();
    }

    pub(super) fn load(&mut self) {
        self.load_uncommitted(None);
    }

    /// Loads the log, which ends there and is not known to be committed.
    pub(super) fn load_uncommitted(&mut self, end: Option<Offset>) {
        let log = self.log.clone();
        self.turn(Box::new(move |coordinator, ctx, effects| {
            coordinator.load(offsets_partition(), log.iter(), end, ctx, effects);
        }));
    }

    pub(super) fn unload(&mut self) {
        self.turn(Box::new(move |coordinator, ctx, effects| {
            coordinator.unload(offsets_partition(), ctx, effects);
        }));
    }

    /// The high watermark reaches the end of the log.
    pub(super) fn commit_held(&mut self, result: Result<(), ErrorCode>) {
        for token in std::mem::take(&mut self.held) {
            self.turn(Box::new(move |coordinator, ctx, effects| {
                coordinator.stored(token, result, ctx, effects);
            }));
        }
    }

    fn turn(&mut self, act: Act) {
        let mut effects = Vec::new();
        let mut ctx = Ctx {
            now: self.now,
            me: NodeId::Broker(1),
            cause: 0,
            random: &mut self.random,
            outbox: &mut self.outbox,
            trace: &mut self.trace,
            dictionary: &self.dictionary,
            subjects: &mut self.subjects,
            downstream: &mut self.downstream,
            share_states: &mut crate::share::ShareStates::default(),
            record_limit: u64::MAX,
            bug: None,
        };
        act(&mut self.coordinator, &mut ctx, &mut effects);
        for (at, timer, _) in std::mem::take(&mut self.outbox.timers) {
            self.armed += 1;
            self.timers.insert((at, self.armed), timer);
        }
        for effect in effects {
            match effect {
                Effect::Reply(reply) => {
                    self.answers.insert(reply.to.correlation, reply.body);
                }
                Effect::Store {
                    token,
                    partition,
                    batch,
                } => {
                    assert_eq!(batch.records().len(), batch.group_records().len());
                    assert_eq!(partition, offsets_partition().index);
                    if matches!(self.log_says, Ok(()) | Err(ErrorCode::RequestTimedOut)) {
                        self.log.extend_from_slice(batch.group_records());
                        self.coordinator.appended(token, self.log.len() as u64);
                    }
                    self.settle(token);
                }
                Effect::Await { token, .. } => self.settle(token),
            }
        }
    }

    fn settle(&mut self, token: u64) {
        if self.hold {
            return self.held.push(token);
        }
        let said = self.log_says;
        self.turn(Box::new(move |coordinator, ctx, effects| {
            coordinator.stored(token, said, ctx, effects);
        }));
    }

    /// Sends a request and answers its number.
    pub(super) fn send(&mut self, client: u8, body: RequestBody) -> u32 {
        self.last += 1;
        let number = self.last;
        self.turn(Box::new(move |coordinator, ctx, effects| {
            let asker = Asker {
                node: NodeId::Consumer(client),
                channel: Channel::Coordinator,
                connection: 0,
                correlation: number,
            };
            coordinator.on_request(asker, body, ctx, effects);
        }));
        number
    }

    /// Lets time pass until then, all timers of that moment included.
    pub(super) fn pass_to(&mut self, at: Micros) {
        while let Some(first) = self.timers.first_entry().filter(|first| first.key().0 <= at) {
            self.now = first.key().0;
            let timer = first.remove();
            self.turn(Box::new(move |coordinator, ctx, effects| {
                coordinator.on_timer(timer, ctx, effects);
            }));
        }
        self.now = at;
    }

    /// Fires the first timer of that kind that is due. Answers whether there was one.
    pub(super) fn fire(&mut self, wanted: impl Fn(&Timer) -> bool) -> bool {
        let due = self.timers.iter().take_while(|(key, _)| key.0 <= self.now);
        let Some(key) = due.into_iter().find(|(_, timer)| wanted(timer)).map(|(key, _)| *key) else {
            return false;
        };
        if let Some(timer) = self.timers.remove(&key) {
            self.turn(Box::new(move |coordinator, ctx, effects| {
                coordinator.on_timer(timer, ctx, effects);
            }));
        }
        true
    }

    pub(super) fn pass(&mut self, span: Micros) {
        self.pass_to(self.now + span);
    }

    /// How many timers are set, whether or not they still mean something.
    pub(super) fn timers(&self) -> usize {
        self.timers.len()
    }

    pub(super) fn join(&mut self, client: u8, member: &MemberId) -> u32 {
        self.send(client, RequestBody::JoinGroup(Box::new(join_request(client, member))))
    }

    /// Joins from nothing, through `MEMBER_ID_REQUIRED`. Answers the id and the number of the second request.
    pub(super) fn join_new(&mut self, client: u8) -> (MemberId, u32) {
        let first = self.join(client, &"".into());
        let told = self.joined(first);
        assert_eq!(told.error, ErrorCode::MemberIdRequired);
        let second = self.join(client, &told.member);
        (told.member, second)
    }

    pub(super) fn sync(
        &mut self,
        client: u8,
        member: &MemberId,
        generation: u32,
        shares: &[(&MemberId, &[u16])],
    ) -> u32 {
        let assignments = shares
            .iter()
            .map(|(member, indexes)| Assignment {
                member: (*member).clone(),
                partitions: partitions(indexes).into(),
            })
            .collect();
        let (group, member) = (GROUP.into(), member.clone());
        self.send(
            client,
            RequestBody::SyncGroup(SyncGroupRequest {
                group,
                member,
                instance: None,
                generation,
                assignments,
            }),
        )
    }

    pub(super) fn heartbeat(&mut self, client: u8, member: &MemberId, generation: u32) -> ErrorCode {
        let (group, member) = (GROUP.into(), member.clone());
        let sent = self.send(
            client,
            RequestBody::Heartbeat(HeartbeatRequest {
                group,
                member,
                instance: None,
                generation,
            }),
        );
        self.error(sent)
    }

    pub(super) fn leave(&mut self, client: u8, member: &MemberId) -> ErrorCode {
        let (group, member) = (GROUP.into(), member.clone());
        let sent = self.send(
            client,
            RequestBody::LeaveGroup(LeaveGroupRequest {
                group,
                member,
                instance: None,
            }),
        );
        self.error(sent)
    }

    pub(super) fn commit(&mut self, client: u8, member: &MemberId, generation: u32, offset: Offset) -> ErrorCode {
        let sent = self.send_commit(client, member, generation, offset);
        self.error(sent)
    }

    /// Sends an OffsetFetch and answers its number.
    pub(super) fn fetch_offset(&mut self, client: u8) -> u32 {
        self.send(client, RequestBody::OffsetFetch(GROUP.into()))
    }

    /// Sends an OffsetCommit and answers its number.
    pub(super) fn send_commit(&mut self, client: u8, member: &MemberId, generation: u32, offset: Offset) -> u32 {
        let commit = OffsetCommitRequest {
            group: GROUP.into(),
            member: member.clone(),
            instance: None,
            generation: Some(generation),
            offsets: vec![(PartitionId { topic: TOPIC, index: 0 }, offset)],
        };
        self.send(client, RequestBody::OffsetCommit(commit))
    }

    /// Commits, and the log takes it, whatever it has said before.
    pub(super) fn commit_now(&mut self, client: u8, member: &MemberId, offset: Offset) -> ErrorCode {
        (self.hold, self.log_says) = (false, Ok(()));
        self.commit(client, member, 2, offset)
    }

    pub(super) fn committed(&self) -> Option<Offset> {
        self.coordinator
            .group(GROUP)?
            .committed(PartitionId { topic: TOPIC, index: 0 })
    }

    /// The answer to a request. Fails when there is none yet.
    pub(super) fn answer(&mut self, number: u32) -> ResponseBody {
        self.answers.remove(&number).expect("the request is answered")
    }

    pub(super) fn error(&mut self, number: u32) -> ErrorCode {
        self.answer(number).error()
    }

    pub(super) fn joined(&mut self, number: u32) -> JoinGroupResponse {
        match self.answer(number) {
            ResponseBody::JoinGroup(joined) => joined,
            other => panic!("not an answer to JoinGroup: {other:?}"),
        }
    }

    pub(super) fn synced(&mut self, number: u32) -> Vec<u16> {
        match self.answer(number) {
            ResponseBody::SyncGroup(synced) if synced.error == ErrorCode::None => {
                synced.partitions.iter().map(|partition| partition.index).collect()
            }
            other => panic!("not an assignment: {other:?}"),
        }
    }

    /// State, generation, members: `Stable 3 2`.
    pub(super) fn state(&self) -> String {
        self.coordinator.group(GROUP).map_or_else(
            || "none".to_owned(),
            |group| {
                format!(
                    "{} {} {}",
                    group.state().name(),
                    group.generation(),
                    group.members().count()
                )
            },
        )
    }

    /// The members that were thrown out, in order.
    pub(super) fn removed(&self) -> Vec<NodeId> {
        let removed = |fact| match fact {
            Fact::MemberRemoved { consumer } => Some(consumer),
            _ => None,
        };
        self.trace.since(0).filter_map(|event| removed(event.fact)).collect()
    }
}

/// The group's partition of `__consumer_offsets`.
pub(super) fn offsets_partition() -> PartitionId {
    PartitionId {
        topic: TopicId(9),
        index: partition_for(GROUP, 50) as u16,
    }
}

pub(super) fn join_request(client: u8, member: &MemberId) -> JoinGroupRequest {
    JoinGroupRequest {
        group: GROUP.into(),
        member: member.clone(),
        session_timeout_us: 10 * SECOND,
        rebalance_timeout_us: 60 * SECOND,
        instance: None,
        protocols: [protocol("range", Subscription::to([TOPIC]))].into(),
        client_id: format!("c{client}").into(),
    }
}

pub(super) fn protocol(name: &str, metadata: Subscription) -> GroupProtocol {
    GroupProtocol {
        name: name.into(),
        metadata,
    }
}

fn partitions(indexes: &[u16]) -> Vec<PartitionId> {
    indexes
        .iter()
        .map(|index| PartitionId {
            topic: TOPIC,
            index: *index,
        })
        .collect()
}
