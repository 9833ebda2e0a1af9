//! One's own keys as the workload of the run, and what is told of a file.

use super::words::percent;
use crate::ui::format::{counted, grouped};
use partitura_engine::scenario::{Kind, Setting};
use partitura_keys::{Field, Format, Import, Layout, Workload, workload};

/// The most keys that become a workload: a link should still carry them.
const MOST_KEYS: usize = 1_000;

/// Whether this Partitura can take weights as a workload.
#[must_use]
pub fn is_possible() -> bool {
    Setting::find("own.weights").is_some()
}

/// The settings that make those keys the workload, with so many partitions if that is wanted.
#[must_use]
pub fn settings(import: &Import, partitions: Option<u32>) -> Vec<(&'static str, String)> {
    let made = workload(import, MOST_KEYS);
    let mut settings = vec![
        ("own.keys", made.own_keys()),
        ("own.weights", made.own_weights()),
        ("keys", "weights".to_owned()),
        ("key", "subject".to_owned()),
    ];
    if let Some(rate) = made.rows_per_s {
        settings.push(("rate", within("rate", rate)));
    }
    if let Some(partitions) = partitions {
        settings.push(("partitions", within("partitions", u64::from(partitions))));
    }
    settings
}

/// A number within the setting's bounds.
fn within(name: &str, n: u64) -> String {
    match Setting::find(name).map(|setting| &setting.kind) {
        Some(Kind::Number { min, max }) => n.clamp(*min, *max),
        _ => n,
    }
    .to_string()
}

/// What of the data the workload would not have, and what it would be.
#[must_use]
pub fn told(import: &Import) -> Vec<String> {
    let Workload {
        keys,
        exact,
        covered_permille,
        left_out,
        rows_per_s,
        ..
    } = workload(import, MOST_KEYS);
    let mut told = vec![format!(
        "{}, by weight: {} of the load.",
        counted(keys.len() as u64, "key"),
        percent(u64::from(covered_permille))
    )];
    if left_out.lighter > 0 {
        told.push(format!("Left out: {}, the lightest.", counted(left_out.lighter, "key")));
    }
    if left_out.unwritable > 0 {
        let keys = counted(left_out.unwritable, "key");
        told.push(format!(
            "Left out: {keys} that no setting can hold (empty, or with line ends or space around)."
        ));
    }
    if left_out.weightless > 0 {
        told.push(format!(
            "Left out: {} of weight 0.",
            counted(left_out.weightless, "key")
        ));
    }
    if left_out.without_key.rows > 0 {
        told.push(format!(
            "Left out: {} without a key.",
            counted(left_out.without_key.rows, "row")
        ));
    }
    if !exact {
        told.push("The weights are too far apart to be kept exactly: they are rounded.".to_owned());
    }
    told.push(match rows_per_s {
        Some(rate) => format!("{} a second, by the times in the rows.", counted(rate, "record")),
        None => "The rate stays that of the run: the rows have no times.".to_owned(),
    });
    told
}

/// What a file is, in a line: rows, keys, and rows without a key.
#[must_use]
pub fn summary(import: &Import) -> String {
    let mut text = format!(
        "{}, {}",
        counted(import.rows, "row"),
        counted(import.keys.len() as u64, "key")
    );
    if import.without_key.rows > 0 {
        text.push_str(&format!(
            ". {} without a key: the sticky partitioner deals them evenly, so they are in no bar",
            counted(import.without_key.rows, "row")
        ));
    }
    text
}

/// Why nothing can be shown of a file, if nothing can.
#[must_use]
pub fn problem(import: &Import, layout: &Layout) -> Option<String> {
    if import.rows == 0 {
        return Some("There are no rows in it.".to_owned());
    }
    let first = import.keys.key(0).trim();
    if first == "[" || first.starts_with("[{") {
        return Some(
            "This looks like a JSON array. One object a line is wanted, without the brackets around.".to_owned(),
        );
    }
    if !import.keys.is_empty() {
        let weightless = import.keys.total().weight == 0;
        return weightless.then(|| "All weights are 0: is that the right column?".to_owned());
    }
    let rows = grouped(import.rows);
    if import.bad.total() == import.rows {
        let mut kinds: Vec<_> = import.bad.kinds().collect();
        kinds.reverse();
        let reason = kinds.first().map_or("cannot be read", |(kind, _)| kind.reason());
        return Some(format!(
            "None of the {rows} rows can be used: each {reason}. Is the layout right?"
        ));
    }
    Some(format!(
        "None of the {rows} rows has a key there: is “{}” the right place?",
        name(layout)
    ))
}

fn name(layout: &Layout) -> String {
    match (&layout.key, layout.format) {
        (_, Format::List) => "the line".to_owned(),
        (Field::Column(column), _) => format!("column {}", column + 1),
        (Field::Path(path), _) => path.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_keys::Importer;

    fn import(layout: &Layout, text: &str) -> Import {
        let mut importer = Importer::new(layout.clone());
        importer.push(text.as_bytes());
        importer.finish()
    }

    fn csv() -> Layout {
        Layout {
            format: Format::CSV,
            ..Layout::list()
        }
    }

    #[test]
    fn a_list_becomes_keys_with_how_often_they_come() {
        let import = import(&Layout::list(), "a\nb\na\na\n");
        let settings = settings(&import, Some(8));
        let value = |name: &str| {
            settings
                .iter()
                .find(|(of, _)| *of == name)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!((value("own.keys"), value("own.weights")), (Some("a\nb\n"), Some("3,1")));
        assert_eq!(
            (value("keys"), value("partitions"), value("rate")),
            (Some("weights"), Some("8"), None)
        );
        assert!(told(&import)[0].starts_with("2 keys"), "{:?}", told(&import));
    }

    #[test]
    fn numbers_stay_within_what_a_run_takes() {
        assert_eq!(within("partitions", 256), "64");
    }

    #[test]
    fn what_is_left_out_is_told() {
        let text: String = (0..1_500).map(|i| format!("k{i}\n")).collect();
        let told = told(&import(&Layout::list(), &text));
        assert!(
            told.iter().any(|line| line.contains("500 keys, the lightest")),
            "{told:?}"
        );
    }

    #[test]
    fn a_file_that_shows_nothing_says_why() {
        assert_eq!(
            problem(&import(&csv(), ""), &csv()).as_deref(),
            Some("There are no rows in it.")
        );
        let wrong = Layout {
            key: Field::Column(7),
            ..csv()
        };
        let told = problem(&import(&wrong, "a,1\nb,2\n"), &wrong).unwrap();
        assert!(told.contains("None of the 2 rows"), "{told}");
        let json = Layout {
            format: Format::JsonLines,
            key: Field::Path("user.id".to_owned()),
            ..csv()
        };
        let told = problem(&import(&json, "{\"id\":1}\n"), &json).unwrap();
        assert!(told.contains("user.id"), "{told}");
        assert_eq!(problem(&import(&csv(), "a\n"), &csv()), None);
    }
}
