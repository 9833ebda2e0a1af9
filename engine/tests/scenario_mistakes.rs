//! What is wrong in a scenario's file is told with its line and column.

use partitura_engine::scenario::Scenario;

/// A small file to damage.
const SMALL: &str = r#"format = 1
id = "small"
title = "Small"
summary = "One row, one [leader]."
until = 2.5

[settings]
brokers = 1
partitions = 1
replication.factor = 1
rate = 10
own.keys = ["a", "b"]
linger.ms = 0.5

[script]
events = [{ at = 1, key = "c", value = "hello" }]
actions = [{ at = 1.5, set = { rate = 20 } }]

[[step]]
at = 1
title = "Only"
text = '''
One *step*,
with `code`.

And two paragraphs.
'''
speed = "1/50"
highlight = ["leader of c"]
expect = [{ observe = "sent", at_least = 1 }]
"#;

#[test]
fn a_small_file_is_read() {
    let scenario = Scenario::parse(SMALL).unwrap();
    assert_eq!(scenario.until_us, 2_500_000);
    assert_eq!(scenario.setup.producer.linger_us, 500);
    assert_eq!(scenario.setup.workload.keys, ["a", "b"]);
    assert_eq!(scenario.setup.commands.len(), 1);
    assert_eq!(scenario.steps[0].paragraphs.len(), 2);
    assert_eq!(scenario.steps[0].highlight[0].to_string(), "leader of c");
    scenario.verify().unwrap();
}

/// What the error is when `from` is written as `to`.
fn damaged(from: &str, to: &str) -> String {
    assert_eq!(SMALL.matches(from).count(), 1, "{from}");
    Scenario::parse(&SMALL.replace(from, to)).unwrap_err().to_string()
}

#[test]
fn every_mistake_is_told_with_line_and_column() {
    let cases = [
        (
            "format = 1",
            "format = 2",
            "1:10: this Partitura reads format 1; the file may be made for another one",
        ),
        ("format = 1\n", "", "1:1: a scenario needs \"format\""),
        (
            "title = \"Small\"",
            "titel = \"Small\"",
            "3:1: a scenario has no field \"titel\"; did you mean title?",
        ),
        ("title = \"Small\"", "title = \"\"", "3:9: title is empty"),
        (
            "\"small\"",
            "\"So small\"",
            "2:6: id must be at most 40 small letters, digits and hyphens: it becomes part of links",
        ),
        (
            "[leader]",
            "[ledger]",
            "4:25: \"ledger\" is explained nowhere; did you mean leader?",
        ),
        (
            "until = 2.5",
            "until = \"2.5\"",
            "5:9: until must be a number of seconds, not a text",
        ),
        (
            "until = 2.5",
            "until = -2.5",
            "5:9: until must be a number of seconds: \"-2.5\" is not a number",
        ),
        (
            "until = 2.5",
            "until = 1e9",
            "5:9: until must be a number of seconds: \"1e9\" is not a number",
        ),
        (
            "partitions = 1",
            "partitions = 0",
            "9:14: partitions must be 1 to 64, not 0",
        ),
        (
            "partitions = 1",
            "partitons = 1",
            "9:1: partitons: no such setting; did you mean partitions?",
        ),
        (
            "partitions = 1",
            "partitions = [1]",
            "9:14: partitions must be a number or a text in quotes, not a list",
        ),
        (
            "linger.ms = 0.5",
            "linger.ms = 0.0005",
            "13:13: linger.ms must be 0 to 3 600 000 ms, not 0.0005",
        ),
        (
            "linger.ms = 0.5",
            "linger.ms = 119999",
            "13:13: delivery.timeout.ms is 120000, but must be at least linger.ms + request.timeout.ms = 149999",
        ),
        (
            "replication.factor = 1",
            "replication.factor = 2",
            "10:22: replication.factor is 2, but there is only 1 broker: each copy needs its own",
        ),
        (
            "[\"a\", \"b\"]",
            "[\"a\", 5]",
            "12:18: own.keys must be a text in quotes, not a number",
        ),
        (
            "[\"a\", \"b\"]",
            "[]",
            "12:12: rate is 10, but own.keys is empty: there is nothing to send records about",
        ),
        (
            "{ rate = 20 }",
            "{ brokers = 2 }",
            "17:42: brokers cannot be changed while the run goes on",
        ),
        (
            "{ rate = 20 }",
            "{ rate = -1 }",
            "17:39: rate must be 0 to 1 000 000, not -1",
        ),
        (
            "set = { rate = 20 }",
            "do = \"crush:b1\"",
            "17:29: no such action; did you mean crash?",
        ),
        (
            "set = { rate = 20 }",
            "do = \"crash:b2\"",
            "17:29: crash:b2: there is no b2, only b1",
        ),
        (
            "set = { rate = 20 }",
            "od = \"crash:b1\"",
            "17:24: an action has no field \"od\"; did you mean do?",
        ),
        (", set = { rate = 20 }", "", "17:12: an action needs \"do\" or \"set\""),
        (
            "key = \"c\"",
            "kye = \"c\"",
            "16:21: an event has no field \"kye\"; did you mean key?",
        ),
        (
            "[script]",
            "",
            "16:1: events is no setting: write it below a line [script]",
        ),
        (
            "at = 1\ntitle",
            "at = 9\ntitle",
            "20:6: step 1 is at 9, after the end of the run, at 2.5",
        ),
        ("`code`", "`code", "24:6: this code has no closing `"),
        (
            "\"1/50\"",
            "\"1/7\"",
            "28:9: speed must be a part of real time such as 1/50, 1/100 to 100×, or max, not 1/7",
        ),
        (
            "leader of c",
            "leader of d",
            "29:14: \"d\" is none of own.keys and of the events' keys",
        ),
        (
            "leader of c",
            "broker 2",
            "29:14: there is no broker 2: they are 1 to 1",
        ),
        (
            "\"sent\"",
            "\"snet\"",
            "30:23: nothing to observe is called \"snet\"; did you mean sent?",
        ),
        (
            "at_least = 1",
            "since = 1",
            "30:39: the first step has none before it to count from",
        ),
        (
            "at_least = 1",
            "partition = 1, equals = 0",
            "30:43: partition must be 0 to 0, not 1",
        ),
        (
            "at_least = 1",
            "at_least = 1, equals = 1",
            "30:23: a checkpoint has either equals, or at_least, at_most or both of these",
        ),
    ];
    let told = cases.map(|(from, to, _)| format!("{from} → {to}: {}", damaged(from, to)));
    let expected = cases.map(|(from, to, message)| format!("{from} → {to}: {message}"));
    assert_eq!(told.join("\n"), expected.join("\n"));
}

