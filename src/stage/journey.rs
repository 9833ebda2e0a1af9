//! The way of records in flight: from the producers up to their row, along its lane, into a cell; and on.

use super::geometry::Point;
use super::layout::Layout;
use partitura_engine::wire::{BrokerId, NodeId};
use partitura_engine::world::FlightKind;

/// A way of straight pieces. No memory of its own, so that one can be made per flight and frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Journey {
    points: [Point; Self::MOST],
    count: usize,
    length: f64,
}

impl Journey {
    const MOST: usize = 6;

    /// Through these points, at least one, at most six.
    #[must_use]
    fn through(way: &[Point]) -> Self {
        let count = way.len().min(Self::MOST);
        let mut points = [Point::default(); Self::MOST];
        points[..count].copy_from_slice(&way[..count]);
        let length = points[..count].windows(2).map(|leg| leg[0].distance(leg[1])).sum();
        Self { points, count, length }
    }

    /// Its corners, with both ends.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points[..self.count]
    }

    /// How long it is.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.length
    }

    /// The place so far along; before the start it is the start, after the end the end.
    #[must_use]
    pub fn at(&self, along: f64) -> Point {
        let mut rest = along.max(0.0);
        for leg in self.points().windows(2) {
            let length = leg[0].distance(leg[1]);
            if rest <= length && length > 0.0 {
                let part = rest / length;
                return Point::new(
                    leg[0].x + (leg[1].x - leg[0].x) * part,
                    leg[0].y + (leg[1].y - leg[0].y) * part,
                );
            }
            rest -= length;
        }
        self.points[self.count.saturating_sub(1)]
    }

    /// The same with corners cut: the middle between a place before and one behind.
    #[must_use]
    pub fn rounded(&self, along: f64, radius: f64) -> Point {
        let radius = radius.min(along).min(self.length - along).max(0.0);
        let (before, behind) = (self.at(along + radius), self.at(along - radius));
        Point::new((before.x + behind.x) / 2.0, (before.y + behind.y) / 2.0)
    }
}

/// How far the records of one batch have come, the first one first: they travel in line, `gap` apart, and the last one
/// arrives at `progress` 1. Those that have not left or have arrived are not in it.
pub fn in_line(progress: f64, length: f64, gap: f64, count: usize) -> impl Iterator<Item = (usize, f64)> {
    let gap = gap.min(length * 0.5 / count.max(1) as f64);
    let first = progress.clamp(0.0, 1.0) * (length + gap * count.saturating_sub(1) as f64);
    (0..count)
        .map(move |i| (i, first - gap * i as f64))
        .filter(move |(_, along)| (0.0..=length).contains(along))
}

