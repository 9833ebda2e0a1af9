//! The storm, and whether it notices when something is wrong.

use partitura_engine::check::Storm;
use partitura_engine::check::storm::{play, shrink};
use partitura_engine::node::Bug;
use partitura_engine::scenario::Scenario;

/// Seeds that run with every change. More of them: `partitura storm --seeds 0..20000`.
const SEEDS: u64 = 500;
/// A mistake must be noticed in so many storms.
const PATIENCE: u64 = 3_000;

#[test]
fn all_is_well_after_every_storm() {
    let failures: Vec<String> = (0..SEEDS)
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

/// Storms that have failed once, small, as [`shrink`] wrote them.
#[test]
fn what_was_found_stays_mended() {
    let found = [
        // A consumer stood still for ever: its old leader answered when a newer one's records were in the buffer.
        include_str!("storms/two-leaders-answer.toml"),
        // seekToBeginning(): what was under way came after it, was handed out, and the records from the beginning were not.
        include_str!("storms/fetched-before-the-seek.toml"),
        // The log refused the end of a member's session, so it was a member again, and its session did not end any more:
        // what it owned nobody got.
        include_str!("storms/a-member-that-never-expires.toml"),
        // A leader that stood still wrote over what its successor had written of a share group: records that were done came
        // again.
        include_str!("storms/a-former-leader-writes.toml"),
        // A share consumer was told that nobody leads, and never asked again.
        include_str!("storms/nobody-looks-for-a-leader.toml"),
        // A coordinator that stood still told of a commit when its successor had taken many more: a false alarm.
        include_str!("storms/a-former-coordinator-tells-late.toml"),
        // A commit further back, after a seek, was written and not told of when its coordinator died; the next one found it.
        include_str!("storms/written-and-not-yet-told.toml"),
        // Whoever commits before it processes, and stands still at a record, has committed what is behind it: Kafka's way.
        include_str!("storms/a-commit-ahead-of-a-record-that-fails.toml"),
        // Static members came back when one had given a partition up, and nobody had got it yet. Kafka leaves it to nobody
        // until there is another rebalance.
        include_str!("storms/given-up-and-handed-to-nobody.toml"),
        // A share partition's former leader could not write that a record was released, and gave it out again all the same.
        include_str!("storms/a-former-leader-gives-up-its-account.toml"),
        // Whoever may not process before it commits seeks back, and by Kafka's client a seek to an offset names no epoch: the
        // log of another leader, elected uncleanly meanwhile, is read on in without a word.
        include_str!("storms/set-back-without-an-epoch.toml"),
        // A leader that stood still gave out its last records, when another one had appended the same, sent again, at the same
        // offset: a false alarm.
        include_str!("storms/the-same-record-at-the-same-offset.toml"),
    ];
    for text in found {
        let storm = Storm::of_scenario(&Scenario::parse(text).expect("it opens"));
        assert_eq!(play(&storm).violation.map(|violation| violation.to_string()), None);
    }
}

#[test]
fn a_storm_comes_again() {
    for seed in [3, 17] {
        assert_eq!(Storm::run(seed, None), Storm::run(seed, None));
    }
}

#[test]
fn a_failing_storm_can_be_made_smaller_and_written_down() {
    let mut storm = Storm::of(0);
    storm.calm_setup.bug = Some(Bug::ElectOutsideIsr);
    let broken = play(&storm).violation.expect("it is noticed").invariant;
    let small = shrink(&storm, 100, |_| {}).expect("it fails");
    assert!(small.troubles() < storm.troubles());
    assert_eq!(
        play(&small).violation.map(|violation| violation.invariant),
        Some(broken)
    );
    let text = small.scenario(Some(broken)).to_toml();
    let mut read = Storm::of_scenario(&Scenario::parse(&text).expect("it opens"));
    read.calm_setup.bug = small.calm_setup.bug;
    assert_eq!(play(&read).violation.map(|violation| violation.invariant), Some(broken));
}

/// Plays storms with that mistake until one of them notices, and looks whether it is noticed for what it is.
fn notices(bug: Bug, by: &[&str]) {
    let noticed = (0..PATIENCE).find_map(|seed| Storm::run(seed, Some(bug)).violation);
    let violation = noticed.unwrap_or_else(|| panic!("{bug:?} is not noticed in {PATIENCE} storms"));
    assert!(by.contains(&violation.invariant), "{bug:?}: {violation}");
}

/// One test a mistake, so that they run side by side: the mistake, and the invariants by which it may be noticed first.
macro_rules! noticed {
    ($($test:ident: $bug:ident by $($invariant:literal),+;)*) => {
        $(#[test] fn $test() { notices(Bug::$bug, &[$($invariant),+]); })*

        #[test]
        fn every_mistake_has_a_test() {
            assert_eq!([$(Bug::$bug),*], Bug::ALL);
        }
    };
}

noticed! {
    no_truncation: NoTruncation by "log-matching", "leader-completeness", "all-is-well-again";
    truncation_to_the_high_watermark: TruncateToHighWatermark by "leader-completeness", "log-matching";
    a_single_lookup_of_the_epoch: SingleEpochLookup by "log-matching", "leader-completeness";
    no_fencing_of_fetches: NoFetchFencing by "consumers-notice-truncation";
    elections_outside_the_isr: ElectOutsideIsr by "leader-completeness", "acknowledged-survive";
    an_isr_that_never_shrinks: IsrNeverShrinks by "lagging-leaves-isr";
    an_isr_that_expands_early: IsrExpandsEarly by "leader-completeness";
    acks_all_by_the_leader_alone: AcksAllByLeaderAlone by "acknowledged-survive";
    a_high_watermark_from_the_log_end: HighWatermarkFromLogEnd by "leader-completeness";
    a_high_watermark_below_the_minimum_isr: HighWatermarkBelowMinIsr
        by "high-watermark-needs-min-isr", "leader-completeness";
    no_look_at_sequences: NoSequenceCheck by "no-duplicates", "producer-order";
    duplicates_that_are_appended: DuplicatesAppended by "no-duplicates";
    an_epoch_that_is_not_bumped: EpochNotBumped by "one-leader-per-epoch", "log-matching";
    reads_beyond_the_high_watermark: ReadsBeyondHighWatermark by "committed-reads-only";
    a_fenced_broker_in_the_isr: FencedStaysInIsr by "fenced-in-no-isr";
    no_look_at_the_partition_epoch: NoPartitionEpochCheck by "isr-within-maximal", "leader-completeness";
    votes_for_stale_logs: VoteForStaleLog by "metadata-logs-match";
    an_unclean_shutdown_that_keeps_the_isr: UncleanShutdownKeepsIsr
        by "acknowledged-survive", "leader-completeness", "fenced-in-no-isr";
    a_generation_that_is_not_bumped: GenerationNotBumped by "one-owner-per-generation", "commits-go-forward";
    commits_of_former_members: StaleCommitAccepted by "commits-go-forward";
    partitions_handed_out_early: HandedOutBeforeRevoked by "one-owner-per-generation", "commits-go-forward";
    commits_before_the_record_is_stored: CommittedBeforeStored by "nothing-passed-over";
    a_sink_that_forgets: DedupForgets by "effects-once";
    locks_that_nobody_minds: LockIgnored by "shared-with-one-at-a-time";
}
