//! What must hold for any bytes, in any layout, in chunks of any size.

use partitura_keys::{
    BadKind, Field, Format, Import, Importer, Layout, MAX_ROW_BYTES, SEPARATORS, SaltWhich, detect, moved, salted,
    shares, workload,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn import(bytes: &[u8], layout: &Layout, chunk: usize) -> Import {
    let mut importer = Importer::new(layout.clone());
    for chunk in bytes.chunks(chunk) {
        importer.push(chunk);
    }
    importer.finish()
}

/// All that an import says, as text.
fn told(import: &Import) -> String {
    let keys: Vec<_> = import
        .keys
        .ids()
        .map(|at| (import.keys.key(at), import.keys.tally(at)))
        .collect();
    format!(
        "{keys:?} {:?} {} {:?} {} {:?}",
        import.without_key, import.rows, import.bad, import.blank_lines, import.times
    )
}

fn field() -> impl Strategy<Value = Field> {
    let path = prop_oneof!["", "a", "b", "a\\.b", "\\PC{0,5}"];
    prop_oneof![(0..4_usize).prop_map(Field::Column), path.prop_map(Field::Path)]
}

fn layout() -> impl Strategy<Value = Layout> {
    let format = prop_oneof![
        Just(Format::List),
        Just(Format::JsonLines),
        proptest::sample::select(SEPARATORS.to_vec()).prop_map(Format::Delimited),
        any::<u8>().prop_map(Format::Delimited),
    ];
    let optional = || proptest::option::weighted(0.3, field());
    (format, any::<bool>(), field(), optional(), optional()).prop_map(|(format, has_header, key, weight, timestamp)| {
        Layout {
            format,
            has_header,
            key,
            weight,
            timestamp,
        }
    })
}

/// Bytes that mean something to some format, more often than chance would have it.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            &b"\""[..], b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\"\"", b"a", b"1", b"0.5", b"\xef\xbb\xbf", b"\xff", b"{\"a\":", b"}",
            b"{\"a\":{\"b\":2},\"b\":1}", b"null", b"2024-01-01", b"1700000000",
        ]).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..4),
    ];
    vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_row_is_lost_and_chunks_change_nothing(bytes in bytes(), layout in layout(), chunk in 1..9_usize) {
        let whole = import(&bytes, &layout, bytes.len().max(1));
        prop_assert_eq!(whole.good_rows() + whole.bad.total(), whole.rows);
        prop_assert_eq!(whole.bytes, bytes.len() as u64);
        prop_assert_eq!(told(&whole), told(&import(&bytes, &layout, chunk)));
        let rows: u64 = whole.keys.ids().map(|at| whole.keys.tally(at).rows).sum();
        prop_assert_eq!(rows, whole.keys.total().rows);
    }

    #[test]
    fn any_start_of_a_file_has_a_layout_that_can_be_read(bytes in bytes()) {
        let guess = detect(&bytes);
        let import = import(&bytes, &guess.layout, 7);
        prop_assert_eq!(import.good_rows() + import.bad.total(), import.rows);
    }

    #[test]
    fn shares_add_up(list in vec("[a-z]{0,2}", 0..200), partitions in 1..40_u32, to in 1..40_u32, shards in 1..9_u32) {
        let text = list.join("\n");
        let keys = import(text.as_bytes(), &Layout::list(), 1 << 16).keys;
        let total = keys.total();
        let made = shares(&keys, partitions);
        prop_assert_eq!(made.partitions.iter().map(|share| share.tally.weight).sum::<u128>(), total.weight);
        prop_assert_eq!(made.partitions.iter().map(|share| share.tally.rows).sum::<u64>(), total.rows);
        prop_assert_eq!(made.partitions.iter().map(|share| share.keys).sum::<u64>(), keys.len() as u64);
        // No placement beats the bound; the thousandths are rounded down.
        if let (Some(least), Some((_, busiest))) = (made.least_possible(), made.busiest()) {
            prop_assert!(busiest.permille >= least, "{:?}", made);
        }
        let move_one = moved(&keys, partitions, to);
        prop_assert!(move_one.tally.rows <= total.rows);
        prop_assert!(!move_one.only_into_new() || move_one.into_old == 0);
        prop_assert!(partitions != to || move_one.keys == 0);
        let after = salted(&keys, partitions, shards, SaltWhich::All);
        prop_assert_eq!(after.before, made.skew);
        let sum: u32 = after.permille.iter().sum();
        prop_assert!(total.rows == 0 || (1000 - partitions.min(999)..=1000).contains(&sum), "{}", sum);
    }

    #[test]
    fn the_workload_and_what_is_left_out_are_all_keys(bytes in bytes(), most in 0..5_usize) {
        let import = import(&bytes, &Layout { weight: Some(Field::Column(1)), format: Format::CSV, ..Layout::list() }, 64);
        let made = workload(&import, most);
        let left = made.left_out.lighter + made.left_out.unwritable + made.left_out.weightless;
        prop_assert_eq!(made.keys.len() as u64 + left, import.keys.len() as u64);
        prop_assert_eq!(made.keys.len(), made.weights.len());
        prop_assert!(made.weights.iter().all(|weight| *weight > 0));
    }
}

fn csv(text: &[u8]) -> Import {
    import(
        text,
        &Layout {
            format: Format::CSV,
            ..Layout::list()
        },
        5,
    )
}

