//! Links there and back, and links that somebody has damaged.

use super::*;
use partitura_engine::world::Command;

fn world_cup() -> Link {
    Link::first()
}

fn setting(name: &str) -> &'static Setting {
    Setting::named(name).unwrap()
}

fn told(fragment: &str) -> Vec<String> {
    Link::parse(fragment).1.iter().map(ToString::to_string).collect()
}

#[test]
fn a_link_can_be_read_by_people() {
    let link = Link {
        seed: 42,
        settings: vec![
            (setting("partitions"), "8".to_owned()),
            (setting("keys"), "hot:60".to_owned()),
        ],
        actions: vec![
            Action {
                at_us: 12_350_000,
                command: Command::Rate(500),
            },
            Action {
                at_us: 13_000_007,
                command: Command::Send {
                    key: Some("match-7".to_owned()),
                    value: "Goal: Messi!".to_owned(),
                    partition: None,
                },
            },
            Action {
                at_us: 14_000_000,
                command: Command::Send {
                    key: None,
                    value: "Fin.".to_owned(),
                    partition: None,
                },
            },
        ],
        step: Some(2),
        at_us: Some(15_000_000),
        ..world_cup()
    };
    let text = "v1;scenario=world-cup;seed=42;partitions=8;keys=hot:60;step=3;at=15.000;@12.350=rate:500;\
                @13.000007=send:match-7:Goal%3A%20Messi%21;@14.000=send:Fin%2E";
    assert_eq!(link.to_fragment().unwrap(), text);
    assert_eq!(Link::parse(&format!("#{text}")), (link, Vec::new()));
}

/// The link as it is written again, and what was told.
fn again(fragment: &str) -> (String, Vec<String>) {
    let (link, problems) = Link::parse(fragment);
    let written = link.to_fragment().unwrap();
    (written, problems.iter().map(ToString::to_string).collect())
}

#[test]
fn a_run_on_the_right_is_written_by_what_is_different_in_it() {
    let text = "v1;scenario=world-cup;seed=42;partitions=8;at=15.000;@12.000=rate:500;\
                vs.seed=7;vs.partitions=12;vs.key=subject;vs.@13.000=crash:b3";
    assert_eq!(again(text), (text.to_owned(), Vec::new()));
    let (link, _) = Link::parse(text);
    let scenario = Rc::new(Scenario::built_in("world-cup").unwrap());
    let right = link.right_plan(scenario.clone()).unwrap();
    assert_eq!(
        (right.seed, right.actions.len()),
        (7, 2),
        "what is done on the left is done here too"
    );
    assert_eq!(
        Link::of_plan(&link.plan(scenario), None, link.at_us).beside(&right),
        link
    );
}

#[test]
fn what_the_right_keeps_against_the_script_is_written_although_the_run_begins_with_it() {
    let scenario = Rc::new(Scenario::built_in("celebrity-ad").unwrap());
    let left = Plan::of(scenario.clone());
    let mut right = left.clone();
    right.set(Setting::named("key").unwrap(), "subject").unwrap();
    assert_ne!(left, right, "the script salts on the left");
    let text = Link::of_plan(&left, None, None).beside(&right).to_fragment().unwrap();
    assert!(text.ends_with(";vs.key=subject"), "{text}");
    let (link, problems) = Link::parse(&text);
    assert_eq!((link.right_plan(scenario), problems.len()), (Some(right), 0));
}

#[test]
fn what_is_as_on_the_left_is_not_written_and_two_equal_runs_say_so() {
    let (text, problems) = again("v1;scenario=world-cup;seed=42;partitions=8;vs.partitions=8");
    assert_eq!(
        (text.as_str(), problems.len()),
        ("v1;scenario=world-cup;seed=42;partitions=8;vs=same", 0)
    );
    let (text, _) = again("v1;scenario=world-cup;seed=42;partitions=8;vs.partitions=4");
    assert!(
        text.ends_with(";vs.partitions=4"),
        "the scenario's own value is another than the left's: {text}"
    );
}

#[test]
fn what_was_done_on_the_left_only_makes_the_right_name_all_of_its_own() {
    let text = "v1;scenario=world-cup;seed=42;@1.000=rate:500;@2.000=heal;vs.actions=own;vs.@2.000=heal";
    assert_eq!(again(text), (text.to_owned(), Vec::new()));
}

#[test]
fn what_the_right_cannot_do_is_left_out_and_told() {
    let cases = [
        ("v1;brokers=5;@1=crash:b5;vs.brokers=3", "on the right: "),
        ("v1;vs.brokers=2", "part 2 \"vs.brokers=2\": "),
        (
            "v1;vs.partitons=8",
            "part 2 \"vs.partitons=8\": no such setting; did you mean partitions?",
        ),
        (
            "v1;vs.key=none;vs.key=subject",
            "part 3 \"vs.key=subject\": vs.key is given more than once; this one counts",
        ),
        (
            "v1;vs=other",
            "part 2 \"vs=other\": vs can only be same: what is different is written vs.name=value",
        ),
        (
            "v1;vs.actions=all",
            "part 2 \"vs.actions=all\": vs.actions can only be own",
        ),
        ("v1;vs.@1=crash:b9", "part 2 \"vs.@1=crash:b9\": "),
    ];
    for (fragment, problem) in cases {
        let told = told(fragment);
        assert!(told.len() == 1 && told[0].starts_with(problem), "{fragment}: {told:?}");
    }
}

