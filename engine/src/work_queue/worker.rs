//! A worker: it asks for a message, works on it, acknowledges it, and asks for the next one.

use crate::application::Outcome;
use crate::log::Record;
use crate::node::{Ctx, Input, NodeCommand, Timer};
use crate::trace::{Fact, WorkFact, WorkStep};
use crate::wire::{Channel, Message, Micros, NodeId, Offset, PartitionId, Receipt, TopicId, WorkItem, WorkMessage};

/// A message of the queue has no place in the topic, so that poison by offset does not find it.
const NOT_IN_THE_TOPIC: (PartitionId, Offset) = (
    PartitionId {
        topic: TopicId(u16::MAX),
        index: u16::MAX,
    },
    Offset::MAX,
);

/// One of the competing workers. It has at most one message at a time.
#[derive(Debug, Clone)]
pub struct Worker {
    number: u8,
    /// As the consumers' `processing.ms`.
    processing_us: Micros,
    is_up: bool,
    /// Counts the lives.
    life: u32,
    task: Option<Task>,
    /// Counts the tasks, so that the timer of one that died with the process is known.
    round: u32,
}

/// The message that it works on.
#[derive(Debug, Clone, Copy)]
struct Task {
    receipt: Receipt,
    receives: u32,
    item: WorkItem,
}

/// What a worker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerState {
    /// It was killed, or has not started.
    Down,
    /// It waits for a message.
    Idle,
    /// It works on one.
    Working,
}

impl Worker {
    /// The worker of that number, from 1.
    #[must_use]
    pub fn new(number: u8, processing_us: Micros) -> Self {
        Self {
            number,
            processing_us,
            is_up: false,
            life: 0,
            task: None,
            round: 0,
        }
    }

    /// What it is told, and what it does about it.
    #[allow(clippy::needless_pass_by_value)] // As every node is told.
    pub fn on(&mut self, input: Input, ctx: &mut Ctx) {
        match input {
            Input::Start if !self.is_up => self.start(ctx),
            Input::Command(NodeCommand::Crash) if self.is_up => self.crash(ctx),
            Input::Message {
                message:
                    Message::Work(WorkMessage::Delivered {
                        life,
                        receipt,
                        receives,
                        item,
                    }),
                ..
            } if self.is_up && life == self.life && self.task.is_none() => self.begin(
                Task {
                    receipt,
                    receives,
                    item,
                },
                ctx,
            ),
            Input::Timer(Timer::Processed(round)) if round == self.round => self.finish(ctx),
            _ => {}
        }
    }

    fn start(&mut self, ctx: &mut Ctx) {
        self.is_up = true;
        self.life += 1;
        ctx.record_as_cause(Fact::WorkerStarted);
        self.ask(ctx);
    }

    fn ask(&self, ctx: &mut Ctx) {
        ctx.work(NodeId::Queue, WorkMessage::Receive { life: self.life });
    }

    /// `kill -9`. Its socket closes, so the queue gives it no more; what it had stays hidden until its time is over.
    fn crash(&mut self, ctx: &mut Ctx) {
        self.is_up = false;
        self.task = None;
        self.round += 1;
        ctx.record_as_cause(Fact::ProcessCrashed);
        ctx.disconnect(NodeId::Queue, Channel::Data);
    }

    fn begin(&mut self, task: Task, ctx: &mut Ctx) {
        self.task = Some(task);
        self.round += 1;
        if self.processing_us == 0 {
            self.finish(ctx);
        } else {
            ctx.timer_in(self.processing_us, Timer::Processed(self.round));
        }
    }

    fn finish(&mut self, ctx: &mut Ctx) {
        let Some(Task {
            receipt,
            receives,
            item,
        }) = self.task.take()
        else {
            return;
        };
        let record = Record {
            key: None,
            subject: item.subject,
            sequence: item.sequence,
            value: None,
            value_bytes: item.value_bytes,
            timestamp_delta_us: 0,
        };
        let outcome = ctx.downstream.attempt(&record, NOT_IN_THE_TOPIC, ctx.random);
        if outcome == Outcome::Crash {
            return self.crash(ctx);
        }
        let is_done = outcome == Outcome::Done;
        ctx.record_as_cause(Fact::Work(WorkFact {
            step: if is_done { WorkStep::Processed } else { WorkStep::Failed },
            worker: self.number,
            subject: item.subject,
            sequence: item.sequence,
            receives,
        }));
        if is_done {
            ctx.work(
                NodeId::Queue,
                WorkMessage::Acknowledge {
                    receipt,
                    receives,
                    item,
                },
            );
        }
        self.ask(ctx);
    }

    /// What it does.
    #[must_use]
    pub fn state(&self) -> WorkerState {
        match (self.is_up, self.task) {
            (false, _) => WorkerState::Down,
            (true, None) => WorkerState::Idle,
            (true, Some(_)) => WorkerState::Working,
        }
    }

    /// The record that it works on.
    #[must_use]
    pub fn works_on(&self) -> Option<WorkItem> {
        self.task.map(|task| task.item)
    }
}
