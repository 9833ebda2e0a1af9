//! Whatever is written is read again, and whatever is read can be played.

use super::*;
use partitura_engine::scenario::validate;
use partitura_engine::trace::ProcessFault;
use partitura_engine::wire::{BrokerId, NodeId, NodeSet, QuotaType};
use proptest::prelude::*;

/// Nodes that are there whatever the settings.
fn any_nodes() -> impl Strategy<Value = NodeSet> {
    let one = prop_oneof![
        (1..=3_u8).prop_map(NodeId::Broker),
        Just(NodeId::Controller(1)),
        Just(NodeId::Producer(1)),
        (1..=64_u8).prop_map(NodeId::Consumer),
    ];
    prop_oneof![
        1 => Just(NodeSet::ALL),
        1 => Just((1..=16).map(NodeId::Broker).collect()),
        4 => prop::collection::vec(one, 1..4).prop_map(|nodes| nodes.into_iter().collect()),
    ]
}

fn any_fault() -> impl Strategy<Value = Command> {
    let faults = [
        ProcessFault::Crash,
        ProcessFault::Stop,
        ProcessFault::Pause,
        ProcessFault::Resume,
        ProcessFault::Start,
        ProcessFault::LoseDisk,
    ];
    let broker = (1..=3_u8).prop_map(BrokerId);
    prop_oneof![
        (1..=3_u8, prop::sample::select(faults.to_vec()), any::<bool>()).prop_map(|(n, fault, controller)| {
            let node = if controller {
                NodeId::Controller(1)
            } else {
                NodeId::Broker(n)
            };
            Command::Process { node, fault }
        }),
        (broker, prop::option::of(1..=1_000_000_000_000_u64))
            .prop_map(|(broker, bytes_per_s)| Command::SlowDisk { broker, bytes_per_s }),
        (any_nodes(), any_nodes(), any::<bool>()).prop_map(|(from, to, both_ways)| Command::Cut {
            from,
            to,
            both_ways
        }),
        (any_nodes(), any_nodes(), 0..=10_000_000_u64, 0..=1_000_u16).prop_map(
            |(from, to, delay_us, loss_permille)| {
                Command::Impair {
                    from,
                    to,
                    delay_us,
                    loss_permille,
                }
            }
        ),
        Just(Command::Heal),
        any::<bool>().prop_map(|unclean| Command::ElectLeaders { unclean }),
        (1..=64_u16).prop_map(Command::AddPartitions),
        (
            0..64_u16,
            Just(vec![BrokerId(1), BrokerId(2), BrokerId(3)]).prop_shuffle(),
            1..=3_usize
        )
            .prop_map(|(partition, mut replicas, count)| {
                replicas.truncate(count);
                Command::Reassign { partition, replicas }
            }),
        any::<bool>().prop_map(Command::Unclean),
        (1..=9_u8).prop_map(Command::MinInsyncReplicas),
        (any::<bool>(), 0..=1_000_000_000_000_u64).prop_map(|(fetch, n)| {
            let quota = if fetch { QuotaType::Fetch } else { QuotaType::Produce };
            Command::ClientQuota(quota, n)
        }),
    ]
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![any_setting(), any_fault()]
}

fn any_setting() -> impl Strategy<Value = Command> {
    let text = "\\PC{0,20}";
    prop_oneof![
        (0..=1_000_000_u32).prop_map(Command::Rate),
        (0..=12_u8).prop_map(Command::Consumers),
        prop::sample::select(vec![
            "none",
            "subject",
            "salt:8",
            "salt:2:a,b:c",
            "compound:region:6",
            "compound:user:9:zipf:1"
        ])
        .prop_map(|text| setting("key").command(text).unwrap()),
        prop::collection::vec(0..=1_000_000_000_u32, 0..5).prop_map(Command::Weights),
        prop::sample::select(vec!["", "ad-1:100", "one, two:7\nthree:1"])
            .prop_map(|text| setting("send.limit").command(text).unwrap()),
        prop::sample::select(vec!["uniform", "zipf:0.5", "zipf:2", "hot:0", "hot:100"]).prop_map(|text| setting(
            "keys"
        )
        .command(text)
        .unwrap()),
        prop::collection::vec(text, 0..5).prop_map(|keys| setting("own.keys").command(&keys.join("\n")).unwrap()),
        (prop::option::of(text), text, prop::option::of(0..64_u16)).prop_map(|(key, value, partition)| Command::Send {
            key,
            value,
            partition
        }),
    ]
}