#[test]
fn the_room_of_the_retries_is_in_the_link_with_the_record_that_is_followed() {
    let (link, problems) = Link::parse("#v1;scenario=world-cup;room=retries;room.record=match-7:12;room.key=a");
    assert_eq!(
        (link.room, &*link.room_key, problems.len()),
        (Room::Retries, "match-7:12", 0)
    );
    let text = link.to_fragment().unwrap();
    assert!(text.ends_with(";room=retries;room.record=match-7:12"), "{text}");
    assert_eq!(Link::parse(&text), (link, Vec::new()));
    let (_, problems) = Link::parse("v1;room=retries;room.record=match-7");
    assert!(problems[0].to_string().contains("match-7:12"), "{problems:?}");
    let (keys, _) = Link::parse("v1;room=keys;room.record=match-7:12");
    assert_eq!((keys.room, &*keys.room_key), (Room::Keys, ""));
}

#[test]
fn the_room_of_the_keys_is_in_the_link_with_its_key() {
    let (link, problems) = Link::parse("#v1;scenario=world-cup;room.key=a%3Bb;room=keys");
    assert_eq!((link.room, &*link.room_key, problems.len()), (Room::Keys, "a;b", 0));
    let text = link.to_fragment().unwrap();
    assert!(text.ends_with(";room=keys;room.key=a%3Bb"), "{text}");
    assert_eq!(Link::parse(&text).0, link);

    let (groups, problems) = Link::parse("v1;room.group=billing;room=groups");
    assert_eq!((&*groups.room_key, problems.len()), ("billing", 0));
    assert!(
        groups
            .to_fragment()
            .unwrap()
            .ends_with(";room=groups;room.group=billing")
    );
    let (groups, problems) = Link::parse("v1;room=groups");
    assert_eq!((groups.room, problems.len()), (Room::Groups, 0));
    assert!(groups.to_fragment().unwrap().ends_with(";room=groups"));
    let (score, problems) = Link::parse("v1;room=score;room.key=a");
    assert_eq!((score.room, &*score.room_key, problems.len()), (Room::Score, "", 0));
    let (_, problems) = Link::parse("v1;room=attic");
    assert!(problems[0].to_string().contains("score, keys"), "{}", problems[0]);
}

#[test]
fn nothing_at_all_is_the_first_scenario() {
    assert_eq!(Link::parse(""), (world_cup(), Vec::new()));
    assert_eq!(Link::parse("#"), (world_cup(), Vec::new()));
    assert_eq!(Link::parse("v1;;;"), (world_cup(), Vec::new()));
}

#[test]
fn each_problem_names_its_place_and_the_rest_is_kept() {
    let (link, problems) = Link::parse("v1;scenario=world-cup;seed=7;partitons=8;brokers=5;@1=rate:x");
    assert_eq!(
        problems[0].to_string(),
        "part 4 \"partitons=8\": no such setting; did you mean partitions?"
    );
    assert_eq!(
        problems[1].to_string(),
        "part 6 \"@1=rate:x\": rate must be 0 to 1 000 000, not x"
    );
    assert_eq!((link.seed, link.settings.len()), (7, 1));
}

#[test]
fn everything_that_can_be_wrong_is_told() {
    let cases = [
        (
            "v1;scenario=world-cap",
            "part 2 \"scenario=world-cap\": no such scenario; did you mean world-cup?; world-cup is shown instead",
        ),
        (
            "v2;seed=1",
            "part 1 \"v2\": the link was made by another Partitura; what it shares with v1 is read",
        ),
        (
            "seed=1;partitions=8",
            "part 1 \"seed=1\": a link begins with v1; it is read as if it did",
        ),
        (
            "v1;seed=-1",
            "part 2 \"seed=-1\": seed must be a whole number below 2^64",
        ),
        (
            "v1;seed=1;seed=2",
            "part 3 \"seed=2\": seed is given more than once; this one counts",
        ),
        ("v1;step=0", "part 2 \"step=0\": steps count from 1"),
        ("v1;step=99", "there is no step 99: the scenario has 8"),
        ("v1;hello", "part 2 \"hello\": it should be name=value"),
        (
            "v1;partitions=0",
            "part 2 \"partitions=0\": partitions must be 1 to 64, not 0",
        ),
        ("v1;own.keys=%ff", "part 2 \"own.keys=%ff\": its %-signs make no text"),
        (
            "v1;@x=rate:1",
            "part 2 \"@x=rate:1\": \"x\" is not a number: times are seconds, such as 12.350",
        ),
        (
            "v1;@90000=rate:1",
            "part 2 \"@90000=rate:1\": the time is later than a day",
        ),
        (
            "v1;@1=rate",
            "part 2 \"@1=rate\": an action is name:value, such as rate:500",
        ),
        (
            "v1;@1=heal:b1",
            "part 2 \"@1=heal:b1\": heal heals all, and not b1: write it as heal",
        ),
        (
            "v1;@1=crash:b4",
            "part 2 \"@1=crash:b4\": crash:b4: there is no b4, only b1 to b3",
        ),
        (
            "v1;@1=crash:b44",
            "part 2 \"@1=crash:b44\": \"b44\" is no broker, controller or consumer: write it as crash:b3",
        ),
        (
            "v1;@1=raet:5",
            "part 2 \"@1=raet:5\": no such action; did you mean rate?",
        ),
        (
            "v1;@1=brokers:5",
            "part 2 \"@1=brokers:5\": brokers cannot be changed while the run goes on",
        ),
        (
            "v1;brokers=2",
            "part 2 \"brokers=2\": replication.factor is 3, but there are only 2 brokers: each copy needs \
             its own; it is left out",
        ),
        (
            "v1z;AAAA",
            "part 2 \"AAAA\": the packed link is damaged: a character is missing or wrong, so nothing of it \
             can be read",
        ),
        (
            "v1z;?",
            "part 2 \"?\": the packed link is damaged: a character is missing or wrong, so nothing of it \
             can be read",
        ),
    ];
    for (fragment, message) in cases {
        assert_eq!(told(fragment), [message], "{fragment}");
    }
}

