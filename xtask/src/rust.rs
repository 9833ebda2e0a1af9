//! What the Rust toolchain must have.

use crate::Outcome;
use crate::run::{cargo, find, read, run, say};
use std::path::Path;
use std::process::Command;

/// The target of everything that runs in the browser.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Adds the wasm target if it is missing.
pub(crate) fn ensure_wasm_target() -> Outcome {
    let libraries = read(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]));
    if libraries.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    say(&format!("Adding the target {WASM} to Rust"));
    rustup(&["target", "add", WASM])
}

/// Adds cargo's `fmt` and `clippy` if they are missing.
pub(crate) fn ensure_components() -> Outcome {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if read(&mut cargo([subcommand, "--version"])).is_none() {
            say(&format!("Adding {component} to Rust"));
            rustup(&["component", "add", component])?;
        }
    }
    Ok(())
}

fn rustup(arguments: &[&str]) -> Outcome {
    let by_hand = arguments.join(" ");
    if find("rustup").is_none() {
        return Err(format!(
            "rustup is missing: add to this Rust what `rustup {by_hand}` would add, or install rustup."
        ));
    }
    let sentence = format!("`rustup {by_hand}` failed: check the network, then run this again.");
    run(Command::new("rustup").args(arguments), &sentence)
}
