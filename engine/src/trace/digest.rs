//! One number for a whole trace.

use super::{Event, Fact};
use crate::wire::NodeId;
use std::hash::{Hash, Hasher};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A chain over all events: each event's XXH3, seeded with the one before.
#[derive(Clone, Copy, Default)]
pub(super) struct Digest(u64);

impl Digest {
    #[inline(always)]
    pub(super) fn add(&mut self, event: &Event) {
        let mut bytes = Bytes {
            buffer: [0; Bytes::MOST],
            length: 0,
        };
        if !bytes.write_record(event) {
            event.hash(&mut bytes);
        }
        self.0 = xxh3_64_with_seed(&bytes.buffer[..bytes.length], self.0);
    }

    pub(super) fn value(self) -> u64 {
        self.0
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// An event's bytes. Derived `Hash` writes what the machine calls a word where it writes a variant's number; here that is
/// one byte everywhere, and all numbers are little-endian, so that wasm and native agree.
struct Bytes {
    buffer: [u8; Self::MOST],
    length: usize,
}

impl Bytes {
    /// More than the largest event has.
    const MOST: usize = 128;
    /// The numbers of two variants of [`NodeId`] and of two of [`Fact`], as the derived way writes them.
    const PRODUCER: u8 = 3;
    const CONSUMER: u8 = 4;
    const RECORD_SENT: u8 = 44;
    const RECORD_PROCESSED: u8 = 66;

    /// Writes an event as `Event::hash` does, if it is one of the two of which there are as many as records: the way over
    /// all kinds of nodes and facts is long, and here the compiler knows the place of each field.
    #[inline(always)]
    fn write_record(&mut self, event: &Event) -> bool {
        match event.fact {
            Fact::RecordSent {
                partition,
                key,
                subject,
                sequence,
            } => {
                let NodeId::Producer(number) = event.node else {
                    return false;
                };
                self.write_origin(event, [Self::PRODUCER, number], Self::RECORD_SENT);
                partition.hash(self);
                key.hash(self);
                subject.hash(self);
                self.write_u32(sequence);
            }
            Fact::RecordProcessed {
                partition,
                offset,
                subject,
                sequence,
                latency_us,
            } => {
                let NodeId::Consumer(number) = event.node else {
                    return false;
                };
                self.write_origin(event, [Self::CONSUMER, number], Self::RECORD_PROCESSED);
                partition.hash(self);
                self.write_u64(offset);
                subject.hash(self);
                self.write_u32(sequence);
                self.write_u64(latency_us);
            }
            _ => return false,
        }
        true
    }

    #[inline(always)]
    fn write_origin(&mut self, event: &Event, node: [u8; 2], fact: u8) {
        self.write_u64(event.id);
        self.write_u64(event.at);
        self.write(&node);
        self.write_u64(event.cause);
        self.write_u8(fact);
    }
}

impl Hasher for Bytes {
    fn finish(&self) -> u64 {
        xxh3_64_with_seed(&self.buffer[..self.length], 0)
    }
    #[inline(always)]
    fn write(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        self.buffer[self.length..end].copy_from_slice(bytes);
        self.length = end;
    }
    fn write_u8(&mut self, n: u8) {
        self.write(&[n]);
    }
    fn write_u16(&mut self, n: u16) {
        self.write(&n.to_le_bytes());
    }
    fn write_u32(&mut self, n: u32) {
        self.write(&n.to_le_bytes());
    }
    fn write_u64(&mut self, n: u64) {
        self.write(&n.to_le_bytes());
    }
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
    fn write_i16(&mut self, n: i16) {
        self.write_u16(n.cast_unsigned());
    }
    fn write_i32(&mut self, n: i32) {
        self.write_u32(n.cast_unsigned());
    }
    fn write_i64(&mut self, n: i64) {
        self.write_u64(n.cast_unsigned());
    }
    /// The number of an enum's variant: there are never more than 255.
    fn write_isize(&mut self, n: isize) {
        self.write_u8(n as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Dictionary;
    use crate::wire::{PartitionId, TopicId};

    fn digest(events: &[Event]) -> u64 {
        let mut digest = Digest::default();
        events.iter().for_each(|event| digest.add(event));
        digest.value()
    }

    #[test]
    fn every_part_of_an_event_counts_and_so_does_the_order() {
        let event = Event {
            id: 1,
            at: 2,
            node: NodeId::Broker(1),
            cause: 0,
            fact: Fact::SendBlocked,
        };
        let others = [
            Event { id: 2, ..event },
            Event { at: 3, ..event },
            Event {
                node: NodeId::Producer(1),
                ..event
            },
            Event {
                node: NodeId::Broker(2),
                ..event
            },
            Event { cause: 1, ..event },
            Event {
                fact: Fact::SendTimedOut,
                ..event
            },
        ];
        for other in others {
            assert_ne!(digest(&[event]), digest(&[other]), "{other:?}");
        }
        assert_ne!(digest(&[event, others[0]]), digest(&[others[0], event]));
    }

    #[test]
    fn the_short_way_writes_the_same_as_the_long_one() {
        let mut dictionary = Dictionary::default();
        let subject = dictionary.key("match-7").expect("there is room");
        let partition = PartitionId {
            topic: TopicId(1),
            index: 3,
        };
        let sent = |key| Fact::RecordSent {
            partition,
            key,
            subject,
            sequence: 9,
        };
        let processed = Fact::RecordProcessed {
            partition,
            offset: 4,
            subject,
            sequence: 9,
            latency_us: 1_000,
        };
        let records = [
            (NodeId::Producer(2), sent(Some(subject))),
            (NodeId::Producer(2), sent(None)),
            (NodeId::Consumer(2), processed),
        ];
        for (node, fact) in records {
            let event = Event {
                id: 5,
                at: 6,
                node,
                cause: 4,
                fact,
            };
            let fresh = || Bytes {
                buffer: [0; Bytes::MOST],
                length: 0,
            };
            let (mut short, mut long) = (fresh(), fresh());
            assert!(short.write_record(&event), "{fact:?}");
            event.hash(&mut long);
            assert_eq!(short.buffer[..short.length], long.buffer[..long.length], "{fact:?}");
        }
    }

    #[test]
    fn the_same_events_have_the_same_digest_on_every_machine() {
        let event = Event {
            id: 1,
            at: 2,
            node: NodeId::Broker(1),
            cause: 0,
            fact: Fact::SendBlocked,
        };
        assert_eq!(format!("{:016x}", digest(&[event])), "583ac91db3cb022f");
    }
}
