//! The world: virtual time, the queue of what comes next, the network, and the loop that hands inputs to nodes.
//!
//! **Invariant:** nothing but `world` knows the world; a node sees a [`Ctx`](crate::node::Ctx).

mod admin;
mod applications;
mod audit;
mod authority;
mod availability;
mod books;
mod command;
mod commands;
mod drain;
mod faults;
mod flights;
mod further_groups;
mod heat;
mod inspect;
mod keys;
mod link;
mod look;
mod merge;
mod network;
mod network_config;
mod offset_reset;
mod processes;
mod queue;
mod retries;
mod setup;
mod share;
mod start;
mod view;
mod work;

pub use command::Command;
pub use drain::{Drain, Drains, NeverWhy};
pub use heat::Latency;
pub use merge::{MergeView, MergedSubject};
pub use network_config::{LinkConfig, NetworkConfig};
pub use retries::{EffectFigures, FailedView, RetriesView, TierView};
pub use setup::{FurtherGroup, Limits, Setup, TopicSetup};
pub use share::{ShareGroupView, ShareMemberView, SharePartitionView, SharedRecordView};
pub use view::{
    BrokerView, ConsumerView, ControllerView, CutView, Flight, FlightKind, GroupPartitionView, GroupView, LastSent,
    MemberView, OwnedView, PartitionView, ProcessState, ProducerView, RecordView, ReplicaView, TruncationView, View,
};
pub use work::{QueueView, QueuedView, WorkerView};

use crate::application::Downstream;
use crate::broker::Broker;
use crate::consumer::{Consumer, ShareConsumer};
use crate::controller::Controller;
use crate::log::Dictionary;
use crate::node::{Ctx, Input, NodeCommand, Outbox, Random, Subjects};
use crate::producer::Producer;
use crate::share::ShareStates;
use crate::trace::{EventId, Fact, Names, ProcessFault, Trace};
use crate::wire::{MetadataImage, Micros, NodeId, NodeSet};
use crate::work_queue::{WorkQueue, Worker};
use availability::Availability;
use commands::Playing;
use link::Parcel;
use network::{Network, Way};
use processes::{Processes, Reach};
use queue::{Due, Queue};
use std::sync::Arc;

/// A run: all nodes, what is on its way between them, and what has happened.
///
/// A clone is a keyframe: it shares batches and full log chunks with the original, and goes on by itself.
#[derive(Debug, Clone)]
pub struct World {
    setup: Arc<Setup>,
    now: Micros,
    queue: Queue,
    network: Network,
    processes: Processes,
    nodes: Nodes,
    dictionary: Arc<Dictionary>,
    subjects: Subjects,
    share_states: ShareStates,
    downstream: Downstream,
    offset_resets: offset_reset::OffsetResets,
    outbox: Outbox,
    trace: Trace,
    topics: Vec<Arc<str>>,
    playing: Playing,
    audit: audit::Audit,
    touched: NodeSet,
    availability: Availability,
    /// The cluster as a controller knew it that has died since.
    last_image: Option<Arc<MetadataImage>>,
    /// For each broker: what its disk takes in a second, if that is limited.
    disks: Vec<Option<u64>>,
    /// For each controller and broker: when the one has last heard from the other.
    heard: Vec<Vec<Option<Micros>>>,
}

/// The nodes, each with its random stream.
#[derive(Debug, Clone)]
struct Nodes {
    controllers: Vec<(Controller, Random)>,
    brokers: Vec<(Broker, Random)>,
    producers: Vec<(Producer, Random)>,
    /// All that have ever started: a closed one keeps its number.
    consumers: Vec<(Consumer, Random)>,
    /// The producer in the process of each consumer, for those that send records on.
    relays: Vec<Option<(Producer, Random)>>,
    /// The members of share groups.
    share_consumers: Vec<(ShareConsumer, Random)>,
    /// With `queue.workers`.
    work: Option<Box<work::WorkNodes>>,
}

impl World {
    /// The moment.
    #[must_use]
    pub fn now(&self) -> Micros {
        self.now
    }

