//! What each partition gets of a load, as bars; and the keys that count.

use super::words::{self, percent, ratio};
use crate::stage::Palette;
use crate::ui::format::{counted, shortened};
use partitura_engine::log::KeyId;
use partitura_keys::{KeyAt, Keys, Skew, shares};

/// A key's sign on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Its letters.
    pub letters: String,
    /// The class with its colour.
    pub class: &'static str,
}

impl Tile {
    /// The sign of a key of the run.
    #[must_use]
    pub fn of(palette: &Palette, key: KeyId) -> Self {
        Self {
            letters: palette.label(key).to_owned(),
            class: palette.colour(key).class(),
        }
    }

    /// The sign of the key of that rank, from 0: as it gets it in a run of its own.
    #[must_use]
    pub fn of_rank(rank: usize) -> Self {
        let (letters, colour) = Palette::by_rank(rank);
        Self {
            letters,
            class: colour.class(),
        }
    }
}

/// How a partition's share compares with a fair one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heat {
    /// Up to 1.2 times of it.
    Fair,
    /// Up to twice.
    Warm,
    /// More.
    Hot,
}

impl Heat {
    fn of(over_permille: u64) -> Self {
        match over_permille {
            0..=1_200 => Heat::Fair,
            1_201..=2_000 => Heat::Warm,
            _ => Heat::Hot,
        }
    }

    /// Its class.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Heat::Fair => "fair",
            Heat::Warm => "warm",
            Heat::Hot => "hot",
        }
    }
}

/// A partition.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its share of the load, in words.
    pub share: String,
    /// Its share over a fair one, in words: `×1.73`.
    pub over: String,
    /// The same as a colour and a word.
    pub heat: Heat,
    /// How long its bar is, in percent.
    pub bar: u64,
    /// How many keys it has.
    pub keys: u64,
    /// The heaviest of them.
    pub tiles: Vec<(Tile, String)>,
}

/// A key that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct TopKey {
    /// Its sign.
    pub tile: Tile,
    /// Itself.
    pub text: String,
    /// Its share, in words.
    pub share: String,
    /// How long its bar is, in percent.
    pub bar: u64,
    /// Where it goes.
    pub partition: u32,
}

/// A load on so many partitions.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// By partition.
    pub rows: Vec<Row>,
    /// Where a fair share is on the bars, in percent.
    pub fair_at: u64,
    /// A fair share, in words.
    pub fair: String,
    /// The heaviest keys.
    pub top: Vec<TopKey>,
    /// How many keys there are.
    pub keys: u64,
    /// The largest share over the mean one.
    pub skew: String,
    /// The Gini coefficient.
    pub gini: String,
    /// How hot the busiest one is.
    pub heat: Heat,
    /// About the hottest key.
    pub hottest: Option<String>,
    /// The busiest partition, in a sentence.
    pub busiest: Option<String>,
}

/// How many of the heaviest keys are listed, and how many are looked at for the rows.
const LISTED: usize = 12;
const PLACED: usize = 400;
/// How many keys a row names.
const NAMED: usize = 6;

