//! How the last record found its partition, in two lines that are true for the partitioner and the key that it had.

use crate::lens::captions::signed;
use crate::ui::format::{grouped, shortened};
use partitura_engine::log::Dictionary;
use partitura_engine::producer::key_hash::Algorithm;
use partitura_engine::producer::murmur2::to_positive;
use partitura_engine::scenario::Setting;
use partitura_engine::wire::NodeId;
use partitura_engine::world::{LastSent, View, World};

/// The longest key that is written out.
const MOST_LETTERS: usize = 24;

/// The lines for the last record of all producers; none before there is one.
#[must_use]
pub fn lines(world: &World, view: &View) -> Vec<String> {
    let sent = view
        .producers
        .iter()
        .filter_map(|producer| Some((producer.node, producer.last?)));
    let Some((node, last)) = sent.max_by_key(|(_, last)| last.at_us) else {
        return Vec::new();
    };
    let class = class_of(world, node);
    let class = if class.is_empty() { "default" } else { &class };
    let ignores = class == "default" && value(world, "partitioner.ignore.keys") == "true";
    let sent = Sent {
        last,
        partitions: u32::try_from(view.partitions.len()).unwrap_or(u32::MAX),
        texts: world.dictionary(),
    };
    match last.key.filter(|_| !ignores) {
        Some(_) => sent.with_key(class),
        None => sent.without_key(class, if ignores { "the key is ignored" } else { "no key" }),
    }
}

/// The value of a setting, or nothing.
fn value(world: &World, name: &str) -> String {
    let setting = Setting::find(name);
    setting.map(|setting| setting.read(world.setup())).unwrap_or_default()
}

/// The partitioner of that producer: of several, they have each its own, in turn.
fn class_of(world: &World, node: NodeId) -> String {
    let classes = value(world, "partitioner.class");
    let place = match node {
        NodeId::Producer(number) => usize::from(number.saturating_sub(1)),
        _ => 0,
    };
    let count = classes.split(',').count();
    classes.split(',').nth(place % count).unwrap_or_default().to_owned()
}

/// A record that was sent.
struct Sent<'w> {
    last: LastSent,
    partitions: u32,
    texts: &'w Dictionary,
}

impl Sent<'_> {
    fn to(&self) -> String {
        format!("→ P{}", self.last.partition)
    }

    fn stays(&self) -> String {
        format!("stays with P{} for a batch", self.last.partition)
    }

    fn without_key(&self, class: &str, why: &str) -> Vec<String> {
        let said = match class {
            "default" => (format!("{why}: the sticky partitioner"), self.stays()),
            "default-2.4" | "uniform-sticky" => (format!("{why}: sticky until a batch is full"), self.stays()),
            "round-robin" => (format!("{why}: one partition after the other"), self.to()),
            _ => (format!("{why}: {class} draws one"), self.to()),
        };
        vec![said.0, said.1]
    }

    fn with_key(&self, class: &str) -> Vec<String> {
        let key = self.last.key.map_or("", |key| &**self.texts.key_text(key));
        let hashed = match class {
            "default" | "default-2.4" | "murmur2_random" => Some((Algorithm::Murmur2, key)),
            "consistent_random" => Some((Algorithm::Crc32, key)),
            "fnv1a_random" => Some((Algorithm::Fnv1a, key)),
            "uniform-sticky" | "round-robin" => return self.without_key(class, "the key is ignored"),
            _ => part_of(class, key).map(|part| (Algorithm::Murmur2, part)),
        };
        let hashed = hashed.and_then(|(algorithm, part)| self.hashed(algorithm, part, key));
        // A partition that the application chose, or one of another number of partitions, has no computation to show.
        hashed.unwrap_or_else(|| vec![format!("\"{}\"", shortened(key, MOST_LETTERS)), self.to()])
    }

    /// The hash of that part of the key, what is done to its sign, and the remainder; `None` where that does not lead to
    /// the partition.
    fn hashed(&self, algorithm: Algorithm, part: &str, key: &str) -> Option<Vec<String>> {
        let hash = algorithm.hash(part.as_bytes());
        let (number, positive) = match algorithm {
            // `Utils.toPositive` clears the sign bit, which shows for a negative hash only.
            Algorithm::Murmur2 => (signed(hash.cast_signed()), to_positive(hash.cast_signed())),
            Algorithm::Crc32 => (grouped(hash.into()), hash),
            Algorithm::Fnv1a => (signed(hash.cast_signed()), hash.cast_signed().unsigned_abs()),
        };
        let sign = match algorithm {
            Algorithm::Murmur2 if hash > i32::MAX as u32 => "& 0x7fffffff = ",
            Algorithm::Fnv1a if hash > i32::MAX as u32 => "without its sign ",
            _ => "",
        };
        let found = positive.checked_rem(self.partitions)?;
        if found != u32::from(self.last.partition) {
            return None;
        }
        let name = algorithm.name();
        let shown = shortened(part, MOST_LETTERS);
        let of = if part == key { "" } else { " of the key" };
        Some(vec![
            format!("{name}(\"{shown}\"{of}) = {number}"),
            format!(
                "{sign}{} mod {} = {found} {}",
                grouped(positive.into()),
                self.partitions,
                self.to()
            ),
        ])
    }
}

