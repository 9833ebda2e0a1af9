//! Imported keys as the workload of a run: `own.keys` with `own.weights`.

use crate::import::Import;
use crate::keys::{KeyAt, Keys, Tally, Weight};
use partitura_engine::scenario::{MAX_KEY_BYTES, MAX_KEYS};

/// Keys with whole weights, for a run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Workload {
    /// The keys, the heaviest first.
    pub keys: Vec<String>,
    /// How often each comes, in the same order; at least 1.
    pub weights: Vec<u32>,
    /// Whether the weights stand to each other exactly as those of the file do. Otherwise the heaviest got the largest
    /// number, the others their part of it, rounded down, and at least 1.
    pub exact: bool,
    /// The rows that these keys have in the file.
    pub covered: Tally,
    /// Their part of the weight of all keys, in thousandths, rounded down.
    pub covered_permille: u32,
    /// What is not in it.
    pub left_out: LeftOut,
    /// Rows a second between the first timestamp and the last, those without a key included; at least 1. `None` without
    /// timestamps, and when all are the same.
    pub rows_per_s: Option<u64>,
}

/// Keys of the file that are not in the workload, by reason, and rows without a key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct LeftOut {
    /// Keys that are lighter than those which fill the list.
    pub lighter: u64,
    /// Keys that a list of keys cannot hold: the empty one, those with control characters, with space at an end, or
    /// over-long ones.
    pub unwritable: u64,
    /// Keys that weigh nothing.
    pub weightless: u64,
    /// Rows without a key.
    pub without_key: Tally,
}

impl Workload {
    /// The value of the setting `own.keys`: one key a line.
    #[must_use]
    pub fn own_keys(&self) -> String {
        self.keys.iter().flat_map(|key| [key.as_str(), "\n"]).collect()
    }

    /// The value of the setting `own.weights`: numbers with commas.
    #[must_use]
    pub fn own_weights(&self) -> String {
        let numbers: Vec<String> = self.weights.iter().map(u32::to_string).collect();
        numbers.join(",")
    }
}

/// The heaviest keys as a workload: at most so many, and never more than a scenario takes.
#[must_use]
pub fn workload(import: &Import, most: usize) -> Workload {
    let keys = &import.keys;
    let mut left_out = LeftOut {
        without_key: import.without_key,
        ..LeftOut::default()
    };
    for at in keys.ids() {
        if keys.tally(at).weight == 0 {
            left_out.weightless += 1;
        } else if !is_writable(keys.key(at)) {
            left_out.unwritable += 1;
        }
    }
    let unusable = left_out.weightless + left_out.unwritable;
    // So that the list is full even if all that cannot be used is at the top.
    let top = keys.top(most.min(MAX_KEYS).saturating_add(unusable as usize));
    let usable = |at: &KeyAt| keys.tally(*at).weight > 0 && is_writable(keys.key(*at));
    let chosen: Vec<KeyAt> = top.into_iter().filter(usable).take(most.min(MAX_KEYS)).collect();
    left_out.lighter = keys.len() as u64 - unusable - chosen.len() as u64;

    let covered = covered(keys, &chosen);
    let weights: Vec<Weight> = chosen.iter().map(|at| keys.tally(*at).weight).collect();
    let (weights, exact) = scaled(&weights);
    Workload {
        keys: chosen.iter().map(|at| keys.key(*at).to_owned()).collect(),
        weights,
        exact,
        covered,
        covered_permille: (covered.weight * 1000).checked_div(keys.total().weight).unwrap_or(0) as u32,
        left_out,
        rows_per_s: import.rows_per_s(),
    }
}

fn covered(keys: &Keys, chosen: &[KeyAt]) -> Tally {
    let tallies = chosen.iter().map(|at| keys.tally(*at));
    tallies.fold(Tally::default(), |sum, tally| Tally {
        rows: sum.rows + tally.rows,
        weight: sum.weight + tally.weight,
    })
}

/// Whether a scenario's list of keys can hold this one and gives it back as it is.
fn is_writable(key: &str) -> bool {
    !key.is_empty() && key.len() <= MAX_KEY_BYTES && key.trim() == key && !key.chars().any(char::is_control)
}

/// The weights, the heaviest first, as small whole numbers; and whether they are in the same proportion.
fn scaled(weights: &[Weight]) -> (Vec<u32>, bool) {
    const LARGEST: Weight = u32::MAX as Weight;
    let Some(heaviest) = weights.first().copied().filter(|heaviest| *heaviest > 0) else {
        return (Vec::new(), true);
    };
    let common = weights.iter().copied().fold(0, greatest_common_divisor);
    if heaviest / common <= LARGEST {
        return (weights.iter().map(|weight| (weight / common) as u32).collect(), true);
    }
    let part = |weight: &Weight| (weight * LARGEST / heaviest).max(1) as u32;
    (weights.iter().map(part).collect(), false)
}

fn greatest_common_divisor(a: Weight, b: Weight) -> Weight {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Field, Format, Importer, Layout};

    fn import(text: &str) -> Import {
        let mut importer = Importer::new(Layout {
            format: Format::CSV,
            weight: Some(Field::Column(1)),
            ..Layout::list()
        });
        importer.push(text.as_bytes());
        importer.finish()
    }

    #[test]
    fn weights_are_the_smallest_whole_numbers_of_the_same_proportion() {
        let made = workload(&import("a,0.5\nb,20\nc,7.5\n"), 10);
        assert_eq!(
            (made.own_keys().as_str(), made.own_weights().as_str()),
            ("b\nc\na\n", "40,15,1")
        );
        assert_eq!((made.exact, made.covered_permille), (true, 1000));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let made = workload(&import("a,5\n,9\n\"x\ny\",3\nb,2\nc,0\nd,1\n x,4\n"), 2);
        assert_eq!(made.keys, ["a", "b"]);
        let LeftOut {
            lighter,
            unwritable,
            weightless,
            ..
        } = made.left_out;
        assert_eq!((lighter, unwritable, weightless), (1, 3, 1));
        assert_eq!((made.covered.rows, made.covered_permille), (2, 7000 / 24));
    }

    #[test]
    fn weights_too_far_apart_are_rounded_and_it_says_so() {
        let made = workload(&import("a,999999999999\nb,0.000001\n"), 10);
        assert_eq!((made.weights, made.exact), (vec![u32::MAX, 1], false));
        assert_eq!(
            workload(&import(""), 10),
            Workload {
                exact: true,
                ..Workload::default()
            }
        );
    }
}
