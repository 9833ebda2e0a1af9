//! A key as Kafka sees it: bytes, not characters.

/// A character of a key, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glyph {
    /// How it is shown: itself, or a sign for what cannot be seen.
    pub shown: String,
    /// Its UTF-8, in hexadecimal, a byte a part.
    pub hex: Vec<String>,
}

/// The characters of a key with their UTF-8 bytes, at most so many characters.
#[must_use]
pub fn glyphs(key: &str, most: usize) -> Vec<Glyph> {
    key.chars().take(most).map(glyph).collect()
}

fn glyph(c: char) -> Glyph {
    let mut buffer = [0; 4];
    let bytes = c.encode_utf8(&mut buffer).bytes();
    Glyph {
        hex: bytes.map(hex).collect(),
        shown: match c {
            ' ' => "␣".to_owned(),
            c if c.is_control() => "·".to_owned(),
            // A mark that sits on the character before it, or turns the text around, needs something to stand on.
            '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{fe0f}' => {
                ['◌', c].into_iter().collect()
            }
            c => c.to_string(),
        },
    }
}

/// A byte in two digits.
fn hex(byte: u8) -> String {
    [byte >> 4, byte & 15]
        .into_iter()
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

/// 32 bits as Java writes them in hexadecimal, in two groups: `0x12ab 34cd`.
#[must_use]
pub fn word(n: u32) -> String {
    let mut text = String::from("0x");
    for (place, byte) in n.to_be_bytes().into_iter().enumerate() {
        if place == 2 {
            text.push('\u{202f}');
        }
        text.push_str(&hex(byte));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_a_byte_and_others_are_several() {
        let glyphs = glyphs("é日🎉", 10);
        let hex: Vec<Vec<&str>> = glyphs
            .iter()
            .map(|g| g.hex.iter().map(String::as_str).collect())
            .collect();
        assert_eq!(
            hex,
            [vec!["c3", "a9"], vec!["e6", "97", "a5"], vec!["f0", "9f", "8e", "89"]]
        );
    }

    #[test]
    fn what_cannot_be_seen_is_shown_as_something() {
        let shown: Vec<String> = glyphs("a b\te\u{301}", 10).into_iter().map(|g| g.shown).collect();
        assert_eq!(shown, ["a", "␣", "b", "·", "e", "◌\u{301}"]);
        assert_eq!(glyphs("match-7", 3).len(), 3);
    }

    #[test]
    fn thirty_two_bits_are_eight_digits() {
        assert_eq!(word(0x9747_b28c), "0x9747\u{202f}b28c");
        assert_eq!(word(7), "0x0000\u{202f}0007");
    }
}
