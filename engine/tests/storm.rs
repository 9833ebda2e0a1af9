//! The storm, and whether it notices when something is wrong.

use partitura_engine::check::Storm;

/// Seeds that run with every change. More of them: `partitura storm --seeds 0..20000`.
const SEEDS: u64 = 500;

#[test]
fn all_is_well_after_every_storm() {
    let seeds = std::env::var("STORM_SEEDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(SEEDS);
    let failures: Vec<String> = (0..seeds)
        .filter_map(|seed| Storm::run(seed, None).violation)
        .map(|violation| violation.to_string())
        .collect();
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}