    /// What the run started from.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What has happened.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The texts of keys and values.
    #[must_use]
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// What is needed to read the trace.
    #[must_use]
    pub fn names(&self) -> Names<'_> {
        Names {
            dictionary: &self.dictionary,
            topics: &self.topics,
        }
    }

    /// When the next thing happens; `None` when nothing ever will.
    #[must_use]
    pub fn next_event_at(&self) -> Option<Micros> {
        self.queue.next_at()
    }

    /// How many messages and timers are under way.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.queue.len()
    }

    /// Lets the next thing happen, and moves time there. `false` when there is none.
    pub fn step(&mut self) -> bool {
        let Some((at, due)) = self.queue.pop() else {
            return false;
        };
        debug_assert!(
            at >= self.now,
            "invariant time-goes-forward is broken, seed {}",
            self.setup.seed
        );
        self.now = at;
        self.touched = NodeSet::default();
        match due {
            Due::Message(parcel) => self.arrive(parcel),
            Due::Timer {
                node,
                timer,
                cause,
                life,
            } => match self.processes.reach(node, life, false) {
                Reach::Handled => self.tell(node, Input::Timer(timer), cause),
                Reach::Waits => self.wait(node, Input::Timer(timer), cause),
                Reach::Void | Reach::Refused(_) => {}
            },
            Due::Handover {
                to,
                handover,
                cause,
                life,
            } => match self.processes.reach(to, life, false) {
                Reach::Handled => self.tell(to, Input::Handover(*handover), cause),
                Reach::Waits => self.wait(to, Input::Handover(*handover), cause),
                Reach::Void | Reach::Refused(_) => {}
            },
            // Who was killed before it began, or was told to end, does not begin.
            Due::Start { node, cause } => match self.processes.reach(node, 0, false) {
                Reach::Handled => self.tell(node, Input::Start, cause),
                Reach::Waits => self.wait(node, Input::Start, cause),
                Reach::Void | Reach::Refused(_) => {}
            },
            Due::Command(command) => self.obey(&command),
            Due::Rate => self.follow_rate(),
            Due::Admin(wish) => self.administer(*wish),
        }
        true
    }

    /// Lets everything happen until `moment`, that included, and moves time there.
    pub fn run_until(&mut self, moment: Micros) {
        while self.queue.next_at().is_some_and(|at| at <= moment) {
            self.step();
        }
        self.now = self.now.max(moment);
        self.audit();
    }

    /// Lets at most `inputs` things happen, none after `moment`. Answers whether `moment` is reached: for whoever shares
    /// a thread with a screen and cannot stay away for long.
    pub fn run_some(&mut self, moment: Micros, inputs: u32) -> bool {
        for _ in 0..inputs {
            if self.queue.next_at().is_none_or(|at| at > moment) {
                self.now = self.now.max(moment);
                self.audit();
                return true;
            }
            self.step();
        }
        self.audit();
        false
    }

    /// Does something to the run now.
    pub fn command(&mut self, command: &Command) {
        self.touched = NodeSet::default();
        self.obey(command);
    }

    /// Does something to the run later; now, if that moment is past.
    pub fn schedule(&mut self, at: Micros, command: Command) {
        self.queue.push(at.max(self.now), Due::Command(Box::new(command)));
    }

    /// Hands an input to a node, and carries out what it asks for.
    fn tell(&mut self, to: NodeId, input: Input, cause: EventId) {
        self.touched.add(to);
        let nodes = &mut self.nodes;
        let Some((node, random)) = nodes.get(to) else { return };
        let mut ctx = Ctx {
            now: self.now,
            me: to,
            cause,
            random,
            outbox: &mut self.outbox,
            trace: &mut self.trace,
            dictionary: &self.dictionary,
            subjects: &mut self.subjects,
            downstream: &mut self.downstream,
            share_states: &mut self.share_states,
            record_limit: self.setup.limits.records,
            bug: self.setup.bug,
        };
        match node {
            Node::Controller(node) => node.on(input, &mut ctx),
            Node::Broker(node) => node.on(input, &mut ctx),
            Node::Producer(node) => node.on(input, &mut ctx),
            Node::Consumer(node) => node.on(input, &mut ctx),
            Node::ShareConsumer(node) => node.on(input, &mut ctx),
            Node::Queue(node) => node.on(input, &mut ctx),
            Node::Worker(node) => node.on(input, &mut ctx),
        }
        let cause = ctx.cause;
        self.carry_out(to);
        if self.outbox.crashed || self.outbox.exited {
            self.end(to, cause);
        }
    }

    /// The process of a node has come to its end.
    #[cold]
    fn end(&mut self, node: NodeId, cause: EventId) {
        if std::mem::take(&mut self.outbox.crashed) {
            self.fault(node, ProcessFault::Crash, cause);
        }
        if std::mem::take(&mut self.outbox.exited) {
            self.exited(node, cause);
        }
    }

    fn carry_out(&mut self, from: NodeId) {
        // Most inputs lead to a timer and nothing else.
        if !self.outbox.messages.is_empty() {
            self.post_messages(from);
        }
        if !self.outbox.handovers.is_empty() {
            self.hand_over_all();
        }
        let life = self.processes.life(from);
        for (at, timer, cause) in self.outbox.timers.drain(..) {
            self.queue.push(
                at,
                Due::Timer {
                    node: from,
                    timer,
                    cause,
                    life,
                },
            );
        }
        if let NodeId::Producer(_) = from {
            self.enforce_record_limit();
        }
        if let NodeId::Controller(_) = from {
            self.learn_topics();
            self.account_for_metadata();
        }
    }

    fn post_messages(&mut self, from: NodeId) {
        for (to, message, bytes, cause) in self.outbox.messages.drain(..) {
            let parcel = Parcel {
                from,
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
    }

    fn hand_over_all(&mut self) {
        for (to, handover, cause) in self.outbox.handovers.drain(..) {
            let life = self.processes.life(to);
            let handover = Box::new(handover);
            self.queue.push(
                self.now,
                Due::Handover {
                    to,
                    handover,
                    cause,
                    life,
                },
            );
        }
    }

    /// At the limit of records the producers stop. Whatever is under way comes to its end.
    fn enforce_record_limit(&mut self) {
        let records = self.trace.counters().sent;
        if records < self.setup.limits.records || self.playing.stopped {
            return;
        }
        self.playing.stopped = true;
        let cause = self
            .trace
            .record(self.now, NodeId::User, 0, Fact::RecordLimitReached { records });
        for number in 1..=self.setup.producers {
            self.tell(NodeId::Producer(number), Input::Command(NodeCommand::Stop), cause);
        }
    }

    fn learn_topics(&mut self) {
        let known = &self.image().topics;
        let new: Vec<Arc<str>> = known
            .values()
            .skip(self.topics.len())
            .map(|state| state.name.clone())
            .collect();
        self.topics.extend(new);
        if let Some(topic) = self.topic_id() {
            self.trace.count_partitions_of(topic);
        }
    }
}

/// Puts a message on its way, or into a cut.
#[inline]
fn post(network: &mut Network, queue: &mut Queue, parcel: Parcel, bytes: u32, hold: fn(&mut Network, Parcel)) {
    match network.send(parcel.sent, parcel.from, parcel.to, bytes, &parcel.message) {
        Way::Arrives(at) => queue.push(at, Due::Message(parcel)),
        Way::Cut => hold(network, parcel),
        Way::Nowhere => {}
    }
}

enum Node<'a> {
    Controller(&'a mut Controller),
    Broker(&'a mut Broker),
    Producer(&'a mut Producer),
    Consumer(&'a mut Consumer),
    ShareConsumer(&'a mut ShareConsumer),
    Queue(&'a mut WorkQueue),
    Worker(&'a mut Worker),
}

impl Nodes {
    #[inline]
    fn get(&mut self, id: NodeId) -> Option<(Node<'_>, &mut Random)> {
        fn nth<T>(nodes: &mut [(T, Random)], number: u8) -> Option<(&mut T, &mut Random)> {
            nodes
                .get_mut(usize::from(number).checked_sub(1)?)
                .map(|(node, random)| (node, random))
        }
        match id {
            NodeId::User => None,
            NodeId::Controller(n) => {
                nth(&mut self.controllers, n).map(|(node, random)| (Node::Controller(node), random))
            }
            NodeId::Broker(n) => nth(&mut self.brokers, n).map(|(node, random)| (Node::Broker(node), random)),
            NodeId::Producer(n) => nth(&mut self.producers, n).map(|(node, random)| (Node::Producer(node), random)),
            NodeId::Consumer(n) => nth(&mut self.consumers, n).map(|(node, random)| (Node::Consumer(node), random)),
            NodeId::Relay(n) => {
                let relay = self.relays.get_mut(usize::from(n).checked_sub(1)?)?.as_mut()?;
                Some((Node::Producer(&mut relay.0), &mut relay.1))
            }
            NodeId::ShareConsumer(n) => {
                nth(&mut self.share_consumers, n).map(|(node, random)| (Node::ShareConsumer(node), random))
            }
            NodeId::Queue => {
                let (node, random) = &mut self.work.as_mut()?.queue;
                Some((Node::Queue(node), random))
            }
            NodeId::Worker(n) => {
                nth(&mut self.work.as_mut()?.workers, n).map(|(node, random)| (Node::Worker(node), random))
            }
        }
    }
}
