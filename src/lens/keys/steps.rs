//! murmur2 step by step, in lines that can be read aloud.

use super::bytes::word;
use crate::lens::captions::signed;
use crate::ui::format::grouped;
use partitura_engine::producer::murmur2_steps::Murmur2Steps;

/// One line: what is done, and what comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is done.
    pub what: String,
    /// The value after it.
    pub value: String,
    /// Whether a new part of the computation begins here: then it has a title.
    pub title: Option<String>,
}

/// The words of four bytes that are told one by one; a longer key says how many more there are.
const MOST_WORDS: usize = 16;

fn line(what: impl Into<String>, value: String) -> Line {
    Line {
        what: what.into(),
        value,
        title: None,
    }
}

/// All steps of that key among so many partitions.
#[must_use]
pub fn lines(key: &[u8], partitions: u32) -> Vec<Line> {
    let steps = Murmur2Steps::of(key, partitions);
    let mut lines = vec![Line {
        title: Some("Start".to_owned()),
        ..line(
            format!("h = seed ^ length = 0x9747b28c ^ {}", key.len()),
            word(steps.start),
        )
    }];
    for (place, step) in steps.words.iter().take(MOST_WORDS).enumerate() {
        let (first, last) = (place * 4, place * 4 + 3);
        lines.push(Line {
            title: Some(format!("Bytes {first} to {last}: {}", shown(&step.bytes))),
            ..line("k, the first byte the lowest", word(step.k))
        });
        lines.push(line("k = k × m, with m = 0x5bd1e995", word(step.k_times_m)));
        lines.push(line("k = k ^ (k >>> 24)", word(step.k_shifted)));
        lines.push(line("k = k × m", word(step.k_mixed)));
        lines.push(line("h = h × m", word(step.h_times_m)));
        lines.push(line("h = h ^ k", word(step.h)));
    }
    if let Some(more) = steps.words.len().checked_sub(MOST_WORDS).filter(|more| *more > 0) {
        let h = steps.words.last().map_or(steps.start, |step| step.h);
        lines.push(Line {
            title: Some("And so on".to_owned()),
            ..line(format!("{more} more times four bytes"), word(h))
        });
    }
    if let Some(tail) = &steps.tail {
        lines.push(Line {
            title: Some(format!("What is left: {}", shown(&tail.bytes))),
            ..line("k, the first byte the lowest", word(tail.k))
        });
        lines.push(line("h = h ^ k", word(tail.xored)));
        lines.push(line("h = h × m", word(tail.h)));
    }
    lines.push(Line {
        title: Some("Mix once more".to_owned()),
        ..line("h = h ^ (h >>> 13)", word(steps.end.shifted_13))
    });
    lines.push(line("h = h × m", word(steps.end.times_m)));
    lines.push(line("h = h ^ (h >>> 15)", word(steps.end.shifted_15)));
    lines.push(Line {
        title: Some("From the hash to a partition".to_owned()),
        ..line("as Java’s int", signed(steps.hash))
    });
    lines.push(line("toPositive: & 0x7fffffff", grouped(u64::from(steps.positive))));
    lines.push(line(format!("mod {partitions}"), format!("P{}", steps.partition)));
    lines
}

fn shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        if !text.is_empty() {
            text.push(' ');
        }
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_partition() {
        let lines = lines(b"user-1", 6);
        assert_eq!(lines.last().map(|line| line.value.as_str()), Some("P2"));
        let titles: Vec<&str> = lines.iter().filter_map(|line| line.title.as_deref()).collect();
        assert_eq!(
            titles,
            [
                "Start",
                "Bytes 0 to 3: 75 73 65 72",
                "What is left: 2d 31",
                "Mix once more",
                "From the hash to a partition"
            ]
        );
    }

    #[test]
    fn a_long_key_is_not_told_to_its_last_byte() {
        let key = [b'x'; 256];
        let lines = lines(&key, 6);
        assert!(lines.len() < 120);
        assert!(lines.iter().any(|line| line.what == "48 more times four bytes"));
    }
}
