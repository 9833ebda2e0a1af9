//! One outstanding timer for many deadlines.

use super::{Ctx, Timer};
use crate::wire::Micros;

/// Timers are not taken back, so a timer for each request would leave millions of dead ones in the queue. A node keeps
/// the deadlines itself, and one alarm for the earliest.
#[derive(Debug, Clone, Copy, Default)]
pub struct Alarm {
    armed: Option<Micros>,
}

impl Alarm {
    /// Makes sure that `timer` comes at `deadline` at the latest.
    pub fn arm(&mut self, deadline: Micros, timer: Timer, ctx: &mut Ctx) {
        if self.armed.is_none_or(|armed| deadline < armed) {
            self.armed = Some(deadline.max(ctx.now()));
            ctx.timer(deadline, timer);
        }
    }

    /// The timer came. Answers whether it is the one that is waited for; then the caller looks through its deadlines and
    /// arms again.
    pub fn rang(&mut self, now: Micros) -> bool {
        let due = self.armed.is_some_and(|armed| armed <= now);
        if due {
            self.armed = None;
        }
        due
    }
}
