//! Replicas of new topics.

use std::sync::Arc;

use partitura_engine::controller::java_random::JavaRandom;
use partitura_engine::controller::striped_replica_placer::{UsableBroker, place_with_rack_order, rack_order};
use serde::Deserialize;

use crate::files;
use crate::tally::Tally;

#[derive(Deserialize)]
struct Case {
    id: String,
    java_random_seed: i64,
    brokers: Vec<Broker>,
    partitions: u32,
    replication_factor: u32,
    rack_init_order: Option<Vec<String>>,
    replicas: Option<Vec<Vec<u32>>>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Broker {
    id: u32,
    rack: Option<String>,
    fenced: bool,
}

#[test]
fn replicas_are_placed_as_in_kafka() {
    let mut tally = Tally::new("replica_placement");
    for case in files::json::<Case>("replica_placement.json") {
        let brokers: Vec<UsableBroker> = case.brokers.iter().map(Broker::usable).collect();
        let own_order = rack_order(&brokers);
        // A rack without a name is written as an empty one.
        let order: Vec<Option<&str>> = case.rack_init_order.as_ref().map_or_else(
            || own_order.clone(),
            |order| {
                order
                    .iter()
                    .map(|rack| Some(rack.as_str()).filter(|rack| !rack.is_empty()))
                    .collect()
            },
        );
        let mut random = JavaRandom::new(case.java_random_seed);
        let placed = place_with_rack_order(&mut random, case.partitions, case.replication_factor, &brokers, &order)
            .map_err(|error| error.name().to_owned());
        let expected = match (case.replicas, case.error) {
            (Some(replicas), None) => Ok(replicas),
            (None, Some(error)) => Err(error),
            _ => panic!("{}: neither replicas nor error, or both", case.id),
        };
        tally.case(&case.id, &(expected, &order), &(placed, &own_order));
    }
    tally.finish();
}

impl Broker {
    fn usable(&self) -> UsableBroker {
        UsableBroker {
            id: self.id,
            rack: self.rack.as_deref().map(Arc::from),
            fenced: self.fenced,
        }
    }
}
