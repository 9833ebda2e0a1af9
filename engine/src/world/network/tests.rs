//! Order is kept whatever happens to a link, and connections that nobody has are not kept.

use super::*;
use crate::node::Random;
use crate::wire::{NodeSet, Request, RequestBody, Response, ResponseBody};
use crate::world::CutView;
use proptest::prelude::*;

const P1: NodeId = NodeId::Producer(1);
const B1: NodeId = NodeId::Broker(1);
const B2: NodeId = NodeId::Broker(2);

fn network(setup: impl FnOnce(&mut Setup)) -> Network {
    let mut whole = Setup::new(1, "topic");
    setup(&mut whole);
    Network::new(&whole)
}

fn request(correlation: u32) -> Message {
    Message::Request(Request {
        correlation,
        channel: Channel::Data,
        body: RequestBody::Metadata,
    })
}

fn response(correlation: u32) -> Message {
    Message::Response(Response {
        correlation,
        channel: Channel::Data,
        body: ResponseBody::Metadata(std::sync::Arc::default()),
    })
}

fn parcel((from, to): (NodeId, NodeId), message: Message) -> Parcel {
    Parcel {
        from,
        to,
        message,
        cause: 0,
        sent: 0,
        life: 0,
    }
}

fn set(nodes: &[NodeId]) -> NodeSet {
    nodes.iter().copied().collect()
}

fn cut(network: &mut Network, from: NodeSet, to: NodeSet) {
    network.cut(CutView { from, to }, from, to);
}

/// Sends; holds what meets a cut, as the world does.
fn send(network: &mut Network, now: Micros, (from, to): (NodeId, NodeId), message: Message) -> Way {
    let way = network.send(now, from, to, message.wire_bytes(), &message);
    if way == Way::Cut {
        network.hold_or_give_up(parcel((from, to), message));
    }
    way
}

fn held(network: &Network, from: NodeId, to: NodeId) -> usize {
    let link = &network.links[&Direction::new(from, to)];
    link.trouble.as_ref().map_or(0, |trouble| trouble.held())
}

#[test]
fn a_link_keeps_order_and_large_messages_take_longer() {
    let mut network = network(|setup| {
        setup.network.client = LinkConfig {
            latency_us: 500,
            jitter_us: 400,
            bytes_per_s: 1_000_000,
        };
    });
    let mut arrival = |at, to, bytes| match network.send(at, P1, to, bytes, &request(1)) {
        Way::Arrives(at) => at,
        other => panic!("{other:?}"),
    };
    let arrivals: Vec<Micros> = (0..100).map(|at| arrival(at, B1, 1)).collect();
    assert!(arrivals.is_sorted());
    let large = arrival(1000, B2, 10_000);
    assert!((11_500..=11_900).contains(&large), "10 kB at 1 MB/s, {large}");
}

#[test]
fn within_a_process_it_takes_ten_microseconds_and_is_never_cut() {
    let mut network = network(|setup| setup.combined = true);
    cut(&mut network, NodeSet::ALL, NodeSet::ALL);
    let controller = NodeId::Controller(1);
    assert_eq!(send(&mut network, 5, (B1, controller), request(1)), Way::Arrives(15));
    assert_eq!(send(&mut network, 5, (B2, controller), request(1)), Way::Cut);
    assert!(network.is_cut(B2, controller) && !network.is_cut(B1, controller));
}

#[test]
fn all_is_everybody_else() {
    let mut network = network(|_| {});
    cut(&mut network, set(&[B1, B2]), NodeSet::ALL);
    assert!(network.is_cut(B1, P1) && network.is_cut(B2, NodeId::Controller(1)));
    assert!(!network.is_cut(B1, B2) && !network.is_cut(P1, B1));
}

#[test]
fn a_peer_hears_once_that_a_node_is_gone() {
    let mut network = network(|_| {});
    send(&mut network, 0, (P1, B1), request(1));
    send(&mut network, 0, (B1, B2), request(1));
    let told: Vec<(NodeId, Channel)> = network.close(B1);
    assert_eq!(told, [(B2, Channel::Data), (P1, Channel::Data)]);
    assert_eq!(
        send(&mut network, 1, (P1, B1), request(2)),
        Way::Nowhere,
        "on a connection that is gone"
    );
    network.heard(B1, P1, Channel::Data);
    assert!(matches!(send(&mut network, 2, (P1, B1), request(3)), Way::Arrives(_)));
    assert!(network.refuse(P1, B1, Channel::Data));
    assert!(!network.refuse(P1, B1, Channel::Data), "one answer is enough");
    assert!(network.close(B1).is_empty());
}

