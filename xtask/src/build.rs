//! `build`: the production build in `dist/`, checked.

use crate::part::Parts;
use crate::run::run;
use crate::tally::Tally;
use crate::tools::Tools;
use crate::{Outcome, dist, rust, size, tools};
use std::path::Path;

/// Where the production build is.
pub(crate) const DIST: &str = "dist";

/// Builds, checks and weighs. Says whether all is well.
pub(crate) fn build() -> Outcome<bool> {
    rust::ensure_wasm_target()?;
    let tools = tools::ensure()?;
    let mut parts = Parts::default();
    run_parts(&mut parts, &tools);
    Ok(parts.close())
}

/// The build, and then what is checked of it. Says whether there is a build to go on with.
pub(crate) fn run_parts(parts: &mut Parts, tools: &Tools) -> bool {
    let built = parts.run("production build", || trunk_build(tools));
    if built {
        parts.run("hashed names, relative paths, strict policy", || {
            dist::check(Path::new(DIST))
        });
        parts.run("download size", || size::check(Path::new(DIST)));
    }
    built
}

fn trunk_build(tools: &Tools) -> Outcome<Tally> {
    let mut trunk = tools.trunk();
    trunk.args(["build", "--release"]);
    run(&mut trunk, "The app does not build: trunk's message above says where.")?;
    Ok(Tally::one(true))
}
