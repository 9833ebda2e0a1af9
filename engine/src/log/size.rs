//! How many bytes a record and a batch take (message format v2, uncompressed).
//!
//! Kafka's limits are all in bytes, so sizes are exact here although no byte is ever written: a batch is full, a fetch
//! stops and a segment rolls where Kafka's would.

/// The header of every batch, in bytes (`DefaultRecordBatch.RECORD_BATCH_OVERHEAD`). An empty batch has this size.
pub const RECORD_BATCH_OVERHEAD: u32 = 61;

/// What a record without headers passes as `header_bytes`: the count of none takes one byte.
pub const NO_HEADER_BYTES: u32 = 1;

/// The most that a record takes besides key, value and headers: length 5, timestamp 10, offset 5, attributes 1
/// (`DefaultRecord.MAX_RECORD_OVERHEAD`).
const MAX_RECORD_OVERHEAD: u32 = 21;

/// Bytes of a whole record, its length prefix included (`DefaultRecord.sizeInBytes`).
///
/// Lengths are in bytes, `None` stands for null. `offset_delta` and `timestamp_delta_ms` count from the first record of
/// the batch; the timestamp may go back. `header_bytes` is [`NO_HEADER_BYTES`] or comes from [`header_bytes`]; it is the
/// same wherever the record lies, so a record can keep it.
#[must_use]
#[inline]
pub fn record_bytes(
    offset_delta: u32,
    timestamp_delta_ms: i64,
    key_len: Option<u32>,
    value_len: Option<u32>,
    header_bytes: u32,
) -> u32 {
    let attributes = 1;
    let body = attributes
        + varint_bytes(zig_zag(timestamp_delta_ms))
        + varint_bytes(zig_zag(i64::from(offset_delta)))
        + nullable_bytes(key_len)
        + nullable_bytes(value_len)
        + u64::from(header_bytes);
    narrow(varint_bytes(body << 1) + body)
}

/// Bytes of a record's headers with their count, each given as the length of its name in UTF-8 and that of its value,
/// if it has one.
#[must_use]
pub fn header_bytes(headers: &[(u32, Option<u32>)]) -> u32 {
    let each: u64 = headers
        .iter()
        .map(|&(name_len, value_len)| nullable_bytes(Some(name_len)) + nullable_bytes(value_len))
        .sum();
    narrow(varint_bytes((headers.len() as u64) << 1) + each)
}

/// Bytes of a batch of records of these sizes, each from [`record_bytes`].
#[must_use]
pub fn batch_bytes(record_bytes: impl IntoIterator<Item = u32>) -> u32 {
    record_bytes
        .into_iter()
        .fold(RECORD_BATCH_OVERHEAD, u32::saturating_add)
}

/// The most bytes that a batch of this one record can take, whatever its timestamp
/// (`AbstractRecords.estimateSizeInBytesUpperBound` of v2).
///
/// The producer compares it with `max.request.size` before it accepts a record, and a batch opened for the record gets
/// a [`write_limit`] of at least this.
#[must_use]
pub fn estimate_upper_bound(key_len: Option<u32>, value_len: Option<u32>, header_bytes: u32) -> u32 {
    let overhead = u64::from(RECORD_BATCH_OVERHEAD + MAX_RECORD_OVERHEAD);
    narrow(overhead + nullable_bytes(key_len) + nullable_bytes(value_len) + u64::from(header_bytes))
}

/// How far a batch may grow that is opened for a record with this upper bound: to `batch.size`, or to the upper bound
/// when that is larger (`RecordAccumulator.append` allocates a buffer of this size).
///
/// The bound is not the size: behind a large first record there are up to 17 bytes left, which a small one may take.
#[must_use]
pub fn write_limit(batch_size: u32, first_record_upper_bound: u32) -> u32 {
    batch_size.max(first_record_upper_bound)
}

/// Whether an open, uncompressed batch takes another record (`MemoryRecordsBuilder.hasRoomFor`).
///
/// `batch_bytes` is what the batch has now and `records` how many; `next_record_bytes` is exact, with the offset and
/// timestamp deltas that the record would get there. The first record always fits.
#[must_use]
#[inline]
pub fn has_room_for(write_limit: u32, batch_bytes: u32, records: u32, next_record_bytes: u32) -> bool {
    records == 0
        || batch_bytes
            .checked_add(next_record_bytes)
            .is_some_and(|after| after <= write_limit)
}

/// Whether an open, uncompressed batch is full, that is, ready to be sent without waiting for `linger.ms`
/// (`MemoryRecordsBuilder.isFull`).
///
/// A batch that refused a record need not be: it is ready because the next one is queued behind it.
#[must_use]
#[inline]
pub fn is_full(write_limit: u32, batch_bytes: u32, records: u32) -> bool {
    records > 0 && batch_bytes >= write_limit
}

/// Length prefix and bytes; a null is the length −1 alone.
#[inline]
fn nullable_bytes(len: Option<u32>) -> u64 {
    len.map_or(1, |len| varint_bytes(zig_zag(i64::from(len))) + u64::from(len))
}

/// Small numbers of either sign become small positive ones.
#[inline]
fn zig_zag(n: i64) -> u64 {
    (n << 1 ^ n >> 63).cast_unsigned()
}

/// Seven bits a byte.
#[inline]
fn varint_bytes(n: u64) -> u64 {
    let bits = u64::BITS - (n | 1).leading_zeros();
    // bits / 7, rounded up: the same for 1 to 64 bits, and without a division.
    u64::from((9 * bits + 64) / 64)
}

/// Kafka's sizes are Java ints. What does not fit cannot come from Kafka, and stays too large for every limit.
#[inline]
fn narrow(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_takes_as_much_as_an_empty_value() {
        assert_eq!(record_bytes(0, 0, None, None, NO_HEADER_BYTES), 7);
        assert_eq!(record_bytes(0, 0, Some(0), Some(0), header_bytes(&[])), 7);
    }

    #[test]
    fn a_varint_grows_at_64_because_of_the_sign() {
        let size = |timestamp_delta| record_bytes(0, timestamp_delta, None, None, NO_HEADER_BYTES);
        assert_eq!((size(63), size(64), size(-64), size(-65)), (7, 8, 7, 8));
        assert_eq!(size(i64::MIN), 16);
    }

    #[test]
    fn a_small_record_may_follow_one_that_is_larger_than_the_batch_size() {
        let (key, value) = (Some(10), Some(583));
        let limit = write_limit(500, estimate_upper_bound(key, value, NO_HEADER_BYTES));
        let first = batch_bytes([record_bytes(0, 0, key, value, NO_HEADER_BYTES)]);
        assert_eq!((limit, first), (679, 663));
        assert!(!is_full(limit, first, 1));
        assert!(has_room_for(limit, first, 1, 16));
        assert!(!has_room_for(limit, first, 1, 17));
    }

    #[test]
    fn the_first_record_always_fits() {
        assert!(has_room_for(100, RECORD_BATCH_OVERHEAD, 0, 5_000));
    }
}
