//! From a run to its text.

use super::{Action, Link, Room, Versus, versus};
use partitura_engine::scenario::write_action;
use partitura_engine::wire::Micros;
use partitura_engine::world::Command;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Write as _;

/// What a value is written with. What is left as it is means nothing in addresses, in chats and in mails either, so
/// that a link survives being pasted there.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b',')
    .remove(b':')
    .remove(b'/');

/// As [`VALUE`], where a colon parts key and text.
const PIECE: &AsciiSet = &VALUE.add(b':');

/// Everything behind the version.
pub(super) fn parts(link: &Link) -> String {
    let mut text = format!("scenario={};seed={}", encoded(&link.scenario, VALUE), link.seed);
    for (setting, value) in &link.settings {
        let _ = write!(text, ";{}={}", setting.name, encoded(value, VALUE));
    }
    if let Some(step) = link.step {
        let _ = write!(text, ";step={}", step + 1);
    }
    if let Some(at_us) = link.at_us {
        let _ = write!(text, ";at={}", seconds(at_us));
    }
    if link.room != Room::Score {
        let _ = write!(text, ";room={}", link.room.name());
    }
    let what = match link.room {
        Room::Score | Room::Queue => None,
        Room::Groups => Some("group"),
        Room::Keys => Some("key"),
        Room::Retries => Some("record"),
    };
    if let Some(what) = what.filter(|_| !link.room_key.is_empty()) {
        let _ = write!(text, ";room.{what}={}", encoded(&link.room_key, VALUE));
    }
    actions(&mut text, "", &link.actions);
    if let Some(versus) = &link.versus {
        right(&mut text, link, versus);
    }
    protect_end(text)
}

fn actions(text: &mut String, side: &str, actions: &[Action]) {
    for Action { at_us, command } in actions {
        let _ = write!(text, ";{side}@{}={}", seconds(*at_us), action(command));
    }
}

/// What is different on the right.
fn right(text: &mut String, link: &Link, versus: &Versus) {
    let start = text.len();
    if versus.seed != link.seed {
        let _ = write!(text, ";vs.seed={}", versus.seed);
    }
    for (setting, value) in &versus.settings {
        let _ = write!(text, ";vs.{}={}", setting.name, encoded(value, VALUE));
    }
    match versus::added(&link.actions, &versus.actions) {
        Some(more) => actions(text, "vs.", &more),
        None => {
            text.push_str(";vs.actions=own");
            actions(text, "vs.", &versus.actions);
        }
    }
    if text.len() == start {
        text.push_str(";vs=same");
    }
}

fn action(command: &Command) -> String {
    match command {
        Command::Send { key, value, partition } => {
            let mut text = String::from("send");
            if let Some(partition) = partition {
                let _ = write!(text, "-to:{partition}");
            }
            for piece in key.iter().chain([value]) {
                text.push(':');
                text.push_str(&encoded(piece, PIECE));
            }
            text
        }
        _ => encoded(&write_action(command).unwrap_or_default(), VALUE),
    }
}

fn encoded(text: &str, set: &'static AsciiSet) -> String {
    utf8_percent_encode(text, set).to_string()
}

/// Whole milliseconds, or all six places.
fn seconds(at_us: Micros) -> String {
    let (whole, rest) = (at_us / 1_000_000, at_us % 1_000_000);
    if rest.is_multiple_of(1_000) {
        format!("{whole}.{:03}", rest / 1_000)
    } else {
        format!("{whole}.{rest:06}")
    }
}

/// A full stop at the end of an address is taken for the end of a sentence.
fn protect_end(mut text: String) -> String {
    if let Some(last) = text.chars().next_back().filter(|c| ".,-_~/".contains(*c)) {
        text.pop();
        let _ = write!(text, "%{:02X}", u32::from(last));
    }
    text
}