#[test]
fn broken_syntax_has_a_place_too() {
    for (from, to, place) in [
        ("id = \"small\"", "id = \"small", "2:"),
        ("[settings]", "[settings", "7:"),
        ("brokers = 1", "brokers = 1\nbrokers = 2", "9:1: "),
        (
            "highlight = [\"leader of c\"]",
            "highlight = [\"leader of c\"",
            "30:1: ",
        ),
    ] {
        let message = damaged(from, to);
        assert!(message.starts_with(place), "{message}");
    }
}

#[test]
fn steps_do_not_go_back() {
    let second = "\n[[step]]\nat = 0.5\ntitle = 'T'\ntext = 'T.'\n";
    let error = Scenario::parse(&format!("{SMALL}{second}")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "33:6: step 2 is at 0.5, before the step in front of it, at 1"
    );
}

#[test]
fn a_file_can_bring_its_own_terms() {
    let own = SMALL.replace("[leader]", "[ledger]") + "\n[terms]\nledger = 'A [log] with a lock.'\n";
    let scenario = Scenario::parse(&own).unwrap();
    assert_eq!(
        scenario.glossary.get("ledger").unwrap().to_string(),
        "A log with a lock."
    );
    let twice = Scenario::parse(&own.replace("ledger = ", "leader = ")).unwrap_err();
    assert!(twice.message.contains("explained already"), "{twice}");
}

#[test]
fn a_promise_that_is_not_kept_is_told_with_its_place() {
    let scenario = Scenario::parse(&SMALL.replace("at_least = 1 }", "at_most = 0 }")).unwrap();
    let failures = scenario.verify().unwrap_err();
    let seen = failures[0].seen;
    let message = format!("30:23: step 1 \"Only\": sent must be at most 0, but is {seen}");
    assert_eq!(failures[0].to_string(), message);
}
