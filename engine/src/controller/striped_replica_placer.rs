//! Where the replicas of a new topic go (Kafka's `StripedReplicaPlacer`).
//!
//! Racks take turns, starting one further for each partition; inside a rack brokers take turns in the same way. A
//! leader is never placed on a fenced broker, and a rack's fenced brokers are used only when its others are.
//! Spreading over racks comes first: a rack with one broker gets as many replicas as a rack with ten.

use crate::short_sort::{sort_short_by, sort_short_by_key};
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::java_random::JavaRandom;
use crate::coordinator::partition_for::java_hash;

/// A registered broker, as the placement sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsableBroker {
    /// `node.id`.
    pub id: u32,
    /// `broker.rack`; brokers without one form a rack of their own.
    pub rack: Option<Arc<str>>,
    /// Registered, but not known to be alive.
    pub fenced: bool,
}

/// Why no replicas can be placed. Kafka answers all of them with one error, see [`PlacementError::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlacementError {
    /// A replication factor of 0.
    NotPositive,
    /// No broker is alive to lead.
    AllBrokersFenced,
    /// More replicas than registered brokers, alive or fenced.
    TooFewBrokers {
        /// What was asked for.
        replication_factor: u32,
        /// How many brokers there are.
        registered: usize,
    },
}

impl PlacementError {
    /// Kafka's name of the error.
    #[must_use]
    pub fn name(self) -> &'static str {
        "INVALID_REPLICATION_FACTOR"
    }
}

impl fmt::Display for PlacementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPositive => f.write_str("a partition needs at least one replica"),
            Self::AllBrokersFenced => f.write_str("no broker is unfenced, so none can lead"),
            Self::TooFewBrokers {
                replication_factor,
                registered,
            } => {
                write!(
                    f,
                    "{replication_factor} replicas do not fit on {registered} registered broker(s)"
                )
            }
        }
    }
}

impl std::error::Error for PlacementError {}

/// Places `partitions` new partitions: for each the broker ids of its replicas, the preferred leader first
/// (`StripedReplicaPlacer.place`).
///
/// # Errors
/// When the replication factor is 0 or above the number of brokers, or when all brokers are fenced. As in Kafka the
/// random numbers of the starting points have been drawn by then.
pub fn place(
    random: &mut JavaRandom,
    partitions: u32,
    replication_factor: u32,
    brokers: &[UsableBroker],
) -> Result<Vec<Vec<u32>>, PlacementError> {
    place_with_rack_order(random, partitions, replication_factor, brokers, &rack_order(brokers))
}

/// [`place`], with the order in which the racks draw their random numbers given by the caller.
///
/// Racks that `rack_order` leaves out follow in order of first appearance; those that no broker is in are ignored.
///
/// # Errors
/// As [`place`].
pub fn place_with_rack_order(
    random: &mut JavaRandom,
    partitions: u32,
    replication_factor: u32,
    brokers: &[UsableBroker],
    rack_order: &[Option<&str>],
) -> Result<Vec<Vec<u32>>, PlacementError> {
    let mut racks = RackList::new(random, brokers, rack_order);
    if replication_factor == 0 {
        return Err(PlacementError::NotPositive);
    }
    if racks.unfenced_brokers == 0 {
        return Err(PlacementError::AllBrokersFenced);
    }
    if replication_factor as usize > brokers.len() {
        return Err(PlacementError::TooFewBrokers {
            replication_factor,
            registered: brokers.len(),
        });
    }
    Ok((0..partitions)
        .map(|_| racks.place(random, replication_factor as usize))
        .collect())
}

