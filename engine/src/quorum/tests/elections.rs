use super::net::{MILLI, Net, SECOND};
use crate::node::Bug;
use crate::wire::QuorumRole::{Follower, Leader, Resigned};

#[test]
fn a_voter_alone_leads_at_once_and_commits_as_it_writes() {
    let mut net = Net::new(1, 1);
    assert_eq!((net.leader(), net.voter(1).epoch()), (Some(1), 1));
    assert!(net.voter(1).has_committed_its_epoch());
    assert_eq!(net.write(), Some(1));
    assert_eq!(net.voter(1).high_watermark(), 2);
    net.kill(1);
    net.start(1);
    assert_eq!((net.voter(1).epoch(), net.voter(1).high_watermark()), (2, 3));
}

#[test]
fn three_voters_elect_one_within_two_seconds() {
    for seed in 0..20 {
        let mut net = Net::new(3, seed);
        net.run(990 * MILLI);
        assert_eq!(net.leader(), None, "nobody asks before the election timeout");
        net.run(1_100 * MILLI);
        let mut roles = net.roles();
        roles.sort_by_key(|role| *role == Follower);
        assert_eq!(roles, [Leader, Follower, Follower], "seed {seed}");
        let epochs: Vec<_> = net.numbers().map(|n| net.voter(n).epoch()).collect();
        assert_eq!(epochs, [1, 1, 1]);
        assert!(net.voter(net.leader().unwrap()).has_committed_its_epoch());
    }
}

#[test]
fn when_the_leader_dies_another_one_leads_after_the_fetch_timeout() {
    for seed in 0..20 {
        let mut net = Net::new(3, seed);
        net.run(3 * SECOND);
        let first = net.leader().unwrap();
        net.kill(first);
        net.run(1_400 * MILLI);
        assert_eq!(net.leader(), None, "the others wait for the fetch timeout");
        net.run(2_600 * MILLI);
        let second = net.leader().expect("a leader");
        assert_ne!(first, second);
        net.start(first);
        net.run(SECOND);
        assert_eq!(net.voter(first).role(), Follower);
        assert_eq!(net.voter(first).epoch(), net.voter(second).epoch());
    }
}

#[test]
fn a_leader_that_is_cut_off_resigns_after_three_seconds() {
    let mut net = Net::new(3, 5);
    net.run(3 * SECOND);
    let old = net.leader().unwrap();
    net.isolate(old);
    net.run(2_400 * MILLI);
    assert_eq!(net.voter(old).role(), Leader, "it does not know yet");
    net.run(700 * MILLI);
    assert_eq!(net.voter(old).role(), Resigned);
    net.run(3 * SECOND);
    let new = net.leader().expect("the others have elected one");
    net.cut.clear();
    net.run(4 * SECOND);
    assert_eq!(net.voter(old).role(), Follower);
    assert_eq!(net.leader(), Some(new), "whoever comes back does not depose it");
}

#[test]
fn a_follower_that_was_cut_off_does_not_disturb_the_others() {
    for seed in 0..20 {
        let mut net = Net::new(3, seed);
        net.run(3 * SECOND);
        let leader = net.leader().unwrap();
        let epoch = net.voter(leader).epoch();
        let lonely = net.numbers().find(|n| *n != leader).unwrap();
        net.isolate(lonely);
        net.run(20 * SECOND);
        assert_eq!(net.voter(lonely).epoch(), epoch, "pre-votes do not count epochs up");
        net.cut.clear();
        net.run(4 * SECOND);
        assert_eq!((net.leader(), net.voter(leader).epoch()), (Some(leader), epoch));
        assert_eq!(net.voter(lonely).role(), Follower);
    }
}

#[test]
fn without_a_majority_nobody_leads() {
    let mut net = Net::new(3, 7);
    net.run(3 * SECOND);
    let leader = net.leader().unwrap();
    for other in net.numbers().filter(|n| *n != leader) {
        net.kill(other);
    }
    net.run(4 * SECOND);
    assert_eq!(net.leader(), None);
    assert_eq!(net.write(), None);
    net.run(60 * SECOND);
    assert_eq!(net.leader(), None);
    let one = net.numbers().find(|n| *n != leader).unwrap();
    net.start(one);
    net.run(6 * SECOND);
    assert!(net.leader().is_some(), "two of three are enough");
}

#[test]
fn a_leader_that_stops_in_order_is_followed_at_once() {
    for seed in 0..20 {
        let mut net = Net::new(3, seed);
        net.run(3 * SECOND);
        let old = net.leader().unwrap();
        net.shut_down(old);
        assert_eq!(net.voter(old).role(), Resigned);
        assert!(!net.voter(old).may_stop(net.now));
        net.run(20 * MILLI);
        assert!(
            net.leader().is_some_and(|new| new != old),
            "seed {seed}: {:?}",
            net.roles()
        );
        assert!(net.voter(old).may_stop(net.now), "somebody else leads");
    }
}

/// Voter 3 was away while records were committed. It may not lead until it has them.
fn elects_a_stale_log(bug: Option<Bug>) -> bool {
    (0..20).any(|seed| {
        let mut net = Net::new(3, seed);
        net.bug = bug;
        net.run(3 * SECOND);
        let lonely = net.numbers().find(|n| Some(*n) != net.leader()).unwrap();
        net.isolate(lonely);
        net.run(10 * MILLI);
        net.write();
        net.run(10 * SECOND);
        net.cut.clear();
        // It asks for votes before it hears from the leader.
        net.run(10 * SECOND);
        net.broken.is_some()
    })
}

#[test]
fn a_log_that_lacks_committed_records_is_not_elected() {
    assert!(!elects_a_stale_log(None));
    assert!(elects_a_stale_log(Some(Bug::VoteForStaleLog)), "the seeded bug shows");
}
