//! Starting other programs, and saying what is going on.

use crate::Outcome;
use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// Makes the project's folder the current one, from wherever the command was given.
pub(crate) fn enter_project() -> Outcome {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let Some(root) = package.as_deref().and_then(Path::parent) else {
        return Err("Start this as `cargo xtask`, which tells it where the project is.".into());
    };
    env::set_current_dir(root).map_err(|e| format!("Cannot enter the project's folder: {e}."))
}

/// Announces a step.
pub(crate) fn say(what: &str) {
    if std::io::stdout().is_terminal() {
        println!("\n\x1b[1m▸ {what}\x1b[0m");
    } else {
        println!("\n▸ {what}");
    }
}

/// Cargo, of the toolchain that runs this.
pub(crate) fn cargo<I: IntoIterator<Item = A>, A: AsRef<OsStr>>(arguments: I) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs a command whose output is the user's to see; `sentence` says what to do if it fails.
pub(crate) fn run(command: &mut Command, sentence: &str) -> Outcome {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|e| cannot_start(command, &e))?;
    if status.success() { Ok(()) } else { Err(sentence.into()) }
}

/// Runs a command, shows each line that it prints, and lets `look` read it too.
pub(crate) fn watch(command: &mut Command, mut look: impl FnMut(&str)) -> Outcome<ExitStatus> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|e| cannot_start(command, &e))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            look(line.trim_end());
        }
    }
    child.wait().map_err(|e| format!("{} was lost: {e}.", name(command)))
}

/// What a command prints, if it succeeds.
pub(crate) fn read(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The place of a program on the PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&path)
        .map(|folder| folder.join(&file))
        .find(|candidate| candidate.is_file())
}

fn name(command: &Command) -> String {
    Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    let name = name(command);
    match error.kind() {
        ErrorKind::NotFound => format!("`{name}` is missing: install it, then run this again."),
        _ => format!("`{name}` does not start: {error}."),
    }
}
