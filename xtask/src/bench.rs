//! `bench`: the benchmarks, natively and as wasm in Chromium.

use crate::run::{cargo, run, say};
use crate::test::in_chromium;
use crate::{Outcome, chromium, rust, tools};

/// The benchmark files that run as wasm in Chromium (`tests/NAME.rs`): tests that print what they measure.
pub(crate) const WASM_BENCHES: &[&str] = &["wasm_bench"];
/// How long they may take, in seconds.
const TIMEOUT: &str = "900";

/// Runs all benchmarks, natively first.
pub(crate) fn bench() -> Outcome {
    say("Native benchmarks");
    run(
        &mut cargo(["bench", "--workspace", "--bench", "*"]),
        "A native benchmark failed: see its message above.",
    )?;

    rust::ensure_wasm_target()?;
    let (tools, chromium) = (tools::ensure()?, chromium::ensure()?);
    say("Benchmarks as wasm in Chromium");
    let mut command = in_chromium(&tools, &chromium, WASM_BENCHES, TIMEOUT);
    run(
        command.args(["--", "--nocapture"]),
        "A benchmark in Chromium failed: see its message above.",
    )
}