#[test]
fn who_was_asked_on_a_closed_connection_answers_nobody() {
    let mut network = network(|_| {});
    send(&mut network, 0, (P1, B1), request(1));
    assert!(matches!(send(&mut network, 1, (B1, P1), response(1)), Way::Arrives(_)));
    for _ in 0..2 {
        send(&mut network, 2, (P1, B1), Message::Disconnect(Channel::Data));
    }
    network.heard(P1, B1, Channel::Data);
    assert_eq!(
        send(&mut network, 3, (B1, P1), response(2)),
        Way::Nowhere,
        "it was closed twice"
    );
    network.heard(P1, B1, Channel::Data);
    assert!(matches!(send(&mut network, 4, (B1, P1), response(3)), Way::Arrives(_)));
}

#[test]
fn a_connection_asked_for_during_a_cut_leaves_nothing_behind() {
    let mut network = network(|_| {});
    send(&mut network, 0, (P1, B1), request(1));
    cut(&mut network, set(&[P1]), set(&[B1]));
    for round in 0..1_000 {
        send(&mut network, round, (P1, B1), request(2));
        send(&mut network, round, (P1, B1), Message::Disconnect(Channel::Data));
    }
    assert_eq!(
        held(&network, P1, B1),
        2,
        "what was on the first connection, and its end"
    );
}

#[test]
fn who_dies_in_a_cut_closes_the_connections_of_others_behind_one_that_it_gave_up() {
    let mut network = network(|_| {});
    send(&mut network, 0, (B1, B2), request(1));
    cut(&mut network, set(&[B1]), set(&[B2]));
    send(&mut network, 1, (B1, B2), Message::Disconnect(Channel::Data));
    send(&mut network, 2, (B1, B2), request(2));
    send(&mut network, 2, (B2, B1), request(1));
    for (peer, channel) in network.close(B1) {
        let closed = Message::Disconnect(channel);
        assert_eq!(network.send(3, B1, peer, 0, &closed), Way::Cut);
        network.hold(parcel((B1, peer), closed));
    }
    assert_eq!(held(&network, B1, B2), 3, "both ends, and what was asked between them");
    assert_eq!(send(&mut network, 4, (B2, B1), request(2)), Way::Nowhere);
    network.heal(5);
    network.heard(B1, B2, Channel::Data);
    assert!(matches!(send(&mut network, 6, (B2, B1), request(3)), Way::Arrives(_)));
}

#[test]
fn answers_are_not_held_for_who_has_gone() {
    let mut network = network(|_| {});
    cut(&mut network, set(&[B1]), set(&[P1]));
    send(&mut network, 0, (P1, B1), request(1));
    send(&mut network, 1, (B1, P1), response(1));
    assert_eq!(held(&network, B1, P1), 1);
    network.heard(P1, B1, Channel::Data);
    assert_eq!(held(&network, B1, P1), 0);
    network.close(P1);
    send(&mut network, 2, (B1, P1), response(2));
    network.close(P1);
    assert_eq!(held(&network, B1, P1), 0, "nobody is there any more");
}

#[test]
fn a_lost_message_comes_after_a_timeout_or_several() {
    let mut network = network(|_| {});
    network.impair(Impairment {
        from: set(&[B1]),
        to: set(&[P1]),
        delay_us: 1_000,
        loss_permille: 1_000,
    });
    let Way::Arrives(at) = send(&mut network, 0, (P1, B1), request(1)) else {
        panic!("an impairment holds nothing back");
    };
    let timeouts = 200_000 * (1 + 2 + 4 + 8 + 16);
    assert!((timeouts + 1_500..timeouts + 1_700).contains(&at), "{at}");
    let Way::Arrives(other) = send(&mut network, 0, (P1, B2), request(1)) else {
        panic!();
    };
    assert!(other < 700, "other links are as they were");
}

