use super::*;
use partitura_engine::log::Dictionary;
use partitura_engine::trace::{CommandFact, Election, FenceWhy, Names, ProcessFault, Sent, Trace};
use partitura_engine::wire::{Api, BrokerId, BrokerSet, ErrorCode, NodeSet, PartitionId, TopicId};

const TOPIC: TopicId = TopicId(0);
const P2: PartitionId = PartitionId { topic: TOPIC, index: 2 };

fn with_words<T>(use_words: impl Fn(&Words) -> T) -> T {
    let (dictionary, topics) = (Dictionary::default(), ["worldcup".into()]);
    use_words(&Words {
        names: Names {
            dictionary: &dictionary,
            topics: &topics,
        },
        topic: Some(TOPIC),
    })
}

fn event(id: u64, node: NodeId, fact: Fact) -> Event {
    Event {
        id,
        at: id * 1_000_000,
        node,
        cause: id - 1,
        fact,
    }
}

/// The newest first, as the trace gives it.
fn why(mut chain: Vec<Event>) -> Why {
    chain.reverse();
    with_words(|words| Why::new(&chain, words, |_| true))
}

fn sentences(why: &Why) -> Vec<String> {
    let line = |link: &Link| match link {
        Link::Cause(cause) => cause.sentence.clone(),
        Link::Fold { events, same, .. } => format!("{events} more, {}", if *same { "the same" } else { "others" }),
    };
    why.links.iter().map(line).collect()
}

fn crash() -> Fact {
    Fact::Commanded(CommandFact::Process {
        node: NodeId::Broker(3),
        fault: ProcessFault::Crash,
    })
}

fn fetch(response: bool) -> Fact {
    Fact::Sent(Sent {
        to: NodeId::Broker(1),
        api: Api::Fetch,
        response,
        partition: Some(P2),
        more: 0,
        acks: None,
        offset: 41,
        records: 0,
        error: ErrorCode::None,
        bytes: 0,
    })
}

#[test]
fn a_moved_leader_is_read_back_to_the_person_who_crashed_the_broker() {
    let controller = NodeId::Controller(1);
    let fenced = Fact::BrokerFenced {
        broker: BrokerId(3),
        why: FenceWhy::SessionExpired,
    };
    let elected = Fact::LeaderElected {
        partition: P2,
        leader: BrokerId(1),
        epoch: 5,
        how: Election::FromIsr,
    };
    let why = why(vec![
        event(1, NodeId::User, crash()),
        event(2, NodeId::Broker(3), Fact::ProcessCrashed),
        event(3, controller, fenced),
        event(4, controller, elected),
    ]);
    assert_eq!(
        sentences(&why),
        [
            "Controller 1 made broker 1 the leader of P2, epoch 5: the first live replica of the ISR in the order of \
             assignment",
            "Controller 1 fenced broker 3: no heartbeat for broker.session.timeout.ms",
            "Broker 3 was killed: it told nobody",
            "You crashed broker 3",
        ]
    );
    assert_eq!(why.end, End::Done);
    let Link::Cause(fenced) = &why.links[1] else {
        panic!("a cause")
    };
    assert!(fenced.settings.contains(&"broker.session.timeout.ms"));
}

#[test]
fn fetches_that_lead_to_fetches_are_told_once() {
    let mut chain = vec![event(1, NodeId::Broker(2), Fact::BrokerStarted)];
    chain.extend((0..40).map(|n| event(2 + n, NodeId::Broker(1 + (n % 2) as u8), fetch(n % 2 == 1))));
    let why = why(chain);
    assert_eq!(
        sentences(&why),
        [
            "Broker 2 told broker 1 that there is nothing new",
            "Broker 1 asked broker 1 for records of P2 from 41",
            "38 more, the same",
            "Broker 2 started, and asks the active controller to be registered",
        ]
    );
    assert_eq!(why.end, End::Itself);
}

