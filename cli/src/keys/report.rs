//! What is printed about the keys of a file.

use super::Args;
use crate::table;
use partitura_keys::{
    BadRow, ClientHash, Field, Format, Import, KeyAt, Layout, ONE, SaltWhich, Shares, Tally, Weight, disagreement,
    moved, salted, shares,
};
use serde::Serialize;
use std::fmt::Write as _;

#[derive(Debug, Serialize)]
pub(super) struct Report {
    format: &'static str,
    has_header: bool,
    key_field: String,
    weight_field: Option<String>,
    timestamp_field: Option<String>,
    rows: u64,
    blank_lines: u64,
    rows_without_key: u64,
    rows_per_s: Option<u64>,
    bad_rows: u64,
    bad: Vec<Bad>,
    bad_shown: Vec<Shown>,
    keys: usize,
    top: Vec<Key>,
    now: Spread,
    hottest: Option<Hottest>,
    then: Option<Then>,
    salted: Option<Salt>,
    clients: Vec<Client>,
}

#[derive(Debug, Serialize)]
struct Bad {
    reason: &'static str,
    rows: u64,
}

#[derive(Debug, Serialize)]
struct Shown {
    line: u64,
    reason: &'static str,
    excerpt: String,
}

#[derive(Debug, Serialize)]
struct Key {
    key: String,
    rows: u64,
    weight: String,
    share_permille: u32,
    partition: u32,
}

#[derive(Debug, Serialize)]
struct Spread {
    skew_permille: u64,
    gini_permille: u64,
    /// The busiest partition's share if the hottest key had one of its own and the others fell as well as can be.
    least_possible_permille: Option<u32>,
    partitions: Vec<Partition>,
}

#[derive(Debug, Serialize)]
struct Partition {
    partition: u32,
    keys: u64,
    rows: u64,
    weight: String,
    share_permille: u32,
}

#[derive(Debug, Serialize)]
struct Hottest {
    key: String,
    share_permille: u32,
    /// With more partitions than these, this key alone is more than a fair share of one; `None`: with any number.
    fits_until: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Then {
    spread: Spread,
    moved_keys: u64,
    moved_rows: u64,
    moved_weight_permille: u32,
    expected_permille: u32,
    only_into_new: bool,
    /// The heaviest that move.
    moves: Vec<Move>,
}

#[derive(Debug, Serialize)]
struct Move {
    key: String,
    from: u32,
    to: u32,
}

#[derive(Debug, Serialize)]
struct Salt {
    shards: u32,
    salted_keys: u64,
    skew_permille_before: u64,
    skew_permille: u64,
    gini_permille: u64,
    heaviest_permille: u32,
    share_permille: Vec<u32>,
}

/// How far a client and Java's disagree.
#[derive(Debug, Serialize)]
struct Client {
    client: &'static str,
    keys_elsewhere: u64,
    weight_elsewhere_permille: u32,
}

impl Report {
    pub(super) fn of(args: &Args, layout: &Layout, import: &Import) -> Self {
        let keys = &import.keys;
        let name = |at: KeyAt| keys.key(at).to_owned();
        let now = shares(keys, args.partitions.now);
        let whole = keys.total().weight;
        let top = keys.top(args.top).into_iter().map(|at| {
            let Tally { rows, weight } = keys.tally(at);
            let share_permille = (weight * 1000).checked_div(whole).unwrap_or(0) as u32;
            let (weight, partition) = (decimal(weight), keys.partition(at, args.partitions.now));
            Key {
                key: name(at),
                rows,
                weight,
                share_permille,
                partition,
            }
        });
        let bad_row = |row: &BadRow| Shown {
            line: row.line,
            reason: row.kind.reason(),
            excerpt: row.excerpt.clone(),
        };
        Self {
            format: format_name(layout.format),
            has_header: layout.has_header,
            key_field: field_name(&layout.key),
            weight_field: layout.weight.as_ref().map(field_name),
            timestamp_field: layout.timestamp.as_ref().map(field_name),
            rows: import.rows,
            blank_lines: import.blank_lines,
            rows_without_key: import.without_key.rows,
            rows_per_s: import.rows_per_s(),
            bad_rows: import.bad.total(),
            bad: import
                .bad
                .kinds()
                .map(|(kind, rows)| Bad {
                    reason: kind.reason(),
                    rows,
                })
                .collect(),
            bad_shown: import.bad.shown().iter().map(bad_row).collect(),
            keys: keys.len(),
            top: top.collect(),
            hottest: now.hottest.map(|hot| Hottest {
                key: name(hot.key),
                share_permille: hot.permille,
                fits_until: hot.fits_until,
            }),
            now: Spread::of(&now),
            then: args.partitions.then.map(|then| Then::of(import, args, then)),
            salted: args.salt.map(|shards| Salt::of(import, args, shards)),
            clients: clients(import, args.partitions.now),
        }
    }

