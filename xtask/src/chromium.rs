//! The browser that runs the tests, and the driver through which the wasm tests start it.

use crate::Outcome;
use crate::run::{find, read, run, say};
use std::env;
use std::fs;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::Command;

const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const DRIVERS: &[&str] = &["chromedriver", "chromium.chromedriver"];
const PACKAGES: &[&str] = &["chromium", "chromium-driver"];

/// Where Chromium and its driver are.
pub(crate) struct Chromium {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Finds Chromium and its driver; on Debian it installs what is missing.
pub(crate) fn ensure() -> Outcome<Chromium> {
    if let Some(chromium) = look()? {
        return Ok(chromium);
    }
    if !is_debian() {
        return Err(
            "Chromium or its driver is missing: install both in the same version (chromium and chromedriver in most \
                    package managers), or name them in CHROMIUM and CHROMEDRIVER."
                .into(),
        );
    }
    say("Installing Chromium and its driver with apt-get (about a minute, once)");
    // One package source out of reach is no reason to stop: the installation itself says what it misses.
    let _ = apt_get(&["update"]);
    apt_get(&[&["install", "--yes", "--no-install-recommends"], PACKAGES].concat())?;
    look()?.ok_or_else(|| {
        "apt-get has installed Chromium, but it is not on the PATH: name it in CHROMIUM and CHROMEDRIVER.".into()
    })
}

fn look() -> Outcome<Option<Chromium>> {
    let browser = named("CHROMIUM")?.or_else(|| first(BROWSERS));
    let driver = named("CHROMEDRIVER")?.or_else(|| first(DRIVERS));
    Ok(browser
        .zip(driver)
        .map(|(browser, driver)| Chromium { browser, driver }))
}

fn named(variable: &str) -> Outcome<Option<PathBuf>> {
    let Some(path) = env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
    else {
        return Ok(None);
    };
    if path.is_file() {
        Ok(Some(path))
    } else {
        Err(format!(
            "{variable} names {}, which is not there: correct it or leave it out.",
            path.display()
        ))
    }
}

fn first(programs: &[&str]) -> Option<PathBuf> {
    programs.iter().find_map(|program| find(program))
}

fn is_debian() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|line| line == "ID=debian") && find("apt-get").is_some()
}

fn apt_get(arguments: &[&str]) -> Outcome {
    let is_root = read(Command::new("id").arg("-u")).as_deref() == Some("0");
    let mut command = Command::new(if is_root { "apt-get" } else { "sudo" });
    if !is_root {
        if find("sudo").is_none() {
            return Err(format!(
                "Only root may install Chromium: run `apt-get install {}` as root.",
                PACKAGES.join(" ")
            ));
        }
        // With nobody there to type a password, sudo must not wait for one.
        command.args(if std::io::stdin().is_terminal() {
            &[][..]
        } else {
            &["--non-interactive"]
        });
        command.arg("apt-get");
    }
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    let sentence = format!("apt-get {} failed: its message above says why.", arguments[0]);
    run(&mut command, &sentence)
}