/// The order in which Kafka's racks draw their random numbers: that of a `java.util.HashMap` with their names as keys.
///
/// By bucket, and by first appearance inside a bucket. (More than eight racks in one bucket would become a tree there;
/// that is not followed.)
#[must_use]
pub fn rack_order(brokers: &[UsableBroker]) -> Vec<Option<&str>> {
    let mut racks = distinct_racks(&[], brokers);
    let mut buckets = 16;
    while racks.len() > buckets / 4 * 3 {
        buckets *= 2;
    }
    sort_short_by_key(&mut racks, |rack| {
        let hash = rack.map_or(0, java_hash).cast_unsigned();
        (hash ^ hash >> 16) as usize & (buckets - 1)
    });
    racks
}

fn distinct_racks<'a>(first: &[Option<&'a str>], brokers: &'a [UsableBroker]) -> Vec<Option<&'a str>> {
    let mut racks = Vec::new();
    for &rack in first {
        if !racks.contains(&rack) && brokers.iter().any(|broker| broker.rack.as_deref() == rack) {
            racks.push(rack);
        }
    }
    for broker in brokers {
        if !racks.contains(&broker.rack.as_deref()) {
            racks.push(broker.rack.as_deref());
        }
    }
    racks
}

/// Brokers without a rack first, then by UTF-16 code units, as Java compares strings (`OptionalStringComparator`).
fn compare_names(a: Option<&str>, b: Option<&str>) -> Ordering {
    let units = |name: Option<&'_ str>| name.unwrap_or_default().encode_utf16().collect::<Vec<_>>();
    a.is_some().cmp(&b.is_some()).then_with(|| units(a).cmp(&units(b)))
}

/// Brokers that take turns: each round (`epoch`) hands every one out once, starting one further than the last.
#[derive(Default)]
struct BrokerList {
    brokers: Vec<u32>,
    handed_out: usize,
    start: usize,
    epoch: u32,
}

impl BrokerList {
    fn initialize(&mut self, random: &mut JavaRandom) {
        sort_short_by_key(&mut self.brokers, |broker| *broker);
        self.start = random_index(random, self.brokers.len());
    }

    fn next(&mut self, epoch: u32) -> Option<u32> {
        let len = self.brokers.len();
        if self.epoch != epoch && len > 0 {
            self.epoch = epoch;
            self.handed_out = 0;
            self.start = (self.start + 1) % len;
        }
        if self.handed_out >= len {
            return None;
        }
        let broker = self.brokers[(self.start + self.handed_out) % len];
        self.handed_out += 1;
        Some(broker)
    }
}

#[derive(Default)]
struct Rack {
    fenced: BrokerList,
    unfenced: BrokerList,
}

impl Rack {
    fn next(&mut self, epoch: u32) -> Option<u32> {
        self.unfenced.next(epoch).or_else(|| self.fenced.next(epoch))
    }
}

struct RackList {
    /// In the order in which they draw random numbers.
    racks: Vec<Rack>,
    /// Indexes of `racks` in the order in which they take turns: by name until the first shuffle.
    turns: Vec<usize>,
    unfenced_brokers: usize,
    epoch: u32,
    /// Whose turn it is to hold a leader.
    offset: usize,
}

impl RackList {
    fn new(random: &mut JavaRandom, brokers: &[UsableBroker], rack_order: &[Option<&str>]) -> Self {
        let names = distinct_racks(rack_order, brokers);
        let mut racks: Vec<Rack> = names.iter().map(|_| Rack::default()).collect();
        for broker in brokers {
            for (name, rack) in names.iter().zip(&mut racks) {
                if *name == broker.rack.as_deref() {
                    let list = if broker.fenced {
                        &mut rack.fenced
                    } else {
                        &mut rack.unfenced
                    };
                    list.brokers.push(broker.id);
                }
            }
        }
        for rack in &mut racks {
            rack.fenced.initialize(random);
            rack.unfenced.initialize(random);
        }
        let mut turns: Vec<usize> = (0..names.len()).collect();
        sort_short_by(&mut turns, |&a, &b| compare_names(names[a], names[b]));
        let unfenced_brokers = brokers.iter().filter(|broker| !broker.fenced).count();
        let offset = random_index(random, turns.len());
        Self {
            racks,
            turns,
            unfenced_brokers,
            epoch: 0,
            offset,
        }
    }