    pub(super) fn table(&self) -> String {
        let mut text = self.read();
        let rows = self.top.iter().map(|key| {
            let shown = serde_json::to_string(&key.key).unwrap_or_default();
            vec![
                shown,
                key.rows.to_string(),
                key.weight.clone(),
                percent(key.share_permille),
                key.partition.to_string(),
            ]
        });
        let head = ["key", "rows", "weight", "share", "partition"];
        let _ = write!(text, "\n{}\n", table::render(&head, &rows.collect::<Vec<_>>()));
        text.push_str(&self.now.table());
        if let Some(hot) = &self.hottest {
            text.push_str(&hot.sentence());
        }
        if let Some(then) = &self.then {
            text.push_str(&then.table());
        }
        if let Some(salt) = &self.salted {
            text.push_str(&salt.table());
        }
        text.push_str("\nAgainst the Java client, with the same number of partitions:\n");
        for client in &self.clients {
            let (keys, weight) = (client.keys_elsewhere, percent(client.weight_elsewhere_permille));
            let _ = writeln!(
                text,
                "  {}: {keys} keys elsewhere, {weight} of the weight",
                client.client
            );
        }
        text
    }

    /// What was read, and what could not be.
    fn read(&self) -> String {
        let header = if self.has_header { " with a header" } else { "" };
        let mut text = format!("read as {}{header}: key {}", self.format, self.key_field);
        for (what, field) in [("weight", &self.weight_field), ("time", &self.timestamp_field)] {
            if let Some(field) = field {
                let _ = write!(text, ", {what} {field}");
            }
        }
        let _ = write!(
            text,
            "\n{} rows, {} keys, {} rows without a key",
            self.rows, self.keys, self.rows_without_key
        );
        if let Some(rate) = self.rows_per_s {
            let _ = write!(text, ", {rate} rows/s");
        }
        let _ = writeln!(text, "\n{} bad rows, left out", self.bad_rows);
        for bad in &self.bad {
            let _ = writeln!(text, "  {} × {}", bad.rows, bad.reason);
        }
        for row in &self.bad_shown {
            let _ = writeln!(text, "  line {} {}: {}", row.line, row.reason, row.excerpt);
        }
        text
    }
}

impl Spread {
    fn of(shares: &Shares) -> Self {
        let partitions = (0..).zip(&shares.partitions).map(|(partition, share)| Partition {
            partition,
            keys: share.keys,
            rows: share.tally.rows,
            weight: decimal(share.tally.weight),
            share_permille: share.permille,
        });
        Self {
            skew_permille: shares.skew.max_over_mean_permille,
            gini_permille: shares.skew.gini_permille,
            least_possible_permille: shares.least_possible(),
            partitions: partitions.collect(),
        }
    }

    fn table(&self) -> String {
        let rows = self.partitions.iter().map(|p| {
            let counts = [p.keys, p.rows].map(|count| count.to_string());
            let [keys, rows] = counts;
            vec![
                p.partition.to_string(),
                keys,
                rows,
                p.weight.clone(),
                percent(p.share_permille),
            ]
        });
        let head = ["partition", "keys", "rows", "weight", "share"];
        let table = table::render(&head, &rows.collect::<Vec<_>>());
        let (skew, gini) = (thousandths(self.skew_permille), thousandths(self.gini_permille));
        format!("{table}skew: max ÷ mean {skew}, Gini {gini}\n")
    }
}

impl Hottest {
    fn sentence(&self) -> String {
        let key = serde_json::to_string(&self.key).unwrap_or_default();
        let until = match self.fits_until {
            Some(until) => format!(
                "with more than {until} partitions it alone is more than a fair share of one, and more do not help"
            ),
            None => {
                "it alone is more than a fair share of one partition of two, so more partitions do not help".to_owned()
            }
        };
        format!("hottest key: {key} with {}: {until}\n", percent(self.share_permille))
    }
}

impl Then {
    fn of(import: &Import, args: &Args, to: u32) -> Self {
        let (keys, from) = (&import.keys, args.partitions.now);
        let moved = moved(keys, from, to);
        let places = keys
            .top(keys.len())
            .into_iter()
            .map(|at| (at, keys.partition(at, from), keys.partition(at, to)));
        let moves = places.filter(|(_, from, to)| from != to).take(args.top);
        Self {
            spread: Spread::of(&shares(keys, to)),
            moved_keys: moved.keys,
            moved_rows: moved.tally.rows,
            moved_weight_permille: moved.weight_permille,
            expected_permille: moved.expected_permille,
            only_into_new: moved.only_into_new(),
            moves: moves
                .map(|(at, from, to)| Move {
                    key: keys.key(at).to_owned(),
                    from,
                    to,
                })
                .collect(),
        }
    }

