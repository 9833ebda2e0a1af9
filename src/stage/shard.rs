//! Which of its subject's keys a record has, where a subject has several: salted (`ad-1#3`) or compound
//! (`ad-1|region-2`). The letter and the colour of a record are its subject's; this is the rest.

use super::palette::Palette;
use partitura_engine::world::RecordView;

/// A tile narrower than this, or lower, has room for its letter alone.
pub const LEAST_WIDTH: f64 = 13.0;
/// See [`LEAST_WIDTH`].
pub const LEAST_HEIGHT: f64 = 22.0;
/// The longest index on a tile.
const MOST: usize = 3;
/// How many keys a tooltip names.
const NAMED: usize = 4;

/// What the key has beyond its subject: `#3`, `|region-2`.
#[must_use]
pub fn rest<'t>(record: &RecordView, palette: &'t Palette) -> Option<&'t str> {
    let key = record.key.filter(|key| *key != record.subject)?;
    let rest = palette.text(key).strip_prefix(palette.text(record.subject))?;
    rest.starts_with(['#', '|']).then_some(rest)
}

/// The number at its end, as it stands on a tile; `…` before the last figures of a long one.
#[must_use]
pub fn index(record: &RecordView, palette: &Palette) -> Option<String> {
    let rest = rest(record, palette)?;
    let figures = rest.len() - rest.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    match figures {
        0 => rest.chars().nth(1).map(String::from),
        1..=MOST => Some(rest[rest.len() - figures..].to_owned()),
        _ => Some(format!("…{}", &rest[rest.len() + 1 - MOST..])),
    }
}

/// The last of these keys in words, the newest first: `ad-1#3, ad-1#0`.
#[must_use]
pub fn said(records: &[RecordView], palette: &Palette) -> String {
    let mut named: Vec<&str> = Vec::new();
    for record in records.iter().rev().filter(|record| rest(record, palette).is_some()) {
        let key = record.key.map_or("", |key| palette.text(key));
        if named.len() < NAMED && !named.contains(&key) {
            named.push(key);
        }
    }
    named.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::log::Dictionary;

    fn record(texts: &mut Dictionary, subject: &str, key: Option<&str>) -> RecordView {
        RecordView {
            offset: 0,
            key: key.and_then(|key| texts.key(key)),
            subject: texts.key(subject).unwrap(),
            sequence: 1,
            value: None,
            sent_us: 0,
            acknowledged: true,
        }
    }

    #[test]
    fn the_index_is_what_tells_the_keys_of_a_subject_apart() {
        let mut texts = Dictionary::default();
        let records = [
            Some("ad-1#3"),
            Some("ad-1|region-12"),
            Some("ad-1|user-48213"),
            Some("ad-1|north"),
            Some("ad-1"),
            Some("ad-12"),
            Some("elsewhere"),
            None,
        ]
        .map(|key| record(&mut texts, "ad-1", key));
        let palette = Palette::new(&texts, &[]);
        let indices = records.each_ref().map(|record| index(record, &palette));
        let shown = indices.each_ref().map(Option::as_deref);
        assert_eq!(
            shown,
            [Some("3"), Some("12"), Some("…13"), Some("n"), None, None, None, None]
        );
        assert_eq!(
            said(&records, &palette),
            "ad-1|north, ad-1|user-48213, ad-1|region-12, ad-1#3"
        );
    }
}
