//! One record through all its topics: each place where it was, and what became of it there.

use super::name::{RecordName, Tile, delay, seconds};
use super::standing::failure_words;
use crate::session::Session;
use crate::stage::Palette;
use crate::ui::format::moment;
use partitura_engine::application::Destination;
use partitura_engine::log::{KeyId, RetryHeaders};
use partitura_engine::trace::{EventId, JourneyStep, JourneyWhat};
use partitura_engine::wire::{Micros, NodeId, Offset, PartitionId};
use partitura_engine::world::{FailedView, RetriesView};

/// A record that is followed.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// Which.
    pub tile: Tile,
    /// How it is with it now.
    pub state: String,
    /// The places, in the order in which it came to them.
    pub places: Vec<Place>,
    /// The headers that it has where it is now.
    pub headers: Vec<(&'static str, String)>,
    /// Where it is among the dead letters, if it is there and not on its way back.
    pub dead_letter: Option<(u16, Offset)>,
}

/// A place where it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// `orders-retry-1`.
    pub topic: String,
    /// `P1 @ 7`.
    pub spot: String,
    /// What happened there.
    pub lines: Vec<Line>,
}

/// Something that happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// When.
    pub at_us: Micros,
    /// In words.
    pub what: String,
    /// More about it, where there is a little room.
    pub about: &'static str,
    /// The error, by its name.
    pub error: Option<&'static str>,
    /// How that is.
    pub tone: &'static str,
    /// What the answer to *Why?* begins with.
    pub event: EventId,
}

/// The steps of that record, if the run knows it by now.
#[must_use]
pub fn journey(session: &Session, name: &RecordName) -> Option<(KeyId, Vec<JourneyStep>)> {
    let world = session.world();
    let subject = world.dictionary().find_key(&name.subject)?;
    let steps = world.journey(subject, name.sequence);
    (!steps.is_empty()).then_some((subject, steps))
}

/// The journey of that record up to now; `None` while it has not failed, and when it is forgotten.
#[must_use]
pub fn followed(session: &Session, palette: &Palette, retries: &RetriesView, name: &RecordName) -> Option<Followed> {
    let (subject, steps) = journey(session, name)?;
    let here = |failed: &&FailedView| failed.subject == subject && failed.sequence == name.sequence;
    let mut waiting = retries.tiers.iter().flat_map(|tier| &tier.first).filter(here);
    let dead = retries.dead_letters.iter().find(here);
    let headers = dead.or_else(|| waiting.next()).map(|failed| &failed.headers);
    let names = session.world().names();
    Some(Followed {
        tile: Tile::of(palette, subject, name.sequence),
        state: state(session, &steps),
        places: places(session, &steps),
        headers: headers.map_or_else(Vec::new, |headers| {
            table(headers, names.topic(headers.original_partition.topic))
        }),
        dead_letter: dead
            .filter(|dead| !dead.is_leaving)
            .map(|dead| (dead.partition, dead.offset)),
    })
}

fn state(session: &Session, steps: &[JourneyStep]) -> String {
    let names = session.world().names();
    let Some(last) = steps.last() else {
        return String::new();
    };
    let due = steps.iter().rev().find_map(|step| match step.what {
        JourneyWhat::SentOn { due_us, .. } => Some(due_us),
        _ => None,
    });
    match last.what {
        JourneyWhat::Processed => format!("processed at {}", moment(last.at_us)),
        JourneyWhat::Skipped => format!("passed over at {}", moment(last.at_us)),
        JourneyWhat::DeadLetter => "a dead letter: nobody reads it but people".to_owned(),
        JourneyWhat::Crashed => "has killed the process that worked on it".to_owned(),
        JourneyWhat::Failed { .. } => "is tried again where it is".to_owned(),
        JourneyWhat::SentOn { .. } => "on its way".to_owned(),
        JourneyWhat::Stored => {
            let topic = names.topic(last.partition.topic);
            match due
                .map(|due| due.saturating_sub(session.now()))
                .filter(|left| *left > 0)
            {
                Some(left) => format!("waits in {topic}, due in {}", seconds(left)),
                None => format!("in {topic}"),
            }
        }
    }
}

/// What happened in the same place stands together.
fn places(session: &Session, steps: &[JourneyStep]) -> Vec<Place> {
    let names = session.world().names();
    let mut places: Vec<((PartitionId, Offset), Place)> = Vec::new();
    for step in steps {
        let spot = (step.partition, step.offset);
        let known = places.iter().position(|(known, _)| *known == spot);
        let place = known.unwrap_or_else(|| {
            let place = Place {
                topic: names.topic(step.partition.topic).to_owned(),
                spot: format!("P{} @ {}", step.partition.index, step.offset),
                lines: Vec::new(),
            };
            places.push((spot, place));
            places.len() - 1
        });
        let lines = &mut places[place].1.lines;
        // Whoever reads it may hear of it before the one that has sent it.
        let at = if step.what == JourneyWhat::Stored {
            0
        } else {
            lines.len()
        };
        lines.insert(at, line(step));
    }
    places.into_iter().map(|(_, place)| place).collect()
}

fn line(step: &JourneyStep) -> Line {
    let mut about = "";
    let (mut what, error, tone) = match step.what {
        JourneyWhat::Failed { attempt, why } => {
            about = failure_words(why);
            (format!("attempt {attempt} failed:"), Some(why.name()), "bad")
        }
        JourneyWhat::Crashed => ("killed the process that worked on it".to_owned(), None, "bad"),
        JourneyWhat::SentOn { to, due_us, .. } => {
            let wait = delay_words(due_us.saturating_sub(step.at_us));
            let what = match to {
                Destination::Main => "sent back, because a person wanted it".to_owned(),
                Destination::Tier(tier) => format!("sent on to tier {tier}{wait}"),
                Destination::DeadLetters => "given up: sent to the dead letters".to_owned(),
            };
            (what, None, "warn")
        }
        JourneyWhat::Stored => {
            about = "now the source may commit past it";
            ("stored here, and acknowledged".to_owned(), None, "")
        }
        JourneyWhat::DeadLetter => ("in hand, for a person to look at".to_owned(), None, "bad"),
        JourneyWhat::Skipped => ("passed over: lost for the group".to_owned(), None, "bad"),
        JourneyWhat::Processed => ("processed".to_owned(), None, "ok"),
    };
    if matches!(step.node, NodeId::Consumer(_)) {
        what = format!("{}: {what}", step.node);
    }
    Line {
        at_us: step.at_us,
        what,
        about,
        error,
        tone,
        event: step.event,
    }
}

fn delay_words(us: Micros) -> String {
    if us == 0 {
        String::new()
    } else {
        format!(", due after {}", delay(us))
    }
}

/// The headers by the names under which the application writes them.
fn table(headers: &RetryHeaders, topic: &str) -> Vec<(&'static str, String)> {
    vec![
        ("retry-attempt", headers.attempt.to_string()),
        ("retry-original-topic", topic.to_owned()),
        ("retry-original-partition", headers.original_partition.index.to_string()),
        ("retry-original-offset", headers.original_offset.to_string()),
        ("retry-original-timestamp", moment(headers.sent_us)),
        ("retry-error", headers.error.name().to_owned()),
        ("retry-first-failed", moment(headers.first_failed_us)),
        ("retry-due", moment(headers.due_us)),
        ("retry-redrives", headers.redrives.to_string()),
    ]
}
