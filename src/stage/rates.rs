//! How much travels along each lane lately: what is drawn when single records would be too many to follow.

use partitura_engine::wire::NodeId;
use partitura_engine::world::{Flight, FlightKind};

/// Traffic of one partition between two nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traffic {
    /// Its partition.
    pub partition: u16,
    /// From where.
    pub from: NodeId,
    /// To where.
    pub to: NodeId,
    /// What kind of journey.
    pub kind: FlightKind,
    /// Records a second of virtual time, smoothed.
    pub per_s: f64,
    /// Records on their way now.
    pub in_flight: u32,
    seen_per_s: f64,
}

/// The lanes with traffic.
#[derive(Debug, Clone, Default)]
pub struct Rates {
    lanes: Vec<Traffic>,
}

/// After so many seconds on the screen, a change of rate shows by two thirds.
const MEMORY_S: f64 = 0.4;
/// Below this, a lane is forgotten.
const LEAST_PER_S: f64 = 0.01;
/// What is remembered is bounded: beyond so many lanes, new ones are not watched until old ones fall silent.
const MOST_LANES: usize = 2048;

impl Rates {
    /// Looks at what is in flight, so many seconds after it last did. What is in flight for a time of `t` at a rate of `r`
    /// is `r t` records (Little's law), so each batch adds its records divided by its time in flight.
    pub fn observe(&mut self, flights: &[Flight], elapsed_s: f64) {
        for lane in &mut self.lanes {
            lane.in_flight = 0;
            lane.seen_per_s = 0.0;
        }
        for flight in flights {
            let duration_us = flight.arrives_us.saturating_sub(flight.sent_us).max(1);
            if let Some(lane) = self.lane(flight) {
                lane.in_flight += flight.records;
                lane.seen_per_s += f64::from(flight.records) * 1e6 / duration_us as f64;
            }
        }
        let keep = (-elapsed_s.max(0.0) / MEMORY_S).exp();
        for lane in &mut self.lanes {
            lane.per_s = lane.per_s * keep + lane.seen_per_s * (1.0 - keep);
        }
        self.lanes
            .retain(|lane| lane.in_flight > 0 || lane.per_s >= LEAST_PER_S);
    }

    /// Lanes with traffic, in a fixed order.
    #[must_use]
    pub fn lanes(&self) -> &[Traffic] {
        &self.lanes
    }

    /// The rate on the busiest lane.
    #[must_use]
    pub fn most_per_s(&self) -> f64 {
        self.lanes.iter().map(|lane| lane.per_s).fold(0.0, f64::max)
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.lanes.clear();
    }

    fn lane(&mut self, flight: &Flight) -> Option<&mut Traffic> {
        let key = (flight.partition.index, flight.kind as u8, flight.from, flight.to);
        let found = self
            .lanes
            .binary_search_by_key(&key, |l| (l.partition, l.kind as u8, l.from, l.to));
        let place = match found {
            Ok(place) => place,
            Err(_) if self.lanes.len() >= MOST_LANES => return None,
            Err(place) => {
                let Flight { from, to, kind, .. } = *flight;
                let partition = flight.partition.index;
                self.lanes.insert(
                    place,
                    Traffic {
                        partition,
                        from,
                        to,
                        kind,
                        per_s: 0.0,
                        in_flight: 0,
                        seen_per_s: 0.0,
                    },
                );
                place
            }
        };
        self.lanes.get_mut(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::wire::{PartitionId, TopicId};

    fn flight(index: u16, records: u32) -> Flight {
        Flight {
            id: 1,
            from: NodeId::Producer(1),
            to: NodeId::Broker(1),
            sent_us: 1_000,
            arrives_us: 2_000,
            partition: PartitionId {
                topic: TopicId(0),
                index,
            },
            subjects: Vec::new(),
            records,
            kind: FlightKind::Produce,
        }
    }

    #[test]
    fn a_steady_flight_becomes_its_rate() {
        let mut rates = Rates::default();
        for _ in 0..200 {
            rates.observe(&[flight(0, 2), flight(0, 1), flight(3, 1)], 1.0 / 60.0);
        }
        let [busy, calm] = rates.lanes() else {
            panic!("{rates:?}")
        };
        assert!((busy.per_s - 3_000.0).abs() < 1.0);
        assert!((calm.per_s - 1_000.0).abs() < 1.0);
        assert_eq!(busy.in_flight, 3);
        assert!((rates.most_per_s() - busy.per_s).abs() < 1e-9);
    }

    #[test]
    fn silence_is_forgotten_after_a_while() {
        let mut rates = Rates::default();
        rates.observe(&[flight(0, 2)], 1.0);
        rates.observe(&[], 0.1);
        assert_eq!(rates.lanes().len(), 1);
        rates.observe(&[], 20.0);
        assert!(rates.lanes().is_empty());
    }
}
