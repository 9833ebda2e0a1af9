//! murmur2 step by step, for those who want to see it happen. It does no more than [`murmur2`](super::murmur2::murmur2),
//! and a test holds the two together.

use super::murmur2::{M, R, SEED};

/// All that murmur2 does to a key on its way to a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Murmur2Steps {
    /// The seed with the key's length in bytes: where it starts.
    pub start: u32,
    /// Four bytes at a time.
    pub words: Vec<WordStep>,
    /// The one to three bytes that are left, if any.
    pub tail: Option<TailStep>,
    /// The last mixing.
    pub end: FinalSteps,
    /// The hash, as Java has it.
    pub hash: i32,
    /// Without its sign bit (`Utils.toPositive`).
    pub positive: u32,
    /// Its remainder; 0 where there are no partitions.
    pub partition: u32,
}

/// What four bytes do to the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordStep {
    /// The bytes.
    pub bytes: [u8; 4],
    /// As a number, the first byte the lowest.
    pub k: u32,
    /// `k * m`.
    pub k_times_m: u32,
    /// `k ^ (k >>> 24)` of that.
    pub k_shifted: u32,
    /// `* m` again.
    pub k_mixed: u32,
    /// `h * m`, of the hash so far.
    pub h_times_m: u32,
    /// `h ^ k`: the hash after these four bytes.
    pub h: u32,
}

/// What the last bytes do to the hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailStep {
    /// One to three bytes.
    pub bytes: Vec<u8>,
    /// As a number, the first byte the lowest.
    pub k: u32,
    /// `h ^ k`.
    pub xored: u32,
    /// `* m`: the hash after them.
    pub h: u32,
}

/// The end: each bit comes to bear on all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinalSteps {
    /// `h ^ (h >>> 13)`.
    pub shifted_13: u32,
    /// `* m`.
    pub times_m: u32,
    /// `h ^ (h >>> 15)`: the hash.
    pub shifted_15: u32,
}

impl Murmur2Steps {
    /// The way of that key to a partition among so many.
    #[must_use]
    pub fn of(key: &[u8], partitions: u32) -> Self {
        // As in murmur2: a key of 2³¹ bytes cannot exist in Java.
        let start = SEED ^ key.len() as u32;
        let (words, tail) = key.as_chunks::<4>();
        let mut h = start;
        let words: Vec<WordStep> = words.iter().map(|word| word_step(*word, &mut h)).collect();
        let tail = (!tail.is_empty()).then(|| tail_step(tail, &mut h));
        let shifted_13 = h ^ h >> 13;
        let times_m = shifted_13.wrapping_mul(M);
        let shifted_15 = times_m ^ times_m >> 15;
        let positive = shifted_15 & 0x7fff_ffff;
        Self {
            start,
            words,
            tail,
            end: FinalSteps {
                shifted_13,
                times_m,
                shifted_15,
            },
            hash: shifted_15.cast_signed(),
            positive,
            partition: positive.checked_rem(partitions).unwrap_or(0),
        }
    }
}

fn word_step(bytes: [u8; 4], h: &mut u32) -> WordStep {
    let k = u32::from_le_bytes(bytes);
    let k_times_m = k.wrapping_mul(M);
    let k_shifted = k_times_m ^ k_times_m >> R;
    let k_mixed = k_shifted.wrapping_mul(M);
    let h_times_m = h.wrapping_mul(M);
    *h = h_times_m ^ k_mixed;
    WordStep {
        bytes,
        k,
        k_times_m,
        k_shifted,
        k_mixed,
        h_times_m,
        h: *h,
    }
}

fn tail_step(bytes: &[u8], h: &mut u32) -> TailStep {
    let k = bytes.iter().rev().fold(0, |k, byte| k << 8 | u32::from(*byte));
    let xored = *h ^ k;
    *h = xored.wrapping_mul(M);
    TailStep {
        bytes: bytes.to_vec(),
        k,
        xored,
        h: *h,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::producer::murmur2::{murmur2, partition_for_key};
    use proptest::prelude::*;

    #[test]
    fn a_key_of_six_bytes_has_one_word_and_a_tail_of_two() {
        let steps = Murmur2Steps::of(b"user-1", 6);
        assert_eq!(steps.start, 0x9747_b28c ^ 6);
        assert_eq!((steps.words.len(), steps.words[0].bytes), (1, *b"user"));
        assert_eq!(steps.words[0].k, 0x7265_7375);
        assert_eq!(steps.tail.as_ref().map(|tail| tail.k), Some(0x312d), "-1");
        assert_eq!(steps.partition, 2);
    }

    #[test]
    fn an_empty_key_has_no_words() {
        let steps = Murmur2Steps::of(b"", 6);
        assert!(steps.words.is_empty() && steps.tail.is_none());
        assert_eq!(steps.hash, murmur2(b""));
    }

    proptest! {
        #[test]
        fn the_steps_end_where_murmur2_ends(key in prop::collection::vec(any::<u8>(), 0..80), partitions in any::<u32>()) {
            let steps = Murmur2Steps::of(&key, partitions);
            prop_assert_eq!(steps.hash, murmur2(&key));
            prop_assert_eq!(steps.partition, partition_for_key(&key, partitions));
        }
    }
}
