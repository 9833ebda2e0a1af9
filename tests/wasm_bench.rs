//! The benchmark's run in wasm in a real browser. `cargo xtask bench` runs it and prints the figure.
#![cfg(target_arch = "wasm32")]

#[path = "../benches/million/mod.rs"]
mod million;

use wasm_bindgen_test::wasm_bindgen_test;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_million_records_in_wasm() {
    let clock = web_sys::window()
        .and_then(|window| window.performance())
        .expect("a browser has a clock");
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = clock.now();
        let world = million::run();
        best = best.min(clock.now() - start);
        assert_eq!(world.trace().counters().processed, million::RECORDS);
    }
    let per_second = million::RECORDS as f64 / best / 1000.0;
    wasm_bindgen_test::console_log!("wasm: {best:.0} ms for a million records, {per_second:.2} million records/s");
}
