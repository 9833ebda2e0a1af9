//! The work queue beside the topic: its nodes, what happens to them, and how they look.

use super::{Setup, World};
use crate::node::{Input, NodeCommand, Random};
use crate::trace::{EventId, ProcessFault, WorkCounters};
use crate::wire::{Micros, NodeId, WorkItem};
use crate::work_queue::{Waiting, WorkQueue, Worker, WorkerState};

/// The queue and its workers, each with its random stream.
#[derive(Debug, Clone)]
pub(super) struct WorkNodes {
    pub(super) queue: (WorkQueue, Random),
    pub(super) workers: Vec<(Worker, Random)>,
}

/// The work queue, as it can be seen.
#[derive(Debug, Clone)]
pub struct QueueView<'w> {
    /// How many messages wait.
    pub ready: u64,
    /// Those that come next, at most [`QueueView::SHOWN`].
    pub next: Vec<QueuedView>,
    /// How many messages workers have.
    pub in_flight: u64,
    /// Those that are seen again first, at most [`QueueView::SHOWN`].
    pub held: Vec<QueuedView>,
    /// The last dead letters, the newest first, at most [`QueueView::SHOWN`].
    pub dead: Vec<QueuedView>,
    /// The workers, ascending.
    pub workers: Vec<WorkerView>,
    /// Sums over the run.
    pub counts: &'w WorkCounters,
}

/// A message of the work queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuedView {
    /// The record.
    pub item: WorkItem,
    /// How often it was delivered.
    pub receives: u32,
    /// Who has it, and when it is seen again; `None` for one that nobody has.
    pub held: Option<(u8, Micros)>,
}

/// A worker of the work queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerView {
    /// Which.
    pub node: NodeId,
    /// What it does.
    pub state: WorkerState,
    /// What it works on.
    pub works_on: Option<WorkItem>,
}

impl QueueView<'_> {
    /// How many messages of a kind are shown.
    pub const SHOWN: usize = 32;
}

impl WorkNodes {
    pub(super) fn of(setup: &Setup) -> Option<Box<Self>> {
        let config = &setup.work_queue;
        let random = |node: NodeId| Random::named(setup.seed, &node.to_string());
        let worker = |n| (Worker::new(n, setup.consumer.processing_us), random(NodeId::Worker(n)));
        (config.workers > 0).then(|| {
            Box::new(Self {
                queue: (WorkQueue::new(config.clone()), random(NodeId::Queue)),
                workers: (1..=config.workers).map(worker).collect(),
            })
        })
    }
}

impl World {
    /// The work queue beside the topic; `None` without `queue.workers`.
    #[must_use]
    pub fn work_queue(&self) -> Option<QueueView<'_>> {
        let work = self.nodes.work.as_ref()?;
        let queue = &work.queue.0;
        let nobodys = |message: &Waiting| QueuedView {
            item: message.item,
            receives: message.receives,
            held: None,
        };
        let held = queue.in_flight().map(|held| QueuedView {
            held: Some((held.worker, held.visible_us)),
            ..nobodys(&held.message)
        });
        let workers = (1..).zip(&work.workers).map(|(n, (worker, _))| WorkerView {
            node: NodeId::Worker(n),
            state: worker.state(),
            works_on: worker.works_on(),
        });
        Some(QueueView {
            ready: queue.ready().len() as u64,
            next: queue.ready().take(QueueView::SHOWN).map(nobodys).collect(),
            in_flight: queue.in_flight().len() as u64,
            held: held.take(QueueView::SHOWN).collect(),
            dead: queue.dead().rev().take(QueueView::SHOWN).map(nobodys).collect(),
            workers: workers.collect(),
            counts: &self.trace.counters().work,
        })
    }

    /// A worker is killed, or started again. Other things do not happen to workers.
    pub(super) fn fault_worker(&mut self, node: NodeId, fault: ProcessFault, cause: EventId) {
        match fault {
            ProcessFault::Crash => self.tell(node, Input::Command(NodeCommand::Crash), cause),
            ProcessFault::Start => self.tell(node, Input::Start, cause),
            _ => {}
        }
    }
}
