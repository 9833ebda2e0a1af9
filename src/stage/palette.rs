//! A key has one colour and one letter, everywhere on the page.

use partitura_engine::log::{Dictionary, KeyId};

/// One of the eight colours of keys, or the neutral one. Its class in CSS is [`Colour::class`], its token
/// [`Colour::token`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Colour(u8);

impl Colour {
    /// How many colours keys have; with more keys they come again, with other letters.
    pub const COUNT: usize = 8;
    /// For what is not among the workload's keys.
    pub const NONE: Colour = Colour(Self::COUNT as u8);
    /// All, the neutral one last.
    pub const ALL: [Colour; Self::COUNT + 1] = [
        Colour(0),
        Colour(1),
        Colour(2),
        Colour(3),
        Colour(4),
        Colour(5),
        Colour(6),
        Colour(7),
        Self::NONE,
    ];

    /// From 0; the neutral one is the last.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The class that fills a shape with it.
    #[must_use]
    pub fn class(self) -> &'static str {
        ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "kn"][self.index()]
    }

    /// The custom property that holds it.
    #[must_use]
    pub fn token(self) -> &'static str {
        const TOKENS: [&str; Colour::COUNT + 1] = [
            "--key-0",
            "--key-1",
            "--key-2",
            "--key-3",
            "--key-4",
            "--key-5",
            "--key-6",
            "--key-7",
            "--key-none",
        ];
        TOKENS[self.index()]
    }
}

/// Colours and letters by a key's place among the workload's keys: the first is an orange A.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    texts: Dictionary,
    /// By the key's place in the dictionary; those who are not in the workload have none.
    ranks: Vec<Option<(Box<str>, Colour)>>,
}

impl Palette {
    /// For a run's texts, and the workload's keys in their order. Keys that are not among them are neutral, and go by
    /// the first two letters of their text.
    #[must_use]
    pub fn new(texts: &Dictionary, keys: &[KeyId]) -> Self {
        let mut ranks = vec![None; texts.key_count()];
        for (rank, key) in keys.iter().enumerate() {
            if let Some(entry) = ranks.get_mut(key.index()) {
                *entry = Some((letters(rank).into(), Colour((rank % Colour::COUNT) as u8)));
            }
        }
        Self {
            texts: texts.clone(),
            ranks,
        }
    }

    /// The letters and the colour of the key of that rank, from 0, in a run of its own.
    #[must_use]
    pub fn by_rank(rank: usize) -> (String, Colour) {
        (letters(rank), Colour((rank % Colour::COUNT) as u8))
    }

    /// One letter for the first 26 keys, two for those that follow.
    #[must_use]
    pub fn label(&self, key: KeyId) -> &str {
        match self.ranks.get(key.index()) {
            Some(Some((label, _))) => label,
            Some(None) => first_letters(self.texts.key_text(key)),
            None => "?",
        }
    }

    /// The colour.
    #[must_use]
    pub fn colour(&self, key: KeyId) -> Colour {
        self.ranks
            .get(key.index())
            .and_then(Option::as_ref)
            .map_or(Colour::NONE, |(_, colour)| *colour)
    }

    /// The key itself.
    #[must_use]
    pub fn text(&self, key: KeyId) -> &str {
        if key.index() < self.ranks.len() {
            self.texts.key_text(key)
        } else {
            "?"
        }
    }
}

/// A dictionary only grows, so two of the same length in one run are the same.
impl PartialEq for Palette {
    fn eq(&self, other: &Self) -> bool {
        self.ranks == other.ranks
    }
}

/// A … Z, AA … ZZ, AAA …
fn letters(rank: usize) -> String {
    let mut label = Vec::new();
    let mut rest = rank + 1;
    while rest > 0 {
        label.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    label.iter().rev().map(|letter| char::from(*letter)).collect()
}

fn first_letters(text: &str) -> &str {
    let end = text.char_indices().nth(2).map_or(text.len(), |(end, _)| end);
    if end == 0 { "?" } else { &text[..end] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(count: usize) -> (Dictionary, Vec<KeyId>) {
        let mut dictionary = Dictionary::default();
        let keys = (0..count)
            .filter_map(|i| dictionary.key(&format!("match-{i}")))
            .collect();
        (dictionary, keys)
    }

    #[test]
    fn the_first_key_is_an_orange_a_and_the_ninth_an_orange_i() {
        let (dictionary, keys) = keys(9);
        let palette = Palette::new(&dictionary, &keys);
        assert_eq!(
            (palette.label(keys[0]), palette.colour(keys[0]).token()),
            ("A", "--key-0")
        );
        assert_eq!(
            (palette.label(keys[8]), palette.colour(keys[8]).token()),
            ("I", "--key-0")
        );
        assert_eq!(palette.text(keys[8]), "match-8");
    }

    #[test]
    fn the_rank_counts_and_not_the_place_in_the_dictionary() {
        let (dictionary, mut keys) = keys(3);
        keys.reverse();
        let palette = Palette::new(&dictionary, &keys);
        assert_eq!(palette.label(keys[0]), "A");
        assert_eq!(palette.text(keys[0]), "match-2");
    }

    #[test]
    fn the_letters_go_on_after_z() {
        assert_eq!(
            ["Z", "AA", "AZ", "BA", "ZZ", "AAA"],
            [25, 26, 51, 52, 701, 702].map(letters).each_ref().map(|l| &**l)
        );
    }

    #[test]
    fn no_two_keys_share_colour_and_letter() {
        let (dictionary, keys) = keys(1000);
        let palette = Palette::new(&dictionary, &keys);
        let mut seen: Vec<_> = keys
            .iter()
            .map(|key| (palette.label(*key), palette.colour(*key)))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 1000);
    }

    #[test]
    fn a_key_of_somebody_else_is_neutral() {
        let (mut dictionary, keys) = keys(2);
        let typed = dictionary.key("Élan vital").unwrap();
        let odd = dictionary.key("").unwrap();
        let palette = Palette::new(&dictionary, &keys);
        assert_eq!((palette.label(typed), palette.colour(typed)), ("Él", Colour::NONE));
        assert_eq!(palette.label(odd), "?");
        let later = dictionary.key("later").unwrap();
        assert_eq!((palette.label(later), palette.colour(later).class()), ("?", "kn"));
    }
}