    fn table(&self) -> String {
        let mut text = format!(
            "\nwith {} partitions\n{}",
            self.spread.partitions.len(),
            self.spread.table()
        );
        let (weight, expected) = (percent(self.moved_weight_permille), percent(self.expected_permille));
        let _ = writeln!(
            text,
            "{} keys move ({weight} of the weight; {expected} of the keys expected), {}. Their older records stay: order \
             across the change is lost for them.",
            self.moved_keys,
            if self.only_into_new {
                "all into new partitions"
            } else {
                "also among the old partitions"
            }
        );
        for Move { key, from, to } in &self.moves {
            let _ = writeln!(
                text,
                "  {}: {from} → {to}",
                serde_json::to_string(key).unwrap_or_default()
            );
        }
        text
    }
}

impl Salt {
    fn of(import: &Import, args: &Args, shards: u32) -> Self {
        let which = args.salted.map_or(SaltWhich::All, SaltWhich::Top);
        let salted = salted(&import.keys, args.partitions.now, shards, which);
        Self {
            shards,
            salted_keys: salted.salted,
            skew_permille_before: salted.before.max_over_mean_permille,
            skew_permille: salted.after.max_over_mean_permille,
            gini_permille: salted.after.gini_permille,
            heaviest_permille: salted.heaviest_permille,
            share_permille: salted.permille,
        }
    }

    fn table(&self) -> String {
        let (before, after) = (thousandths(self.skew_permille_before), thousandths(self.skew_permille));
        let mut text = format!(
            "\nwith {} keys salted, {} shards each: max ÷ mean {after} instead of {before}, Gini {}; the heaviest shard or \
             key has {}\n",
            self.salted_keys,
            self.shards,
            thousandths(self.gini_permille),
            percent(self.heaviest_permille)
        );
        let rows = (0..)
            .zip(&self.share_permille)
            .map(|(partition, share): (u32, _)| vec![partition.to_string(), percent(*share)]);
        text.push_str(&table::render(&["partition", "share"], &rows.collect::<Vec<_>>()));
        text
    }
}

/// Each other client that one would meet by default.
fn clients(import: &Import, partitions: u32) -> Vec<Client> {
    let others = [
        ClientHash::ConsistentRandom,
        ClientHash::Murmur2Random,
        ClientHash::Sarama,
    ];
    let against_java = others.into_iter().map(|client| {
        let apart = disagreement(&import.keys, partitions, ClientHash::Java, client);
        Client {
            client: match client {
                ClientHash::ConsistentRandom => "librdkafka (consistent_random)",
                ClientHash::Sarama => "Sarama",
                _ => "librdkafka with murmur2_random",
            },
            keys_elsewhere: apart.keys,
            weight_elsewhere_permille: apart.weight_permille,
        }
    });
    against_java.collect()
}

fn format_name(format: Format) -> &'static str {
    match format {
        Format::List => "a list of keys",
        Format::JsonLines => "JSON Lines",
        Format::Delimited(b'\t') => "TSV",
        Format::Delimited(b';') => "CSV with semicolons",
        Format::Delimited(b'|') => "CSV with |",
        Format::Delimited(_) => "CSV",
    }
}

fn field_name(field: &Field) -> String {
    match field {
        Field::Column(number) => format!("column {}", number + 1),
        Field::Path(path) => path.clone(),
    }
}

fn percent(permille: u32) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

fn thousandths(permille: u64) -> String {
    format!("{}.{:03}", permille / 1000, permille % 1000)
}

/// A weight without zeros at its end.
fn decimal(weight: Weight) -> String {
    let text = format!("{}.{:06}", weight / ONE, weight % ONE);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
