//! Frames → virtual time. Knows nothing of pixels, and nothing of Kafka.
//!
//! The player says how far the run should get in a frame. How far it does get, a budget of wall time decides; *what*
//! happens on the way, neither of them.

use partitura_engine::wire::Micros;

/// How fast virtual time runs against the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// So many thousandths of real time.
    Permille(u32),
    /// As fast as the machine goes.
    Max,
}

impl Speed {
    /// Real time.
    pub const REAL: Self = Speed::Permille(1000);

    /// The stops of the slider, the slowest first: a 1–2–5 scale, which is even on a logarithmic axis.
    pub const NOTCHES: [Self; 14] = [
        Speed::Permille(10),
        Speed::Permille(20),
        Speed::Permille(50),
        Speed::Permille(100),
        Speed::Permille(200),
        Speed::Permille(500),
        Speed::REAL,
        Speed::Permille(2_000),
        Speed::Permille(5_000),
        Speed::Permille(10_000),
        Speed::Permille(20_000),
        Speed::Permille(50_000),
        Speed::Permille(100_000),
        Speed::Max,
    ];

    /// The stop that is nearest on the logarithmic axis.
    #[must_use]
    pub fn notch(self) -> usize {
        let Speed::Permille(permille) = self else { return Self::NOTCHES.len() - 1 };
        let log = |n: u32| f64::from(n.max(1)).ln();
        let distance = |speed: &Speed| match speed {
            Speed::Permille(n) => (log(*n) - log(permille)).abs(),
            Speed::Max => f64::INFINITY,
        };
        let nearest = Self::NOTCHES.iter().enumerate().min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)));
        nearest.map_or(0, |(index, _)| index)
    }

    /// The stop of that number, or the last one.
    #[must_use]
    pub fn at_notch(notch: usize) -> Self {
        Self::NOTCHES[notch.min(Self::NOTCHES.len() - 1)]
    }

    /// One stop faster.
    #[must_use]
    pub fn faster(self) -> Self {
        Self::at_notch(self.notch() + 1)
    }

    /// One stop slower.
    #[must_use]
    pub fn slower(self) -> Self {
        Self::at_notch(self.notch().saturating_sub(1))
    }

    /// As it is written on the page: `1/20`, `1×`, `max`.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Speed::Max => "max".to_owned(),
            Speed::Permille(n) if n >= 1000 && n % 1000 == 0 => format!("{}×", n / 1000),
            Speed::Permille(n) if n > 0 && n < 1000 && 1000 % n == 0 => format!("1/{}", 1000 / n),
            Speed::Permille(n) => format!("{}.{:03}", n / 1000, n % 1000).trim_end_matches('0').to_owned() + "×",
        }
    }

    /// As it is said aloud: `1/20 of real time`.
    #[must_use]
    pub fn spoken(self) -> String {
        match self {
            Speed::Max => "as fast as it goes".to_owned(),
            Speed::REAL => "real time".to_owned(),
            Speed::Permille(n) if n > 1000 => format!("{} times real time", self.label().trim_end_matches('×')),
            Speed::Permille(_) => format!("{} of real time", self.label().trim_end_matches('×')),
        }
    }
}

/// Whether the run is played, and how fast.
#[derive(Debug, Clone)]
pub struct Player {
    speed: Speed,
    playing: bool,
    last_frame_us: Option<u64>,
    /// What was left over of the last frame, in thousandths of a microsecond: at 1/100 nothing is rounded away.
    rest: u64,
}

impl Player {
    /// A longer gap between two frames counts as this long: a tab that was hidden for an hour does not jump an hour.
    pub const LONGEST_FRAME_US: u64 = 100_000;

    /// A player that stands still.
    #[must_use]
    pub fn new(speed: Speed) -> Self {
        Self { speed, playing: false, last_frame_us: None, rest: 0 }
    }

    /// How fast it plays.
    #[must_use]
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Whether it plays.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Plays at another speed from now on.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
        self.rest = 0;
    }

    /// Plays, or stands still.
    pub fn set_playing(&mut self, playing: bool) {
        self.playing = playing;
        self.last_frame_us = None;
        self.rest = 0;
    }

    /// A frame is drawn at `wall_us`, and the run is at `now`: how far it should get, or `None` when it stands still.
    pub fn frame(&mut self, wall_us: u64, now: Micros) -> Option<Micros> {
        if !self.playing {
            return None;
        }
        let before = self.last_frame_us.replace(wall_us).unwrap_or(wall_us);
        let elapsed = wall_us.saturating_sub(before).min(Self::LONGEST_FRAME_US);
        Some(match self.speed {
            Speed::Max => Micros::MAX,
            Speed::Permille(permille) => {
                let thousandths = elapsed * u64::from(permille) + self.rest;
                self.rest = thousandths % 1000;
                now.saturating_add(thousandths / 1000)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play_for(speed: Speed, frames: u64, frame_us: u64) -> Micros {
        let mut player = Player::new(speed);
        player.set_playing(true);
        (0..=frames).fold(0, |now, n| player.frame(n * frame_us, now).unwrap())
    }

    #[test]
    fn a_second_is_a_second_at_real_time_and_a_hundredth_at_the_slowest() {
        assert_eq!(play_for(Speed::REAL, 100, 10_000), 1_000_000);
        assert_eq!(play_for(Speed::Permille(10), 1_000, 16_667), 166_670, "nothing is rounded away");
        assert_eq!(play_for(Speed::Permille(100_000), 10, 10_000), 10_000_000);
    }

    #[test]
    fn it_stands_still_until_it_is_told_to_play() {
        let mut player = Player::new(Speed::REAL);
        assert_eq!(player.frame(5_000, 7), None);
        player.set_playing(true);
        assert_eq!(player.frame(1_000_000, 7), Some(7), "the first frame only starts the count");
        assert_eq!(player.frame(1_010_000, 7), Some(10_007));
        player.set_playing(false);
        assert_eq!(player.frame(1_020_000, 10_007), None);
    }

    #[test]
    fn a_hidden_tab_does_not_jump() {
        let mut player = Player::new(Speed::REAL);
        player.set_playing(true);
        player.frame(0, 0);
        assert_eq!(player.frame(3_600_000_000, 0), Some(Player::LONGEST_FRAME_US));
    }

    #[test]
    fn max_has_no_end_of_its_own() {
        let mut player = Player::new(Speed::Max);
        player.set_playing(true);
        assert_eq!(player.frame(0, 12), Some(Micros::MAX));
    }

    #[test]
    fn the_stops_are_labelled_and_found_again() {
        let labels: Vec<String> = Speed::NOTCHES.iter().map(|s| s.label()).collect();
        let expected = "1/100 1/50 1/20 1/10 1/5 1/2 1× 2× 5× 10× 20× 50× 100× max";
        assert_eq!(labels.join(" "), expected);
        for (index, speed) in Speed::NOTCHES.into_iter().enumerate() {
            assert_eq!(speed.notch(), index);
        }
        assert_eq!(Speed::Permille(250).notch(), 4, "1/4 lies nearest to 1/5");
        assert_eq!(Speed::Permille(250).label(), "1/4");
        assert_eq!(Speed::Permille(1_500).label(), "1.5×");
        assert_eq!(Speed::Max.faster(), Speed::Max);
        assert_eq!(Speed::Permille(10).slower(), Speed::Permille(10));
        assert_eq!(Speed::REAL.slower().spoken(), "1/2 of real time");
    }
}