    /// The replicas of one partition. Needs an unfenced broker, and as many brokers as replicas.
    ///
    /// It always ends: a broker list refuses only when it was used up in the current epoch, or was last used in an
    /// earlier epoch 0; the lists of the partition before held enough for as many replicas, and start afresh now.
    fn place(&mut self, random: &mut JavaRandom, replication_factor: usize) -> Vec<u32> {
        // Once every combination that the stripes give has come up. A lone live broker has but one.
        if self.epoch as usize == self.unfenced_brokers && self.unfenced_brokers > 1 {
            self.shuffle(random);
            self.epoch = 0;
        }
        if self.offset == self.turns.len() {
            self.offset = 0;
        }
        let mut replicas = Vec::with_capacity(replication_factor);

        let mut leader_rack = self.offset;
        loop {
            if let Some(broker) = self.racks[self.turns[leader_rack]].unfenced.next(self.epoch) {
                replicas.push(broker);
                break;
            }
            leader_rack = (leader_rack + 1) % self.turns.len();
        }

        // The followers start again at the offset, not behind the leader's rack: that one only misses its first turn.
        let mut rack = self.offset;
        let mut missed_turn = false;
        while replicas.len() < replication_factor {
            if rack == leader_rack && !missed_turn {
                missed_turn = true;
            } else {
                replicas.extend(self.racks[self.turns[rack]].next(self.epoch));
            }
            rack = (rack + 1) % self.turns.len();
        }

        self.epoch += 1;
        self.offset += 1;
        replicas
    }

    fn shuffle(&mut self, random: &mut JavaRandom) {
        random.shuffle(&mut self.turns);
        for rack in &mut self.racks {
            random.shuffle(&mut rack.fenced.brokers);
            random.shuffle(&mut rack.unfenced.brokers);
        }
    }
}

fn random_index(random: &mut JavaRandom, len: usize) -> usize {
    random.next_int_bound(i32::try_from(len).unwrap_or(i32::MAX)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broker(id: u32, rack: Option<&str>, fenced: bool) -> UsableBroker {
        UsableBroker {
            id,
            rack: rack.map(Arc::from),
            fenced,
        }
    }

    #[test]
    fn a_fenced_broker_never_leads_but_may_follow() {
        let brokers = [broker(1, None, true), broker(2, None, false), broker(3, None, false)];
        for replicas in place(&mut JavaRandom::new(7), 20, 3, &brokers).unwrap() {
            assert_ne!(replicas[0], 1);
            assert_eq!(replicas[2], 1, "the fenced one comes last");
        }
    }

    #[test]
    fn two_replicas_on_two_racks_are_never_on_one() {
        let brokers: Vec<_> = (0..6)
            .map(|id| broker(id, Some(if id < 3 { "a" } else { "b" }), false))
            .collect();
        for replicas in place(&mut JavaRandom::new(3), 30, 2, &brokers).unwrap() {
            assert_ne!(replicas[0] < 3, replicas[1] < 3);
        }
    }

    #[test]
    fn what_cannot_be_placed_is_refused() {
        let alive = [broker(1, None, false)];
        let mut random = JavaRandom::new(1);
        let mut error = |rf, brokers: &[UsableBroker]| place(&mut random, 1, rf, brokers).unwrap_err();
        assert_eq!(error(0, &alive), PlacementError::NotPositive);
        assert_eq!(
            error(2, &alive),
            PlacementError::TooFewBrokers {
                replication_factor: 2,
                registered: 1
            }
        );
        assert_eq!(error(1, &[broker(1, None, true)]), PlacementError::AllBrokersFenced);
        assert_eq!(error(1, &[]), PlacementError::AllBrokersFenced);
        assert_eq!(place(&mut random, 0, 1, &alive), Ok(Vec::new()));
    }
}
