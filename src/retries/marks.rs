//! The journey of the record that is followed, on the page's timeline.

use super::followed::journey;
use super::name::RecordName;
use crate::session::Session;
use crate::session::history::{Mark, MarkKind};
use partitura_engine::application::Destination;
use partitura_engine::trace::{JourneyStep, JourneyWhat};

/// A mark for each turn of its journey, in the order of time.
#[must_use]
pub fn marks(session: &Session, name: &RecordName) -> Vec<Mark> {
    let Some((_, steps)) = journey(session, name) else {
        return Vec::new();
    };
    let mark = |step: &JourneyStep| {
        let (kind, what) = match step.what {
            JourneyWhat::Failed { .. } | JourneyWhat::Stored | JourneyWhat::DeadLetter => return None,
            JourneyWhat::SentOn { to, .. } => match to {
                Destination::Main => (MarkKind::You, "sent back".to_owned()),
                Destination::Tier(tier) => (MarkKind::Retry, format!("to tier {tier}")),
                Destination::DeadLetters => (MarkKind::Trouble, "a dead letter".to_owned()),
            },
            JourneyWhat::Crashed => (MarkKind::Trouble, "kills its process".to_owned()),
            JourneyWhat::Skipped => (MarkKind::Trouble, "passed over".to_owned()),
            JourneyWhat::Processed => (MarkKind::Stable, "processed".to_owned()),
        };
        Some(Mark {
            at_us: step.at_us,
            kind,
            label: format!("{}: {what}", name.words()),
            event: session.world().trace().get(step.event).copied(),
        })
    };
    steps.iter().filter_map(mark).collect()
}
