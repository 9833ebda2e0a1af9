//! How clients of Kafka hash a key, each in its own way: two services that write the same keys through two clients may
//! put them on different partitions.
//!
//! Sources: librdkafka `src/rdkafka_msg.c` (`rd_kafka_msg_partitioner_*`), `src/rdcrc32.h`, `src/rdfnv1a.c`; IBM/sarama
//! (formerly Shopify) `partitioner.go`; segmentio/kafka-go `balancer.go`; twmb/franz-go `pkg/kgo/partitioner.go`.

use super::murmur2::{murmur2, to_positive};
use crc::{CRC_32_ISO_HDLC, Crc, NoTable};

/// CRC-32 as zlib and Ethernet have it. Bit by bit: a table would be a kilobyte to download, and keys are short.
const CRC32: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// A client's rule that turns a key into a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClientHash {
    /// The Java client: murmur2, sign bit dropped (`BuiltInPartitioner.partitionForKey`).
    Java,
    /// librdkafka's `consistent`: CRC-32, also of no key at all.
    Consistent,
    /// librdkafka's `consistent_random`, its default: CRC-32; empty and missing keys have no partition of their own.
    ConsistentRandom,
    /// librdkafka's `murmur2`: as Java, and a missing key hashes like an empty one.
    Murmur2,
    /// librdkafka's `murmur2_random`: as Java; missing keys have no partition of their own.
    Murmur2Random,
    /// librdkafka's `fnv1a`: FNV-1a, its absolute value; a missing key hashes like an empty one.
    Fnv1a,
    /// librdkafka's `fnv1a_random`: as `fnv1a`; missing keys have no partition of their own.
    Fnv1aRandom,
    /// Sarama's `NewHashPartitioner`, its default: FNV-1a as a signed number, the remainder's absolute value.
    Sarama,
    /// Sarama's `NewReferenceHashPartitioner`: FNV-1a, sign bit dropped as Java drops murmur2's.
    SaramaReference,
    /// kafka-go's `Hash` balancer: as Sarama's default.
    KafkaGo,
}

impl ClientHash {
    /// All of them.
    pub const ALL: [ClientHash; 10] = [
        ClientHash::Java,
        ClientHash::ConsistentRandom,
        ClientHash::Consistent,
        ClientHash::Murmur2Random,
        ClientHash::Murmur2,
        ClientHash::Fnv1aRandom,
        ClientHash::Fnv1a,
        ClientHash::Sarama,
        ClientHash::SaramaReference,
        ClientHash::KafkaGo,
    ];

    /// The name under which a client knows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ClientHash::Java => "murmur2 (Java)",
            ClientHash::Consistent => "consistent",
            ClientHash::ConsistentRandom => "consistent_random",
            ClientHash::Murmur2 => "murmur2",
            ClientHash::Murmur2Random => "murmur2_random",
            ClientHash::Fnv1a => "fnv1a",
            ClientHash::Fnv1aRandom => "fnv1a_random",
            ClientHash::Sarama => "NewHashPartitioner",
            ClientHash::SaramaReference => "NewReferenceHashPartitioner",
            ClientHash::KafkaGo => "Hash",
        }
    }

    /// The hash behind it.
    #[must_use]
    pub fn algorithm(self) -> Algorithm {
        match self {
            ClientHash::Java | ClientHash::Murmur2 | ClientHash::Murmur2Random => Algorithm::Murmur2,
            ClientHash::Consistent | ClientHash::ConsistentRandom => Algorithm::Crc32,
            _ => Algorithm::Fnv1a,
        }
    }

    /// Who uses it unless told otherwise; empty where it must be asked for.
    ///
    /// kafka-go's writer deals records in turn unless it is told to hash, so that its `Hash` is nobody's default.
    #[must_use]
    pub fn default_of(self) -> &'static str {
        match self {
            ClientHash::Java => "Java, Kafka Streams, Kafka Connect, franz-go",
            ClientHash::ConsistentRandom => {
                "librdkafka, and with it confluent-kafka for Python, Go and .NET, and rdkafka for Rust, Node.js and Ruby"
            }
            ClientHash::Sarama => "Sarama (Go)",
            _ => "",
        }
    }

    /// The partition of a record with that key among so many; `None` when chance decides, and where there are none.
    #[must_use]
    pub fn partition(self, key: &[u8], partitions: u32) -> Option<u32> {
        if self == ClientHash::ConsistentRandom && key.is_empty() {
            return None;
        }
        self.hash(key).checked_rem(partitions)
    }

    /// The partition of a record without a key; `None` when chance decides.
    #[must_use]
    pub fn partition_without_key(self, partitions: u32) -> Option<u32> {
        match self {
            ClientHash::Consistent | ClientHash::Murmur2 | ClientHash::Fnv1a => self.partition(b"", partitions),
            _ => None,
        }
    }

    /// The number whose remainder is the partition.
    fn hash(self, key: &[u8]) -> u32 {
        match self {
            ClientHash::Java | ClientHash::Murmur2 | ClientHash::Murmur2Random => to_positive(murmur2(key)),
            ClientHash::Consistent | ClientHash::ConsistentRandom => crc32(key),
            // The remainder of the absolute value and the absolute value of the remainder are the same: as librdkafka
            // does it, and as Sarama does it. For the smallest number of all, too, which C and Go leave negative.
            ClientHash::Fnv1a | ClientHash::Fnv1aRandom | ClientHash::Sarama | ClientHash::KafkaGo => {
                fnv1a(key).cast_signed().unsigned_abs()
            }
            ClientHash::SaramaReference => to_positive(fnv1a(key).cast_signed()),
        }
    }
}

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// [`murmur2`].
    Murmur2,
    /// [`crc32`].
    Crc32,
    /// [`fnv1a`].
    Fnv1a,
}

