//! Partial counts: what each consumer's application has counted under each key, as an application does that counts clicks
//! and sees no more than the keys of its records.
//!
//! Where a subject has several keys, its total is nowhere: whoever wants it reads every count and adds them up. That is
//! what salting costs the reader. The counts are kept, and not derived: that they add up to what was sent can fail.

use crate::log::KeyId;
use crate::wire::NodeId;

/// The counts, by consumer and key.
#[derive(Debug, Clone, Default)]
pub(super) struct Partials {
    /// By consumer, then by the key's place in the dictionary.
    counts: Vec<Vec<u32>>,
    /// By key: whether it stands in `keys_of`.
    listed: Vec<bool>,
    /// By subject.
    subjects: Vec<Sum>,
}

/// What makes up a subject's total.
#[derive(Debug, Clone, Default)]
struct Sum {
    /// Its keys that were counted.
    keys: Vec<KeyId>,
    /// Counts that are not zero.
    partials: u32,
    /// What was counted under the subject itself before a rule spread it.
    before: u64,
}

impl Partials {
    /// Counts from now on. Before that, each subject was its own only key, and its total was its one count.
    pub(super) fn beginning(before: impl Iterator<Item = u64>) -> Self {
        let sum = |before| Sum {
            partials: u32::from(before > 0),
            before,
            ..Sum::default()
        };
        Self {
            subjects: before.map(sum).collect(),
            ..Self::default()
        }
    }

    /// A consumer's application has processed a record. One without a key is counted under what it is about.
    pub(super) fn add(&mut self, consumer: NodeId, key: Option<KeyId>, subject: KeyId) {
        let NodeId::Consumer(number) = consumer else { return };
        let (consumer, key) = (usize::from(number), key.unwrap_or(subject));
        let count = at(at(&mut self.counts, consumer), key.index());
        *count += 1;
        if *count == 1 {
            let sum = at(&mut self.subjects, subject.index());
            sum.partials += 1;
            if !std::mem::replace(at(&mut self.listed, key.index()), true) {
                sum.keys.push(key);
            }
        }
    }

    /// The total about a subject, put together from its counts, and from how many.
    pub(super) fn total(&self, subject: KeyId) -> (u64, u32) {
        let Some(sum) = self.subjects.get(subject.index()) else {
            return (0, 0);
        };
        let of_key = |key: &KeyId| {
            let counts = self.counts.iter().filter_map(|counts| counts.get(key.index()));
            counts.map(|count| u64::from(*count)).sum::<u64>()
        };
        (sum.before + sum.keys.iter().map(of_key).sum::<u64>(), sum.partials)
    }

    /// The most counts that make up the total of one subject.
    pub(super) fn most(&self) -> u32 {
        self.subjects.iter().map(|sum| sum.partials).max().unwrap_or(0)
    }
}

/// The entry at that place, made when there is none.
fn at<T: Default>(entries: &mut Vec<T>, place: usize) -> &mut T {
    if place >= entries.len() {
        entries.resize_with(place + 1, T::default);
    }
    &mut entries[place]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Dictionary;

    #[test]
    fn a_total_is_put_together_from_every_key_and_consumer() {
        let mut dictionary = Dictionary::default();
        let [ad, salted, other] = ["ad-1", "ad-1#0", "ad-1#1"].map(|key| dictionary.key(key).unwrap());
        let [c1, c2] = [NodeId::Consumer(1), NodeId::Consumer(2)];
        let mut partials = Partials::beginning([7].into_iter());
        assert_eq!(partials.total(ad), (7, 1), "what was counted before");
        for (consumer, key) in [(c1, Some(salted)), (c1, Some(salted)), (c2, Some(other)), (c2, None)] {
            partials.add(consumer, key, ad);
        }
        assert_eq!(partials.total(ad), (11, 4));
        assert_eq!(partials.total(salted), (0, 0), "a key is no subject");
        assert_eq!(partials.most(), 4);
    }
}
