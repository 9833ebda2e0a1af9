//! Frames → virtual time. Knows nothing of pixels, and nothing of Kafka.
//!
//! The player says how far the run should get in a frame. How far it does get, a budget of wall time decides; *what*
//! happens on the way, neither of them.

use partitura_engine::scenario::Speed;
use partitura_engine::wire::Micros;

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
    /// As fast as it goes, a frame gets this far at most: a run in which nothing happens does not reach the end of
    /// time.
    pub const LONGEST_LEAP_US: Micros = 10_000_000;

    /// A player that stands still.
    #[must_use]
    pub fn new(speed: Speed) -> Self {
        Self {
            speed,
            playing: false,
            last_frame_us: None,
            rest: 0,
        }
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
            Speed::Max => now.saturating_add(Self::LONGEST_LEAP_US),
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
        assert_eq!(play_for(Speed::Permille(1000), 100, 10_000), 1_000_000);
        assert_eq!(
            play_for(Speed::Permille(10), 1_000, 16_667),
            166_670,
            "nothing is rounded away"
        );
        assert_eq!(play_for(Speed::Permille(100_000), 10, 10_000), 10_000_000);
    }

    #[test]
    fn it_stands_still_until_it_is_told_to_play() {
        let mut player = Player::new(Speed::Permille(1000));
        assert_eq!(player.frame(5_000, 7), None);
        player.set_playing(true);
        assert_eq!(
            player.frame(1_000_000, 7),
            Some(7),
            "the first frame only starts the count"
        );
        assert_eq!(player.frame(1_010_000, 7), Some(10_007));
        player.set_playing(false);
        assert_eq!(player.frame(1_020_000, 10_007), None);
    }

    #[test]
    fn a_hidden_tab_does_not_jump() {
        let mut player = Player::new(Speed::Permille(1000));
        player.set_playing(true);
        player.frame(0, 0);
        assert_eq!(player.frame(3_600_000_000, 0), Some(Player::LONGEST_FRAME_US));
    }

    #[test]
    fn max_leaves_it_to_the_machine() {
        let mut player = Player::new(Speed::Max);
        player.set_playing(true);
        assert_eq!(player.frame(0, 12), Some(12 + Player::LONGEST_LEAP_US));
    }
}
