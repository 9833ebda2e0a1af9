//! The queue itself.

use super::WorkQueueConfig;
use crate::node::{Alarm, Ctx, Input, Timer};
use crate::trace::{Fact, WorkFact, WorkStep};
use crate::wire::{Message, Micros, NodeId, Receipt, WorkItem, WorkMessage};
use std::collections::VecDeque;

/// A message that nobody works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The record.
    pub item: WorkItem,
    /// How often it was delivered.
    pub receives: u32,
}

/// A message that a worker has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InFlight {
    /// This delivery.
    pub receipt: Receipt,
    /// Who has it, from 1.
    pub worker: u8,
    /// When it is seen again, unless it is acknowledged.
    pub visible_us: Micros,
    /// The message; this delivery is counted in it.
    pub message: Waiting,
}

/// The queue: messages that wait, messages that somebody has, and workers that wait for one.
#[derive(Debug, Clone)]
pub struct WorkQueue {
    config: WorkQueueConfig,
    /// The next one to be delivered first.
    ready: VecDeque<Waiting>,
    /// By receipt, and so by the moment at which they are seen again: the timeout is the same for all.
    in_flight: VecDeque<InFlight>,
    /// Workers that have asked, in which of their lives, the longest wait first. Each at most once.
    asking: VecDeque<(u8, u32)>,
    /// The last of the dead letters.
    dead: VecDeque<Waiting>,
    next_receipt: Receipt,
    alarm: Alarm,
}

impl WorkQueue {
    /// So many messages it holds, those that somebody has included. What is above that is refused, and told.
    pub const MOST: usize = 100_000;
    /// So many dead letters are kept; all are counted.
    pub const MOST_DEAD: usize = 1_000;

    /// An empty queue.
    #[must_use]
    pub fn new(config: WorkQueueConfig) -> Self {
        Self {
            config,
            ready: VecDeque::new(),
            in_flight: VecDeque::new(),
            asking: VecDeque::new(),
            dead: VecDeque::new(),
            next_receipt: 1,
            alarm: Alarm::default(),
        }
    }

    /// What it is told, and what it does about it.
    #[allow(clippy::needless_pass_by_value)] // As every node is told.
    pub fn on(&mut self, input: Input, ctx: &mut Ctx) {
        match input {
            Input::Message {
                from,
                message: Message::Work(message),
            } => match (message, from) {
                (WorkMessage::Put(item), _) => self.put(item, ctx),
                (WorkMessage::Receive { life }, NodeId::Worker(worker)) => self.receive(worker, life, ctx),
                (
                    WorkMessage::Acknowledge {
                        receipt,
                        receives,
                        item,
                    },
                    NodeId::Worker(worker),
                ) => self.acknowledge(receipt, worker, Waiting { item, receives }, ctx),
                _ => {}
            },
            Input::Message {
                from: NodeId::Worker(worker),
                message: Message::Disconnect(_),
            } => self.asking.retain(|(asking, _)| *asking != worker),
            Input::Timer(Timer::Visibility) if self.alarm.rang(ctx.now()) => self.reappear(ctx),
            _ => {}
        }
    }

    fn put(&mut self, item: WorkItem, ctx: &mut Ctx) {
        let message = Waiting { item, receives: 0 };
        if self.ready.len() + self.in_flight.len() >= Self::MOST {
            note(WorkStep::Refused, 0, &message, ctx);
            return;
        }
        note(WorkStep::Queued, 0, &message, ctx);
        self.ready.push_back(message);
        self.deliver(ctx);
    }

    /// A worker asks. Whoever asks again while it waits for an answer has forgotten that it did.
    fn receive(&mut self, worker: u8, life: u32, ctx: &mut Ctx) {
        self.asking.retain(|(asking, _)| *asking != worker);
        self.asking.push_back((worker, life));
        self.deliver(ctx);
    }

    /// Gives what waits to those who ask, both in their order.
    fn deliver(&mut self, ctx: &mut Ctx) {
        while let (Some((worker, life)), Some(message)) = (self.asking.front().copied(), self.ready.front_mut()) {
            message.receives += 1;
            let message = *message;
            self.ready.pop_front();
            self.asking.pop_front();
            let (receipt, visible_us) = (self.next_receipt, ctx.now() + self.config.visibility_timeout_us);
            self.next_receipt += 1;
            self.in_flight.push_back(InFlight {
                receipt,
                worker,
                visible_us,
                message,
            });
            note(WorkStep::Delivered, worker, &message, ctx);
            let delivered = WorkMessage::Delivered {
                life,
                receipt,
                receives: message.receives,
                item: message.item,
            };
            ctx.work(NodeId::Worker(worker), delivered);
            self.alarm.arm(visible_us, Timer::Visibility, ctx);
        }
    }

    /// Deletes the message, if this delivery is still the one that counts.
    fn acknowledge(&mut self, receipt: Receipt, worker: u8, message: Waiting, ctx: &mut Ctx) {
        let place = self.in_flight.binary_search_by_key(&receipt, |held| held.receipt);
        let held = place.ok().and_then(|place| self.in_flight.remove(place));
        let step = if held.is_some() {
            WorkStep::Deleted
        } else {
            WorkStep::AcknowledgedLate
        };
        note(step, worker, &message, ctx);
    }

    /// What nobody has acknowledged in time waits again, behind the others, or is given up.
    fn reappear(&mut self, ctx: &mut Ctx) {
        while let Some(held) = self
            .in_flight
            .front()
            .filter(|held| held.visible_us <= ctx.now())
            .copied()
        {
            self.in_flight.pop_front();
            let most = self.config.max_receives;
            if most > 0 && held.message.receives >= most {
                note(WorkStep::DeadLettered, held.worker, &held.message, ctx);
                self.bury(held.message);
            } else {
                note(WorkStep::Reappeared, held.worker, &held.message, ctx);
                self.ready.push_back(held.message);
            }
        }
        if let Some(next) = self.in_flight.front() {
            self.alarm.arm(next.visible_us, Timer::Visibility, ctx);
        }
        self.deliver(ctx);
    }

    fn bury(&mut self, message: Waiting) {
        if self.dead.len() == Self::MOST_DEAD {
            self.dead.pop_front();
        }
        self.dead.push_back(message);
    }

    /// What waits, the next one first.
    pub fn ready(&self) -> impl ExactSizeIterator<Item = &Waiting> {
        self.ready.iter()
    }

    /// What somebody has, by the moment at which it is seen again.
    pub fn in_flight(&self) -> impl ExactSizeIterator<Item = &InFlight> {
        self.in_flight.iter()
    }

    /// The last dead letters, the oldest first.
    pub fn dead(&self) -> impl DoubleEndedIterator<Item = &Waiting> {
        self.dead.iter()
    }
}

fn note(step: WorkStep, worker: u8, message: &Waiting, ctx: &mut Ctx) {
    ctx.record(Fact::Work(WorkFact {
        step,
        worker,
        subject: message.item.subject,
        sequence: message.item.sequence,
        receives: message.receives,
    }));
}
