//! Which broker coordinates a group or a transactional id: the leader of the partition named here.

/// Java's `String.hashCode`: over UTF-16 code units, so that a character outside the basic plane counts as two.
#[must_use]
pub fn java_hash(text: &str) -> i32 {
    text.encode_utf16()
        .fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// Kafka's `Utils.abs`: the absolute value, but 0 for `i32::MIN`, which has none.
#[must_use]
pub fn abs(n: i32) -> u32 {
    if n == i32::MIN { 0 } else { n.unsigned_abs() }
}

/// The partition of `__consumer_offsets` for a group id, or of `__transaction_state` for a transactional id
/// (`GroupCoordinatorService.partitionFor`, `TransactionStateManager.partitionFor`).
///
/// `partitions` is `offsets.topic.num.partitions` or `transaction.state.log.num.partitions`, both 50 unless set. Answers
/// 0 when there are none, which Kafka cannot ask.
#[must_use]
pub fn partition_for(id: &str, partitions: u32) -> u32 {
    abs(java_hash(id)).checked_rem(partitions).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_without_an_absolute_value_counts_as_zero() {
        assert_eq!(java_hash("polygenelubricants"), i32::MIN);
        assert_eq!(partition_for("polygenelubricants", 50), 0);
    }

    #[test]
    fn a_character_outside_the_basic_plane_is_two_code_units() {
        assert_eq!(java_hash("𝄞"), 0xd834 * 31 + 0xdd1e);
    }
}
