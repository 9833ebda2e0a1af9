//! Sorting short lists in little code.
//!
//! The standard library's sorts are fast on millions of elements and bring up to 15 KB of code for each type that they
//! sort. Twenty of them were an eighth of the app's download. Lists of brokers, members or actions are short.

use std::cmp::Ordering;

/// Sorts stably: equal elements keep their order. Quadratic in moves when the list is not nearly sorted, so for lists of
/// up to a few thousand.
pub fn sort_short_by<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    for next in 1..list.len() {
        let (sorted, rest) = list.split_at(next);
        let place = sorted.partition_point(|earlier| compare(earlier, &rest[0]).is_le());
        if place < next {
            list[place..=next].rotate_right(1);
        }
    }
}

/// As [`sort_short_by`], by what `key` says of an element.
pub fn sort_short_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    sort_short_by(list, |a, b| key(a).cmp(&key(b)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_sorts_as_the_standard_library_does(list: Vec<(u8, u16)>) {
            let (mut ours, mut theirs) = (list.clone(), list);
            sort_short_by_key(&mut ours, |(key, _)| *key);
            theirs.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(ours, theirs);
        }
    }
}
