use partitura_engine::{world::*, workload::*};
fn main() {
    let mut setup = Setup::new(42, "match-events");
    setup.topic.partitions = 12;
    setup.producers = 4;
    setup.broker.groups.initial_rebalance_delay_us = 0;
    setup.workload.keys = (1..=1000).map(|i| format!("key-{i}")).collect();
    setup.workload.rate = Rate { per_second: std::env::args().nth(1).map_or(200_000, |s| s.parse().unwrap()), bursts: vec![] };
    setup.limits.records = 1_000_000;
    setup.limits.trace_events = 10_000;
    setup.producers_start_us = 1_000_000;
    let t = std::time::Instant::now();
    let mut world = World::new(&setup);
    let mut at = 0;
    while world.trace().counters().processed < 1_000_000 && at < 120_000_000 { at += 10_000; world.run_until(at); }
    let e = t.elapsed();
    let c = world.trace().counters();
    println!("{:?} virtual {} processed {} {:.2} M/s events {} msgs {} ooo {}", e, at, c.processed, c.processed as f64 / e.as_secs_f64() / 1e6, world.trace().count(), c.messages, c.out_of_order);
}
