//! How long the page's script takes for a frame.

use partitura_engine::short_sort::sort_short_by;

/// The last frames' times, in milliseconds.
#[derive(Debug, Clone)]
pub struct FrameTimes {
    ring: Vec<f32>,
    next: usize,
}

impl Default for FrameTimes {
    fn default() -> Self {
        Self {
            ring: Vec::with_capacity(Self::KEPT),
            next: 0,
        }
    }
}

impl FrameTimes {
    /// How many are kept: ten seconds of them.
    pub const KEPT: usize = 600;

    /// A frame took that long.
    pub fn add(&mut self, milliseconds: f32) {
        if self.ring.len() < Self::KEPT {
            self.ring.push(milliseconds);
        } else {
            self.ring[self.next] = milliseconds;
            self.next = (self.next + 1) % Self::KEPT;
        }
    }

    /// The time that 95 of 100 frames stay within.
    #[must_use]
    pub fn p95(&self) -> Option<f32> {
        let mut sorted = self.ring.clone();
        sort_short_by(&mut sorted, f32::total_cmp);
        sorted.get((sorted.len() * 95).div_ceil(100).saturating_sub(1)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_five_of_a_hundred_frames_stay_within() {
        let mut times = FrameTimes::default();
        assert_eq!(times.p95(), None);
        (1..=100).for_each(|n| times.add(n as f32));
        assert_eq!(times.p95(), Some(95.0));
    }

    #[test]
    fn old_frames_are_forgotten() {
        let mut times = FrameTimes::default();
        (0..FrameTimes::KEPT).for_each(|_| times.add(100.0));
        (0..FrameTimes::KEPT).for_each(|_| times.add(1.0));
        assert_eq!(times.p95(), Some(1.0));
    }
}
