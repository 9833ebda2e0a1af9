//! Rebalances of Kafka's own consumer, measured on a real cluster (4.3.1; `tests/measured/rebalances.json`), come out as the
//! same story in the simulation: who is told to give up or to take what, in which order, in how many generations, and when.
//! When a member hears of a rebalance hangs on when its last heartbeat was: up to `heartbeat.interval.ms` of chance.

#[path = "measured/histories.rs"]
mod histories;

use histories::{Call, History, Told, measured};

/// Members hear of a rebalance at their next heartbeat, after 3 s at most. The real machines needed up to half a second more.
const CHANCE_MS: u64 = 3_500;

/// A call, how many partitions it is about, and which.
type Step = (Call, usize, Vec<u16>);

/// The steps of a history: what happens within the same rebalance has no order among members, as their messages cross. Each
/// member's own calls keep their order. From `named_until_ms` on only the number of partitions counts.
fn steps(history: &History, member: &str, named_until_ms: u64) -> Vec<Step> {
    let of = |told: &&Told| told.member == member;
    let step = |told: &Told| {
        let mut named = told.partitions.clone();
        named.retain(|_| told.at_ms < named_until_ms);
        (told.call, told.partitions.len(), named)
    };
    history.told.iter().filter(of).map(step).collect()
}

fn is_the_same_story(name: &str) {
    is_the_same_story_with_names_until(name, u64::MAX);
}

fn is_the_same_story_with_names_until(name: &str, named_until_ms: u64) {
    let case = measured(name);
    let (real, ours) = (case.history(), case.simulate());
    for member in ["A", "B", "C"] {
        let steps = |history| steps(history, member, named_until_ms);
        assert_eq!(steps(&ours), steps(&real), "{name}: {member}");
    }
    assert_eq!(ours.generations, real.generations, "{name}: generations");
    for member in ["A", "B", "C"] {
        let of = |told: &&Told| told.member == member;
        let pairs = ours.told.iter().filter(of).zip(real.told.iter().filter(of));
        for (ours, real) in pairs {
            assert!(
                ours.at_ms.abs_diff(real.at_ms) <= CHANCE_MS,
                "{name}: {member} {:?} {:?} at {} ms, and here at {} ms",
                real.call,
                real.partitions,
                real.at_ms,
                ours.at_ms
            );
        }
    }
}

#[test]
fn eager_range_stops_everybody_in_each_rebalance() {
    is_the_same_story("classic eager range");
}

#[test]
fn the_default_list_is_eager_range() {
    is_the_same_story("classic default strategy list (range, cooperative-sticky)");
}

#[test]
fn cooperative_sticky_moves_in_two_generations_and_takes_no_more_than_it_must() {
    is_the_same_story("classic cooperative-sticky");
}

#[test]
fn the_leader_sees_that_the_topic_has_grown() {
    is_the_same_story("classic eager range, topic grows (metadata.max.age 5 s)");
}

#[test]
fn who_does_not_poll_in_time_is_out_and_finds_that_it_has_lost_all() {
    is_the_same_story("classic cooperative, B exceeds max.poll.interval");
}

#[test]
fn nobody_loses_what_it_keeps_for_a_moment_under_cooperative_sticky() {
    let history = measured("classic cooperative-sticky").simulate();
    let mut given_up: Vec<&Told> = history.told.iter().filter(|told| told.call == Call::Revoked).collect();
    given_up.retain(|told| told.at_ms < 40_000);
    let partitions: Vec<&[u16]> = given_up.iter().map(|told| told.partitions.as_slice()).collect();
    assert_eq!(partitions.concat().len(), 5, "three for B, two for C: {partitions:?}");
}

#[test]
fn under_kip_848_each_member_goes_its_own_way_and_keeps_what_it_keeps() {
    is_the_same_story("KIP-848 consumer protocol");
}

#[test]
fn under_kip_848_who_does_not_poll_in_time_is_out_and_the_others_learn_of_it_by_their_heartbeats() {
    // When C goes, A and B get one of its two partitions each: which of them hangs on the order of a hash map in Kafka.
    is_the_same_story_with_names_until("KIP-848, B exceeds max.poll.interval", 66_000);
}
