//! The tables of `scenarios/README.md` are those of the code. `UPDATE=1` rewrites them.

use partitura_engine::scenario::{ActionForm, Observable, Of, Setting};
use std::fmt::Write as _;
use std::fs;

fn observables() -> String {
    let mut table = "\n| Observable | Of | What it counts |\n| --- | --- | --- |\n".to_owned();
    for observable in Observable::all() {
        let of = match observable.of {
            Of::Run => "run",
            Of::Partition => "partition",
            Of::Key => "key",
            Of::RunOrPartition => "run, partition",
            Of::RunOrKey => "run, key",
            Of::Any => "run, partition, key",
        };
        let _ = writeln!(table, "| `{}` | {of} | {} |", observable.name, observable.about);
    }
    table
}

fn settings() -> String {
    let mut table =
        "\n| Setting | Default | Values | | What it is, and what it costs |\n| --- | --- | --- | --- | --- |\n"
            .to_owned();
    for setting in Setting::all() {
        let default = setting.default();
        let default = if default.is_empty() {
            "none".to_owned()
        } else {
            format!("`{default}`")
        };
        let live = if setting.live { "live" } else { "" };
        let _ = writeln!(
            table,
            "| `{}` | {default} | {} | {live} | {} |",
            setting.name,
            in_a_cell(&setting.kind.allowed()),
            in_a_cell(setting.about)
        );
    }
    table
}

/// A bar would end the cell.
fn in_a_cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn actions() -> String {
    let mut table = "\n| Action | What it does |\n| --- | --- |\n".to_owned();
    for form in ActionForm::all() {
        let _ = writeln!(table, "| `{}` | {} |", form.example, form.about);
    }
    table
}

/// `text` with `table` between the mark of that name and the next end.
fn with_table(text: &str, name: &str, table: &str) -> String {
    let mark = text.find(&format!("<!-- {name}:")).unwrap();
    let start = mark + text[mark..].find("-->\n").unwrap() + 4;
    let end = start + text[start..].find("<!-- end -->").unwrap();
    format!("{}{table}\n{}", &text[..start], &text[end..])
}

#[test]
fn the_readme_has_every_action_setting_and_observable() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/README.md");
    let on_file = fs::read_to_string(path).unwrap();
    let tables = [
        ("actions", actions()),
        ("observables", observables()),
        ("settings", settings()),
    ];
    let written = tables
        .iter()
        .fold(on_file.clone(), |text, (name, table)| with_table(&text, name, table));
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        fs::write(path, &written).unwrap();
    }
    assert!(
        on_file == written,
        "scenarios/README.md is not up to date: UPDATE=1 cargo test -p partitura-engine --test scenario_readme"
    );
}
