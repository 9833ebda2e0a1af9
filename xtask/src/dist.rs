//! The production build must work from any folder of a static host, stay right in every cache, and trust no inline script.

use crate::Outcome;
use crate::tally::Tally;
use std::fs;
use std::path::{Path, PathBuf};

/// Checks everything that is in `dist`, and prints what is wrong.
pub(crate) fn check(dist: &Path) -> Outcome<Tally> {
    let files = files_in(dist)?;
    let mut wrong = Vec::new();
    for file in &files {
        let name = file.display().to_string();
        let is_page = name == "index.html";
        if !is_page && !has_hash(&name) {
            wrong.push(format!(
                "{name} has no hash in its name: let trunk copy it (data-trunk), or it stays in caches"
            ));
        }
        if is_page || name.ends_with(".css") {
            let text = fs::read_to_string(dist.join(file)).map_err(|e| format!("{name} cannot be read: {e}."))?;
            let problems = if is_page {
                page_problems(&text)
            } else {
                style_problems(&text)
            };
            wrong.extend(problems.into_iter().map(|problem| format!("{name}: {problem}")));
        }
    }
    if !files.contains(&PathBuf::from("index.html")) {
        wrong.push("there is no index.html".into());
    }
    for problem in &wrong {
        println!("  {problem}");
    }
    match wrong.len() {
        0 => {
            println!("  {} files", files.len());
            Ok(Tally::one(true))
        }
        n => Err(format!("{n} things are wrong in the production build.")),
    }
}

/// All files below a folder, sorted, named from there.
pub(crate) fn files_in(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = fs::read_dir(&next).map_err(|e| format!("{} cannot be read: {e}.", next.display()))?;
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(name) = path.strip_prefix(folder) {
                files.push(name.to_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// `start-3f0c5e9b2a7d4c11.js` has a hash of at least eight hexadecimal digits behind a dash.
fn has_hash(name: &str) -> bool {
    name.split(['/', '\\', '-', '_', '.'])
        .any(|word| word.len() >= 8 && word.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn page_problems(page: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for attribute in ["href", "src"] {
        for address in values_of(page, attribute).filter(|address| !is_relative(address)) {
            problems.push(format!("{attribute}=\"{address}\" does not work from a subfolder"));
        }
    }
    let opened = page.split("<script").skip(1).filter_map(|rest| rest.split('>').next());
    for script in opened.filter(|script| values_of(script, "src").next().is_none()) {
        problems.push(format!("<script{script}> is inline"));
    }
    match page
        .split_once("Content-Security-Policy")
        .and_then(|(_, rest)| values_of(rest, "content").next())
    {
        None => problems.push("there is no Content-Security-Policy".into()),
        Some(policy) => problems.extend(policy_problems(policy)),
    }
    problems
}

fn policy_problems(policy: &str) -> Vec<String> {
    let directive = |name: &str| {
        let mut all = policy.split(';').map(str::split_whitespace);
        all.find_map(|mut words| (words.next() == Some(name)).then(|| words.collect::<Vec<_>>().join(" ")))
    };
    let wanted = [
        ("default-src", "'none'"),
        ("script-src", "'self' 'wasm-unsafe-eval'"),
        ("style-src", "'self'"),
        ("connect-src", "'self'"),
        ("base-uri", "'none'"),
        ("form-action", "'none'"),
    ];
    let differs = |(name, want): &(&str, &str)| directive(name).as_deref() != Some(*want);
    wanted
        .into_iter()
        .filter(differs)
        .map(|(name, want)| format!("the policy must say: {name} {want}"))
        .collect()
}

fn style_problems(style: &str) -> Vec<String> {
    let addresses = style.split("url(").skip(1).filter_map(|rest| rest.split(')').next());
    let addresses = addresses.map(|address| address.trim_matches(['"', '\'', ' ']));
    let outside = addresses.filter(|address| !address.starts_with("data:") && !address.starts_with('#'));
    outside
        .map(|address| format!("url({address}) is not part of the build: write it into the style as data:"))
        .collect()
}

fn is_relative(address: &str) -> bool {
    ["./", "data:", "#"].iter().any(|start| address.starts_with(start))
}

/// The values of an attribute, wherever it is.
fn values_of<'t>(text: &'t str, attribute: &str) -> impl Iterator<Item = &'t str> {
    let opening = format!(" {attribute}=\"");
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, found) = rest.split_once(opening.as_str())?;
        let (value, after) = found.split_once('"')?;
        rest = after;
        Some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'">"#;

    #[test]
    fn names_with_and_without_a_hash() {
        assert!(has_hash("partitura-1fb2de4c9aa01377_bg.wasm"));
        assert!(has_hash("snippets/gloo-0a1b2c3d4e5f6071/inline0.js"));
        assert!(!has_hash("style.css"));
        assert!(!has_hash("partitura-app.js"));
    }

    #[test]
    fn a_strict_page_has_no_problems() {
        let page = format!(
            r#"{POLICY}<link rel="icon" href="./favicon-1fb2de4c.svg"><script src="./start-1fb2de4c.js"></script>"#
        );
        assert_eq!(page_problems(&page), Vec::<String>::new());
    }

    #[test]
    fn what_a_page_must_not_do_is_named() {
        let page = format!(
            r#"{POLICY}<link href="/x.css"><script>alert(1)</script><script src="https://elsewhere/x.js"></script>"#
        );
        assert_eq!(page_problems(&page).len(), 3);
        assert_eq!(
            page_problems("<p>no policy</p>"),
            ["there is no Content-Security-Policy"]
        );
        let lax = POLICY.replace("'self' 'wasm-unsafe-eval'", "'self' 'wasm-unsafe-eval' 'unsafe-inline'");
        assert_eq!(
            page_problems(&lax),
            ["the policy must say: script-src 'self' 'wasm-unsafe-eval'"]
        );
    }

    #[test]
    fn a_style_may_only_hold_what_it_needs() {
        assert_eq!(
            style_problems("a { background: url(\"data:image/svg+xml,x\") } b { clip-path: url(#c) }"),
            Vec::<String>::new()
        );
        assert_eq!(style_problems("a { background: url('../stage.png') }").len(), 1);
    }
}
