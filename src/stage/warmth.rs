//! Heat: what is asked for over what can be done, in steps, in figures and as a bar. The thresholds are here, and nowhere
//! else.

use super::geometry::Rect;
use super::label::Tone;
use partitura_engine::world::View;

/// How close to its capacity something works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Warmth {
    /// There is room, or no limit.
    #[default]
    Cool,
    /// From 60 %: a peak can fill it.
    Warm,
    /// From 80 %: what comes waits now and then.
    Hot,
    /// Above 100 %: what comes waits longer and longer.
    Over,
}

/// From so many thousandths on, the hottest first.
const STEPS: [(u32, Warmth); 3] = [(1_001, Warmth::Over), (800, Warmth::Hot), (600, Warmth::Warm)];

impl Warmth {
    /// That of so many thousandths of the capacity; cool where there is no limit.
    #[must_use]
    pub fn of(permille: Option<u32>) -> Self {
        let asked = permille.unwrap_or(0);
        let step = STEPS.iter().find(|(from, _)| asked >= *from);
        step.map_or(Warmth::Cool, |(_, warmth)| *warmth)
    }

    /// Worth marking a whole row.
    #[must_use]
    pub fn is_hot(self) -> bool {
        self >= Warmth::Hot
    }

    /// The step in a word; none where there is nothing to say.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Warmth::Cool => None,
            Warmth::Warm => Some("warm"),
            Warmth::Hot => Some("hot"),
            Warmth::Over => Some("over"),
        }
    }

    /// What the page's styles know it by.
    #[must_use]
    pub fn class(self) -> Option<&'static str> {
        match self {
            Warmth::Cool => None,
            Warmth::Warm => Some("is-warm"),
            Warmth::Hot => Some("is-hot"),
            Warmth::Over => Some("is-over"),
        }
    }

    /// Its colour in text.
    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Warmth::Cool => Tone::Soft,
            Warmth::Warm | Warmth::Hot => Tone::Warn,
            Warmth::Over => Tone::Bad,
        }
    }
}

/// Whether the brokers have a capacity, so that what is asked of them has a place on the stage. A disk that has become
/// slow on one of them is no reason for all to move.
#[must_use]
pub fn is_limited(view: &View) -> bool {
    !view.brokers.is_empty() && view.brokers.iter().all(|broker| broker.heat_permille.is_some())
}

/// `140 %`; `–` where nothing can be said, `>999 %` where a figure says no more.
#[must_use]
pub fn load(permille: Option<u32>) -> String {
    match permille {
        None => "–".to_owned(),
        Some(9_995..) => ">999\u{a0}%".to_owned(),
        Some(permille) => format!("{}\u{a0}%", (permille + 5) / 10),
    }
}

/// A bar on which the capacity has its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatBar {
    /// All of it.
    pub track: Rect,
    /// What is asked for, up to the capacity.
    pub within: Rect,
    /// What is asked for beyond it.
    pub above: Option<Rect>,
    /// The line of the capacity.
    pub capacity: Rect,
    /// The step.
    pub warmth: Warmth,
}

impl HeatBar {
    /// The capacity stands at so much of the bar; the rest is for what is beyond it.
    const CAPACITY: f64 = 2.0 / 3.0;

    /// On that track.
    #[must_use]
    pub fn new(track: Rect, permille: Option<u32>) -> Self {
        let full = track.w * Self::CAPACITY;
        let asked = (f64::from(permille.unwrap_or(0)) / 1000.0 * full).min(track.w);
        let reach = if track.h >= 4.0 { 2.0 } else { 1.0 };
        Self {
            track,
            within: Rect::new(track.x, track.y, asked.min(full), track.h),
            above: (asked > full).then(|| Rect::new(track.x + full, track.y, asked - full, track.h)),
            capacity: Rect::new(track.x + full - 0.5, track.y - reach, 1.0, track.h + 2.0 * reach),
            warmth: Warmth::of(permille),
        }
    }

    /// The strokes that hatch what is beyond the capacity: each from its lower to its upper end.
    #[must_use]
    pub fn hatches(&self) -> Vec<(f64, f64)> {
        let Some(above) = self.above else { return Vec::new() };
        let count = ((above.w - above.h) / 4.0).floor().max(0.0) as u32 + 1;
        let stroke = |i: u32| {
            let from = above.x + 1.0 + 4.0 * f64::from(i);
            (from, (from + above.h).min(above.right()))
        };
        (0..count).map(stroke).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_begin_where_they_say() {
        let steps = [
            None,
            Some(599),
            Some(600),
            Some(799),
            Some(800),
            Some(1_000),
            Some(1_001),
        ]
        .map(Warmth::of);
        use Warmth::{Cool, Hot, Over, Warm};
        assert_eq!(steps, [Cool, Cool, Warm, Warm, Hot, Hot, Over]);
        assert!(
            [Warm, Hot, Over].iter().all(|step| step.word().is_some()),
            "colour is never alone"
        );
    }

    #[test]
    fn the_capacity_has_its_place_and_what_is_beyond_is_hatched() {
        let track = Rect::new(10.0, 0.0, 90.0, 5.0);
        let half = HeatBar::new(track, Some(500));
        assert!((half.within.w - 30.0).abs() < 1e-9 && half.above.is_none() && half.hatches().is_empty());
        let over = HeatBar::new(track, Some(1_200));
        let above = over.above.expect("more than it can");
        assert!((over.within.right() - 70.0).abs() < 1e-9 && (above.w - 12.0).abs() < 1e-9);
        assert!(
            (over.capacity.centre().x - 70.0).abs() < 1e-9,
            "the line is where it was"
        );
        assert!(!over.hatches().is_empty());
        let far = HeatBar::new(track, Some(u32::MAX));
        assert!(far.above.is_some_and(|above| above.right() <= track.right() + 1e-9));
        assert!(far.hatches().iter().all(|(from, to)| *from >= 70.0 && *to <= 100.0));
    }

    #[test]
    fn a_load_is_a_percentage_of_at_most_three_figures() {
        let said = [Some(0), Some(1_404), Some(9_994), Some(u32::MAX), None].map(load);
        assert_eq!(
            said,
            ["0\u{a0}%", "140\u{a0}%", "999\u{a0}%", ">999\u{a0}%", "–"].map(str::to_owned)
        );
    }
}
