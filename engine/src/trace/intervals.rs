//! A set of numbers as the stretches that it is made of.

use std::ops::Range;

/// A set of numbers. What is added mostly follows what was added last, so that it is mostly one stretch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intervals {
    /// Ascending, apart from each other by at least one.
    stretches: Vec<Range<u32>>,
    count: u64,
}

impl Intervals {
    /// How many numbers are in it.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether the number is in it.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        let after = self.stretches.partition_point(|stretch| stretch.end <= number);
        self.stretches.get(after).is_some_and(|stretch| stretch.start <= number)
    }

    /// Its stretches, ascending.
    pub fn iter(&self) -> impl Iterator<Item = Range<u32>> {
        self.stretches.iter().cloned()
    }

    /// Adds those numbers. Answers how many of them are new.
    pub fn add(&mut self, added: Range<u32>) -> u64 {
        if added.is_empty() {
            return 0;
        }
        let before = self.count;
        match self.stretches.last_mut() {
            Some(last) if last.end == added.start => {
                last.end = added.end;
                self.count += u64::from(added.end - added.start);
            }
            Some(last) if last.end > added.start => self.merge(added),
            _ => {
                self.count += u64::from(added.end - added.start);
                self.stretches.push(added);
            }
        }
        self.count - before
    }

    /// Adds a stretch that may lie anywhere.
    fn merge(&mut self, mut added: Range<u32>) {
        let from = self.stretches.partition_point(|stretch| stretch.end < added.start);
        let to = self.stretches.partition_point(|stretch| stretch.start <= added.end);
        let swallowed = &self.stretches[from..to];
        let had: u64 = swallowed.iter().map(|s| u64::from(s.end - s.start)).sum();
        if let (Some(first), Some(last)) = (swallowed.first(), swallowed.last()) {
            added.start = added.start.min(first.start);
            added.end = added.end.max(last.end);
        }
        self.count += u64::from(added.end - added.start) - had;
        self.stretches.splice(from..to, [added]);
    }

    /// The parts of `within` that are in this set, ascending.
    pub fn common<'a>(&'a self, within: &'a Range<u32>) -> impl Iterator<Item = Range<u32>> + 'a {
        let from = self.stretches.partition_point(|stretch| stretch.end <= within.start);
        let inside = self.stretches[from..].iter().take_while(|s| s.start < within.end);
        inside.map(|s| s.start.max(within.start)..s.end.min(within.end))
    }

    /// The stretches of this set that are not in `other`, ascending.
    pub fn without<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = Range<u32>> + 'a {
        self.stretches.iter().flat_map(move |stretch| other.gaps(stretch))
    }

    /// The parts of `within` that are not in this set.
    fn gaps<'a>(&'a self, within: &Range<u32>) -> impl Iterator<Item = Range<u32>> + 'a {
        let (mut at, end) = (within.start, within.end);
        let from = self.stretches.partition_point(|stretch| stretch.end <= at);
        let mut inside = self.stretches[from..].iter();
        let mut done = false;
        std::iter::from_fn(move || {
            while !done {
                let gap = match inside.next() {
                    Some(stretch) if stretch.start < end => {
                        let gap = at..stretch.start.max(at);
                        at = stretch.end;
                        gap
                    }
                    _ => {
                        done = true;
                        at..end.max(at)
                    }
                };
                if !gap.is_empty() {
                    return Some(gap);
                }
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_is_a_set(
            ranges in proptest::collection::vec((0u32..60, 0u32..12), 0..30),
            others in proptest::collection::vec((0u32..60, 0u32..12), 0..8),
        ) {
            let (mut ours, mut theirs) = (Intervals::default(), BTreeSet::new());
            for (start, length) in ranges {
                let common: Vec<u32> = ours.common(&(start..start + length)).flatten().collect();
                let their_common: Vec<u32> = (start..start + length).filter(|n| theirs.contains(n)).collect();
                prop_assert_eq!(common, their_common);
                let new = (start..start + length).filter(|n| theirs.insert(*n)).count();
                prop_assert_eq!(ours.add(start..start + length), new as u64);
            }
            let (mut other, mut their_other) = (Intervals::default(), BTreeSet::new());
            for (start, length) in others {
                other.add(start..start + length);
                their_other.extend(start..start + length);
            }
            prop_assert_eq!(ours.count(), theirs.len() as u64);
            prop_assert_eq!(ours.iter().flatten().collect::<Vec<_>>(), theirs.iter().copied().collect::<Vec<_>>());
            prop_assert!((0..80).all(|n| ours.contains(n) == theirs.contains(&n)));
            let stretches: Vec<_> = ours.iter().collect();
            prop_assert!(stretches.windows(2).all(|pair| pair[0].end < pair[1].start));
            let difference: Vec<u32> = ours.without(&other).flatten().collect();
            prop_assert_eq!(difference, theirs.difference(&their_other).copied().collect::<Vec<_>>());
        }
    }
}
