//! `test`: every test, in parts that go on when one of them fails.

use crate::chromium::{self, Chromium};
use crate::part::Parts;
use crate::run::{cargo, watch};
use crate::rust::WASM;
use crate::tally::Tally;
use crate::tools::{self, Tools};
use crate::{Outcome, browser, build, rust};
use std::process::Command;

/// The test files that run as wasm in Chromium (`tests/NAME.rs`).
pub(crate) const WASM_TESTS: &[&str] = &["wasm_determinism"];
/// How long one wasm test file may take, in seconds.
const WASM_TIMEOUT: &str = "300";

/// Runs all tests. Says whether all of them passed.
pub(crate) fn test() -> Outcome<bool> {
    let mut parts = Parts::default();
    run_parts(&mut parts);
    Ok(parts.close())
}

/// The parts of `test`.
pub(crate) fn run_parts(parts: &mut Parts) {
    parts.run("native tests", native);

    let tools = rust::ensure_wasm_target().and_then(|()| tools::ensure());
    let chromium = chromium::ensure();
    parts.run("wasm tests in Chromium", || {
        wasm(tools.as_ref()?, chromium.as_ref()?, WASM_TESTS)
    });
    let built = match &tools {
        Ok(tools) => build::run_parts(parts, tools),
        Err(_) => false,
    };
    parts.run("browser tests of the whole page", || {
        if !built {
            return Err("Not run: there is no production build to open.".into());
        }
        browser::run_specs(chromium.as_ref()?)
    });
}

fn native() -> Outcome<Tally> {
    count(&mut cargo(["test", "--workspace", "--no-fail-fast"]))
}

fn wasm(tools: &Tools, chromium: &Chromium, files: &[&str]) -> Outcome<Tally> {
    count(&mut in_chromium(tools, chromium, files, WASM_TIMEOUT))
}

/// Test files as wasm in Chromium. In release, as the production build is, so that both share what they are built from.
pub(crate) fn in_chromium(tools: &Tools, chromium: &Chromium, files: &[&str], timeout: &str) -> Command {
    let mut command = tools.on_path(cargo([
        "test",
        "--release",
        "--no-fail-fast",
        "--target",
        WASM,
        "--package",
        "partitura",
    ]));
    command.args(files.iter().flat_map(|file| ["--test", file]));
    command
        .env("CHROMEDRIVER", &chromium.driver)
        .env("WASM_BINDGEN_TEST_TIMEOUT", timeout);
    command
}

fn count(command: &mut Command) -> Outcome<Tally> {
    let mut tally = Tally::default();
    let status = watch(command, |line| tally.add_line(line))?;
    Ok(tally.closed(status.success()))
}
