//! The checker is checked: each mistake that can be built in is noticed by some storm.

use partitura_engine::check::Storm;
use partitura_engine::node::Bug;

/// Each bug, the seed from which the search starts (the first one that noticed it, when this was written), and the
/// invariants that may notice it.
const NOTICED: [(Bug, u64, &[&str]); 18] = [
    (Bug::NoTruncation, 0, &["log-matching", "all-is-well-again"]),
    (
        Bug::TruncateToHighWatermark,
        0,
        &["leader-completeness", "log-matching"],
    ),
    (Bug::SingleEpochLookup, 142, &["log-matching"]),
    (Bug::NoFetchFencing, 43, &["consumers-notice-truncation"]),
    (
        Bug::ElectOutsideIsr,
        0,
        &["leader-completeness", "acknowledged-survive"],
    ),
    (Bug::IsrNeverShrinks, 2, &["lagging-leaves-isr"]),
    (Bug::IsrExpandsEarly, 2, &["leader-completeness"]),
    (Bug::AcksAllByLeaderAlone, 0, &["acknowledged-survive"]),
    (Bug::HighWatermarkFromLogEnd, 0, &["leader-completeness"]),
    (
        Bug::HighWatermarkBelowMinIsr,
        0,
        &["leader-completeness", "high-watermark-needs-min-isr"],
    ),
    (Bug::NoSequenceCheck, 9, &["no-duplicates"]),
    (Bug::DuplicatesAppended, 9, &["no-duplicates"]),
    (Bug::EpochNotBumped, 0, &["one-leader-per-epoch"]),
    (Bug::ReadsBeyondHighWatermark, 2, &["committed-reads-only", "no-panic"]),
    (Bug::FencedStaysInIsr, 0, &["fenced-in-no-isr"]),
    (Bug::NoPartitionEpochCheck, 272, &["isr-within-maximal"]),
    (Bug::VoteForStaleLog, 30, &["metadata-logs-match"]),
    (
        Bug::UncleanShutdownKeepsIsr,
        32,
        &["fenced-in-no-isr", "acknowledged-survive", "leader-completeness"],
    ),
];

/// So many storms from the first one on; then, should the engine have changed, so many from the beginning.
const NEAR: u64 = 30;
const ALL: u64 = 600;

#[test]
fn every_seeded_bug_is_noticed() {
    assert_eq!(NOTICED.map(|(bug, ..)| bug), Bug::ALL);
    for (bug, first, by) in NOTICED {
        let mut seeds = (first..first + NEAR).chain(0..ALL);
        let noticed = seeds.find_map(|seed| Storm::run(seed, Some(bug)).violation);
        let violation = noticed.unwrap_or_else(|| panic!("{bug:?} is not noticed in {ALL} storms"));
        assert!(
            by.contains(&violation.invariant),
            "{bug:?} is noticed by {}, and not by {by:?}",
            violation.invariant
        );
    }
}
