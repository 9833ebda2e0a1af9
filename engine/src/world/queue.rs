//! What comes next, ordered by (time, sequence).

use super::Command;
use super::admin::Wish;
use super::link::Parcel;
use super::processes::Life;
use crate::application::Handover;
use crate::node::Timer;
use crate::trace::EventId;
use crate::wire::{Micros, NodeId};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Something that will happen.
#[derive(Debug, Clone)]
pub(super) enum Due {
    /// A message arrives.
    Message(Parcel),
    /// A timer runs out.
    Timer {
        node: NodeId,
        timer: Timer,
        cause: EventId,
        /// The life in which the node set it.
        life: Life,
    },
    /// A node hands something to another one of its process.
    Handover {
        to: NodeId,
        handover: Box<Handover>,
        cause: EventId,
        /// The life of the one that gets it; whoever has handed it over lives and dies with that one.
        life: Life,
    },
    /// A node starts.
    Start { node: NodeId, cause: EventId },
    /// The scenario, or a person whose run is replayed, does something.
    Command(Box<Command>),
    /// The producers start, or a burst of the workload begins or ends.
    Rate,
    /// An administrator asks again for what no controller could do before.
    Admin(Box<Wish>),
}

/// The queue. What is due at the same time comes in the order in which it was put in. The heap moves small keys; what is
/// due stays where it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<Place>>,
    slots: Vec<Option<Due>>,
    free: Vec<u32>,
    sequence: u64,
}

/// A place in the queue: time, sequence and slot in one number, because the heap compares twice as fast then. 64 bits of
/// time, 40 of sequence (a million million inputs) and 24 of slot (sixteen million under way at once).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place(u128);

impl Place {
    const SEQUENCE_BITS: u32 = 40;
    const SLOT_BITS: u32 = 24;

    fn new(at: Micros, sequence: u64, slot: u32) -> Self {
        assert!(
            sequence >> Self::SEQUENCE_BITS == 0 && slot >> Self::SLOT_BITS == 0,
            "invariant queue-has-room is broken: input {sequence} in slot {slot}"
        );
        let below = sequence << Self::SLOT_BITS | u64::from(slot);
        Self(u128::from(at) << 64 | u128::from(below))
    }

    fn at(self) -> Micros {
        (self.0 >> 64) as Micros
    }

    fn slot(self) -> usize {
        (self.0 & ((1 << Self::SLOT_BITS) - 1)) as usize
    }
}

impl Queue {
    pub(super) fn push(&mut self, at: Micros, due: Due) {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(due);
                slot
            }
            None => {
                self.slots.push(Some(due));
                u32::try_from(self.slots.len() - 1).expect("the queue has fewer than four thousand million entries")
            }
        };
        self.sequence += 1;
        self.heap.push(Reverse(Place::new(at, self.sequence, slot)));
    }

    pub(super) fn next_at(&self) -> Option<Micros> {
        self.heap.peek().map(|Reverse(place)| place.at())
    }

    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    pub(super) fn pop(&mut self) -> Option<(Micros, Due)> {
        let Reverse(place) = self.heap.pop()?;
        Some((place.at(), self.empty(place)))
    }

    /// Takes out what is `wanted`, in the order in which it would have come. Looks at all of the queue: for what happens
    /// rarely.
    pub(super) fn take_out(&mut self, wanted: impl Fn(&Due) -> bool) -> Vec<Due> {
        let slots = &self.slots;
        let mut taken = BinaryHeap::new();
        self.heap.retain(|entry| {
            let is_wanted = slots[entry.0.slot()].as_ref().is_some_and(&wanted);
            if is_wanted {
                taken.push(*entry);
            }
            !is_wanted
        });
        let mut out = Vec::with_capacity(taken.len());
        while let Some(Reverse(place)) = taken.pop() {
            out.push(self.empty(place));
        }
        out
    }

    /// What is in the queue with its time, in no particular order: for looking only.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Micros, &Due)> {
        self.heap
            .iter()
            .filter_map(|Reverse(place)| Some((place.at(), self.slots[place.slot()].as_ref()?)))
    }

    fn empty(&mut self, place: Place) -> Due {
        self.free.push(place.slot() as u32);
        self.slots[place.slot()]
            .take()
            .expect("invariant queued-slot-is-filled is broken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_at_the_same_time_keeps_its_order() {
        let mut queue = Queue::default();
        for (at, node) in [(5, 1), (3, 2), (5, 3), (3, 4)] {
            queue.push(
                at,
                Due::Start {
                    node: NodeId::Broker(node),
                    cause: 0,
                },
            );
        }
        let mut order = Vec::new();
        while let Some((at, Due::Start { node, .. })) = queue.pop() {
            order.push((at, node.to_string()));
            if order.len() == 1 {
                queue.push(
                    3,
                    Due::Start {
                        node: NodeId::Broker(5),
                        cause: 0,
                    },
                );
            }
        }
        let expected = [(3, "b2"), (3, "b4"), (3, "b5"), (5, "b1"), (5, "b3")];
        assert_eq!(order, expected.map(|(at, node)| (at, node.to_owned())));
    }

    #[test]
    fn what_is_taken_out_keeps_its_order_and_leaves_the_rest() {
        let mut queue = Queue::default();
        let start = |n| Due::Start {
            node: NodeId::Broker(n),
            cause: 0,
        };
        for (at, n) in [(5, 1), (3, 2), (5, 3), (3, 4), (1, 5)] {
            queue.push(at, start(n));
        }
        let number = |due: &Due| match due {
            Due::Start {
                node: NodeId::Broker(n),
                ..
            } => *n,
            _ => 0,
        };
        let taken: Vec<u8> = queue.take_out(|due| number(due) != 4).iter().map(number).collect();
        assert_eq!(taken, [5, 2, 1, 3]);
        queue.push(2, start(6));
        let left: Vec<(Micros, u8)> = std::iter::from_fn(|| queue.pop().map(|(at, due)| (at, number(&due)))).collect();
        assert_eq!(left, [(2, 6), (3, 4)]);
    }
}
