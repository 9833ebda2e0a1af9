//! Stories of how a group chooses its assignor.

use super::desk::{Desk, SECOND, TOPIC, join_request, protocol};
use crate::coordinator::GroupCoordinatorConfig;
use crate::trace::Fact;
use crate::wire::{ErrorCode, GroupProtocol, MemberId, PartitionId, RequestBody, Subscription};

fn knows(names: &[&str]) -> Vec<GroupProtocol> {
    let known = |name: &&str| protocol(name, Subscription::to([TOPIC]));
    names.iter().map(known).collect()
}

fn join(desk: &mut Desk, client: u8, member: &MemberId, protocols: Vec<GroupProtocol>) -> u32 {
    let mut request = join_request(client, member);
    request.protocols = protocols.into();
    desk.send(client, RequestBody::JoinGroup(Box::new(request)))
}

/// Members with these assignors, in the first generation.
fn desk_with(members: &[&[&str]]) -> (Desk, Vec<(MemberId, u32)>) {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    let mut joined = Vec::new();
    for (client, names) in (1..).zip(members) {
        let asked = join(&mut desk, client, &"".into(), knows(names));
        let id = desk.joined(asked).member;
        let joining = join(&mut desk, client, &id, knows(names));
        joined.push((id, joining));
    }
    desk.pass(6 * SECOND);
    (desk, joined)
}

fn chosen(members: &[&[&str]]) -> String {
    let (mut desk, joined) = desk_with(members);
    desk.joined(joined[0].1)
        .protocol
        .map_or_else(String::new, |name| name.to_string())
}

#[test]
fn the_assignor_that_most_put_first_of_those_that_all_know() {
    let (sticky, both) = (["sticky", "range"], ["range", "sticky"]);
    assert_eq!(chosen(&[&both, &sticky, &sticky]), "sticky");
    assert_eq!(chosen(&[&both, &both, &sticky]), "range");
    assert_eq!(
        chosen(&[&sticky, &sticky, &["range"]]),
        "range",
        "one member knows nothing else"
    );
    assert_eq!(
        chosen(&[&["roundrobin", "range"], &["range", "roundrobin"]]),
        "range",
        "as many votes: by the hash of the name, as in Java"
    );
}

#[test]
fn who_shares_no_assignor_with_the_group_is_refused() {
    let (mut desk, _) = desk_with(&[&["range"], &["range", "sticky"]]);
    let stranger = join(&mut desk, 3, &"".into(), knows(&["sticky"]));
    assert_eq!(desk.error(stranger), ErrorCode::InconsistentGroupProtocol);
    let mute = join(&mut desk, 3, &"".into(), Vec::new());
    assert_eq!(desk.error(mute), ErrorCode::InconsistentGroupProtocol);
}

#[test]
fn the_leader_sees_what_each_member_says_under_the_chosen_assignor() {
    let mut desk = Desk::new(GroupCoordinatorConfig::default());
    let owned = PartitionId { topic: TOPIC, index: 1 };
    let mut cooperative = protocol("cooperative-sticky", Subscription::to([TOPIC]));
    cooperative.metadata.owned = [owned].into();
    cooperative.metadata.generation = Some(7);
    let protocols = vec![cooperative, protocol("range", Subscription::to([TOPIC]))];
    let asked = join(&mut desk, 1, &"".into(), protocols.clone());
    let id = desk.joined(asked).member;
    let joining = join(&mut desk, 1, &id, protocols);
    desk.pass(3 * SECOND);
    let joined = desk.joined(joining);
    assert_eq!(joined.protocol.as_deref(), Some("cooperative-sticky"));
    assert_eq!(joined.members[0].metadata.owned[..], [owned]);
    assert_eq!(joined.members[0].metadata.generation, Some(7));
}

#[test]
fn a_follower_with_news_of_itself_makes_all_join_again() {
    let (mut desk, joined) = desk_with(&[&["range"], &["range"]]);
    let (leader, follower) = (&joined[0].0, &joined[1].0);
    desk.sync(2, follower, 1, &[]);
    desk.sync(1, leader, 1, &[(leader, &[0]), (follower, &[1])]);
    let again = join(&mut desk, 2, follower, knows(&["range"]));
    assert_eq!(desk.joined(again).generation, 1, "the same once more");
    let mut gave_up = knows(&["range"]);
    gave_up[0].metadata.generation = Some(1);
    join(&mut desk, 2, follower, gave_up);
    assert_eq!(desk.state(), "PreparingRebalance 1 2");
}

#[test]
fn it_is_told_when_there_was_a_choice_and_it_came_out_another_way() {
    let told = |desk: &Desk| {
        let names = desk.trace.since(0).filter_map(|event| match event.fact {
            Fact::GroupProtocolChosen { protocol } => Some(protocol),
            _ => None,
        });
        names.collect::<Vec<_>>()
    };
    let (desk, _) = desk_with(&[&["range"]]);
    assert!(told(&desk).is_empty(), "nothing to choose");
    let both: &[&str] = &["range", "cooperative-sticky"];
    let (mut desk, joined) = desk_with(&[both]);
    assert_eq!(told(&desk), ["range"]);
    // The second rolling bounce of an upgrade to the cooperative protocol: range is taken away.
    let id = &joined[0].0;
    desk.sync(1, id, 1, &[(id, &[0])]);
    join(&mut desk, 1, id, knows(both));
    assert_eq!(told(&desk), ["range"], "the same as before");
    desk.sync(1, id, 2, &[(id, &[0])]);
    join(&mut desk, 1, id, knows(&["cooperative-sticky", "range"]));
    assert_eq!(told(&desk), ["range", "cooperative-sticky"]);
}

#[test]
fn the_next_coordinator_knows_the_assignor() {
    let (mut desk, joined) = desk_with(&[&["sticky"]]);
    let id = &joined[0].0;
    desk.sync(1, id, 1, &[(id, &[0])]);
    desk.move_to_another(GroupCoordinatorConfig::default());
    let other = join(&mut desk, 2, &"".into(), knows(&["range"]));
    assert_eq!(desk.error(other), ErrorCode::InconsistentGroupProtocol);
}
