use super::net::{MILLI, Net, SECOND};
use crate::wire::QuorumRole::Leader;

#[test]
fn a_record_is_committed_after_two_trips_and_known_after_three() {
    let mut net = Net::new(3, 1);
    net.run(3 * SECOND);
    let leader = net.leader().unwrap();
    let offset = net.write().unwrap();
    assert_eq!(net.voter(leader).high_watermark(), offset, "not yet");
    net.run(1_500);
    assert_eq!(net.voter(leader).high_watermark(), offset + 1);
    net.run(3 * MILLI);
    for voter in net.numbers() {
        assert_eq!(
            net.voter(voter).high_watermark(),
            offset + 1,
            "no need to wait for the next record (KIP-1166)"
        );
    }
}

#[test]
fn a_minority_does_not_hold_up_the_commit() {
    let mut net = Net::new(3, 2);
    net.run(3 * SECOND);
    let leader = net.leader().unwrap();
    net.kill(net.numbers().find(|n| *n != leader).unwrap());
    let offset = net.write().unwrap();
    net.run(2 * MILLI);
    assert_eq!(net.voter(leader).high_watermark(), offset + 1);
}

#[test]
fn what_a_cut_off_leader_wrote_is_truncated() {
    let mut net = Net::new(3, 3);
    net.run(3 * SECOND);
    let old = net.leader().unwrap();
    net.isolate(old);
    let lost = net.write().unwrap();
    assert_eq!(net.voter(old).log_end(), lost + 1);
    net.run(6 * SECOND);
    let new = net.leader().unwrap();
    assert_ne!(new, old);
    net.write();
    net.cut.clear();
    net.run(6 * SECOND);
    assert_eq!(net.written(old), net.written(new));
    assert_eq!(net.written(old), net.committed);
    assert_eq!(net.broken, None);
}

/// Raft, figure 8: a record of an older epoch is not committed by being on a majority.
#[test]
fn an_old_record_is_committed_only_with_one_of_the_own_epoch() {
    for seed in 0..20 {
        let mut net = Net::new(3, seed);
        net.run(3 * SECOND);
        let old = net.leader().unwrap();
        let epoch = net.voter(old).epoch();
        // The record reaches the others, and the leader dies before it hears so.
        let offset = net.write().unwrap();
        net.run(800);
        net.kill(old);
        assert!(net.committed.len() as u64 <= offset);
        net.run(5 * SECOND);
        let new = net.leader().unwrap();
        assert!(
            net.voter(new).high_watermark() > offset + 1,
            "with the first record of the new epoch"
        );
        assert_eq!(net.committed[offset as usize].0, epoch);
        assert_eq!(net.committed[offset as usize + 1], (net.voter(new).epoch(), None));
    }
}

#[test]
fn a_restarted_voter_has_its_log_and_learns_anew_what_is_committed() {
    let mut net = Net::new(3, 4);
    net.run(3 * SECOND);
    let offset = net.write().unwrap();
    net.run(10 * MILLI);
    let follower = net.numbers().find(|n| net.voter(*n).role() != Leader).unwrap();
    net.kill(follower);
    assert_eq!(
        (net.voter(follower).log_end(), net.voter(follower).high_watermark()),
        (offset + 1, 0)
    );
    net.start(follower);
    net.run(10 * MILLI);
    assert_eq!(net.voter(follower).high_watermark(), offset + 1);
}