#[test]
fn faults_are_written_as_people_say_them() {
    let text = "v1;scenario=world-cup;seed=42;@1.000=crash:b3;@2.000=cut:b1,b2:b3,p;@3.000=impair:b1:b2:50.5:20;\
                @4.000=heal;@5.000=min.insync.replicas:1";
    let (link, problems) = Link::parse(text);
    assert_eq!((problems, link.actions.len()), (Vec::new(), 5));
    assert_eq!(link.to_fragment().unwrap(), text);
}

#[test]
fn a_broker_that_the_settings_bring_can_be_crashed() {
    let (link, problems) = Link::parse("v1;@1=crash:b5;brokers=5");
    assert_eq!((problems, link.actions.len()), (Vec::new(), 1));
}

#[test]
fn settings_that_agree_only_together_are_both_kept() {
    let (link, problems) = Link::parse("v1;replication.factor=2;brokers=2");
    assert_eq!(problems, []);
    assert_eq!(link.settings.len(), 2);
    assert_eq!(link.settings[0].0.name, "brokers", "by the catalogue's order");
}

#[test]
fn what_is_the_scenarios_own_is_no_change() {
    assert_eq!(Link::parse("v1;partitions=4;linger.ms=5.0").0.settings, []);
}

fn with_keys(count: usize) -> Link {
    let keys: Vec<String> = (0..count)
        .map(|i| format!("customer-{:08x}", i.wrapping_mul(2_654_435_761)))
        .collect();
    Link {
        settings: vec![(setting("own.keys"), keys.join(","))],
        ..world_cup()
    }
}

#[test]
fn a_long_link_is_packed_and_read_again() {
    let link = with_keys(500);
    let fragment = link.to_fragment().unwrap();
    assert!(
        fragment.starts_with("v1z;") && fragment.len() < 6_000,
        "{} characters",
        fragment.len()
    );
    assert!(
        fragment
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_;".contains(&b))
    );
    assert_eq!(Link::parse(&fragment), (link, Vec::new()));
}

#[test]
fn a_run_that_fits_in_no_link_is_told() {
    let error = with_keys(10_000).to_fragment().unwrap_err();
    assert!(error.chars > Link::MOST_CHARS);
    assert!(error.to_string().contains("use fewer keys of your own"));
}

#[test]
fn a_packed_bomb_is_refused() {
    let bomb = packing::pack(&"x".repeat(50 << 20));
    let small_enough = &bomb[..bomb.len().min(Link::MOST_CHARS)];
    assert_eq!(told(small_enough).len(), 1);
    let two_megabytes = packing::pack(&"x".repeat(2 << 20));
    assert!(told(&two_megabytes)[0].contains("more than 1048576 bytes"));
}

#[test]
fn a_link_that_is_too_long_is_read_as_far_as_it_may_be() {
    let long = format!("v1;seed=9;own.keys=a,b;{}", "x".repeat(Link::MOST_CHARS));
    let (link, problems) = Link::parse(&long);
    assert_eq!((link.seed, link.settings.len()), (9, 1));
    assert_eq!(problems.len(), 1);
    let many = format!("v1{}", ";@1=rate:5".repeat(2_000));
    let (link, problems) = Link::parse(&many);
    assert_eq!(link.actions.len(), Plan::MOST_ACTIONS);
    assert_eq!(problems.len(), 51, "the first fifty, and that there are more");
}

#[test]
fn a_link_leads_to_its_plan_and_back() {
    let (link, _) = Link::parse("v1;scenario=world-cup;seed=7;partitions=8;@2.500=consumers:4");
    let scenario = Rc::new(Scenario::built_in(&link.scenario).unwrap());
    let plan = link.plan(scenario);
    assert!(plan.setup().is_ok());
    assert_eq!(plan.changes(), 3);
    assert_eq!(Link::of_plan(&plan, None, None), link);
}

mod properties;
