use partitura_engine::{trace, world::*, workload::*};
fn main() {
    let mut setup = Setup::new(42, "match-events");
    setup.brokers = 3;
    setup.topic.partitions = 4;
    setup.broker.groups.initial_rebalance_delay_us = 0;
    setup.workload.keys = (1..=12).map(|i| format!("match-{i}")).collect();
    setup.workload.rate = Rate { per_second: 50, bursts: vec![] };
    setup.consumer.processing_us = 1000;
    let until: u64 = std::env::args().nth(1).map_or(2_000_000, |s| s.parse().unwrap());
    let mut world = World::new(&setup);
    world.run_until(until);
    let names = world.names();
    for e in world.trace().since(0) { println!("{}", trace::readable(e, &names)); }
    let c = world.trace().counters();
    eprintln!("sent {} acked {} processed {} ooo {} digest {:016x} events {}", c.sent, c.acknowledged, c.processed, c.out_of_order, world.trace().digest(), world.trace().count());
    eprintln!("{:#?}", world.view().group);
    eprintln!("{:?}", world.view().consumers);
    for p in world.view().partitions { eprintln!("{p:?}"); }
}
