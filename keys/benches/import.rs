//! How fast a million rows are imported, and how fast shares follow. `cargo bench -p partitura-keys`.

use divan::{Bencher, counter::BytesCount};
use partitura_keys::{Field, Format, Import, Importer, Layout, SaltWhich, moved, salted, shares};
use std::fmt::Write as _;

const ROWS: u64 = 1_000_000;
/// As the page pushes them.
const CHUNK: usize = 64 << 10;

fn main() {
    divan::main();
}

/// Few hot keys and many cold ones: some 100 000 different ones in a million rows.
fn key(row: u64) -> u64 {
    let mixed = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    if row.is_multiple_of(3) {
        mixed % 7
    } else {
        mixed % 100_000
    }
}

fn csv() -> String {
    let mut text = "user_id,country,clicks,created_at\n".to_owned();
    for row in 0..ROWS {
        let _ = writeln!(
            text,
            "user-{},\"Korea, South\",{}.5,{}",
            key(row),
            row % 90,
            1_700_000_000_000 + row
        );
    }
    text
}

fn json() -> String {
    let mut text = String::new();
    for row in 0..ROWS {
        let key = key(row);
        let _ = writeln!(
            text,
            r#"{{"ts":{},"user":{{"id":"user-{key}","country":"KR"}},"event":"click","n":{}}}"#,
            1_700_000_000_000 + row,
            row % 90
        );
    }
    text
}

fn list() -> String {
    (0..ROWS).fold(String::new(), |mut text, row| {
        let _ = writeln!(text, "user-{}", key(row));
        text
    })
}

fn csv_layout() -> Layout {
    Layout {
        format: Format::CSV,
        has_header: true,
        key: Field::Column(0),
        weight: Some(Field::Column(2)),
        timestamp: Some(Field::Column(3)),
    }
}

fn json_layout() -> Layout {
    let path = |path: &str| Field::Path(path.to_owned());
    Layout {
        format: Format::JsonLines,
        has_header: false,
        key: path("user.id"),
        weight: Some(path("n")),
        timestamp: Some(path("ts")),
    }
}

fn import(text: &str, layout: &Layout) -> Import {
    let mut importer = Importer::new(layout.clone());
    for chunk in text.as_bytes().chunks(CHUNK) {
        importer.push(chunk);
    }
    let import = importer.finish();
    assert_eq!((import.rows, import.bad.total()), (ROWS, 0));
    import
}

fn bench(bencher: Bencher<'_, '_>, text: &str, layout: &Layout) {
    let bencher = bencher.counter(BytesCount::of_str(text));
    bencher.bench_local(|| import(text, layout));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn a_million_rows_of_csv(bencher: Bencher) {
    bench(bencher, &csv(), &csv_layout());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn a_million_rows_of_json(bencher: Bencher) {
    bench(bencher, &json(), &json_layout());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn a_million_rows_of_a_list(bencher: Bencher) {
    bench(bencher, &list(), &Layout::list());
}

/// A million different keys: the most that there may be.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn a_million_keys(bencher: Bencher) {
    let text = (0..ROWS).fold(String::new(), |mut text, row| {
        let _ = writeln!(text, "user-{row}");
        text
    });
    bench(bencher, &text, &Layout::list());
}

/// What each change of the number of partitions costs.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn shares_and_moves_of_100_000_keys(bencher: Bencher) {
    let keys = import(&list(), &Layout::list()).keys;
    bencher.bench_local(|| (shares(&keys, 12), moved(&keys, 12, 24)));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn salting_100_000_keys_8_times(bencher: Bencher) {
    let keys = import(&list(), &Layout::list()).keys;
    bencher.bench_local(|| salted(&keys, 12, 8, SaltWhich::All));
}
