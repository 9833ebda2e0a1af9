//! Runs all invariants after every step.

use super::history::History;
use super::invariant;
use super::snapshot::Change;
use super::violation::{Broken, Violation};
use crate::broker::{Broker, Replica};
use crate::trace::{Event, EventId};
use crate::wire::{BrokerId, NodeId, NodeSet, PartitionId};
use crate::world::World;

/// Something that must always be true.
pub trait Invariant {
    /// Its name, as a failure prints it.
    fn name(&self) -> &'static str;

    /// Looks at what the last step has changed.
    ///
    /// # Errors
    ///
    /// Says what is wrong.
    fn check(&mut self, moment: &Moment) -> Result<(), Broken>;
}

/// The world after a step, and what is known of it.
pub struct Moment<'a> {
    /// The world.
    pub world: &'a World,
    /// What was committed, and what may be lost.
    pub history: &'a History,
    /// The last event before the step.
    pub seen: EventId,
    /// The nodes that the step told something.
    pub touched: NodeSet,
}

impl Moment<'_> {
    /// What the step brought about.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.world.trace().since(self.seen)
    }

    /// The replicas that it has changed.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.history.changes().iter()
    }

    /// That replica.
    #[must_use]
    pub fn replica(&self, broker: BrokerId, partition: PartitionId) -> Option<&Replica> {
        self.world.broker_of(broker)?.replica(partition)
    }

    /// The brokers that the step told something.
    pub fn touched_brokers(&self) -> impl Iterator<Item = &Broker> {
        let touched = |broker: &&Broker| self.touched.contains(NodeId::from(broker.id()));
        self.world.brokers().filter(touched)
    }
}

/// All invariants, with what they remember.
pub struct Checker {
    history: History,
    invariants: Vec<Box<dyn Invariant>>,
    seen: EventId,
}

impl Checker {
    /// For a world that has not begun.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self {
            history: History::new(world.setup()),
            invariants: invariant::all(world.setup()),
            seen: 0,
        }
    }

    /// What was committed.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Lets the next thing happen, and looks. `false` when there is none.
    ///
    /// # Errors
    ///
    /// The first invariant that is broken.
    pub fn step(&mut self, world: &mut World) -> Result<bool, Box<Violation>> {
        if !world.step() {
            return Ok(false);
        }
        self.look(world).map(|()| true)
    }

    /// Looks at what has changed since it looked last.
    ///
    /// # Errors
    ///
    /// The first invariant that is broken.
    pub fn look(&mut self, world: &World) -> Result<(), Box<Violation>> {
        let touched = world.touched();
        self.history.update(world, touched, self.seen);
        let moment = Moment {
            world,
            history: &self.history,
            seen: self.seen,
            touched,
        };
        for invariant in &mut self.invariants {
            if let Err(broken) = invariant.check(&moment) {
                return Err(Box::new(Violation::of(invariant.name(), broken, world)));
            }
        }
        self.seen = world.trace().count();
        Ok(())
    }
}
