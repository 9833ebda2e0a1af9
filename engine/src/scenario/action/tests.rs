//! Every action is read as it is written, and what is none is told.

use super::*;
use crate::scenario::{check_command, check_nodes};
use crate::world::Setup;

#[test]
fn every_form_is_read_and_written() {
    let more = [
        "send-to:0:no key",
        "send-to:63:key:text: with colons",
        "crash:ctrl2",
        "crash:c1",
        "start:c12",
        "slow-disk:b1:off",
        "cut:b3:all",
        "cut-one-way:all:ctrl",
        "impair:b:b:0.5:0",
        "elect:unclean",
        "rate:500",
        "keys:hot:60",
        "own.keys:a,b",
        "key:none",
        "consumers:4",
        "unclean.leader.election.enable:true",
        "min.insync.replicas:1",
    ];
    let examples = FORMS.iter().map(|form| form.example);
    for text in examples.chain(more) {
        let command = parse_action(text).unwrap();
        assert_eq!(write_action(&command).unwrap(), text);
        assert_eq!(check_command(&command), Ok(()), "{text}");
    }
    for form in &FORMS {
        assert!(form.example.starts_with(form.name) && !form.about.ends_with('.'));
    }
}

#[test]
fn what_is_no_action_is_told() {
    let cases = [
        ("crush:b3", "no such action; did you mean crash?"),
        ("", "no such action"),
        ("rate", "an action is name:value, such as rate:500"),
        ("brokers:5", "brokers cannot be changed while the run goes on"),
        (
            "crash",
            "nothing is no broker, controller or consumer: write it as crash:b3",
        ),
        (
            "crash:p1",
            "\"p1\" is no broker, controller or consumer: write it as crash:b3",
        ),
        (
            "lose-disk:c1",
            "\"c1\" is no broker or controller: write it as lose-disk:b3",
        ),
        (
            "stop:b3:now",
            "\"b3:now\" is no broker, controller or consumer: write it as stop:b3",
        ),
        (
            "slow-disk:b3",
            "it takes 2 values with colons between, not 1: write it as slow-disk:b3:5000",
        ),
        (
            "slow-disk:ctrl1:5",
            "\"ctrl1\" is no broker: write it as slow-disk:b3:5000",
        ),
        (
            "slow-disk:b3:-5",
            "slow-disk takes a whole number that is not too large, not \"-5\": write it as slow-disk:b3:5000",
        ),
        (
            "cut:b3:everyone",
            "\"everyone\" is no node: write b3, p1, c2 or ctrl1, or b, p, c, ctrl or all for all of them: write it as \
             cut:b1,b2:b3,p",
        ),
        (
            "impair:b1:b2:x:5",
            "\"x\" is not a number: write it as impair:b1:b2:50:20",
        ),
        ("heal:b3", "heal heals all, and not b3: write it as heal"),
        (
            "elect:b3",
            "elect takes preferred or unclean, not \"b3\": write it as elect:preferred",
        ),
        (
            "send-to:three:k:v",
            "send-to takes a whole number that is not too large, not \"three\": write it as send-to:3:key:value",
        ),
        (
            "reassign:0:1,,2",
            "reassign takes a whole number that is not too large, not nothing: write it as reassign:0:2,3,1",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(parse_action(text).unwrap_err(), message, "{text}");
    }
}

#[test]
fn numbers_have_ranges() {
    let wrong = |text: &str| check_command(&parse_action(text).unwrap()).unwrap_err().message;
    assert_eq!(wrong("crash:b12"), "b12 is none of b1 to b9");
    assert_eq!(wrong("stop:ctrl4"), "ctrl4 is none of ctrl1 to ctrl3");
    assert_eq!(wrong("cut:b1:p15"), "p15 is none of p1 to p12");
    assert_eq!(
        wrong("slow-disk:b1:0"),
        "slow-disk must be 1 to 1 000 000 000 000 bytes a second, not 0"
    );
    assert_eq!(wrong("impair:b:p:10001:0"), "impair must add 0 to 10 000 ms, not 10001");
    assert_eq!(
        wrong("impair:b:p:0:1001"),
        "impair must lose 0 to 1 000 of 1 000 messages, not 1001"
    );
    assert_eq!(wrong("add-partitions:65"), "add-partitions must be 1 to 64, not 65");
    assert_eq!(
        wrong("reassign:64:1"),
        "reassign must name a partition of 0 to 63, not 64"
    );
    assert_eq!(
        wrong("send-to:64:k:v"),
        "send-to must name a partition of 0 to 63, not 64"
    );
    assert_eq!(wrong("reassign:0:1,2,1"), "reassign names b1 twice");
    assert_eq!(wrong("reassign:0:0"), "b0 is none of b1 to b9");
    assert!(parse_action("min.insync.replicas:10").unwrap_err().contains("1 to 9"));
}

#[test]
fn nodes_must_exist() {
    let setup = Setup::new(1, "topic");
    let wrong = |text: &str| check_nodes(&parse_action(text).unwrap(), &setup).unwrap_err().message;
    assert_eq!(wrong("crash:b4"), "crash:b4: there is no b4, only b1 to b3");
    assert_eq!(wrong("pause:ctrl2"), "pause:ctrl2: there is no ctrl2, only ctrl1");
    assert_eq!(wrong("cut:b1:b2,p3"), "cut:b1:b2,p3: there is no p3, only p1 to p2");
    assert_eq!(
        wrong("slow-disk:b9:off"),
        "slow-disk:b9:off: there is no b9, only b1 to b3"
    );
    assert_eq!(wrong("reassign:0:1,4"), "reassign:0:1,4: there is no b4, only b1 to b3");
    for fine in ["cut:b:all", "cut:c9:ctrl", "impair:b1,b2:p:1:1", "heal", "rate:5"] {
        assert_eq!(check_nodes(&parse_action(fine).unwrap(), &setup), Ok(()), "{fine}");
    }
}
