//! Nothing in a scenario's file can make the engine panic, and whatever is refused is refused with a place that exists.

use partitura_engine::scenario::{BUILT_IN, Glossary, Scenario, Setting, Target, Text, parse_duration};
use partitura_engine::world::{Setup, World};
use proptest::prelude::*;

/// Reads a file as a person might leave it; what can be read can be played.
fn survives(text: &str) {
    match Scenario::parse(text) {
        Ok(scenario) => {
            let mut world = World::new(&scenario.setup);
            world.run_some(scenario.until_us, 300);
        }
        Err(error) => {
            // A last line end begins one more line, where something may be missing.
            let line = text.split('\n').nth(error.line - 1);
            let line = line.unwrap_or_else(|| panic!("no line {} in {text:?}: {error}", error.line));
            let most = line.chars().count() + 1;
            assert!(
                (1..=most).contains(&error.column),
                "no column {} in {line:?}: {error}",
                error.column
            );
            assert!(!error.message.is_empty() && !error.message.contains('\n'), "{error}");
        }
    }
}

/// Texts that mean something in a scenario's file.
fn token() -> impl Strategy<Value = String> {
    let known = [
        "=",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'''",
        "\\",
        "#",
        "\n",
        ",",
        ".",
        "-1",
        "0",
        "1e9",
        "nan",
        "18446744073709551616",
        "true",
        "1979-05-27",
        "[[step]]",
        "[settings]",
        "at = ",
        "é",
        "\u{0}",
        "\r",
        "`",
        "*",
        "[term](",
        "zipf:1",
        "hot:101",
        "racks = 9",
        "consumers = 0\n",
        "key = 'none'",
        "partition of ",
        "replica 2@",
        "since = 99",
        "do = 'crash:b1'",
        "do = 'cut:b1,p:all'",
        "do = 'heal'",
        "controllers = 3\n",
    ];
    prop_oneof![
        prop::sample::select(known.map(str::to_owned).to_vec()),
        prop::sample::select(
            Setting::all()
                .map(|setting| format!("{} = 1\n", setting.name))
                .collect::<Vec<_>>()
        ),
        any::<char>().prop_map(String::from),
        "[0-9]{1,20}",
    ]
}

/// The start of a character at or before that part of the text.
fn place(text: &str, permille: usize) -> usize {
    text.floor_char_boundary(text.len() * permille / 1000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}|[a-z=\\[\\]\"' \n.0-9{},]{0,200}") {
        survives(&text);
        let _ = Glossary::parse(&text);
        let _ = text.parse::<Target>();
        let _ = parse_duration(&text);
        let _ = Text::default().to_string();
    }

    #[test]
    fn a_damaged_file_is_read_or_refused(
        at in 0..=1000_usize,
        length in 0..40_usize,
        tokens in prop::collection::vec(token(), 0..3),
    ) {
        let original = BUILT_IN[0].1;
        let start = place(original, at);
        let end = original.ceil_char_boundary((start + length).min(original.len()));
        survives(&format!("{}{}{}", &original[..start], tokens.concat(), &original[end..]));
    }

    #[test]
    fn a_file_cut_short_is_read_or_refused(at in 0..=1000_usize) {
        let original = BUILT_IN[0].1;
        survives(&original[..place(original, at)]);
    }

    #[test]
    fn any_value_of_any_setting_is_taken_or_refused(index in 0..100_usize, value in "\\PC{0,30}|-?[0-9.]{0,22}") {
        let settings: Vec<&Setting> = Setting::all().collect();
        let setting = settings[index % settings.len()];
        // Nine brokers, so that there is one for each rack.
        let mut setup = Setup { brokers: 9, ..Setup::new(1, "topic") };
        match setting.apply(&value, &mut setup) {
            Ok(()) => prop_assert_eq!(setting.canonical(&value).unwrap(), setting.read(&setup)),
            Err(message) => prop_assert!(message.starts_with(setting.name), "{}", message),
        }
    }
}
