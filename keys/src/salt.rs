//! What salting would do: a key's records spread over `key#0` … `key#K-1`.

use crate::keys::{KeyAt, Keys, Weight, hash_of};
use crate::skew::Skew;

/// Which keys are salted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SaltWhich {
    /// All of them. Hashes every shard of every key.
    All,
    /// The heaviest, so many.
    Top(usize),
}

/// The partitions before and after salting. What it costs is not in it: per-key order is gone for the salted keys, and who
/// reads one of them reads all of its shards.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Salted {
    /// How many shards a salted key has: so many places to read, for one key.
    pub shards: u32,
    /// Keys that are salted.
    pub salted: u64,
    /// The share of each partition afterwards, in thousandths of the weight of all keys.
    pub permille: Vec<u32>,
    /// How uneven the partitions are as the keys are.
    pub before: Skew,
    /// And with the salt.
    pub after: Skew,
    /// The share of the heaviest key or shard afterwards: no partition that has it gets less.
    pub heaviest_permille: u32,
}

/// What each partition would get if a record of a salted key drew one of `shards` shards, all alike.
#[must_use]
pub fn salted(keys: &Keys, partitions: u32, shards: u32, which: SaltWhich) -> Salted {
    let shards = shards.max(1);
    let is_salted = chosen(keys, which);
    let suffixes: Vec<String> = (0..shards).map(|shard| format!("#{shard}")).collect();
    // Everything is counted `shards` times, so that a shard's part is a whole number.
    let mut before: Vec<Weight> = vec![0; partitions as usize];
    let mut after = before.clone();
    let mut heaviest = 0;
    let mut name = String::new();
    for at in keys.ids().filter(|_| partitions > 0) {
        let (weight, partition) = (keys.tally(at).weight, keys.partition(at, partitions) as usize);
        let whole = weight * Weight::from(shards);
        before[partition] += whole;
        if is_salted[at as usize] {
            heaviest = heaviest.max(weight);
            name.clear();
            name.push_str(keys.key(at));
            for suffix in &suffixes {
                name.truncate(keys.key(at).len());
                name.push_str(suffix);
                after[(hash_of(&name) % partitions) as usize] += weight;
            }
        } else {
            heaviest = heaviest.max(whole);
            after[partition] += whole;
        }
    }
    let total = keys.total().weight * Weight::from(shards);
    let permille = |part: Weight| (part * 1000).checked_div(total).unwrap_or(0) as u32;
    Salted {
        shards,
        salted: is_salted.iter().filter(|is| **is).count() as u64,
        permille: after.iter().copied().map(permille).collect(),
        before: Skew::of(before),
        after: Skew::of(after),
        heaviest_permille: permille(heaviest),
    }
}

/// For each key whether it is salted.
fn chosen(keys: &Keys, which: SaltWhich) -> Vec<bool> {
    match which {
        SaltWhich::All => vec![true; keys.len()],
        SaltWhich::Top(most) => {
            let mut chosen = vec![false; keys.len()];
            let top: Vec<KeyAt> = keys.top(most);
            for at in top {
                chosen[at as usize] = true;
            }
            chosen
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::list;

    #[test]
    fn a_hot_key_is_spread_and_nothing_is_lost() {
        let mut text = "celebrity\n".repeat(60);
        text.extend((0..40).map(|i| format!("user-{i}\n")));
        let keys = list(&text);
        let hot = salted(&keys, 6, 8, SaltWhich::Top(1));
        assert!(hot.before.max_over_mean_permille >= 3600, "{hot:?}");
        assert!(
            hot.after.max_over_mean_permille < hot.before.max_over_mean_permille,
            "{hot:?}"
        );
        assert_eq!((hot.salted, hot.heaviest_permille), (1, 75));
        assert_eq!(salted(&keys, 6, 8, SaltWhich::All).salted, 41);
    }

    #[test]
    fn a_shard_goes_where_its_name_hashes_to() {
        let keys = list("a\n");
        let salted = salted(&keys, 5, 2, SaltWhich::All);
        let mut expected = [0; 5];
        for shard in ["a#0", "a#1"] {
            expected[(hash_of(shard) % 5) as usize] += 500;
        }
        assert_eq!(salted.permille, expected);
    }

    #[test]
    fn one_shard_still_has_another_name() {
        let keys = list("a\n");
        let one = salted(&keys, 7, 1, SaltWhich::All);
        assert_eq!(one.permille[(hash_of("a#0") % 7) as usize], 1000);
        assert_eq!(salted(&keys, 7, 0, SaltWhich::All), one);
        assert_eq!(salted(&keys, 0, 3, SaltWhich::All).permille, [0; 0]);
    }
}
