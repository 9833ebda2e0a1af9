//! The web tools, pinned: those on the PATH if their version is right, otherwise built once into `.tools/`.

use crate::Outcome;
use crate::run::{cargo, read, run, say};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = ".tools";

struct Tool {
    package: &'static str,
    version: &'static str,
    programs: &'static [&'static str],
    options: &'static [&'static str],
    duration: &'static str,
}

const TRUNK: Tool = Tool {
    package: "trunk",
    version: "0.21.14",
    programs: &["trunk"],
    // Without features trunk downloads nothing, and asks nobody for news of itself.
    options: &["--no-default-features"],
    duration: "about 4 minutes, once",
};

const WASM_BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    version: "0.2.128",
    programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    options: &[],
    duration: "about a minute, once",
};

/// Built lean: a fifth of the time, and fast enough for what they do here.
const LEAN: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_STRIP", "symbols"),
];

/// The PATH on which the tools are found.
pub(crate) struct Tools {
    path: OsString,
}

impl Tools {
    /// A command that finds the tools by their names, and so does what it starts.
    pub(crate) fn on_path(&self, mut command: Command) -> Command {
        command.env("PATH", &self.path);
        command
    }

    /// Trunk, whose messages are sentences and not backtraces.
    pub(crate) fn trunk(&self) -> Command {
        let mut command = self.on_path(Command::new("trunk"));
        command.env("RUST_BACKTRACE", "0");
        command
    }
}

/// Makes sure that trunk and wasm-bindgen are there.
pub(crate) fn ensure() -> Outcome<Tools> {
    let root = env::current_dir().map_err(|e| format!("The project's folder cannot be read: {e}."))?;
    let folder = root.join(FOLDER);
    for tool in [TRUNK, WASM_BINDGEN] {
        tool.ensure(&folder)?;
    }
    // Both share most of what they are built from; once both are there, nobody needs it.
    let _ = fs::remove_dir_all(folder.join("target"));
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.join("bin")).chain(env::split_paths(&path));
    let path = env::join_paths(folders).map_err(|e| format!("The PATH cannot be extended: {e}."))?;
    Ok(Tools { path })
}

impl Tool {
    fn ensure(&self, folder: &Path) -> Outcome {
        let own: Vec<PathBuf> = self
            .programs
            .iter()
            .map(|program| folder.join("bin").join(program))
            .collect();
        if own.iter().all(|program| self.is_right(program)) {
            return Ok(());
        }
        // A stale one of our own would be found before the right one on the PATH.
        for program in &own {
            let _ = fs::remove_file(program.with_extension(env::consts::EXE_EXTENSION));
        }
        if self.programs.iter().all(|program| self.is_right(Path::new(program))) {
            return Ok(());
        }
        say(&format!(
            "Building {} {} into {FOLDER}/ ({})",
            self.package, self.version, self.duration
        ));
        self.install(folder)
    }

    fn is_right(&self, program: &Path) -> bool {
        read(Command::new(program).arg("--version")).is_some_and(|answer| answer_names(&answer, self.version))
    }

    fn install(&self, folder: &Path) -> Outcome {
        let mut command = cargo([
            "install",
            "--locked",
            "--force",
            "--version",
            self.version,
            self.package,
        ]);
        command
            .args(self.options)
            .arg("--root")
            .arg(folder)
            .envs(LEAN.iter().copied());
        command.env("CARGO_TARGET_DIR", folder.join("target"));
        let sentence = format!(
            "{package} {version} could not be built: see cargo's message above; a C compiler and the network are needed. \
             One on the PATH in this version would be used as well.",
            package = self.package,
            version = self.version,
        );
        run(&mut command, &sentence)
    }
}

/// `trunk 0.21.14` names 0.21.14; `trunk 0.21.140` does not.
fn answer_names(answer: &str, version: &str) -> bool {
    answer.split_whitespace().any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_whole_word() {
        assert!(answer_names("trunk 0.21.14", "0.21.14"));
        assert!(!answer_names("trunk 0.21.140", "0.21.14"));
        assert!(!answer_names("trunk 0.22.1", "0.21.14"));
    }

    #[test]
    fn the_versions_are_those_of_the_manifests() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let line = |file: &str, start: &str| {
            let text = fs::read_to_string(here.join(file)).expect(file);
            text.lines()
                .find(|line| line.starts_with(start))
                .expect(start)
                .to_owned()
        };
        assert!(line("Cargo.toml", "wasm-bindgen =").contains(&format!("={}", WASM_BINDGEN.version)));
        assert!(line("Trunk.toml", "wasm_bindgen =").contains(&format!("\"{}\"", WASM_BINDGEN.version)));
        assert!(line("Trunk.toml", "trunk-version =").contains(TRUNK.version));
    }
}
