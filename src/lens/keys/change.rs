//! From N partitions to M: which keys move, and what that breaks.

use super::figures::Tile;
use super::words::{part, percent};
use crate::ui::format::{counted, grouped};
use partitura_engine::producer::murmur2::partition_for_key;
use partitura_keys::{KeyAt, Keys, moved};

/// A key that moves.
#[derive(Debug, Clone, PartialEq)]
pub struct MoveRow {
    /// Its sign.
    pub tile: Tile,
    /// Itself.
    pub text: String,
    /// Its share of the load.
    pub share: String,
    /// From where, to where.
    pub way: (u32, u32),
}

/// What another number of partitions does.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// How many keys move, of how many.
    pub keys: String,
    /// The same in percent.
    pub keys_part: String,
    /// How much of the load moves.
    pub load_part: String,
    /// The heaviest of those that move.
    pub rows: Vec<MoveRow>,
    /// How many more there are.
    pub more: u64,
    /// What that breaks.
    pub breaks: String,
    /// Why so many.
    pub why: Option<String>,
}

/// How many that move are listed.
const LISTED: usize = 8;
/// How many of the heaviest keys are looked at for them.
const LOOKED_AT: usize = 400;

/// What happens to those keys when a topic of `from` partitions gets `to`.
#[must_use]
pub fn change(keys: &Keys, from: u32, to: u32, tile: &dyn Fn(KeyAt, usize) -> Tile) -> Change {
    let moved = moved(keys, from, to);
    let all = keys.len() as u64;
    let total = keys.total().weight.max(1);
    let row = |(rank, at): (usize, KeyAt)| {
        let way = (keys.partition(at, from), keys.partition(at, to));
        let weight = keys.tally(at).weight;
        (way.0 != way.1).then(|| MoveRow {
            tile: tile(at, rank),
            text: keys.key(at).to_owned(),
            share: part((weight * 1000 / total) as u32, weight > 0),
            way,
        })
    };
    let rows: Vec<MoveRow> = keys
        .top(LOOKED_AT)
        .into_iter()
        .enumerate()
        .filter_map(row)
        .take(LISTED)
        .collect();
    let keys_permille = (u128::from(moved.keys) * 1000)
        .checked_div(u128::from(all))
        .unwrap_or(0) as u32;
    Change {
        keys: format!("{} of {}", grouped(moved.keys), counted(all, "key")),
        keys_part: part(keys_permille, moved.keys > 0),
        load_part: part(moved.weight_permille, moved.tally.weight > 0),
        more: moved.keys - rows.len() as u64,
        rows,
        breaks: breaks(moved.keys, from, to),
        why: (moved.expected_permille > 0).then(|| {
            let expected = percent(u64::from(moved.expected_permille));
            if moved.only_into_new() {
                format!(
                    "{to} is a multiple of {from}: a key stays or goes to a new partition, never to another old one. \
                     A hash without favourites moves {expected} of the keys."
                )
            } else {
                format!(
                    "{to} is no multiple of {from}: keys also change places among the old partitions. A hash without \
                     favourites moves {expected} of the keys; a multiple would move fewer."
                )
            }
        }),
    }
}

fn breaks(moved: u64, from: u32, to: u32) -> String {
    if from == to {
        return "Nothing changes.".to_owned();
    }
    if to < from {
        return format!(
            "Kafka never takes partitions away: a topic of {from} can only grow. For {to}, a new topic is needed, and all is \
             written again."
        );
    }
    if moved == 0 {
        return "None of these keys moves: order is kept for all of them.".to_owned();
    }
    "Records that are there stay where they are: only new ones go to the new place. So a key that moves has its past in one \
     partition and its future in another, and a consumer may read the new before the old. What is kept by partition (joins, \
     state stores) no longer finds these keys."
        .to_owned()
}

/// Where that key goes before and after.
#[must_use]
pub fn way(key: &str, from: u32, to: u32) -> (u32, u32) {
    (
        partition_for_key(key.as_bytes(), from),
        partition_for_key(key.as_bytes(), to),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_keys::ONE;

    fn users(count: u32) -> Keys {
        let names: Vec<String> = (0..count).map(|i| format!("user-{i}")).collect();
        Keys::weighted(names.iter().map(|name| (name.as_str(), ONE)))
    }

    fn of(from: u32, to: u32) -> Change {
        change(&users(1000), from, to, &|_, rank| Tile::of_rank(rank))
    }

    #[test]
    fn twice_as_many_moves_about_half_and_only_to_new_ones() {
        let change = of(6, 12);
        assert!(change.why.unwrap().contains("never to another old one"));
        assert!(change.rows.iter().all(|row| row.way.1 == row.way.0 + 6));
        assert!(change.breaks.contains("stay where they are"));
        assert_eq!(change.rows.len(), LISTED);
        assert!(change.more > 400);
    }

    #[test]
    fn one_more_moves_most_of_them() {
        let change = of(6, 7);
        assert!(change.keys_part.starts_with('8'), "{}", change.keys_part);
        assert!(change.why.unwrap().contains("no multiple"));
    }

    #[test]
    fn fewer_is_no_change_that_kafka_can_do_and_the_same_is_none() {
        assert!(of(6, 4).breaks.contains("never takes partitions away"));
        assert_eq!(of(6, 6).breaks, "Nothing changes.");
        assert_eq!(way("user-1", 6, 8), (2, 4));
    }
}
