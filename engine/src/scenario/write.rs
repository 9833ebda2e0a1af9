//! From a [`Scenario`] to a file that [`Scenario::parse`] reads again: what a run starts from, and what happens in it. Steps
//! and variants are written by people and are not in it, nor are comments.

use super::decimal::format_seconds;
use super::{Kind, Scenario, Setting, Span, Text, write_action};
use crate::world::{Command, Setup};
use std::fmt::Write as _;

impl Scenario {
    /// The file. Settings at their defaults are left out.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::from("format = 1\n");
        let _ = write!(
            text,
            "id = {}\ntitle = {}\nsummary = {}\nseed = {}\nuntil = {}\n\n[settings]\n",
            quoted(&self.id),
            quoted(&self.title),
            quoted(&marked(&self.summary)),
            self.setup.seed,
            format_seconds(self.until_us),
        );
        settings(&mut text, &self.setup);
        script(&mut text, &self.setup);
        text
    }
}

fn settings(text: &mut String, setup: &Setup) {
    for setting in Setting::all() {
        let value = setting.read(setup);
        if value == setting.default() {
            continue;
        }
        let bare = matches!(setting.kind, Kind::Number { .. } | Kind::Millis { .. } | Kind::Switch);
        let value = if bare { value } else { quoted(&value) };
        let _ = writeln!(text, "{} = {value}", setting.name);
    }
}

fn script(text: &mut String, setup: &Setup) {
    let workload = &setup.workload;
    if setup.commands.is_empty() && workload.listed.is_empty() && workload.rate.bursts.is_empty() {
        return;
    }
    text.push_str("\n[script]\n");
    list(text, "events", &workload.listed, |event| {
        let (at, key, value) = (format_seconds(event.at_us), quoted(&event.key), quoted(&event.value));
        Some(format!("at = {at}, key = {key}, value = {value}"))
    });
    list(text, "bursts", &workload.rate.bursts, |burst| {
        let (from, until) = (format_seconds(burst.from_us), format_seconds(burst.until_us));
        Some(format!("from = {from}, until = {until}, rate = {}", burst.per_second))
    });
    list(text, "actions", &setup.commands, |(at, command)| {
        Some(format!("at = {}, {}", format_seconds(*at), action(command)?))
    });
}

/// A record sent by hand has no form in a file: there it is an event.
fn action(command: &Command) -> Option<String> {
    if let Some((setting, value)) = Setting::of_command(command) {
        return Some(format!("set = {{ {} = {} }}", setting.name, quoted(&value)));
    }
    Some(format!("do = {}", quoted(&write_action(command)?)))
}

fn list<T>(text: &mut String, name: &str, items: &[T], write: impl Fn(&T) -> Option<String>) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(text, "{name} = [");
    for item in items.iter().filter_map(write) {
        let _ = writeln!(text, "  {{ {item} }},");
    }
    text.push_str("]\n");
}

/// A text with its marks.
fn marked(text: &Text) -> String {
    let mut marked = String::new();
    for span in &text.0 {
        let _ = match span {
            Span::Text(words) => {
                for letter in words.chars() {
                    if matches!(letter, '`' | '*' | '[' | '\\') {
                        marked.push('\\');
                    }
                    marked.push(letter);
                }
                Ok(())
            }
            Span::Code(words) => write!(marked, "`{words}`"),
            Span::Emphasis(words) => write!(marked, "*{words}*"),
            Span::Term { term, shown } => write!(marked, "[{shown}]({term})"),
        };
    }
    marked
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            letter if letter.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Storm;

    #[test]
    fn what_is_written_is_read_again() {
        for seed in 0..100 {
            let scenario = Storm::of(seed).scenario(Some("all-is-well"));
            let text = scenario.to_toml();
            let read = Scenario::parse(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
            let (wanted, found) = (format!("{scenario:#?}"), format!("{read:#?}"));
            let difference = wanted
                .lines()
                .zip(found.lines())
                .find(|(wanted, found)| wanted != found);
            assert_eq!(difference, None, "seed {seed}");
            assert!(read == scenario, "seed {seed}\n{text}\n{}", read.to_toml());
            assert_eq!(Storm::of_scenario(&read).setup(), read.setup);
        }
    }
}
