//! How fast the application works, and whether it hangs: what a person may change while it runs.

use super::Consumer;
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::Micros;

/// How fast the application works.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    /// On each record, where not as the setting says.
    pub(super) processing_us: Option<Micros>,
    /// It does not come to the end of a record.
    stalled: bool,
    /// The record in hand would be done, but for that.
    done: Option<u32>,
}

impl Consumer {
    /// How long the application works on a record that it begins now.
    #[must_use]
    pub fn processing_us(&self) -> Micros {
        self.application.pace.processing_us.unwrap_or(self.config.processing_us)
    }

    /// Whether the application hangs.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        self.application.pace.stalled
    }

    /// How long it works on each record, where that was changed.
    #[must_use]
    pub fn slow_us(&self) -> Option<Micros> {
        self.application.pace.processing_us
    }

    /// The application hangs in the middle of a record, the one in hand or else the next: it does not come back to
    /// `poll()`, while heartbeats go on until `max.poll.interval.ms` is over (KIP-62). Or it goes on.
    pub(super) fn stall(&mut self, stalled: bool, ctx: &mut Ctx) {
        if self.application.pace.stalled == stalled {
            return;
        }
        self.application.pace.stalled = stalled;
        if stalled {
            ctx.record(Fact::ApplicationStalled);
        } else {
            ctx.record_as_cause(Fact::ApplicationGoesOn);
            if let Some(number) = self.application.pace.done.take() {
                self.on_processed(number, ctx);
            }
        }
    }

    /// The time of the record in hand is over. Answers whether the application hangs, so that it is not done.
    pub(super) fn hangs(&mut self, number: u32) -> bool {
        let pace = &mut self.application.pace;
        if pace.stalled {
            pace.done = Some(number);
        }
        pace.stalled
    }
}
