//! One JSON object an event, for tools.

use super::{Event, Fact, Names, readable};
use std::fmt::Write as _;

/// `{"id":7,"at_us":1500,"node":"b1","cause":6,"fact":"Appended","text":"…"}`.
#[must_use]
pub fn event_json(event: &Event, names: &Names) -> String {
    let line = readable::readable(event, names);
    let text = line.split_once("  ").map_or("", |(_, text)| text);
    let mut json = String::with_capacity(text.len() + 96);
    let Event {
        id,
        at,
        node,
        cause,
        fact,
    } = event;
    let name = fact_name(fact);
    let _ = write!(
        json,
        r#"{{"id":{id},"at_us":{at},"node":"{node}","cause":{cause},"fact":"{name}","#
    );
    if let Fact::Sent(sent) = fact {
        let _ = write!(json, r#""to":"{}","bytes":{},"#, sent.to, sent.bytes);
    }
    json.push_str(r#""text":""#);
    escape_into(&mut json, text);
    json.push_str("\"}");
    json
}

/// The variant's name, which derived `Debug` puts first.
fn fact_name(fact: &Fact) -> String {
    let debug = format!("{fact:?}");
    debug
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn escape_into(json: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            c if c < ' ' => {
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Dictionary;
    use crate::wire::{NodeId, PartitionId, TopicId};

    #[test]
    fn any_key_makes_valid_json() {
        let mut dictionary = Dictionary::default();
        let key = dictionary.key("a \"quoted\"\\ \u{1} key").unwrap();
        let partition = PartitionId {
            topic: TopicId(0),
            index: 3,
        };
        let fact = Fact::RecordSent {
            partition,
            key: Some(key),
            subject: key,
            sequence: 1,
        };
        let event = Event {
            id: 9,
            at: 1_500_000,
            node: NodeId::Producer(1),
            cause: 8,
            fact,
        };
        let names = Names {
            dictionary: &dictionary,
            topics: &["t".into()],
        };
        let json: serde_json::Value = serde_json::from_str(&event_json(&event, &names)).unwrap();
        assert_eq!(json["fact"], "RecordSent");
        assert!(json["text"].as_str().unwrap().contains("a \"quoted\""));
    }
}
