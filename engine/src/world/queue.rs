//! What comes next, ordered by (time, sequence).

use super::Command;
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
    },
    /// A timer runs out.
    Timer { node: NodeId, timer: Timer, cause: EventId },
    /// A node starts.
    Start { node: NodeId, cause: EventId },
    /// The scenario, or a person whose run is replayed, does something.
    Command(Box<Command>),
    /// The producers start, or a burst of the workload begins or ends.
    Rate,
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
}
