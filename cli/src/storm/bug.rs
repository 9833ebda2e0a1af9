//! The names of the mistakes that can be built in.

use partitura_engine::node::Bug;

/// `NoTruncation` is written `no-truncation`.
pub(crate) fn name(bug: Bug) -> String {
    let mut name = String::new();
    for letter in format!("{bug:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

pub(crate) fn parse(text: &str) -> Result<Bug, String> {
    let known = || Bug::ALL.into_iter().map(name).collect::<Vec<_>>().join(", ");
    let found = Bug::ALL.into_iter().find(|bug| name(*bug) == text);
    found.ok_or_else(|| format!("the mistakes are {}", known()))
}
