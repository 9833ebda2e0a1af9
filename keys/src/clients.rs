//! Where each client would put a key, and for how many keys two clients do not agree.

use crate::keys::{Keys, Tally};
use partitura_engine::producer::key_hash::ClientHash;

/// Where one client puts a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ClientPlace {
    /// The client's rule.
    pub client: ClientHash,
    /// The partition; `None` when the client draws one for each record.
    pub partition: Option<u32>,
}

/// Where each client puts this key, in the order of [`ClientHash::ALL`].
#[must_use]
pub fn clients(key: &str, partitions: u32) -> Vec<ClientPlace> {
    let places = ClientHash::ALL.into_iter().map(|client| ClientPlace {
        client,
        partition: client.partition(key.as_bytes(), partitions),
    });
    places.collect()
}

/// Keys that two clients put on different partitions.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Disagreement {
    /// How many keys.
    pub keys: u64,
    /// Their rows and weight.
    pub tally: Tally,
    /// Their part of the weight of all keys, in thousandths, rounded down.
    pub weight_permille: u32,
}

/// For which of these keys two services that write them through these clients would use different partitions. Then
/// neither order nor a join by key holds for them. A client that draws a partition agrees with nobody.
///
/// Hashes each key twice.
#[must_use]
pub fn disagreement(keys: &Keys, partitions: u32, one: ClientHash, other: ClientHash) -> Disagreement {
    let mut apart = Disagreement::default();
    for at in keys.ids().filter(|_| partitions > 0) {
        let place = |client: ClientHash| client.partition(keys.key(at).as_bytes(), partitions);
        if place(one).is_none_or(|partition| place(other) != Some(partition)) {
            let Tally { rows, weight } = keys.tally(at);
            apart.keys += 1;
            apart.tally.rows += rows;
            apart.tally.weight += weight;
        }
    }
    let total = keys.total().weight;
    apart.weight_permille = (apart.tally.weight * 1000).checked_div(total).unwrap_or(0) as u32;
    apart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::list;

    #[test]
    fn java_and_librdkafkas_default_disagree_about_most_keys() {
        let keys = list(&(0..600).map(|i| format!("user-{i}\n")).collect::<String>());
        let apart = disagreement(&keys, 6, ClientHash::Java, ClientHash::ConsistentRandom);
        // Two hashes that know nothing of each other agree about one key in six.
        assert!((450..550).contains(&apart.keys), "{apart:?}");
        assert_eq!(u64::from(apart.weight_permille), apart.keys * 1000 / 600);
        assert_eq!(
            disagreement(&keys, 6, ClientHash::Java, ClientHash::Murmur2Random),
            Disagreement::default()
        );
    }

    #[test]
    fn javas_place_is_the_place_of_the_shares() {
        let keys = list("user-1\n");
        let place = |key, client| {
            clients(key, 6)
                .into_iter()
                .find(|place| place.client == client)
                .unwrap()
                .partition
        };
        assert_eq!(place("user-1", ClientHash::Java), Some(keys.partition(0, 6)));
        assert_eq!(place("", ClientHash::ConsistentRandom), None);
        assert!(clients("user-1", 0).iter().all(|place| place.partition.is_none()));
    }

    #[test]
    fn a_client_that_draws_agrees_with_nobody() {
        let mut importer = crate::Importer::new(crate::Layout {
            format: crate::Format::CSV,
            ..crate::Layout::list()
        });
        importer.push(b"\"\"\n");
        let keys = importer.finish().keys;
        let drawn = ClientHash::ConsistentRandom;
        assert_eq!(disagreement(&keys, 6, drawn, drawn).keys, 1);
    }
}
