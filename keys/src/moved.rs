//! What happens to the keys when a topic gets another number of partitions.
//!
//! Records that are there stay where they are; only new ones go to the new place. So a key that moves has its older
//! records in one partition and its newer ones in another, and nothing keeps a consumer from reading the newer ones
//! first: the order across the change is lost for it.

use crate::keys::{KeyAt, Keys, Tally};

/// A key that moves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Move {
    /// Which key.
    pub key: KeyAt,
    /// Where its records were.
    pub from: u32,
    /// Where they go now.
    pub to: u32,
}

/// What moves when the partitions go from one number to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Moved {
    /// The number of partitions before.
    pub from: u32,
    /// And after.
    pub to: u32,
    /// Keys that go somewhere else: their order across the change is not kept.
    pub keys: u64,
    /// What these keys have in rows and weight.
    pub tally: Tally,
    /// Of these keys, those that go to a partition that was there before.
    pub into_old: u64,
    /// What part of the weight moves, rounded down.
    pub weight_permille: u32,
    /// What part of the keys a hash without favourites would move: 1 − min(N, M) ÷ lcm(N, M).
    ///
    /// A hash stays if it leaves the same rest by both numbers. Among the hashes from 0 to lcm(N, M) − 1 there is exactly
    /// one for each rest that both can leave, and these are min(N, M).
    pub expected_permille: u32,
}

impl Moved {
    /// Whether the new number is a multiple of the old one: then a key stays or goes to a new partition, never to
    /// another old one, and of each old partition the same part goes.
    #[must_use]
    pub fn only_into_new(&self) -> bool {
        grows_by_a_factor(self.from, self.to)
    }
}

/// What moves when the partitions go from `from` to `to`.
#[must_use]
pub fn moved(keys: &Keys, from: u32, to: u32) -> Moved {
    let mut moved = Moved {
        from,
        to,
        keys: 0,
        tally: Tally::default(),
        into_old: 0,
        weight_permille: 0,
        expected_permille: expected_permille(from, to),
    };
    for Move { key, to, .. } in keys.moves(from, to) {
        let Tally { rows, weight } = keys.tally(key);
        moved.keys += 1;
        moved.tally.rows += rows;
        moved.tally.weight += weight;
        moved.into_old += u64::from(to < from);
    }
    let total = keys.total().weight;
    moved.weight_permille = (moved.tally.weight * 1000).checked_div(total).unwrap_or(0) as u32;
    moved
}

impl Keys {
    /// The keys that move when the partitions go from `from` to `to`, in the order in which they were first seen.
    pub fn moves(&self, from: u32, to: u32) -> impl Iterator<Item = Move> + '_ {
        let hashes = (0..).zip(self.hashes());
        let places = hashes.filter_map(move |(key, hash)| {
            let (from, to) = (hash.checked_rem(from)?, hash.checked_rem(to)?);
            Some(Move { key, from, to })
        });
        places.filter(|place| place.from != place.to)
    }
}

fn grows_by_a_factor(from: u32, to: u32) -> bool {
    to > from && to.checked_rem(from) == Some(0)
}

fn expected_permille(from: u32, to: u32) -> u32 {
    let (from, to) = (u64::from(from), u64::from(to));
    let Some(all) = (from * to)
        .checked_div(greatest_common_divisor(from, to))
        .filter(|all| *all > 0)
    else {
        return 0;
    };
    let stay = from.min(to);
    (u128::from(all - stay) * 1000 / u128::from(all)) as u32
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::list;

    fn thousand() -> Keys {
        list(&(0..1000).map(|i| format!("user-{i}\n")).collect::<String>())
    }

    #[test]
    fn from_6_to_12_half_moves_and_only_into_new_partitions() {
        let keys = thousand();
        let moved = moved(&keys, 6, 12);
        assert_eq!(
            (moved.expected_permille, moved.only_into_new(), moved.into_old),
            (500, true, 0)
        );
        assert!((400..600).contains(&moved.keys), "{}", moved.keys);
        assert!(keys.moves(6, 12).all(|a| a.to == a.from + 6));
        assert_eq!(keys.moves(6, 12).count() as u64, moved.keys);
    }

    #[test]
    fn from_6_to_7_most_move_and_also_among_the_old() {
        let moved = moved(&thousand(), 6, 7);
        // 6 of the 42 pairs of rests are the same number.
        assert_eq!((moved.expected_permille, moved.only_into_new()), (857, false));
        assert!(moved.into_old > 0);
        assert_eq!(u64::from(moved.weight_permille), moved.keys);
    }

    #[test]
    fn the_expected_part_is_the_part_of_all_rests_that_differ() {
        for (from, to) in [(1, 2), (2, 3), (4, 6), (6, 9), (12, 8), (5, 5), (10, 100)] {
            let all = from * to;
            let differ = (0..all).filter(|hash| hash % from != hash % to).count() as u32;
            assert_eq!(expected_permille(from, to), differ * 1000 / all, "{from} to {to}");
        }
    }

    #[test]
    fn numbers_that_no_topic_has_move_nothing() {
        for (from, to) in [(0, 3), (3, 0), (0, 0), (4, 4)] {
            let moved = moved(&thousand(), from, to);
            assert_eq!(
                (moved.keys, moved.expected_permille, moved.only_into_new()),
                (0, 0, false)
            );
        }
        assert_eq!(expected_permille(u32::MAX, u32::MAX - 1), 999);
    }
}