/// Something that is done to a network.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Send(u8, u8),
    Cut(u8, u8),
    Impair(u8, u8, Micros, u16),
    Heal,
}

fn deeds() -> impl Strategy<Value = Vec<(Micros, Deed)>> {
    let node = 1..4_u8;
    let deed = prop_oneof![
        20 => (node.clone(), node.clone()).prop_map(|(a, b)| Deed::Send(a, b)),
        2 => (node.clone(), node.clone()).prop_map(|(a, b)| Deed::Cut(a, b)),
        2 => (node.clone(), node, 0..300_000_u64, 0..=1_000_u16)
            .prop_map(|(a, b, delay, loss)| Deed::Impair(a, b, delay, loss)),
        1 => Just(Deed::Heal),
    ];
    prop::collection::vec((0..400_000_u64, deed), 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Plays the deeds as the world would, and looks at what arrives on each link.
    #[test]
    fn order_is_kept_on_every_link_and_nothing_is_lost(deeds in deeds()) {
        let mut network = network(|_| {});
        let mut on_the_way: Vec<(Micros, u64, (NodeId, NodeId), u32)> = Vec::new();
        let mut arrived: ShortMap<(NodeId, NodeId), Vec<u32>> = ShortMap::new();
        let (mut now, mut sequence, mut sent) = (0, 0_u64, 0);
        let heal = [(0, Deed::Heal)];
        for (number, (after, deed)) in deeds.into_iter().chain(heal).enumerate() {
            now += after;
            on_the_way.sort_unstable();
            let due = on_the_way.partition_point(|(at, ..)| *at <= now);
            for (_, _, between, number) in on_the_way.drain(..due) {
                arrived.or_default(between).push(number);
            }
            let b = NodeId::Broker;
            match deed {
                Deed::Send(from, to) => {
                    sent += 1;
                    let number = number as u32;
                    sequence += 1;
                    if let Way::Arrives(at) = send(&mut network, now, (b(from), b(to)), request(number)) {
                        on_the_way.push((at, sequence, (b(from), b(to)), number));
                    }
                }
                Deed::Cut(from, to) => {
                    cut(&mut network, set(&[b(from)]), set(&[b(to)]));
                    let caught = on_the_way.extract_if(.., |(_, _, (from, to), _)| network.is_cut(*from, *to));
                    let caught: Vec<_> = caught.collect();
                    for (_, _, (from, to), number) in caught {
                        network.hold(parcel((from, to), request(number)));
                    }
                }
                Deed::Impair(from, to, delay_us, loss_permille) => network.impair(Impairment {
                    from: set(&[b(from)]),
                    to: set(&[b(to)]),
                    delay_us,
                    loss_permille,
                }),
                Deed::Heal => {
                    for (at, parcel) in network.heal(now) {
                        let Message::Request(request) = parcel.message else { continue };
                        sequence += 1;
                        prop_assert!(at >= now);
                        on_the_way.push((at, sequence, (parcel.from, parcel.to), request.correlation));
                    }
                }
            }
        }
        on_the_way.sort_unstable();
        for (_, _, between, number) in on_the_way {
            arrived.or_default(between).push(number);
        }
        prop_assert_eq!(arrived.values().map(Vec::len).sum::<usize>(), sent);
        for (between, numbers) in arrived {
            prop_assert!(numbers.is_sorted(), "{:?}: {:?}", between, numbers);
        }
    }
}

#[test]
fn a_link_that_is_left_alone_draws_what_it_always_draws() {
    let arrivals = |mut network: Network| -> Vec<Way> {
        (0..50)
            .map(|at| send(&mut network, at * 1_000, (P1, B1), request(1)))
            .collect()
    };
    let untouched = arrivals(network(|_| {}));
    let mut elsewhere = network(|_| {});
    cut(&mut elsewhere, set(&[B2]), NodeSet::ALL);
    elsewhere.impair(Impairment {
        from: set(&[B2]),
        to: set(&[P1]),
        delay_us: 9,
        loss_permille: 500,
    });
    assert_eq!(arrivals(elsewhere), untouched);
    let mut random = Random::named(1, "link p1 b1");
    assert!(random.below_u64(101) <= 100);
}
