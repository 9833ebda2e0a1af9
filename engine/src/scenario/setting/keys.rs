//! Lists of keys that people type or paste.

use crate::scenario::decimal;
use std::collections::BTreeSet;

/// The most keys of a list.
pub const MAX_KEYS: usize = 10_000;

/// The longest key, in bytes of UTF-8.
pub const MAX_KEY_BYTES: usize = 256;

/// Reads a list: one key a line, or, when there is only one line, keys with commas between. Space around a key is
/// dropped, so are empty keys; a key that comes twice counts once. The message follows the setting's name.
pub(super) fn parse(text: &str) -> Result<Vec<String>, String> {
    let separator = if text.contains('\n') { '\n' } else { ',' };
    let mut seen = BTreeSet::new();
    let mut keys = Vec::new();
    for key in text.split(separator).map(str::trim).filter(|key| !key.is_empty()) {
        check(key)?;
        if seen.insert(key) {
            if keys.len() == MAX_KEYS {
                return Err(format!("must be at most {} keys", decimal::grouped(MAX_KEYS as u64)));
            }
            keys.push(key.to_owned());
        }
    }
    Ok(keys)
}

/// Whether a text can be a key here: not too long, and one line.
pub(in crate::scenario) fn check(key: &str) -> Result<(), String> {
    if key.len() > MAX_KEY_BYTES {
        let start = decimal::shorten(key);
        return Err(format!(
            "has a key of {} bytes, and at most {MAX_KEY_BYTES} are allowed: {start}",
            key.len()
        ));
    }
    if key.chars().any(char::is_control) {
        return Err("has a key with a control character".to_owned());
    }
    Ok(())
}

/// Writes a list, so that [`parse`] reads it again.
pub(super) fn write(keys: &[String]) -> String {
    if keys.iter().any(|key| key.contains(',')) {
        // The last line end tells one key with a comma from two keys.
        keys.iter().flat_map(|key| [key.as_str(), "\n"]).collect()
    } else {
        keys.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_tidied() {
        assert_eq!(parse(" b, a,,b ,").unwrap(), ["b", "a"]);
        assert_eq!(
            parse("one, two\r\n\n  three \none, two").unwrap(),
            ["one, two", "three"]
        );
        assert_eq!(parse("").unwrap(), [""; 0]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for list in [vec![], vec!["a"], vec!["a,b"], vec!["a", "b,c", "日本"]] {
            let list: Vec<String> = list.into_iter().map(str::to_owned).collect();
            assert_eq!(parse(&write(&list)).unwrap(), list);
        }
    }

    #[test]
    fn limits_are_named() {
        let many: String = (0..=MAX_KEYS).map(|i| format!("k{i}\n")).collect();
        assert_eq!(parse(&many).unwrap_err(), "must be at most 10 000 keys");
        assert!(
            parse(&"x".repeat(300))
                .unwrap_err()
                .starts_with("has a key of 300 bytes, and at most 256")
        );
        assert!(parse("a\u{0}b").unwrap_err().contains("control character"));
    }
}
