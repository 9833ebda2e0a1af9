//! The project's own commands. `cargo xtask --help` lists them.

mod bench;
mod browser;
mod build;
mod chromium;
mod ci;
mod dist;
mod node;
mod part;
mod run;
mod rust;
mod serve;
mod size;
mod tally;
mod test;
mod tools;

use std::process::ExitCode;

const HELP: &str = "\
The commands of this project. Each installs what it needs, and says what it does.

cargo xtask serve [--port N] [--release] [--open]
                     build the app, serve it, and reload the page on every change
cargo xtask build    the production build, in dist/: checked, and weighed
cargo xtask test     all tests: native, wasm in Chromium, the whole page in Chromium
cargo xtask bench    all benchmarks: native, and wasm in Chromium
cargo xtask ci       format and lints, then all tests

Environment:
  CHROMIUM, CHROMEDRIVER   programs to use instead of those on the PATH
  UPDATE=1                 makes tests with expected output on file rewrite it";

/// What a step came to: `Err` holds one sentence that says what to do.
type Outcome<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Err(reason) = run::enter_project() {
        return sorry(&reason);
    }
    let outcome = match rest.as_slice() {
        [] | ["help"] => {
            println!("{HELP}");
            Ok(true)
        }
        all if all.iter().any(|argument| ["-h", "--help"].contains(argument)) => {
            println!("{HELP}");
            Ok(true)
        }
        ["serve", options @ ..] => serve::serve(options).map(|()| true),
        ["build"] => build::build(),
        ["test"] => test::test(),
        ["bench"] => bench::bench().map(|()| true),
        ["ci"] => ci::ci(),
        other => {
            let command = other.join(" ");
            Err(format!(
                "There is no command `{command}`: `cargo xtask --help` lists those that there are."
            ))
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => sorry(&reason),
    }
}

fn sorry(reason: &str) -> ExitCode {
    eprintln!("\nxtask: {reason}");
    ExitCode::FAILURE
}
