//! What does not go together is told by its names.

use super::*;
use crate::workload::{Burst, KeyRule};
use crate::world::Command;

fn message(change: impl Fn(&mut Setup)) -> String {
    let mut setup = Setup::new(1, "topic");
    change(&mut setup);
    validate(&setup).unwrap_err().message
}

#[test]
fn the_defaults_are_valid() {
    assert_eq!(validate(&Setup::new(1, "topic")), Ok(()));
}

#[test]
fn what_does_not_agree_is_named() {
    let copies = message(|setup| setup.brokers = 1);
    assert_eq!(
        copies,
        "replication.factor is 3, but there is only 1 broker: each copy needs its own"
    );
    let roles = message(|setup| {
        (setup.controllers, setup.combined) = (3, true);
        (setup.brokers, setup.topic.replication_factor) = (2, 2);
    });
    assert_eq!(
        roles,
        "process.roles is broker,controller, but there are 3 controllers and only 2 brokers: each needs a broker to live \
         with"
    );
    assert!(message(|setup| setup.controllers = 2).starts_with("controllers must be 1 or 3"));
    let crash = crate::scenario::parse_action("crash:b4").unwrap();
    assert_eq!(
        message(|setup| setup.commands = vec![(0, crash.clone())]),
        "crash:b4: there is no b4, only b1 to b3"
    );
    let delivery = message(|setup| setup.producer.linger_us = 91_000_000);
    assert_eq!(
        delivery,
        "delivery.timeout.ms is 120000, but must be at least linger.ms + request.timeout.ms = 121000"
    );
    assert!(message(|setup| setup.consumer.session_timeout_us = 1_000_000).contains("6000 to 1800000"));
    assert!(message(|setup| setup.consumer.heartbeat_interval_us = 45_000_000).contains("below session.timeout.ms"));
    assert!(message(|setup| setup.workload.rate.per_second = 5).contains("own.keys is empty"));
    assert!(message(|setup| setup.racks = vec!["a".into()]).contains("1 brokers have a rack"));
    assert!(message(|setup| setup.network.client.latency_us = 0).contains("at least 0.01"));
    assert_eq!(
        message(|setup| setup.topic.partitions = 0),
        "partitions must be 1 to 64, not 0"
    );
    let burst = Burst {
        from_us: 5,
        until_us: 5,
        per_second: 0,
    };
    assert_eq!(
        message(|setup| setup.workload.rate.bursts = vec![burst]),
        "a burst must end after it has begun"
    );
}

#[test]
fn commands_stay_within_the_limits() {
    assert!(check_command(&Command::Rate(2_000_000)).is_err());
    assert!(
        check_command(&Command::Consumers(13))
            .unwrap_err()
            .message
            .contains("0 to 12")
    );
    let value = "x".repeat(MAX_SENT_BYTES + 1);
    assert!(
        check_command(&Command::Send {
            key: None,
            value,
            partition: None,
        })
        .unwrap_err()
        .message
        .contains("not 1001")
    );
    assert_eq!(check_command(&Command::Key(KeyRule::Subject)), Ok(()));
}