impl Algorithm {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Murmur2 => "murmur2",
            Algorithm::Crc32 => "CRC-32",
            Algorithm::Fnv1a => "FNV-1a",
        }
    }

    /// The 32 bits that it makes of a key.
    #[must_use]
    pub fn hash(self, key: &[u8]) -> u32 {
        match self {
            Algorithm::Murmur2 => murmur2(key).cast_unsigned(),
            Algorithm::Crc32 => crc32(key),
            Algorithm::Fnv1a => fnv1a(key),
        }
    }
}

/// CRC-32 (ISO-HDLC, as in zlib) of `data`.
#[must_use]
pub fn crc32(data: &[u8]) -> u32 {
    CRC32.checksum(data)
}

/// FNV-1a of `data`, 32 bits (Fowler, Noll, Vo; `hash_32a.c`).
#[must_use]
pub fn fnv1a(data: &[u8]) -> u32 {
    data.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn crc32_has_the_published_check_value() {
        // The catalogue of CRCs gives this for CRC-32/ISO-HDLC.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32(b"The quick brown fox jumps over the lazy dog"), 0x414f_a339);
    }

    #[test]
    fn fnv1a_has_the_published_test_values() {
        // From the authors' own test suite (test_fnv.c), and the Internet draft of FNV.
        let published = [("", 0x811c_9dc5), ("a", 0xe40c_292c), ("foobar", 0xbf9c_f968)];
        for (text, hash) in published {
            assert_eq!(fnv1a(text.as_bytes()), hash, "{text}");
        }
    }

    #[test]
    fn fnv1a_is_taken_as_librdkafkas_own_test_has_it() {
        // `unittest_fnv1a` in rdfnv1a.c, whose numbers come from Go.
        let unaligned = "PreAmbleWillBeRemoved,ThePrePartThatIs";
        let values = [
            ("kafka", 0x0d33_c4e1),
            ("giberish123456789", 0x77a5_8295),
            ("1234", 0x023b_dd03),
            ("234", 0x2dea_3cd2),
            ("34", 0x740f_a83e),
            ("4", 0x310c_a263),
            (unaligned, 0x65cb_d69c),
            (&unaligned[1..], 0x6e49_c79a),
            (&unaligned[2..], 0x69ee_d356),
            (&unaligned[3..], 0x6abc_c023),
            ("", 0x7ee3_623b),
        ];
        for (text, value) in values {
            assert_eq!(ClientHash::Fnv1a.hash(text.as_bytes()), value, "{text}");
        }
    }

    #[test]
    fn saramas_two_ways_differ_where_the_hash_is_negative() {
        let key = b"a"; // 0xe40c292c
        let signed = 0xe40c_292c_u32.cast_signed();
        assert_eq!(
            ClientHash::Sarama.partition(key, 7),
            Some((signed % 7).unsigned_abs()),
            "partitioner.go: the remainder, then the sign"
        );
        assert_eq!(ClientHash::SaramaReference.partition(key, 7), Some(0x640c_292c % 7));
        assert_ne!(
            ClientHash::Sarama.partition(key, 7),
            ClientHash::SaramaReference.partition(key, 7)
        );
    }

    #[test]
    fn what_has_no_key_is_left_to_chance_or_hashed_as_empty() {
        assert_eq!(ClientHash::ConsistentRandom.partition(b"", 6), None);
        assert_eq!(ClientHash::Consistent.partition(b"", 6), Some(0));
        assert!(ClientHash::Murmur2Random.partition(b"", 6).is_some(), "empty is a key");
        for hash in ClientHash::ALL {
            let hashes_all = matches!(hash, ClientHash::Consistent | ClientHash::Murmur2 | ClientHash::Fnv1a);
            assert_eq!(hash.partition_without_key(6).is_some(), hashes_all, "{hash:?}");
        }
    }

    #[test]
    fn the_same_key_goes_elsewhere_with_another_client() {
        let of = |hash: ClientHash| hash.partition(b"user-1", 6);
        assert_eq!(of(ClientHash::Java), Some(2));
        assert_eq!(of(ClientHash::ConsistentRandom), Some(2), "by luck");
        assert_eq!(ClientHash::Java.partition(b"user-1", 7), Some(3));
        assert_eq!(ClientHash::ConsistentRandom.partition(b"user-1", 7), Some(5));
    }

    proptest! {
        #[test]
        fn a_partition_is_in_range(key in prop::collection::vec(any::<u8>(), 0..80), partitions in 1..=u32::MAX) {
            for hash in ClientHash::ALL {
                prop_assert!(hash.partition(&key, partitions).is_none_or(|p| p < partitions));
                prop_assert!(hash.partition_without_key(partitions).is_none_or(|p| p < partitions));
                prop_assert_eq!(hash.partition(&key, 0), None);
            }
        }
    }
}
