//! Reading scenario files.

use crate::end::Failure;
use partitura_engine::scenario::Scenario;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// No scenario is larger; a file that is, is none.
const MOST_BYTES: u64 = 4 << 20;

/// Reads a scenario. Messages begin with the file's name, and with line and column where there are any.
pub(crate) fn read_scenario(path: &Path) -> Result<Scenario, Failure> {
    let text = read_text(path)?;
    Scenario::parse(&text).map_err(|error| Failure::BadInput(format!("{}:{error}", path.display())))
}

fn read_text(path: &Path) -> Result<String, Failure> {
    let bad = |message: String| Failure::BadInput(format!("{}: {message}", path.display()));
    let cannot = |error: std::io::Error| bad(format!("cannot read it: {error}"));
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(cannot)?
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(bad(format!(
            "it is larger than {MOST_BYTES} bytes, so it is no scenario"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        bad(format!("it is not UTF-8 text: line {line} has other bytes"))
    })
}
