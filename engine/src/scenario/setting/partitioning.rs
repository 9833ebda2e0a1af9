//! Settings of where a record lands.

use super::{Access, Area, Form, Kind, Setting, field};
use crate::producer::partitioner_class::PartitionerClass;
use crate::world::{Limits, Setup};

const HOUR_MS: u64 = 3_600_000;

pub(super) static SETTINGS: [Setting; 3] = [
    Setting::new(
        "partitioner.class",
        Area::Producers,
        Kind::Form(Form::Partitioners),
        Access::Text(|setup| write(&setup.producer.partitioners), set_classes),
        "Which partitioner the producers have; with commas each has its own, in turn. Two that hash differently put the \
         same key on two partitions, and its order is gone. round-robin and uniform-sticky spread records and keep no key \
         together; default-2.4 is Kafka's of 2.4 to 3.2; names with an underscore are librdkafka's; prefix:3 and \
         part:|:1 hash only a part of the key, so that what shares it stays together.",
    ),
    Setting::new(
        "partitioner.ignore.keys",
        Area::Producers,
        Kind::Switch,
        Access::Number(
            |setup| setup.producer.partitioner_ignore_keys as u64,
            |setup, n| setup.producer.partitioner_ignore_keys = n != 0,
        ),
        "Whether the default partitioner treats records with a key as if they had none: even load, and no order for a \
         key. Without effect with another partitioner.class.",
    ),
    Setting::millis(
        "partitioner.availability.timeout.ms",
        Area::Producers,
        (0, HOUR_MS),
        field!(producer.partitioner_availability_timeout_us),
        "A broker that could not be sent what waits for it for so long gets no more records without a key until it \
         can. 0 turns that off: then its partitions fill memory as they are drawn.",
    ),
];

/// Names with commas between, at most one for each producer that there can be.
pub(super) fn read(text: &str) -> Option<Vec<PartitionerClass>> {
    let classes: Option<Vec<_>> = text
        .split(',')
        .map(|name| PartitionerClass::parse(name.trim()))
        .collect();
    classes.filter(|classes| classes.len() <= usize::from(Limits::MAX_PRODUCERS))
}

pub(super) fn write(classes: &[PartitionerClass]) -> String {
    let mut text = String::new();
    for class in classes {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(&class.to_string());
    }
    text
}

fn set_classes(setup: &mut Setup, text: &str) {
    if let Some(classes) = read(text) {
        setup.producer.partitioners = classes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_producer_has_its_own_in_turn() {
        let setting = Setting::find("partitioner.class").unwrap();
        let mut setup = Setup::new(0, "topic");
        setting
            .apply(" default , consistent_random,part:|:1", &mut setup)
            .unwrap();
        assert_eq!(setting.read(&setup), "default,consistent_random,part:|:1");
        let of = |producer| setup.producer.partitioner_of(producer).to_string();
        assert_eq!(
            [1, 2, 3, 4].map(of),
            ["default", "consistent_random", "part:|:1", "default"]
        );
    }

    #[test]
    fn what_is_none_is_told() {
        let setting = Setting::find("partitioner.class").unwrap();
        let mut setup = Setup::new(0, "topic");
        for wrong in ["default,", "", "murmur", "prefix:x", &["default"; 13].join(",")] {
            let message = setting.apply(wrong, &mut setup).unwrap_err();
            assert!(
                message.starts_with("partitioner.class must be default, round-robin"),
                "{message}"
            );
        }
        assert_eq!(setup, Setup::new(0, "topic"));
    }
}
