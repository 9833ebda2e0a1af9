//! `ci`: format and lints for both targets, then every test.

use crate::part::Parts;
use crate::run::{cargo, run};
use crate::rust::{self, WASM};
use crate::tally::Tally;
use crate::{Outcome, bench, test};
use std::path::Path;

/// Runs all checks. Says whether all of them passed.
pub(crate) fn ci() -> Outcome<bool> {
    let mut parts = Parts::default();
    parts.run("format", format);
    parts.run("clippy, native", clippy_native);
    parts.run("clippy, wasm", clippy_wasm);
    test::run_parts(&mut parts);
    Ok(parts.close())
}

fn format() -> Outcome<Tally> {
    rust::ensure_components()?;
    run(
        &mut cargo(["fmt", "--all", "--check"]),
        "The format differs: `cargo fmt --all` puts it right.",
    )?;
    Ok(Tally::one(true))
}

fn clippy_native() -> Outcome<Tally> {
    rust::ensure_components()?;
    clippy(&["--workspace", "--all-targets"])
}

/// Not all targets: the native benchmarks use what does not build for wasm.
fn clippy_wasm() -> Outcome<Tally> {
    rust::ensure_components()?;
    rust::ensure_wasm_target()?;
    let mut targets = vec!["--target", WASM, "--package", "partitura", "--lib", "--bins"];
    let files = [test::WASM_TESTS, bench::WASM_BENCHES].concat();
    for file in files
        .into_iter()
        .filter(|file| Path::new("tests").join(file).with_extension("rs").is_file())
    {
        targets.extend(["--test", file]);
    }
    clippy(&targets)
}

fn clippy(targets: &[&str]) -> Outcome<Tally> {
    let mut command = cargo(["clippy"]);
    command.args(targets).args(["--", "-D", "warnings"]);
    run(
        &mut command,
        "Clippy has found something: its messages above say where.",
    )?;
    Ok(Tally::one(true))
}
