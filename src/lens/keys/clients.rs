//! The same key by the clients that there are, and whether two services would part it.

use super::words::percent;
use crate::ui::format::grouped;
use partitura_keys::{ClientHash, Keys, disagreement};

/// The rules that are shown, the defaults first. Those that only treat a missing key otherwise are left out.
const SHOWN: [ClientHash; 6] = [
    ClientHash::Java,
    ClientHash::ConsistentRandom,
    ClientHash::Sarama,
    ClientHash::Murmur2Random,
    ClientHash::Fnv1aRandom,
    ClientHash::SaramaReference,
];

/// A client's rule, and where it puts the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// The name of the rule.
    pub rule: &'static str,
    /// Who uses it.
    pub who: &'static str,
    /// The hash behind it.
    pub algorithm: &'static str,
    /// The partition; `None` when chance decides.
    pub partition: Option<u32>,
    /// Whether that is where Java puts it.
    pub as_java: bool,
}

/// Who uses a rule, in short.
fn who(hash: ClientHash) -> &'static str {
    match hash {
        ClientHash::Java => "Java, Streams, Connect; franz-go",
        ClientHash::ConsistentRandom => "librdkafka: Python, .NET, confluent-kafka-go, Rust",
        ClientHash::Sarama => "Sarama; kafka-go’s Hash",
        ClientHash::Murmur2Random => "librdkafka, if set: as Java",
        ClientHash::Fnv1aRandom => "librdkafka, if set: as Sarama",
        _ => "Sarama, if set",
    }
}

/// Where each of them puts that key.
#[must_use]
pub fn rows(key: &[u8], partitions: u32) -> Vec<ClientRow> {
    let java = ClientHash::Java.partition(key, partitions);
    SHOWN
        .iter()
        .map(|hash| {
            let partition = hash.partition(key, partitions);
            ClientRow {
                rule: hash.name(),
                who: who(*hash),
                algorithm: hash.algorithm().name(),
                partition,
                as_java: partition == java,
            }
        })
        .collect()
}

/// What the rows mean for two services that write the same key. `true` when it is a warning.
#[must_use]
pub fn verdict(key: &[u8], partitions: u32) -> (bool, String) {
    let of = |hash: ClientHash| hash.partition(key, partitions);
    let (java, librdkafka, sarama) = (
        of(ClientHash::Java),
        of(ClientHash::ConsistentRandom),
        of(ClientHash::Sarama),
    );
    if partitions < 2 {
        return (
            false,
            "With one partition there is nothing to disagree about.".to_owned(),
        );
    }
    if java == librdkafka && java == sarama {
        let text = "All put this key on the same partition, by luck: the hashes differ, and with another key or another number of \
                    partitions so do the places.";
        return (false, text.to_owned());
    }
    let place = |partition: Option<u32>| partition.map_or("any partition".to_owned(), |p| format!("P{p}"));
    let mut others = Vec::new();
    if librdkafka != java {
        others.push(format!("one on librdkafka’s default to {}", place(librdkafka)));
    }
    if sarama != java {
        others.push(format!("one on Sarama’s default to {}", place(sarama)));
    }
    let text = format!(
        "Two services, two hashes: a Java service sends this key to {}, {}. Its records are then in two partitions, with no \
         order between them, and what is joined by partition does not meet. {}",
        place(java),
        others.join(", "),
        cure(librdkafka != java)
    );
    (true, text)
}

/// With more keys, nobody waits for the comparison.
const MOST_COMPARED: usize = 20_000;

/// How much of a load a Java service and one on librdkafka's default would put on different partitions.
#[must_use]
pub fn apart(keys: &Keys, partitions: u32) -> Option<String> {
    if keys.is_empty() || keys.len() > MOST_COMPARED || partitions < 2 {
        return None;
    }
    let apart = disagreement(keys, partitions, ClientHash::Java, ClientHash::ConsistentRandom);
    Some(format!(
        "Of all the keys here, Java and librdkafka’s default part {} of {}: {} of the load.",
        grouped(apart.keys),
        grouped(keys.len() as u64),
        percent(u64::from(apart.weight_permille))
    ))
}

fn cure(librdkafka: bool) -> &'static str {
    if librdkafka {
        "librdkafka agrees with Java when partitioner is murmur2_random."
    } else {
        "Let one of them use the other’s hash."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_services_that_part_a_key_are_warned() {
        let (warns, text) = verdict(b"user-1", 7);
        assert!(
            warns && text.contains("Java service sends this key to P3") && text.contains("P5"),
            "{text}"
        );
        let rows = rows(b"user-1", 7);
        assert_eq!((rows[0].partition, rows[0].as_java), (Some(3), true));
        assert_eq!((rows[1].partition, rows[1].as_java), (Some(5), false));
        assert!(rows[3].as_java, "murmur2_random");
    }

    #[test]
    fn the_empty_key_is_hashed_by_java_and_left_to_chance_by_librdkafka() {
        let (warns, text) = verdict(b"", 6);
        assert!(warns && text.contains("any partition"), "{text}");
    }

    #[test]
    fn one_partition_needs_no_warning() {
        assert!(!verdict(b"user-1", 1).0);
    }
}
