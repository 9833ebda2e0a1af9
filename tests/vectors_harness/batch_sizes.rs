//! Sizes of records and batches.

use partitura_engine::log::size::{self, RECORD_BATCH_OVERHEAD};

use crate::files;
use crate::tally::Tally;

#[test]
fn batches_are_as_large_as_in_kafka() {
    let mut tally = Tally::new("batch_sizes");
    for row in files::csv("batch_sizes.csv") {
        let expected_records: Vec<u32> = files::cell(&row, "record_bytes")
            .split_whitespace()
            .map(|bytes| bytes.parse().unwrap())
            .collect();
        let expected = (
            files::number(&row, "base_batch_bytes"),
            files::number(&row, "batch_bytes"),
            expected_records,
        );
        let records: Vec<u32> = (0..)
            .zip(files::cell(&row, "records").split_whitespace())
            .map(|(offset_delta, record)| {
                record_bytes(offset_delta, record).unwrap_or_else(|| panic!("not a record: {record}"))
            })
            .collect();
        let got = (
            RECORD_BATCH_OVERHEAD,
            size::batch_bytes(records.iter().copied()),
            records,
        );
        tally.case(files::cell(&row, "id"), &expected, &got);
    }
    tally.finish();
}

/// `key:value:timestampDelta`, and if there are headers `:name/value+name/value`: lengths, −1 for null.
fn record_bytes(offset_delta: u32, record: &str) -> Option<u32> {
    let mut parts = record.split(':');
    let key_len = length(parts.next()?)?;
    let value_len = length(parts.next()?)?;
    let timestamp_delta_ms = parts.next()?.parse().ok()?;
    let headers: Option<Vec<_>> = match parts.next() {
        None => Some(Vec::new()),
        Some(headers) => headers.split('+').map(header).collect(),
    };
    let header_bytes = size::header_bytes(&headers?);
    Some(size::record_bytes(
        offset_delta,
        timestamp_delta_ms,
        key_len,
        value_len,
        header_bytes,
    ))
}

fn header(header: &str) -> Option<(u32, Option<u32>)> {
    let (name, value) = header.split_once('/')?;
    Some((name.parse().ok()?, length(value)?))
}

/// The outer `None` is text that is no length, the inner one a null.
fn length(text: &str) -> Option<Option<u32>> {
    if text == "-1" {
        Some(None)
    } else {
        text.parse().ok().map(Some)
    }
}
