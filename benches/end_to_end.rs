//! How fast a million records go from producers to consumers, and how much memory they take. `cargo bench`.

mod million;

use divan::{AllocProfiler, Bencher, counter::ItemsCount};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// Records a second; `max alloc` over a million is the memory for a record at three replicas, all else included.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn a_million_records(bencher: Bencher) {
    bencher
        .counter(ItemsCount::new(million::RECORDS))
        .bench_local(million::run);
}

/// What a keyframe for a rewind costs: a clone of the world after a million records.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn a_clone_of_the_world(bencher: Bencher) {
    let world = million::run();
    bencher.bench_local(|| world.clone());
}