#[test]
fn a_long_chain_keeps_its_beginning_and_its_end() {
    let nodes = |n: u64| NodeId::Broker(1 + (n * n % 11 % 7) as u8);
    let mut chain = vec![event(1, NodeId::User, crash())];
    chain.extend((2..200).map(|n| event(n, nodes(n * 7 / 3), if n % 5 < 2 { fetch(true) } else { fetch(false) })));
    let why = why(chain);
    assert!(why.links.len() <= 25, "{}", why.links.len());
    assert_eq!(sentences(&why).last().unwrap(), "You crashed broker 3");
}

#[test]
fn a_chain_that_the_trace_has_forgotten_says_so() {
    let lost = event(900, NodeId::Broker(3), Fact::ProcessCrashed);
    let why = with_words(|words| Why::new(&[lost], words, |_| false));
    assert_eq!((why.links.len(), why.end), (1, End::Forgotten));
}

#[test]
fn an_isr_that_shrinks_and_one_that_grows_are_told_apart() {
    let set = |ids: &[u8]| ids.iter().map(|id| BrokerId(*id)).collect::<BrokerSet>();
    let proposed = |from: &[u8], to: &[u8]| {
        let fact = Fact::IsrProposed {
            partition: P2,
            from: set(from),
            to: set(to),
        };
        with_words(|words| sentence(&fact, words))
    };
    assert_eq!(
        proposed(&[1, 2, 3], &[1, 2]),
        "asks the controller to take [3] out of the ISR of P2: not caught up for replica.lag.time.max.ms"
    );
    assert_eq!(
        proposed(&[1, 2], &[1, 2, 3]),
        "asks the controller to take [3] into the ISR of P2: caught up"
    );
}

/// A trace in which a broker sends a heartbeat, `what` happens, and the controller fences broker 3 because of the
/// heartbeat that it heard last.
fn fenced_after(what: &[(NodeId, u64, Fact)]) -> Vec<String> {
    let mut trace = Trace::new(100);
    let heartbeat = trace.record(1, NodeId::Broker(3), 0, Fact::BrokerStarted);
    for (node, cause, fact) in what {
        trace.record(2, *node, *cause, *fact);
    }
    let fact = Fact::BrokerFenced {
        broker: BrokerId(3),
        why: FenceWhy::SessionExpired,
    };
    let fence = trace.record(9_000_001, NodeId::Controller(1), heartbeat, fact);
    let fence = *trace.get(fence).unwrap();
    sentences(&with_words(|words| Why::new(&chain(&trace, &fence), words, |_| true)))
}

#[test]
fn behind_a_missing_heartbeat_stands_what_broke() {
    let told = fenced_after(&[(NodeId::User, 0, crash()), (NodeId::Broker(3), 2, Fact::ProcessCrashed)]);
    assert_eq!(
        told[1..],
        ["Broker 3 was killed: it told nobody", "You crashed broker 3"]
    );
    let cut = |from: NodeId| {
        let fact = CommandFact::Cut {
            from: NodeSet::only(from),
            to: NodeSet::ALL,
            both_ways: true,
        };
        (NodeId::User, 0, Fact::Commanded(fact))
    };
    let told = fenced_after(&[cut(NodeId::Broker(3)), cut(NodeId::Broker(2))]);
    assert_eq!(told[1..], ["You cut the network between broker 3 and everybody else"]);
    let told = fenced_after(&[
        cut(NodeId::Broker(3)),
        (NodeId::User, 0, Fact::Commanded(CommandFact::Heal)),
    ]);
    assert_eq!(told.len(), 2, "a cut that was healed explains nothing: {told:?}");
}

#[test]
fn every_event_of_a_run_has_a_sentence() {
    let scenario = partitura_engine::scenario::Scenario::built_in("world-cup").unwrap();
    let mut world = partitura_engine::world::World::new(&scenario.setup);
    world.run_until(20_000_000);
    let words = Words {
        names: world.names(),
        topic: world.topic_id(),
    };
    for event in world.trace().since(0) {
        assert!(!sentence(&event.fact, &words).is_empty(), "{:?}", event.fact);
    }
}
