//! Which partition a key goes to.

pub(super) const SEED: u32 = 0x9747_b28c;
pub(super) const M: u32 = 0x5bd1_e995;
pub(super) const R: u32 = 24;

/// Kafka's 32-bit murmur2 of `data`, as Java's signed int (`Utils.murmur2`, fixed seed 0x9747b28c).
///
/// An empty key hashes like any other; a record *without* a key has no hash and belongs to the built-in partitioner.
#[must_use]
pub fn murmur2(data: &[u8]) -> i32 {
    // Java's length is an int; a key of 2³¹ bytes cannot exist there, so the cut is never seen.
    let mut h = SEED ^ data.len() as u32;

    let (words, tail) = data.as_chunks::<4>();
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(M);
        k ^= k >> R;
        h = h.wrapping_mul(M) ^ k.wrapping_mul(M);
    }

    if !tail.is_empty() {
        h ^= tail.iter().rev().fold(0, |k, &byte| k << 8 | u32::from(byte));
        h = h.wrapping_mul(M);
    }

    h ^= h >> 13;
    h = h.wrapping_mul(M);
    (h ^ h >> 15).cast_signed()
}

/// Drops the sign bit (`Utils.toPositive`). Not the absolute value: −1 becomes 2147483647, not 1.
#[must_use]
pub fn to_positive(hash: i32) -> u32 {
    hash.cast_unsigned() & 0x7fff_ffff
}

/// The partition of a record with this key, in a topic of `partitions` partitions (`BuiltInPartitioner.partitionForKey`).
///
/// All partitions count, with a leader or without: a key does not move because a broker died. It does move when
/// partitions are added. Answers 0 for a topic without partitions, which Kafka cannot ask.
#[must_use]
pub fn partition_for_key(key: &[u8], partitions: u32) -> u32 {
    to_positive(murmur2(key)).checked_rem(partitions).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_bit_is_dropped_rather_than_the_number_negated() {
        assert_eq!(to_positive(-1), 2_147_483_647);
        assert_eq!(to_positive(i32::MIN), 0);
    }

    #[test]
    fn adding_partitions_moves_keys() {
        let key = b"user-1";
        assert_eq!((partition_for_key(key, 6), partition_for_key(key, 8)), (2, 4));
    }
}
