//! What a visitor downloads: the wasm, the scripts and the styles, compressed as a host would.

use crate::Outcome;
use crate::dist::files_in;
use crate::tally::Tally;
use std::fs;
use std::io::Write;
use std::path::Path;

/// The most that the app may weigh, in bytes of brotli. It grows with what is simulated; the walkthroughs' texts are some
/// 35 KB of it.
const LIMIT: usize = 800_000;
const COUNTED: &[&str] = &["wasm", "js", "css"];
const QUALITY: u32 = 11;
const WINDOW: u32 = 22;

/// Prints the size of each file and of all, and fails above the limit.
pub(crate) fn check(dist: &Path) -> Outcome<Tally> {
    let (mut raw_sum, mut packed_sum) = (0, 0);
    let line = |raw: usize, packed: usize, name: &str| {
        println!(
            "  {:>8.1} KB  {:>7.1} KB brotli  {name}",
            raw as f64 / 1e3,
            packed as f64 / 1e3
        );
    };
    for file in files_in(dist)? {
        let counted = file
            .extension()
            .and_then(|e| e.to_str())
            .is_some_and(|e| COUNTED.contains(&e));
        if !counted {
            continue;
        }
        let bytes = fs::read(dist.join(&file)).map_err(|e| format!("{} cannot be read: {e}.", file.display()))?;
        let packed = brotli_size(&bytes)?;
        line(bytes.len(), packed, &file.display().to_string());
        raw_sum += bytes.len();
        packed_sum += packed;
    }
    line(raw_sum, packed_sum, "in all");
    if packed_sum > LIMIT {
        return Err(format!(
            "The download is {packed_sum} bytes, the limit is {LIMIT}: see what has grown, with `cargo xtask build` before and after."
        ));
    }
    Ok(Tally::one(true))
}

fn brotli_size(bytes: &[u8]) -> Outcome<usize> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 64 * 1024, QUALITY, WINDOW);
    let written = writer.write_all(bytes).and_then(|()| writer.flush());
    drop(writer);
    written.map_err(|e| format!("brotli failed: {e}."))?;
    Ok(packed.len())
}
