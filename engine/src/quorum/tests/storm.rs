//! Whatever happens to voters and messages: one leader in an epoch, and nothing that is committed is lost.

use super::net::{MILLI, Net, SECOND};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Act {
    Wait(u64),
    Write,
    Kill(u8),
    Start(u8),
    Isolate(u8),
    CutOneWay(u8, u8),
    Heal,
    Lose(u32),
}

fn act(voters: u8) -> impl Strategy<Value = Act> {
    let voter = 1..=voters;
    prop_oneof![
        6 => (1u64..3000).prop_map(Act::Wait),
        2 => (1u64..4).prop_map(Act::Wait),
        4 => Just(Act::Write),
        2 => voter.clone().prop_map(Act::Kill),
        2 => voter.clone().prop_map(Act::Start),
        1 => voter.clone().prop_map(Act::Isolate),
        1 => (voter.clone(), voter).prop_map(|(from, to)| Act::CutOneWay(from, to)),
        2 => Just(Act::Heal),
        1 => (0u32..400).prop_map(Act::Lose),
    ]
}

fn obey(net: &mut Net, act: &Act) {
    match *act {
        Act::Wait(millis) => net.run(millis * MILLI),
        Act::Write => {
            net.write();
        }
        Act::Kill(voter) => net.kill(voter),
        Act::Start(voter) => net.start(voter),
        Act::Isolate(voter) => net.isolate(voter),
        Act::CutOneWay(from, to) => {
            net.cut.insert((from, to));
        }
        Act::Heal => net.cut.clear(),
        Act::Lose(permille) => net.loss_permille = permille,
    }
}

fn weather_the_storm(voters: u8, seed: u64, acts: &[Act]) -> Result<(), TestCaseError> {
    let mut net = Net::new(voters, seed);
    for act in acts {
        obey(&mut net, act);
        prop_assert_eq!(&net.broken, &None);
    }
    net.cut.clear();
    net.loss_permille = 0;
    net.numbers().for_each(|voter| net.start(voter));
    net.run(20 * SECOND);
    prop_assert!(net.leader().is_some(), "{:?}", net.roles());
    net.write();
    net.run(SECOND);
    prop_assert_eq!(&net.broken, &None);
    for voter in net.numbers() {
        prop_assert_eq!(
            net.written(voter),
            net.committed.clone(),
            "all logs are the same in the end"
        );
        prop_assert_eq!(net.voter(voter).high_watermark(), net.voter(voter).log_end());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn three_voters_lose_nothing(seed in 0u64..1000, acts in prop::collection::vec(act(3), 0..60)) {
        weather_the_storm(3, seed, &acts)?;
    }

    #[test]
    fn nor_do_five(seed in 0u64..1000, acts in prop::collection::vec(act(5), 0..40)) {
        weather_the_storm(5, seed, &acts)?;
    }
}
