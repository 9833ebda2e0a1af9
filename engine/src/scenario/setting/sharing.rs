//! Settings of share groups (KIP-932).

use super::{Access, Area, Form, Kind, Setting, field};
use crate::share::{AcknowledgementMode, ShareGroupSetup};
use crate::wire::OffsetSpec;
use crate::world::Limits;

const HOUR_MS: u64 = 3_600_000;
const MODES: &[&str] = &["implicit", "explicit"];
const RESETS: &[&str] = &["earliest", "latest"];

pub(super) static SETTINGS: [Setting; 5] = [
    Setting::new(
        "share.groups",
        Area::Group,
        Kind::Form(Form::ShareGroups),
        Access::Text(
            |setup| write(&setup.share_groups),
            |setup, text| setup.share_groups = read(text).unwrap_or_default(),
        ),
        "Share groups on the topic, Kafka's own queue: name and consumers, as workers:3. They read partitions together, and \
         each record goes to one of them; there is no order, and more of them than partitions are of use.",
    ),
    Setting::new(
        "share.acknowledgement.mode",
        Area::Consumers,
        Kind::Choice(MODES),
        Access::Number(
            |setup| setup.acknowledgement_mode as u64,
            |setup, n| {
                setup.acknowledgement_mode = if n == 0 {
                    AcknowledgementMode::Implicit
                } else {
                    AcknowledgementMode::Explicit
                }
            },
        ),
        "Who says that a share consumer is done with a record: the next poll(), for all that the last one returned, or the \
         application, for each; then it can also release or reject one.",
    ),
    Setting::new(
        "share.auto.offset.reset",
        Area::Group,
        Kind::Choice(RESETS),
        Access::Number(
            |setup| u64::from(setup.broker.sharing.auto_offset_reset == OffsetSpec::Latest),
            |setup, n| {
                setup.broker.sharing.auto_offset_reset = if n == 0 {
                    OffsetSpec::Earliest
                } else {
                    OffsetSpec::Latest
                }
            },
        ),
        "Where a share group begins to read a partition. With latest, Kafka's default, it passes over what was there before \
         its first fetch.",
    ),
    Setting::millis(
        "group.share.record.lock.duration.ms",
        Area::Group,
        (1, HOUR_MS),
        field!(broker.sharing.record_lock_duration_us),
        "How long a share consumer has a record before others may. Kafka allows 15 000 to 60 000. Shorter than the work \
         takes, and it is done twice.",
    ),
    Setting::number(
        "group.share.delivery.count.limit",
        Area::Group,
        (2, 10),
        field!(broker.sharing.delivery_count_limit),
        "How often a record of a share group is delivered before it is archived: nobody gets it again. More tries, and a \
         record that nobody can process takes time from the others for longer.",
    ),
];

/// `workers:3`, several with commas between; empty for none. At most [`Limits::MAX_SHARE_CONSUMERS`] consumers together.
pub(super) fn read(text: &str) -> Option<Vec<ShareGroupSetup>> {
    let mut groups: Vec<ShareGroupSetup> = Vec::new();
    let mut all = 0u32;
    for part in text.split(',').filter(|_| !text.trim().is_empty()) {
        let (name, consumers) = part.trim().split_once(':')?;
        let consumers: u8 = consumers.parse().ok().filter(|n| *n > 0)?;
        all += u32::from(consumers);
        let is_new = groups.iter().all(|group| group.name != name);
        if !is_new || !Kind::Name.takes(name) || all > u32::from(Limits::MAX_SHARE_CONSUMERS) {
            return None;
        }
        groups.push(ShareGroupSetup {
            name: name.to_owned(),
            consumers,
        });
    }
    Some(groups)
}

pub(super) fn write(groups: &[ShareGroupSetup]) -> String {
    let mut text = String::new();
    for group in groups {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(&group.name);
        text.push(':');
        text.push_str(&group.consumers.to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_as_they_are_written() {
        for text in ["", "workers:3", "workers:3,billing:1", "a:16"] {
            assert_eq!(write(&read(text).unwrap()), text);
        }
        assert_eq!(read(" workers:3 , b:1 ").map(|groups| groups.len()), Some(2));
        for wrong in [
            "workers",
            "workers:0",
            "workers:x",
            ":3",
            "a:1,a:2",
            "a:9,b:8",
            "a b:1",
            "a:1,",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
