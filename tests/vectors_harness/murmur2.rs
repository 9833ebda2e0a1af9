//! Keys to hashes and partitions.

use partitura_engine::producer::murmur2::{murmur2, partition_for_key};
use partitura_engine::producer::murmur2_steps::Murmur2Steps;

use crate::files::{self, Row};
use crate::tally::Tally;

#[test]
fn keys_hash_and_land_as_in_kafka() {
    let mut tally = Tally::new("murmur2");
    for row in files::csv("murmur2.csv") {
        let key = key(&row);
        let columns = files::partition_columns(&row);
        let expected: Vec<u32> = columns.iter().map(|(column, _)| files::number(&row, column)).collect();
        let got: Vec<u32> = columns
            .iter()
            .map(|&(_, partitions)| partition_for_key(&key, partitions))
            .collect();
        let id = format!("{:?} ({})", files::cell(&row, "key"), files::cell(&row, "key_hex"));
        for &(_, partitions) in &columns {
            let steps = Murmur2Steps::of(&key, partitions);
            let end = (steps.hash, steps.partition);
            assert_eq!(end, (murmur2(&key), partition_for_key(&key, partitions)), "{id}");
        }
        tally.case(&id, &(files::number(&row, "murmur2"), expected), &(murmur2(&key), got));
    }
    tally.finish();
}

/// The bytes from the hexadecimal column, which all rows have; where the key is text, both columns must say the same.
fn key(row: &Row) -> Vec<u8> {
    let (text, hex) = (files::cell(row, "key"), files::cell(row, "key_hex"));
    let bytes = bytes(hex);
    assert!(
        text == "<binary>" || text.as_bytes() == bytes,
        "the key {text:?} is not {hex}"
    );
    bytes
}

/// What two hexadecimal digits a byte stand for.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digits: Option<Vec<u32>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits
        .filter(|digits| digits.len() % 2 == 0)
        .unwrap_or_else(|| panic!("key_hex {hex:?}"));
    digits.chunks(2).map(|byte| (byte[0] << 4 | byte[1]) as u8).collect()
}