/// The part of the key that `prefix:3` or `part:|:1` looks at, if it has such a part.
fn part_of<'k>(class: &str, key: &'k str) -> Option<&'k str> {
    if let Some(count) = class.strip_prefix("prefix:") {
        let end = key.char_indices().nth(count.parse().ok()?);
        return Some(end.map_or(key, |(end, _)| &key[..end]));
    }
    let (separator, number) = class.strip_prefix("part:")?.rsplit_once(':')?;
    key.split(separator).nth(number.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::producer::key_hash::{crc32, fnv1a};
    use partitura_engine::producer::murmur2::partition_for_key;

    /// What is said of that key by that partitioner, in ordinary spaces.
    fn said(class: &str, key: &str, partition: u32) -> Vec<String> {
        let mut texts = Dictionary::default();
        let key = texts.key(key);
        let last = LastSent {
            at_us: 0,
            key,
            subject: key.unwrap(),
            partition: partition as u16,
        };
        let sent = Sent {
            last,
            partitions: 6,
            texts: &texts,
        };
        let lines = sent.with_key(class);
        lines.iter().map(|line| line.replace('\u{202f}', " ")).collect()
    }

    #[test]
    fn the_computation_shows_the_sign_bit_that_is_cleared() {
        let at = |key: &str| partition_for_key(key.as_bytes(), 6);
        let negative = said("default", "match-4", at("match-4"));
        assert_eq!(negative[0], "murmur2(\"match-4\") = −1 533 637 136");
        assert!(
            negative[1].starts_with("& 0x7fffffff = 613 846 512 mod 6"),
            "{negative:?}"
        );
        assert!(!said("default", "match-7", at("match-7"))[1].starts_with('&'));
    }

    #[test]
    fn another_partitioner_has_another_computation() {
        let crc = said("consistent_random", "match-7", crc32(b"match-7") % 6);
        assert!(
            crc[0].starts_with("CRC-32(\"match-7\") = ") && crc[1].contains("mod 6"),
            "{crc:?}"
        );
        let fnv = fnv1a(b"match-7").cast_signed().unsigned_abs() % 6;
        assert!(said("fnv1a_random", "match-7", fnv)[0].starts_with("FNV-1a("));
        let mat = partition_for_key(b"mat", 6);
        assert!(said("prefix:3", "match-7", mat)[0].starts_with("murmur2(\"mat\" of the key) = "));
        let region = partition_for_key(b"region-2", 6);
        assert!(said("part:|:1", "ad-1|region-2", region)[0].starts_with("murmur2(\"region-2\" of the key) = "));
        assert_eq!(said("round-robin", "match-7", 3)[1], "→ P3");
        assert_eq!(said("uniform-sticky", "match-7", 3)[1], "stays with P3 for a batch");
    }

    #[test]
    fn what_does_not_lead_to_the_partition_is_not_shown() {
        let other = (partition_for_key(b"match-7", 6) + 1) % 6;
        assert_eq!(
            said("default", "match-7", other),
            ["\"match-7\"".to_owned(), format!("→ P{other}")]
        );
    }

    #[test]
    fn a_salted_key_is_hashed_with_its_salt() {
        let at = partition_for_key(b"ad-1#3", 6);
        let lines = said("default", "ad-1#3", at);
        assert!(lines[0].starts_with("murmur2(\"ad-1#3\") = "), "{lines:?}");
    }
}
