//! The ledger, against runs whose end is known.

use partitura_engine::trace::{Fact, LedgerColumn, ProcessFault};
use partitura_engine::wire::{Acks, Micros, NodeId, NodeSet};
use partitura_engine::workload::Rate;
use partitura_engine::world::{Command, Setup, World};

fn setup(acks: Acks) -> Setup {
    let mut setup = Setup::new(11, "orders");
    setup.topic.partitions = 1;
    setup.producers = 1;
    setup.consumers = 0;
    setup.producer.acks = acks;
    setup.workload.keys = vec!["a".to_owned(), "b".to_owned()];
    setup.workload.rate = Rate {
        per_second: 200,
        bursts: Vec::new(),
    };
    setup.producers_start_us = 1_000_000;
    setup
}

fn leader(setup: &Setup) -> NodeId {
    let mut world = World::new(setup);
    world.run_until(3_000_000);
    NodeId::from(world.view().partitions[0].leader.expect("it has one"))
}

fn process(at: Micros, node: NodeId, fault: ProcessFault) -> (Micros, Command) {
    (at, Command::Process { node, fault })
}

#[test]
fn in_good_weather_what_is_sent_is_acknowledged_and_nothing_else() {
    for acks in [Acks::None, Acks::Leader, Acks::All] {
        let mut world = World::new(&setup(acks));
        world.run_until(4_000_000);
        let under_way = world.ledger();
        assert_eq!((under_way.lost, under_way.duplicated), (0, 0), "{acks:?}");
        world.command(&Command::Rate(0));
        world.run_until(6_000_000);
        let figures = world.ledger();
        assert!(figures.sent > 500);
        assert_eq!(figures.acknowledged, figures.sent, "{acks:?}");
        let rest = (figures.refused, figures.retried, figures.duplicated, figures.lost);
        assert_eq!(rest, (0, 0, 0, 0), "{acks:?}");
    }
}

#[test]
fn a_line_says_which_record_it_is_where_it_is_and_why() {
    let mut world = World::new(&setup(Acks::All));
    world.run_until(4_000_000);
    let lines = world.ledger_lines(LedgerColumn::Acknowledged, 20);
    assert_eq!(lines.len(), 20);
    for line in lines {
        let record = world
            .record_at(line.partition, line.offset.expect("it is stored"))
            .expect("there");
        assert_eq!((record.subject, record.sequence), (line.subject, line.sequence));
        assert_eq!(record.sent_us, line.sent_us);
        assert!(record.acknowledged);
        let event = world.trace().get(line.event).expect("it is kept");
        assert!(matches!(event.fact, Fact::BatchAcknowledged { .. }));
    }
    assert_eq!(world.ledger_lines(LedgerColumn::Lost, 20), []);
}

#[test]
fn acks_1_loses_what_only_the_dead_leader_had_and_the_election_is_why() {
    let mut setup = setup(Acks::Leader);
    let leader = leader(&setup);
    // The leader takes writes that no follower gets, and dies.
    let followers: NodeSet = (1..=3).map(NodeId::Broker).filter(|node| *node != leader).collect();
    let cut = Command::Cut {
        from: followers,
        to: NodeSet::only(leader),
        both_ways: true,
    };
    setup.commands = vec![(4_000_000, cut), process(4_300_000, leader, ProcessFault::Crash)];
    let mut world = World::new(&setup);
    world.run_until(4_400_000);
    assert_eq!(world.ledger().lost, 0, "nobody else leads yet");
    world.run_until(30_000_000);
    let figures = world.ledger();
    assert!(figures.lost > 20, "{figures:?}");
    let lost = world.ledger_lines(LedgerColumn::Lost, 1_000);
    assert_eq!(lost.len() as u64, figures.lost);
    for line in lost {
        assert_eq!(line.offset, None);
        let election = world.trace().get(line.event).expect("it is kept");
        assert!(matches!(election.fact, Fact::LeaderElected { .. }), "{election:?}");
    }
}

#[test]
fn without_idempotence_a_lost_answer_makes_a_duplicate_and_with_it_none() {
    for (idempotent, duplicates) in [(false, true), (true, false)] {
        let mut setup = setup(Acks::All);
        setup.producer.enable_idempotence = idempotent;
        setup.producer.request_timeout_us = 1_000_000;
        let leader = leader(&setup);
        let cut = Command::Cut {
            from: NodeSet::only(leader),
            to: NodeSet::only(NodeId::Producer(1)),
            both_ways: false,
        };
        setup.commands = vec![
            (4_000_000, cut),
            (4_500_000, Command::Heal),
            (4_600_000, Command::Rate(0)),
        ];
        setup.commands[1].0 = 6_000_000;
        let mut world = World::new(&setup);
        world.run_until(20_000_000);
        let figures = world.ledger();
        assert!(figures.retried > 0, "{figures:?}");
        assert_eq!(figures.duplicated > 0, duplicates, "{figures:?}");
        let lines = world.ledger_lines(LedgerColumn::Duplicated, 10_000);
        assert_eq!(lines.len() as u64, figures.duplicated);
        assert_eq!((figures.lost, figures.acknowledged), (0, figures.sent));
    }
}
