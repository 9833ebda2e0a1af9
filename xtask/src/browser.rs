//! The tests of the whole page: Playwright, on the production build, in Chromium.

use crate::Outcome;
use crate::chromium::Chromium;
use crate::node::{self, FOLDER};
use crate::run::watch;
use crate::tally::Tally;
use serde_json::Value;
use std::fs;
use std::process::Command;

/// Where Playwright's configuration writes its report.
const REPORT: &str = "target/browser/report.json";

/// Runs all specs of `tests/browser`.
pub(crate) fn run_specs(chromium: &Chromium) -> Outcome<Tally> {
    node::ensure()?;
    let _ = fs::remove_file(REPORT);
    let mut playwright = Command::new("node");
    playwright
        .args(["node_modules/@playwright/test/cli.js", "test"])
        .current_dir(FOLDER)
        .env("CHROMIUM", &chromium.browser);
    let status = watch(&mut playwright, |_| {})?;
    let report = fs::read_to_string(REPORT).map_err(|_| "Playwright ended before any test: see above.".to_owned())?;
    let report = serde_json::from_str(&report).map_err(|e| format!("{REPORT} is damaged: {e}."))?;
    Ok(tally(&report).closed(status.success()))
}

/// A test that passed only on a second attempt has failed, and so has a file that could not be read.
fn tally(report: &Value) -> Tally {
    let count = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
    Tally {
        passed: count("expected"),
        failed: count("unexpected") + count("flaky"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_counted() {
        let report =
            serde_json::json!({ "errors": [], "stats": { "expected": 7, "skipped": 1, "unexpected": 1, "flaky": 1 } });
        assert_eq!(tally(&report), Tally { passed: 7, failed: 2 });
        assert_eq!(tally(&serde_json::json!({})).closed(false), Tally::one(false));
    }
}