prop_compose! {
    fn any_link()(
        seed in any::<u64>(),
        partitions in prop::option::of(1..=64_u16),
        brokers in prop::option::of(3..=9_u8),
        keys in prop::option::of("\\PC{1,20}"),
        mut actions in prop::collection::vec((0..=86_400_000_000_u64, any_command()), 0..20),
        step in prop::option::of(0..8_usize),
        at_us in prop::option::of(0..=86_400_000_000_u64),
        right in prop::option::of((any::<u64>(), 1..=64_u16, prop::bool::ANY, prop::option::of(0..=86_400_000_000_u64))),
    ) -> Link {
        actions.sort_by_key(|(at, _)| *at);
        let own = Scenario::built_in("world-cup").unwrap();
        let values = [
            ("brokers", brokers.map(|n| n.to_string())),
            ("partitions", partitions.map(|n| n.to_string())),
            ("own.keys", keys.filter(|keys| !setting("own.keys").canonical(keys).unwrap_or_default().is_empty())),
        ];
        let changed = values.into_iter().filter_map(|(name, value)| {
            Some((setting(name), setting(name).canonical(&value?).ok()?))
        });
        let link = Link {
            seed,
            settings: changed.filter(|(setting, value)| *value != setting.read(&own.setup)).collect(),
            actions: actions.into_iter().map(|(at_us, command)| Action { at_us, command }).collect(),
            step,
            at_us,
            ..world_cup()
        };
        let Some((seed, partitions, same_seed, healed)) = right else { return link };
        let mut right = link.plan(Rc::new(own));
        right.set(setting("partitions"), &partitions.to_string()).unwrap();
        if !same_seed {
            right.seed = seed;
        }
        if let Some(at_us) = healed {
            // Sometimes one more than on the left, sometimes instead of the first.
            if at_us % 2 == 0 && !right.actions.is_empty() {
                right.actions.remove(0);
            }
            right.actions.push(Action { at_us, command: Command::Heal });
            right.actions.sort_by_key(|action| action.at_us);
        }
        link.beside(&right)
    }
}

/// Whatever it is, it is read without a panic, and what is read can be played.
fn survives(fragment: &str) {
    let (link, problems) = Link::parse(fragment);
    let scenario = Rc::new(Scenario::built_in(&link.scenario).unwrap());
    let setup = link.plan(scenario).setup().unwrap();
    validate(&setup).unwrap();
    if let Some(right) = link.right_plan(Rc::new(Scenario::built_in(&link.scenario).unwrap())) {
        validate(&right.setup().unwrap()).unwrap();
    }
    assert!(problems.len() <= 51);
    // And once read, it is the same for good.
    let again = Link::parse(&link.to_fragment().unwrap());
    assert_eq!(again, (link, Vec::new()), "{fragment}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_link_is_read_as_it_was_written(link in any_link()) {
        let fragment = link.to_fragment().unwrap();
        prop_assert!(fragment.is_ascii());
        prop_assert_eq!(Link::parse(&fragment), (link, Vec::new()));
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,100}|(v1;)?([@a-z.%;:=0-9]{0,60})|v1;(vs[.=][@a-z.%;:=0-9]{0,30};?){0,3}|v1;@1=(crash|cut|impair|heal|slow-disk|reassign)[:,a-z0-9]{0,20}", packed in any::<bool>()) {
        survives(&text);
        survives(&if packed { packing::pack(&text) } else { format!("v1z;{text}") });
    }

    #[test]
    fn a_damaged_link_is_read(
        link in any_link(),
        at in 0..=1000_usize,
        with in "\\PC{0,3}|[;=@:%]{0,2}",
        take in 0..8_usize,
    ) {
        let fragment = link.to_fragment().unwrap();
        let start = fragment.len() * at / 1000;
        let end = (start + take).min(fragment.len());
        survives(&format!("{}{with}{}", &fragment[..start], &fragment[end..]));
    }
}
