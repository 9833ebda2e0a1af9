//! Finds and reads the files of vectors. Whatever is wrong with one fails the test with its path.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

/// A row of a CSV file by the names in its header.
pub(crate) type Row = BTreeMap<String, String>;

fn path(file: &str) -> PathBuf {
    let folder = std::env::var_os("PARTITURA_VECTORS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join("vectors"),
        PathBuf::from,
    );
    folder.join(file)
}

/// Whether another folder of vectors was chosen that has no such file. For the kinds beyond those that every folder must
/// have; the project's own folder has all.
pub(crate) fn is_left_out(file: &str) -> bool {
    let left_out = std::env::var_os("PARTITURA_VECTORS").is_some() && !path(file).exists();
    if left_out {
        eprintln!("{file}: not in this folder");
    }
    left_out
}

/// The rows of a CSV file.
pub(crate) fn csv(file: &str) -> Vec<Row> {
    let path = path(file);
    let fail = |error: &dyn std::fmt::Display| -> ! { panic!("{}: {error}", path.display()) };
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|error| fail(&error));
    reader
        .deserialize()
        .map(|row| row.unwrap_or_else(|error| fail(&error)))
        .collect()
}

/// The cases of a JSON file, an array.
pub(crate) fn json<Case: DeserializeOwned>(file: &str) -> Vec<Case> {
    let path = path(file);
    let fail = |error: &dyn std::fmt::Display| -> ! { panic!("{}: {error}", path.display()) };
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| fail(&error));
    serde_json::from_str(&text).unwrap_or_else(|error| fail(&error))
}

/// A cell that must be there.
pub(crate) fn cell<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column)
        .unwrap_or_else(|| panic!("no column {column} in {row:?}"))
}

/// A cell that must be there and a number.
pub(crate) fn number<Number: std::str::FromStr>(row: &Row, column: &str) -> Number {
    let cell = cell(row, column);
    cell.parse()
        .unwrap_or_else(|_| panic!("{column} is {cell:?}, no such number, in {row:?}"))
}

/// The columns `p1`, `p50` and so on, which hold the partition among as many.
pub(crate) fn partition_columns(row: &Row) -> Vec<(&str, u32)> {
    let columns: Vec<_> = row
        .keys()
        .filter_map(|column| Some((column.as_str(), column.strip_prefix('p')?.parse().ok()?)))
        .collect();
    assert!(!columns.is_empty(), "no column of partitions in {row:?}");
    columns
}
