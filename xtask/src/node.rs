//! Node.js and the packages of the browser tests.

use crate::Outcome;
use crate::run::{find, read, run, say};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Where the browser tests live.
pub(crate) const FOLDER: &str = "tests/browser";
const OLDEST: u32 = 20;

/// Makes sure that Node.js is there, and that the packages are those of the lock file.
pub(crate) fn ensure() -> Outcome {
    let version = read(Command::new("node").arg("--version"));
    match version.as_deref().and_then(major) {
        Some(major) if major >= OLDEST => {}
        Some(old) => {
            return Err(format!(
                "Node.js {old} is too old for the browser tests: install version {OLDEST} or later."
            ));
        }
        None => {
            return Err(format!(
                "Node.js is missing: install version {OLDEST} or later for the browser tests."
            ));
        }
    }
    // A copy of the lock file says which packages were installed.
    let wanted = Path::new(FOLDER).join("package-lock.json");
    let installed = Path::new(FOLDER).join("node_modules/.installed-lock.json");
    let wanted = fs::read(&wanted).map_err(|e| format!("{} cannot be read: {e}.", wanted.display()))?;
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    say("Installing Playwright and axe-core (a few seconds, once)");
    let Some(npm) = find("npm").or_else(|| find("npm.cmd")) else {
        return Err("npm is missing: install it, it belongs to Node.js.".into());
    };
    let mut command = Command::new(npm);
    command
        .args(["ci", "--ignore-scripts"])
        .current_dir(FOLDER)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run(
        &mut command,
        "npm ci failed: check the network and npm's message above.",
    )?;
    fs::write(&installed, wanted).map_err(|e| format!("{} cannot be written: {e}.", installed.display()))
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("20"), None);
    }
}
