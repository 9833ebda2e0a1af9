//! The chain itself: long stretches of the same are told once, and its end says what kind of end it is.

use super::{Words, sentence, settings_of, subject};
use partitura_engine::trace::{Event, EventId, Fact};
use partitura_engine::wire::{Micros, NodeId};
use std::mem::{Discriminant, discriminant};

/// The answer to *why?*
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The event, what brought it about, and so on.
    pub links: Vec<Link>,
    /// Where that ends.
    pub end: End,
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq)]
pub enum Link {
    /// An event.
    Cause(Cause),
    /// More of the same, or what lies between the last links that are told and the first cause.
    Fold {
        /// How many events.
        events: usize,
        /// When the first of them happened.
        from_us: Micros,
        /// Whether they repeat what stands above.
        same: bool,
    },
}

/// An event of the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// Its number.
    pub id: EventId,
    /// When.
    pub at_us: Micros,
    /// `Broker 3 started, and …`
    pub sentence: String,
    /// Settings that it hangs on, by their names.
    pub settings: &'static [&'static str],
}

/// Where a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With something that somebody did.
    Done,
    /// With something that came by itself: a start, or a timer that has no cause.
    Itself,
    /// The trace has forgotten what came before.
    Forgotten,
}

/// More links than that are folded: the first ones and the last ones are told.
const MOST: usize = 24;
const LAST: usize = 6;
/// A pattern of that many events is seen as one that repeats, when it comes at least so often.
const LONGEST_PATTERN: usize = 6;
const TIMES: usize = 3;

impl Why {
    /// The answer for that chain, the event first. `is_yours` tells what the person did from what the scenario did.
    #[must_use]
    pub fn new(chain: &[Event], words: &Words, is_yours: impl Fn(&Event) -> bool) -> Self {
        let end = match chain.last() {
            Some(last) if last.cause != 0 => End::Forgotten,
            Some(last) if matches!(last.fact, Fact::Commanded(_)) => End::Done,
            _ => End::Itself,
        };
        let told = |event: &Event| {
            let mut sentence = format!("{} {}", subject(event, is_yours(event)), sentence(&event.fact, words));
            if let Some(first) = sentence.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            Link::Cause(Cause {
                id: event.id,
                at_us: event.at,
                sentence,
                settings: settings_of(&event.fact),
            })
        };
        let mut links = Vec::new();
        let mut next = 0;
        while next < chain.len() {
            let (pattern, repeated) = repetition(&chain[next..]);
            links.extend(chain[next..next + pattern].iter().map(told));
            if repeated > 0 {
                let folded = &chain[next + pattern..next + pattern + repeated];
                links.push(fold(folded, true));
            }
            next += pattern + repeated;
        }
        Self {
            links: shortened(links),
            end,
        }
    }
}

fn fold(events: &[Event], same: bool) -> Link {
    Link::Fold {
        events: events.len(),
        from_us: events.last().map_or(0, |event| event.at),
        same,
    }
}

/// Two events are alike when the same node does the same kind of thing.
fn kind(event: &Event) -> (NodeId, Discriminant<Fact>, Option<(u8, bool)>) {
    let sent = match event.fact {
        Fact::Sent(sent) => Some((sent.api as u8, sent.response)),
        _ => None,
    };
    (event.node, discriminant(&event.fact), sent)
}

/// How long the pattern is with which the chain begins, and how many events after it repeat it.
fn repetition(chain: &[Event]) -> (usize, usize) {
    for pattern in 1..=LONGEST_PATTERN.min(chain.len() / TIMES) {
        let repeats = |place: &usize| kind(&chain[*place]) == kind(&chain[place % pattern]);
        let alike = (pattern..chain.len()).take_while(repeats).count() / pattern * pattern;
        if alike >= pattern * (TIMES - 1) {
            return (pattern, alike);
        }
    }
    (1, 0)
}

/// A chain that is still long loses its middle.
fn shortened(mut links: Vec<Link>) -> Vec<Link> {
    if links.len() <= MOST {
        return links;
    }
    let (from, to) = (MOST - LAST, links.len() - LAST);
    let middle: Vec<Link> = links.drain(from..to).collect();
    let (mut events, mut from_us) = (0, 0);
    for link in &middle {
        match link {
            Link::Cause(cause) => (events, from_us) = (events + 1, cause.at_us),
            Link::Fold {
                events: more,
                from_us: at,
                ..
            } => (events, from_us) = (events + more, *at),
        }
    }
    let fold = Link::Fold {
        events,
        from_us,
        same: false,
    };
    links.insert(from, fold);
    links
}