/// What so many partitions get of those keys. `tile` gives a key its sign, by its place and its rank.
#[must_use]
pub fn figures(keys: &Keys, partitions: u32, tile: &dyn Fn(KeyAt, usize) -> Tile) -> Figures {
    let shares = shares(keys, partitions);
    let Skew {
        max_over_mean_permille,
        gini_permille,
    } = shares.skew;
    let total = keys.total().weight.max(1);
    let most = shares
        .partitions
        .iter()
        .map(|share| share.tally.weight)
        .max()
        .unwrap_or(0);
    // A bar that is full is the busiest partition's, or twice a fair share where none has that much.
    let count = u128::from(partitions.max(1));
    let full = most.max(2 * total / count).max(1);
    let mut rows: Vec<Row> = shares
        .partitions
        .iter()
        .map(|share| row(share, total, count, full))
        .collect();
    let top = keys.top(PLACED);
    for (rank, at) in top.iter().enumerate() {
        let place = keys.partition(*at, partitions) as usize;
        if let Some(row) = rows.get_mut(place).filter(|row| row.tiles.len() < NAMED) {
            row.tiles.push((tile(*at, rank), shortened(keys.key(*at), 40)));
        }
    }
    let heaviest = top.first().map_or(1, |at| keys.tally(*at).weight.max(1));
    let top_key = |(rank, at): (usize, &KeyAt)| {
        let weight = keys.tally(*at).weight;
        TopKey {
            tile: tile(*at, rank),
            text: keys.key(*at).to_owned(),
            share: words::part((weight * 1000 / total) as u32, weight > 0),
            bar: (weight * 100 / heaviest) as u64,
            partition: keys.partition(*at, partitions),
        }
    };
    let busiest = shares.busiest().filter(|(_, share)| share.tally.weight > 0);
    Figures {
        rows,
        fair_at: (total * 100 / count / full) as u64,
        fair: percent((1000 / count) as u64),
        top: top.iter().take(LISTED).enumerate().map(top_key).collect(),
        keys: keys.len() as u64,
        skew: ratio(max_over_mean_permille),
        gini: ratio(gini_permille),
        heat: Heat::of(max_over_mean_permille),
        hottest: shares
            .hottest
            .map(|hottest| words::hottest(keys.key(hottest.key), hottest, partitions)),
        busiest: busiest.map(|(partition, share)| {
            format!(
                "P{partition} is the busiest: {} of the load, with {}.",
                percent(u64::from(share.permille)),
                counted(share.keys, "key")
            )
        }),
    }
}

fn row(share: &partitura_keys::PartitionShare, total: u128, count: u128, full: u128) -> Row {
    let weight = share.tally.weight;
    let over = (weight * 1000 * count / total) as u64;
    let mut over_text = String::from("×");
    over_text.push_str(&ratio(over));
    Row {
        share: words::part(share.permille, weight > 0),
        over: over_text,
        heat: Heat::of(over),
        bar: (weight * 100 / full) as u64,
        keys: share.keys,
        tiles: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_keys::ONE;

    fn of(list: &[(&str, u128)], partitions: u32) -> Figures {
        let keys = Keys::weighted(list.iter().map(|(key, weight)| (*key, weight * ONE)));
        figures(&keys, partitions, &|_, rank| Tile::of_rank(rank))
    }

    #[test]
    fn a_partition_with_one_celebrity_is_hot_and_says_so() {
        let figures = of(&[("user-1", 60), ("a", 10), ("b", 10), ("c", 10), ("d", 10)], 6);
        let row = &figures.rows[2];
        assert!(row.heat == Heat::Hot && figures.heat == Heat::Hot);
        assert_eq!(row.bar, 100, "the busiest one's bar is full");
        assert_eq!(row.tiles[0].0.letters, "A", "the heaviest is an A");
        assert_eq!(figures.top[0].partition, 2);
        assert_eq!(figures.top[0].share, "60\u{202f}%");
        assert!(figures.hottest.unwrap().contains("Only splitting"));
        assert!(figures.busiest.unwrap().starts_with("P2"));
    }

    #[test]
    fn shares_alike_are_half_a_bar_and_fair() {
        let figures = of(&[("a", 1)], 1);
        assert_eq!(
            (figures.rows[0].heat, figures.rows[0].bar, figures.fair_at),
            (Heat::Fair, 50, 50)
        );
        assert_eq!((figures.skew.as_str(), figures.gini.as_str()), ("1.00", "0.00"));
    }

    #[test]
    fn no_load_is_no_figures_and_no_panic() {
        let figures = of(&[], 4);
        assert_eq!((figures.rows.len(), figures.hottest, figures.busiest), (4, None, None));
        assert_eq!(of(&[("a", 0)], 3).rows.len(), 3);
        assert_eq!(of(&[("a", 1)], 0).rows.len(), 0);
    }
}
