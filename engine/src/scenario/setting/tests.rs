//! The catalogue holds what it says of itself.

use super::*;
use std::collections::BTreeSet;

#[test]
fn names_are_unique_and_every_default_is_in_range() {
    let mut names = BTreeSet::new();
    for setting in Setting::all() {
        assert!(names.insert(setting.name), "{} comes twice", setting.name);
        let mut setup = Setup::new(0, "topic");
        setting.apply(&setting.default(), &mut setup).unwrap();
        assert_eq!(
            setup,
            Setup::new(0, "topic"),
            "{} does not read what it wrote",
            setting.name
        );
        assert!(setting.about.ends_with('.'), "{}", setting.name);
    }
}

#[test]
fn no_name_is_the_beginning_of_another() {
    // In a file, `a = 1` and `a.b = 2` exclude each other.
    for setting in Setting::all() {
        let beginning = format!("{}.", setting.name);
        assert!(
            Setting::all().all(|other| !other.name.starts_with(&beginning)),
            "{}",
            setting.name
        );
    }
}

#[test]
fn both_ends_of_every_range_fit_their_field() {
    for setting in Setting::all() {
        let ends = match setting.kind {
            Kind::Number { min, max } => vec![min.to_string(), max.to_string()],
            Kind::Millis { min_us, max_us } => [min_us, max_us]
                .map(|us| crate::scenario::decimal::format(us, 3))
                .into(),
            Kind::Switch => vec!["true".to_owned(), "false".to_owned()],
            Kind::Choice(words) => words.iter().map(ToString::to_string).collect(),
            Kind::Distribution | Kind::Keys | Kind::Name | Kind::Form(_) => vec![],
        };
        for value in ends {
            // Racks have to find brokers to stand in them.
            let mut setup = Setup {
                brokers: 9,
                ..Setup::new(0, "topic")
            };
            setting.apply(&value, &mut setup).unwrap();
            assert_eq!(setting.read(&setup), value, "{}", setting.name);
        }
    }
}

#[test]
fn what_is_out_of_range_is_told_by_name() {
    let mut setup = Setup::new(0, "topic");
    let mut wrong = |name: &str, value| Setting::find(name).unwrap().apply(value, &mut setup).unwrap_err();
    assert_eq!(wrong("partitions", "0"), "partitions must be 1 to 64, not 0");
    assert_eq!(wrong("partitions", "-3"), "partitions must be 1 to 64, not -3");
    assert_eq!(wrong("acks", "2"), "acks must be 0, 1 or all, not 2");
    assert_eq!(wrong("rate", ""), "rate must be 0 to 1 000 000, not empty");
    assert_eq!(setup, Setup::new(0, "topic"));
    assert_eq!(
        Setting::named("partitons").unwrap_err(),
        "no such setting; did you mean partitions?"
    );
}

#[test]
fn live_settings_have_a_command_and_others_say_why_not() {
    for setting in Setting::all() {
        let command = setting.command(&setting.default());
        assert_eq!(command.is_ok(), setting.live, "{}", setting.name);
        if let Ok(command) = command {
            assert_eq!(Setting::of_command(&command), Some((setting, setting.default())));
        }
    }
    let wrong = Setting::find("partitions").unwrap().command("8").unwrap_err();
    assert_eq!(wrong, "partitions cannot be changed while the run goes on");
}

#[test]
fn milliseconds_are_exact() {
    let mut setup = Setup::new(0, "topic");
    Setting::find("processing.ms")
        .unwrap()
        .apply("0.25", &mut setup)
        .unwrap();
    assert_eq!(setup.consumer.processing_us, 250);
}

#[test]
fn brokers_are_dealt_to_racks_whatever_comes_first() {
    let find = |name| Setting::find(name).unwrap();
    let mut setup = Setup {
        brokers: 2,
        ..Setup::new(0, "topic")
    };
    let settings = [(find("racks"), "3".to_owned()), (find("brokers"), "5".to_owned())];
    apply_all(&settings, &mut setup).unwrap();
    assert_eq!(setup.racks, ["a", "b", "c", "a", "b"]);
    find("brokers").apply("4", &mut setup).unwrap();
    assert_eq!(setup.racks, ["a", "b", "c", "a"]);
    find("racks").apply("0", &mut setup).unwrap();
    assert_eq!(setup.racks, [""; 0]);
}

#[test]
fn what_is_chosen_for_a_run_is_not_undone_by_its_script() {
    let rate = Setting::find("rate").unwrap();
    let mut setup = Setup::new(0, "topic");
    setup.commands = vec![(1, Command::Rate(7)), (2, Command::Consumers(2))];
    assert!(rate.is_scripted(&setup));
    apply_all(&[(rate, "500".to_owned())], &mut setup).unwrap();
    assert_eq!(setup.commands, [(2, Command::Consumers(2))]);
    assert!(!rate.is_scripted(&setup));
}
