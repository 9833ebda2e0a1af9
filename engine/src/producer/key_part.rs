//! A partitioner of one's own: it looks at a part of the key only, so that what shares that part shares a partition.

use std::fmt;
use std::sync::Arc;

/// Which part of a key decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPart {
    /// So many characters from its beginning; all of it when it is shorter.
    Prefix(u32),
    /// One of the parts between separators.
    Between {
        /// What separates them; never empty.
        separator: Arc<str>,
        /// Which, from 0.
        number: u32,
    },
}

impl KeyPart {
    /// Reads `prefix:3` or `part:|:1`; `None` where it is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?;
        if let Some(length) = text.strip_prefix("prefix:") {
            return number(length).filter(|n| *n > 0).map(KeyPart::Prefix);
        }
        let (separator, place) = text.strip_prefix("part:")?.rsplit_once(':')?;
        let separator = Some(separator).filter(|separator| !separator.is_empty())?;
        Some(KeyPart::Between {
            separator: separator.into(),
            number: number(place)?,
        })
    }

    /// The part of that key. A key that has no such part counts as a whole.
    #[must_use]
    pub fn of<'k>(&self, key: &'k str) -> &'k str {
        match self {
            KeyPart::Prefix(length) => {
                let end = key.char_indices().nth(*length as usize);
                end.map_or(key, |(end, _)| &key[..end])
            }
            KeyPart::Between { separator, number } => key.split(&**separator).nth(*number as usize).unwrap_or(key),
        }
    }
}

impl fmt::Display for KeyPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyPart::Prefix(length) => write!(f, "prefix:{length}"),
            KeyPart::Between { separator, number } => write!(f, "part:{separator}:{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_or_the_key_counts_whole() {
        let of = |rule: &str, key| KeyPart::parse(rule).unwrap().of(key).to_owned();
        assert_eq!(of("prefix:3", "été-7"), "été");
        assert_eq!(of("prefix:3", "ab"), "ab");
        assert_eq!(of("part:|:0", "ad-1|eu"), "ad-1");
        assert_eq!(of("part:|:1", "ad-1|eu|x"), "eu");
        assert_eq!(of("part:|:1", "ad-1"), "ad-1");
        assert_eq!(of("part:|:1", "ad-1|"), "", "an empty part is one");
        assert_eq!(of("part:::1", "a:b"), "b");
    }
}
