//! Records on their way.

use super::queue::Due;
use super::{Flight, FlightKind, World};
use crate::log::{Batch, KeyId};
use crate::wire::{Message, Micros, NodeId, PartitionId, RequestBody, ResponseBody, TopicId};

impl World {
    /// Fills `flights` with the batches of the topic that are on their way, in no particular order.
    pub fn flights(&self, flights: &mut Vec<Flight>) {
        flights.clear();
        let Some(topic) = self.topic_id() else { return };
        for (arrives_us, due) in self.queue.iter() {
            if let Due::Message(parcel) = due {
                let journey = Journey {
                    id: parcel.cause,
                    from: parcel.from,
                    to: parcel.to,
                    sent_us: parcel.sent,
                    arrives_us,
                    topic,
                };
                journey.add(&parcel.message, flights);
            }
        }
    }
}

struct Journey {
    id: u64,
    from: NodeId,
    to: NodeId,
    sent_us: Micros,
    arrives_us: Micros,
    topic: TopicId,
}

impl Journey {
    fn add(&self, message: &Message, flights: &mut Vec<Flight>) {
        match message {
            Message::Request(request) => {
                if let RequestBody::Produce(produce) = &request.body {
                    for (partition, batch) in &produce.batches {
                        self.push(*partition, std::iter::once(&**batch), FlightKind::Produce, flights);
                    }
                }
            }
            Message::Disconnect(_) | Message::Work(_) => {}
            Message::Response(response) => {
                if let ResponseBody::Fetch(fetched) = &response.body {
                    let to_broker = matches!(self.to, NodeId::Broker(_));
                    let kind = if to_broker {
                        FlightKind::Replicate
                    } else {
                        FlightKind::Consume
                    };
                    for part in fetched.partitions.iter().filter(|part| !part.entries.is_empty()) {
                        self.push(part.partition, part.entries.iter().map(|e| &*e.batch), kind, flights);
                    }
                }
            }
        }
    }

    fn push<'b>(
        &self,
        partition: PartitionId,
        batches: impl Iterator<Item = &'b Batch> + Clone,
        kind: FlightKind,
        flights: &mut Vec<Flight>,
    ) {
        if partition.topic != self.topic {
            return;
        }
        let subjects = batches.clone().flat_map(Batch::records).map(|record| record.subject);
        let subjects: Vec<KeyId> = subjects.take(Flight::SHOWN).collect();
        flights.push(Flight {
            id: self.id,
            from: self.from,
            to: self.to,
            sent_us: self.sent_us,
            arrives_us: self.arrives_us,
            partition,
            subjects,
            records: batches.map(Batch::len).sum(),
            kind,
        });
    }
}
