//! How a command can end.

use std::io;
use std::process::ExitCode;

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What it was given is wrong. Exit status 2.
    BadInput(String),
    /// What it looked at is not as it should be, and it has said so. Exit status 1.
    NotAsPromised,
    /// It could not write what it had to say. Exit status 1.
    CannotWrite { what: String, error: io::Error },
    /// Nobody reads any more: `partitura … | head`. That is not an error.
    NobodyReads,
}

impl Failure {
    /// Writing to standard output failed.
    pub(crate) fn stdout(error: io::Error) -> Self {
        Self::writing("standard output", error)
    }

    /// Writing to `what` failed.
    pub(crate) fn writing(what: &str, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::NobodyReads
        } else {
            Failure::CannotWrite {
                what: what.to_owned(),
                error,
            }
        }
    }
}

/// Says what went wrong, and answers with the exit status.
pub(crate) fn exit_code(done: Result<(), Failure>) -> ExitCode {
    match done {
        Ok(()) | Err(Failure::NobodyReads) => ExitCode::SUCCESS,
        Err(Failure::NotAsPromised) => ExitCode::from(1),
        Err(Failure::CannotWrite { what, error }) => {
            eprintln!("partitura: cannot write to {what}: {error}");
            ExitCode::from(1)
        }
        Err(Failure::BadInput(message)) => {
            eprintln!("partitura: {message}");
            ExitCode::from(2)
        }
    }
}
