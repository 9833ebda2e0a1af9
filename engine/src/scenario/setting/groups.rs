//! The setting of further groups on the topic: `billing:2,audit:1:500`.

use super::{Access, Area, Form, Kind, Setting};
use crate::scenario::decimal;
use crate::world::{FurtherGroup, Limits};

pub(super) static SETTINGS: [Setting; 1] = [Setting::new(
    "more.groups",
    Area::Group,
    Kind::Form(Form::Groups),
    Access::Text(
        |setup| write(&setup.more_groups),
        |setup, text| setup.more_groups = read(text).unwrap_or_default(),
    ),
    "Further groups that read the topic for themselves, each with all records: name, consumers and, if it is another, the \
     milliseconds that their application works on a record. Each costs the brokers the same fetches again.",
)];

/// Reads the groups; `None` when it is no such list.
pub(super) fn read(text: &str) -> Option<Vec<FurtherGroup>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Vec::new());
    }
    let groups: Vec<FurtherGroup> = text.split(',').map(|part| one(part.trim())).collect::<Option<_>>()?;
    let is_twice =
        |(place, group): (usize, &FurtherGroup)| groups[..place].iter().any(|known| known.name == group.name);
    let fits = groups.len() <= Limits::MAX_MORE_GROUPS && !groups.iter().enumerate().any(is_twice);
    fits.then_some(groups)
}

fn one(part: &str) -> Option<FurtherGroup> {
    let (name, rest) = part.split_once(':')?;
    let (consumers, millis) = match rest.split_once(':') {
        Some((consumers, millis)) => (consumers, Some(millis)),
        None => (rest, None),
    };
    let consumers = decimal::parse(consumers.trim(), 0).ok()?;
    let consumers = u8::try_from(consumers).ok().filter(|n| *n <= Limits::MAX_CONSUMERS)?;
    let processing_us = match millis {
        Some(millis) => Some(
            decimal::parse(millis.trim(), 3)
                .ok()
                .filter(|us| *us <= MAX_PROCESSING_US)?,
        ),
        None => None,
    };
    let name = name.trim().to_owned();
    is_group_name(&name).then_some(FurtherGroup {
        name,
        consumers,
        processing_us,
    })
}

/// An hour, as for `processing.ms`.
const MAX_PROCESSING_US: u64 = 3_600_000_000;

/// Whether a group can have that name: as topics can.
pub(in crate::scenario) fn is_group_name(name: &str) -> bool {
    let is_legal = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    (1..=249).contains(&name.len()) && name.bytes().all(is_legal)
}

pub(super) fn write(groups: &[FurtherGroup]) -> String {
    let mut text = String::new();
    for group in groups {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(&group.name);
        text.push(':');
        text.push_str(&group.consumers.to_string());
        if let Some(us) = group.processing_us {
            text.push(':');
            text.push_str(&decimal::format(us, 3));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_as_they_are_written() {
        for text in ["", "billing:2", "billing:2,audit:1:500", "a:0:0.5"] {
            assert_eq!(write(&read(text).unwrap()), text);
        }
        assert_eq!(
            write(&read(" billing : 2 , audit:1:500.0").unwrap()),
            "billing:2,audit:1:500"
        );
        for wrong in [
            "billing",
            "a:13",
            "a:1,a:2",
            "a b:1",
            ":1",
            "a:1:x",
            "a:1,b:1,c:1,d:1,e:1",
            "a:1:9999999999",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
