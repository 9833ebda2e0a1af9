//! Settings of how consumers are members of their group.

use super::{Access, Area, Form, Kind, Setting};
use crate::assignor::Strategy;
use crate::world::Setup;

/// The longest beginning of a `group.instance.id`, in bytes: with its number it stays within Kafka's 249.
const MAX_INSTANCE_BYTES: usize = 200;

pub(super) static SETTINGS: [Setting; 2] = [
    Setting::new(
        "partition.assignment.strategy",
        Area::Consumers,
        Kind::Form(Form::Strategies),
        Access::Text(|setup| write(&setup.consumer.strategies), set_strategies),
        "By which rules the group may share its partitions; it takes the first that all its members know. Only with \
         cooperative-sticky alone do members keep their partitions during a rebalance, and stop for none but what moves: \
         that takes two rebalances. With any other in the list, as in Kafka's default, everybody gives up everything first.",
    ),
    Setting::new(
        "group.instance.id",
        Area::Consumers,
        Kind::Form(Form::InstanceId),
        Access::Text(
            |setup| setup.consumer.instance_id.as_ref().to_owned(),
            |setup, text| {
                setup.consumer.instance_id = text.into();
            },
        ),
        "Empty: members come and go, and each time the group shares anew. With worker, consumer 1 is worker-1 for good, \
         and so on: it comes back to what it had without a rebalance, and does not say good bye. What it had lies idle \
         until it is back or its session is over.",
    ),
];

/// Names with commas between, each once.
pub(super) fn read(text: &str) -> Option<Vec<Strategy>> {
    let mut strategies = Vec::new();
    for name in text.split(',') {
        let strategy = Strategy::named(name.trim())?;
        if strategies.contains(&strategy) {
            return None;
        }
        strategies.push(strategy);
    }
    Some(strategies)
}

pub(super) fn write(strategies: &[Strategy]) -> String {
    let mut text = String::new();
    for strategy in strategies {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(strategy.name());
    }
    text
}

fn set_strategies(setup: &mut Setup, text: &str) {
    if let Some(strategies) = read(text) {
        setup.consumer.strategies = strategies;
    }
}

/// Whether that can be the beginning of a `group.instance.id`.
pub(super) fn is_instance(text: &str) -> bool {
    text.len() <= MAX_INSTANCE_BYTES
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_a_list_in_the_order_of_preference() {
        let setting = Setting::find("partition.assignment.strategy").unwrap();
        let mut setup = Setup::new(0, "topic");
        assert_eq!(setting.read(&setup), "range,cooperative-sticky");
        setting.apply(" sticky, roundrobin", &mut setup).unwrap();
        assert_eq!(setup.consumer.strategies, [Strategy::Sticky, Strategy::RoundRobin]);
        for wrong in ["", "fair", "range,range", "range,"] {
            let message = setting.apply(wrong, &mut setup).unwrap_err();
            assert!(
                message.starts_with("partition.assignment.strategy must be"),
                "{message}"
            );
        }
        assert_eq!(setting.read(&setup), "sticky,roundrobin");
    }

    #[test]
    fn an_instance_id_is_a_name_or_nothing() {
        let setting = Setting::find("group.instance.id").unwrap();
        let mut setup = Setup::new(0, "topic");
        setting.apply("worker", &mut setup).unwrap();
        assert_eq!(&*setup.consumer.instance_id, "worker");
        assert!(setting.apply("a b", &mut setup).is_err());
        setting.apply("", &mut setup).unwrap();
        assert_eq!(setup, Setup::new(0, "topic"));
    }
}