fn key_names(import: &Import) -> Vec<&str> {
    import.keys.ids().map(|at| import.keys.key(at)).collect()
}

fn bad(import: &Import) -> Vec<(u64, BadKind, &str)> {
    import
        .bad
        .shown()
        .iter()
        .map(|row| (row.line, row.kind, row.excerpt.as_str()))
        .collect()
}

#[test]
fn csv_has_rfc_4180s_quotes() {
    let import = csv(b"\"a,1\",x\r\n\"b\"\"c\"\r\n\"two\nlines\",y\n\n,empty\n\"\"\n");
    assert_eq!(key_names(&import), ["a,1", "b\"c", "two\nlines", ""]);
    assert_eq!((import.rows, import.blank_lines, import.bad.total()), (5, 1, 0));
    assert_eq!(import.keys.tally(3).rows, 2);
}

#[test]
fn an_unfinished_quote_costs_one_line_and_no_more() {
    let import = csv(b"a\n\"b,1\nc\nd,2\n");
    assert_eq!(key_names(&import), ["a", "c", "d"]);
    assert_eq!(bad(&import), [(2, BadKind::UnfinishedQuote, "\"b,1")]);
}

#[test]
fn a_quote_that_stays_open_for_a_megabyte_is_unfinished() {
    let mut text = b"\"open\n".to_vec();
    for row in 0..300_000 {
        text.extend_from_slice(format!("k{},1\n", row % 10).as_bytes());
    }
    assert!(text.len() > MAX_ROW_BYTES);
    let layout = Layout {
        format: Format::CSV,
        ..Layout::list()
    };
    let (whole, cut) = (import(&text, &layout, text.len()), import(&text, &layout, 1000));
    assert_eq!(
        (whole.keys.len(), whole.rows, whole.bad.count(BadKind::UnfinishedQuote)),
        (10, 300_001, 1)
    );
    assert_eq!(told(&whole), told(&cut));
}

#[test]
fn rows_that_are_too_long_are_skipped_in_every_format() {
    for format in [Format::List, Format::CSV, Format::JsonLines] {
        let key = if format == Format::JsonLines {
            Field::Path(String::new())
        } else {
            Field::Column(0)
        };
        let layout = Layout {
            format,
            key,
            ..Layout::list()
        };
        let text = ["1\n", &"x".repeat(MAX_ROW_BYTES + 10), "\n2\n"].concat();
        let (whole, cut) = (
            import(text.as_bytes(), &layout, text.len()),
            import(text.as_bytes(), &layout, 70_001),
        );
        assert_eq!(key_names(&whole), ["1", "2"], "{format:?}");
        assert_eq!(
            (whole.bad.shown()[0].line, whole.bad.shown()[0].kind),
            (2, BadKind::RowTooLong)
        );
        assert_eq!(told(&whole), told(&cut));
    }
}

#[test]
fn quotes_that_open_on_every_line_take_time_in_proportion() {
    // Read from its own start, each of these lines leaves a quote open, and the line before it does so too.
    let text = b"a\"b,\"c\n".repeat(1_000_000);
    let import = csv(&text);
    assert_eq!(import.good_rows() + import.bad.total(), import.rows);
    assert!(import.bad.total() > 0);
}

#[test]
fn every_kind_of_bad_row_is_told_with_its_line() {
    let layout = Layout {
        format: Format::CSV,
        has_header: true,
        key: Field::Column(0),
        weight: Some(Field::Column(1)),
        timestamp: Some(Field::Column(2)),
    };
    let long = "x".repeat(257);
    let text = format!("k,w,t\na,1,5\nb,-1,5\nc,1,noon\nd\n{long},1,5\n");
    let mut text = text.into_bytes();
    text.extend_from_slice(b"\xff,1,5\r\ne,2,1970-01-01T00:00:09Z");
    let import = import(&text, &layout, 3);
    let kinds: Vec<(u64, BadKind)> = bad(&import).into_iter().map(|(line, kind, _)| (line, kind)).collect();
    let expected = [
        (3, BadKind::BadWeight),
        (4, BadKind::BadTimestamp),
        (5, BadKind::MissingField),
        (6, BadKind::KeyTooLong),
        (7, BadKind::NotUtf8),
    ];
    assert_eq!(kinds, expected);
    assert_eq!((import.rows, import.good_rows()), (7, 2));
    assert_eq!(import.rows_per_s(), Some(1));
}

#[test]
fn old_line_ends_and_byte_order_marks_are_known() {
    let import = csv(b"\xef\xbb\xbfa\rb\r\rb\xff\r");
    assert_eq!(key_names(&import), ["a", "b"]);
    assert_eq!(bad(&import), [(4, BadKind::NotUtf8, "b\u{fffd}")]);
}

#[test]
fn json_tells_no_key_from_an_empty_one() {
    let layout = Layout {
        format: Format::JsonLines,
        key: Field::Path("k".to_owned()),
        ..Layout::list()
    };
    let import = import(b"{\"k\":\"\"}\n{\"k\":null}\r\n{}\n{\"k\":[]}\nno", &layout, 4);
    assert_eq!(
        (import.keys.total().rows, import.without_key.rows, import.rows),
        (1, 2, 5)
    );
    assert_eq!(
        bad(&import),
        [(4, BadKind::NotAKey, "{\"k\":[]}"), (5, BadKind::NotJson, "no")]
    );
}
