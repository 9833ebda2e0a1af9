//! What comes next, ordered by (time, sequence).

use super::Command;
use super::admin::Wish;
use super::processes::Life;
use crate::node::Timer;
use crate::trace::EventId;
use crate::wire::{Message, Micros, NodeId};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Something that will happen.
#[derive(Debug, Clone)]
pub(super) enum Due {
    /// A message arrives.
    Message {
        from: NodeId,
        to: NodeId,
        message: Message,
        cause: EventId,
        sent: Micros,
        /// The receiver's life when it left.
        life: Life,
    },
    /// A timer runs out.
    Timer {
        node: NodeId,
        timer: Timer,
        cause: EventId,
        /// The life in which the node set it.
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
    heap: BinaryHeap<Reverse<(Micros, u64, u32)>>,
    slots: Vec<Option<Due>>,
    free: Vec<u32>,
    sequence: u64,
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
        self.heap.push(Reverse((at, self.sequence, slot)));
    }

    pub(super) fn next_at(&self) -> Option<Micros> {
        self.heap.peek().map(|Reverse((at, _, _))| *at)
    }

    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    pub(super) fn pop(&mut self) -> Option<(Micros, Due)> {
        let Reverse((at, _, slot)) = self.heap.pop()?;
        self.free.push(slot);
        let due = self.slots[slot as usize]
            .take()
            .expect("invariant queued-slot-is-filled is broken");
        Some((at, due))
    }

    /// Takes out what is `wanted`, in the order in which it would have come. Looks at all of the queue: for what happens
    /// rarely.
    pub(super) fn take_out(&mut self, wanted: impl Fn(&Due) -> bool) -> Vec<Due> {
        let slots = &self.slots;
        let mut taken = BinaryHeap::new();
        self.heap.retain(|entry| {
            let Reverse((_, _, slot)) = entry;
            let is_wanted = slots[*slot as usize].as_ref().is_some_and(&wanted);
            if is_wanted {
                taken.push(*entry);
            }
            !is_wanted
        });
        let mut out = Vec::with_capacity(taken.len());
        while let Some(Reverse((_, _, slot))) = taken.pop() {
            self.free.push(slot);
            out.extend(self.slots[slot as usize].take());
        }
        out
    }

    /// What is in the queue with its time, in no particular order: for looking only.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Micros, &Due)> {
        self.heap
            .iter()
            .filter_map(|Reverse((at, _, slot))| Some((*at, self.slots[*slot as usize].as_ref()?)))
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
