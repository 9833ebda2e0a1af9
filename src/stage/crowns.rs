//! A crown that flies: when a partition has another leader, its crown goes from the old cell to the new one.

use super::geometry::Point;
use super::layout::Layout;
use partitura_engine::short_map::ShortMap;
use partitura_engine::wire::BrokerId;

/// Who has led what, and the crowns that are on their way.
#[derive(Debug, Default)]
pub struct Crowns {
    /// The last leader of each partition: while there is none, the one before is remembered.
    leaders: ShortMap<u16, BrokerId>,
    flights: Vec<CrownFlight>,
    /// The moment of the run that was seen last.
    seen_us: f64,
}

/// A crown on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct CrownFlight {
    /// Of which partition.
    pub partition: u16,
    from: BrokerId,
    to: BrokerId,
    started_ms: f64,
}

/// How long a flight takes on the wall, and how long its way stays to be seen after it.
const FLIES_MS: f64 = 900.0;
const STAYS_MS: f64 = 700.0;
/// When the run has leapt further than this between two looks, nobody has seen the crowns before.
const LEAP_US: f64 = 3_000_000.0;

impl Crowns {
    /// For a run that starts again.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Looks at the leaders of that moment of the run. `wall_ms` is when on the wall.
    pub fn look(&mut self, layout: &Layout, now_us: f64, wall_ms: f64) {
        let leapt = now_us < self.seen_us || now_us - self.seen_us > LEAP_US;
        self.seen_us = now_us;
        for cell in layout.cells.iter().filter(|cell| cell.role.has_crown()) {
            let before = self.leaders.insert(cell.partition, cell.broker);
            let Some(from) = before.filter(|from| *from != cell.broker && !leapt) else {
                continue;
            };
            self.flights.retain(|flight| flight.partition != cell.partition);
            self.flights.push(CrownFlight {
                partition: cell.partition,
                from,
                to: cell.broker,
                started_ms: wall_ms,
            });
        }
    }

    /// The crowns on their way at that time on the wall; those that have arrived are forgotten.
    pub fn flying(&mut self, wall_ms: f64) -> &[CrownFlight] {
        self.flights
            .retain(|flight| wall_ms - flight.started_ms < FLIES_MS + STAYS_MS);
        &self.flights
    }
}

/// A way from one cell to another, as a curve with one point that pulls it down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Way {
    /// Where it begins.
    pub from: Point,
    /// What it bends towards.
    pub pull: Point,
    /// Where it ends.
    pub to: Point,
}

impl CrownFlight {
    /// The way, in that layout; `None` when one of the cells is not there any more.
    #[must_use]
    pub fn way(&self, layout: &Layout) -> Option<Way> {
        let place = |broker| layout.cell(self.partition, broker).map(|cell| cell.rect.centre());
        let (from, to) = (place(self.from)?, place(self.to)?);
        let sag = (from.distance(to) * 0.22).clamp(16.0, 70.0).min(layout.grid.pitch);
        let pull = Point::new((from.x + to.x) / 2.0, (from.y + to.y) / 2.0 + 2.0 * sag);
        Some(Way { from, pull, to })
    }

    /// How far it is, from 0 to 1, and how much of it is still to be seen, from 1 to 0.
    #[must_use]
    pub fn progress(&self, wall_ms: f64) -> (f64, f64) {
        let since = wall_ms - self.started_ms;
        let flown = (since / FLIES_MS).clamp(0.0, 1.0);
        let eased = flown * flown * (3.0 - 2.0 * flown);
        (eased, 1.0 - ((since - FLIES_MS) / STAYS_MS).clamp(0.0, 1.0))
    }
}

impl Way {
    /// The place so far along it, from 0 to 1.
    #[must_use]
    pub fn at(&self, t: f64) -> Point {
        let mix = |from: f64, pull: f64, to: f64| {
            let (a, b) = (from + (pull - from) * t, pull + (to - pull) * t);
            a + (b - a) * t
        };
        Point::new(
            mix(self.from.x, self.pull.x, self.to.x),
            mix(self.from.y, self.pull.y, self.to.y),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::Captions;
    use super::super::palette::Palette;
    use super::super::sample;
    use super::*;

    fn layout(leader: Option<u8>) -> Layout {
        let (dictionary, keys) = sample::keys();
        let mut view = sample::view(3, 4, 0, 4, &keys);
        view.partitions[1].leader = leader.map(BrokerId);
        for replica in view.replicas.iter_mut().filter(|replica| replica.partition == 1) {
            replica.is_leader = Some(replica.broker.0) == leader;
        }
        Layout::of(
            &view,
            &Palette::new(&dictionary, &keys),
            &Captions::default(),
            (900.0, 700.0),
        )
    }

    #[test]
    fn a_crown_flies_once_from_the_old_leader_to_the_new_one_even_when_there_was_none_between() {
        let mut crowns = Crowns::default();
        crowns.look(&layout(Some(2)), 1e6, 0.0);
        assert!(crowns.flying(0.0).is_empty(), "the first leader comes from nowhere");
        crowns.look(&layout(None), 2e6, 100.0);
        let new = layout(Some(4));
        crowns.look(&new, 3e6, 200.0);
        crowns.look(&new, 3.1e6, 300.0);
        let flying = crowns.flying(300.0).to_vec();
        assert_eq!(flying.len(), 1);
        let way = flying[0].way(&new).unwrap();
        assert_eq!(way.at(0.0), new.cell(1, BrokerId(2)).unwrap().rect.centre());
        assert_eq!(way.at(1.0), new.cell(1, BrokerId(4)).unwrap().rect.centre());
        assert!(way.at(0.5).y > way.from.y, "it sags");
        assert!(crowns.flying(5_000.0).is_empty());
    }

    #[test]
    fn after_a_leap_nothing_flies() {
        let mut crowns = Crowns::default();
        crowns.look(&layout(Some(2)), 9e6, 0.0);
        crowns.look(&layout(Some(4)), 1e6, 100.0);
        crowns.look(&layout(Some(2)), 9e6, 200.0);
        assert!(crowns.flying(200.0).is_empty());
    }
}
