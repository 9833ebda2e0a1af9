//! `serve`: the app at an address on this machine, built again and reloaded on every change.

use crate::run::{run, say};
use crate::{Outcome, rust, tools};
use std::net::{Ipv4Addr, TcpListener};

const PORT: u16 = 8080;
/// Apart from `dist/`, so that a test or a production build does not get in its way.
const DIST: &str = "target/serve";

/// Serves until it is stopped.
pub(crate) fn serve(arguments: &[&str]) -> Outcome {
    let options = Options::read(arguments)?;
    if TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).is_err() {
        return Err(format!(
            "Port {} is in use: choose another one with --port N.",
            options.port
        ));
    }
    rust::ensure_wasm_target()?;
    let tools = tools::ensure()?;

    say("Building the app (about a minute the first time, seconds after that)");
    println!(
        "  It will be at http://127.0.0.1:{}/ and follow your changes. Ctrl+C stops it.\n",
        options.port
    );
    let port = options.port.to_string();
    let mut trunk = tools.trunk();
    trunk
        .args(["serve", "--dist", DIST, "--port", &port])
        .args(options.passed_on);
    run(&mut trunk, "trunk stopped: what it says above is the reason.")
}

#[derive(Debug, PartialEq, Eq)]
struct Options {
    port: u16,
    /// What trunk understands by itself.
    passed_on: Vec<&'static str>,
}

impl Options {
    fn read(arguments: &[&str]) -> Outcome<Self> {
        let mut options = Self {
            port: PORT,
            passed_on: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(&argument) = rest.next() {
            match argument {
                "--release" => options.passed_on.push("--release"),
                "--open" => options.passed_on.push("--open"),
                "--port" | "-p" => options.port = port(rest.next().copied())?,
                other => match other.strip_prefix("--port=") {
                    Some(number) => options.port = port(Some(number))?,
                    None => {
                        return Err(format!(
                            "`serve` has no option `{other}`: it has --port N, --release and --open."
                        ));
                    }
                },
            }
        }
        Ok(options)
    }
}

fn port(number: Option<&str>) -> Outcome<u16> {
    let sentence = || "--port wants a number from 1 to 65535, as in `--port 9000`.".to_owned();
    number
        .and_then(|n| n.parse().ok())
        .filter(|&n| n > 0)
        .ok_or_else(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let read = |line: &str| Options::read(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(read("").map(|o| o.port), Ok(8080));
        assert_eq!(
            read("--port 9000"),
            Ok(Options {
                port: 9000,
                passed_on: vec![]
            })
        );
        assert_eq!(
            read("--release --port=9001"),
            Ok(Options {
                port: 9001,
                passed_on: vec!["--release"]
            })
        );
    }

    #[test]
    fn wrong_options_are_answered_with_a_sentence() {
        for line in ["--port", "--port x", "--port 0", "--port=70000", "--fast"] {
            let answer = Options::read(&line.split_whitespace().collect::<Vec<_>>());
            assert!(answer.is_err_and(|sentence| sentence.ends_with('.')), "{line}");
        }
    }
}