impl Layout {
    /// The way from one node to another with records of that partition; `None` when one of them is not on the stage.
    #[must_use]
    pub fn journey(&self, kind: FlightKind, from: NodeId, to: NodeId, partition: u16) -> Option<Journey> {
        let row = self.row(partition)?;
        let (outer, inner) = self.grid.lanes(row);
        let port = |node: NodeId, side: f64| {
            let NodeId::Broker(id) = node else { return None };
            let rect = self.grid.cell(row, self.column(BrokerId(id))?);
            Some(Point::new(rect.x + rect.w * side, rect.bottom()))
        };
        match kind {
            FlightKind::Produce => {
                let (strip, trunk, into) = (self.grid.strip, self.grid.trunk(), port(to, 0.25)?);
                let corner = strip.centre().y;
                let start = if strip.x > trunk {
                    Point::new(strip.x, corner)
                } else {
                    Point::new(trunk, strip.y)
                };
                let corner = if strip.x > trunk {
                    Point::new(trunk, corner)
                } else {
                    start
                };
                let lane = [Point::new(trunk, outer), Point::new(into.x, outer)];
                Some(Journey::through(&[start, corner, lane[0], lane[1], into]))
            }
            FlightKind::Replicate => {
                let (out, into) = (port(from, 0.5)?, port(to, 0.5)?);
                Some(Journey::through(&[
                    out,
                    Point::new(out.x, inner),
                    Point::new(into.x, inner),
                    into,
                ]))
            }
            FlightKind::Consume => {
                let NodeId::Consumer(number) = to else { return None };
                let (out, descent) = (port(from, 0.75)?, self.grid.descent());
                let rect = self.consumers.iter().find(|consumer| consumer.number == number)?.rect;
                let edge = (rect.h / 2.0).min(10.0);
                let middle = self.grid.row_top(row) + (self.grid.cell_height() / 2.0).round();
                let into = Point::new(rect.x, middle.clamp(rect.y + edge, rect.bottom() - edge));
                let lane = [Point::new(out.x, outer), Point::new(descent, outer)];
                Some(Journey::through(&[
                    out,
                    lane[0],
                    lane[1],
                    Point::new(descent, into.y),
                    into,
                ]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::geometry::Rect;
    use super::super::layout::Captions;
    use super::super::palette::Palette;
    use super::super::sample;
    use super::*;

    fn corner() -> Journey {
        Journey::through(&[Point::new(0.0, 0.0), Point::new(10.0, 0.0), Point::new(10.0, 10.0)])
    }

    #[test]
    fn a_place_along_the_way() {
        let way = corner();
        assert!((way.length() - 20.0).abs() < 1e-9);
        assert_eq!(way.at(-1.0), Point::new(0.0, 0.0));
        assert_eq!(way.at(15.0), Point::new(10.0, 5.0));
        assert_eq!(way.at(99.0), Point::new(10.0, 10.0));
    }

    #[test]
    fn rounding_cuts_corners_and_keeps_the_ends() {
        let way = corner();
        assert_eq!(way.rounded(0.0, 4.0), Point::new(0.0, 0.0));
        assert_eq!(way.rounded(10.0, 4.0), Point::new(8.0, 2.0));
        assert_eq!(way.rounded(20.0, 4.0), Point::new(10.0, 10.0));
    }

    #[test]
    fn a_batch_travels_in_line_and_arrives_with_its_last_record() {
        let at = |progress| in_line(progress, 100.0, 10.0, 3).collect::<Vec<_>>();
        assert_eq!(at(0.0), [(0, 0.0)]);
        assert_eq!(at(0.5), [(0, 60.0), (1, 50.0), (2, 40.0)]);
        assert_eq!(at(1.0), [(2, 100.0)]);
    }

    #[test]
    fn a_short_way_brings_a_batch_closer_together() {
        assert_eq!(in_line(0.5, 12.0, 10.0, 3).count(), 3);
    }

    #[test]
    fn records_go_from_the_strip_to_the_leader_to_the_followers_and_to_the_owner() {
        let (dictionary, keys) = sample::keys();
        let view = sample::view(4, 4, 3, 3, &keys);
        let layout = Layout::of(
            &view,
            &Palette::new(&dictionary, &keys),
            &Captions::default(),
            (836.0, 700.0),
        );
        let ends = |kind, from, to, partition| {
            let way = layout
                .journey(kind, from, to, partition)
                .expect("both are on the stage");
            (way.points()[0], *way.points().last().expect("a way has ends"))
        };
        let within = |rect: Rect, at: Point| rect.inset(-0.5).contains(&Rect::new(at.x, at.y, 0.0, 0.0));
        let (leader, follower) = (layout.leader(1).expect("P1 has a leader").rect, layout.cells[4].rect);

        let (start, end) = ends(FlightKind::Produce, NodeId::Producer(1), NodeId::Broker(2), 1);
        assert!(within(layout.strip.rect, start) && within(leader, end));
        let (start, end) = ends(FlightKind::Replicate, NodeId::Broker(2), NodeId::Broker(3), 1);
        assert!(within(leader, start) && within(follower, end));
        let (start, end) = ends(FlightKind::Consume, NodeId::Broker(2), NodeId::Consumer(1), 1);
        assert!(within(leader, start) && within(layout.consumers[0].rect, end));

        assert_eq!(
            layout.journey(FlightKind::Consume, NodeId::Broker(2), NodeId::Consumer(9), 1),
            None
        );
        assert_eq!(
            layout.journey(FlightKind::Produce, NodeId::Producer(1), NodeId::Broker(2), 9),
            None
        );
    }
}
