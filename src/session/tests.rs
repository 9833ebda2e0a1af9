//! A session does what is wished of it, and does it again.

use super::desk::{Answer, Desk};
use super::intent::Intent;
use super::{Plan, Session};
use crate::compare::{On, Side};
use partitura_engine::scenario::{Scenario, Setting, Speed};
use partitura_engine::trace::ProcessFault;
use partitura_engine::wire::{Micros, NodeId};
use partitura_engine::world::Command;
use std::rc::Rc;

const SECOND: Micros = 1_000_000;

fn scenario() -> Rc<Scenario> {
    let text = r#"
format = 1
id = "little"
title = "Little"
summary = "A little run."
until = 30
settings = { partitions = 2, rate = 50, "own.keys" = ["a", "b", "c"] }

[[step]]
at = 4
title = "One"
text = "First."
run = 1
speed = "1/2"

[[step]]
at = 8
title = "Two"
text = "Second."
"#;
    Rc::new(Scenario::parse(text).unwrap_or_else(|error| panic!("{error}")))
}

fn session() -> Session {
    Session::open(Plan::of(scenario())).unwrap()
}

fn run_to(session: &mut Session, moment: Micros) {
    assert!(session.run(moment, || true));
}

fn digest(session: &Session) -> (Micros, u64, u64) {
    (
        session.now(),
        session.world().trace().count(),
        session.world().trace().digest(),
    )
}

/// Lets the desk draw frames of 10 ms until it stands still.
fn watch(desk: &mut Desk) {
    for frame in 0..100_000 {
        desk.frame(frame * 10_000, || true);
        if desk.seek().is_none() && !desk.is_playing() {
            return;
        }
    }
    panic!("the desk never came to rest");
}

#[test]
fn what_was_done_is_done_again_to_the_microsecond() {
    let mut first = session();
    run_to(&mut first, 5 * SECOND);
    first.act(Command::Rate(200)).unwrap();
    first
        .act(Command::Send {
            key: Some("goal".into()),
            value: "Goal!".into(),
            partition: None,
        })
        .unwrap();
    for _ in 0..321 {
        first.step();
    }
    first.act(Command::Consumers(1)).unwrap();
    run_to(&mut first, 9 * SECOND);
    let expected = digest(&first);
    assert!(first.world().trace().counters().processed > 0);

    let mut second = Session::open(first.plan().clone()).unwrap();
    run_to(&mut second, 9 * SECOND);
    assert_eq!(digest(&second), expected, "opened anew");
    second.restart();
    while second.now() < 9 * SECOND {
        second.run(9 * SECOND, || false);
    }
    assert_eq!(digest(&second), expected, "in slices");
    second.restart();
    while second.world().next_event_at().is_some_and(|at| at <= 9 * SECOND) {
        second.step();
    }
    run_to(&mut second, 9 * SECOND);
    assert_eq!(digest(&second), expected, "step by step");
}

#[test]
fn a_setting_starts_the_run_anew_and_keeps_what_was_done() {
    let mut session = session();
    run_to(&mut session, 5 * SECOND);
    session.act(Command::Consumers(2)).unwrap();
    let partitions = Setting::find("partitions").unwrap();
    session.set(partitions, "6").unwrap();
    assert_eq!(session.now(), 0);
    run_to(&mut session, 6 * SECOND);
    assert_eq!(session.world().view().partitions.len(), 6);
    assert_eq!(session.value(Setting::find("consumers").unwrap()), "2");
    assert_eq!(session.plan().changes(), 2);
    session.set(partitions, "2").unwrap();
    assert_eq!(session.plan().changes(), 1, "the scenario's own value is no change");
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let mut session = session();
    run_to(&mut session, 5 * SECOND);
    let before = digest(&session);
    let refused = |result: Result<_, String>| result.map(|_: super::Change| ()).unwrap_err();
    let set = |session: &mut Session, name, value| session.set(Setting::find(name).unwrap(), value);
    assert_eq!(
        refused(set(&mut session, "partitions", "0")),
        "partitions must be 1 to 64, not 0"
    );
    assert!(refused(set(&mut session, "replication.factor", "5")).contains("only 3 brokers"));
    assert!(refused(set(&mut session, "rate", "many")).contains("rate must be"));
    assert!(refused(session.set_seed("-1")).contains("seed must be"));
    assert!(session.act(Command::Rate(u32::MAX)).is_err());
    assert_eq!(digest(&session), before);
    assert_eq!(session.plan().changes(), 0);
}

#[test]
fn a_step_drives_the_run_to_its_moment_plays_on_and_pauses() {
    let mut desk = Desk::new(session());
    watch(&mut desk);
    assert_eq!(desk.session().now(), 5 * SECOND, "at 4, and one second on");
    desk.fulfil(Intent::NextStep);
    watch(&mut desk);
    assert_eq!((desk.step_number(), desk.session().now()), (1, 8 * SECOND));
    desk.fulfil(Intent::NextStep);
    assert_eq!(desk.step_number(), 1, "there is no third step");
    let runs = desk.runs();
    desk.fulfil(Intent::PreviousStep);
    watch(&mut desk);
    assert_eq!((desk.step_number(), desk.session().now()), (0, 5 * SECOND));
    assert_eq!(desk.runs(), runs + 1, "time goes back only by starting anew");
}

#[test]
fn another_setting_shows_the_same_moment_of_another_run() {
    let mut desk = Desk::new(session());
    watch(&mut desk);
    let answer = desk.fulfil(Intent::Set("partitions", "5".into()));
    assert_eq!(answer, Answer::Said("Replayed from 00:00 with partitions 5.".into()));
    watch(&mut desk);
    assert_eq!(desk.session().now(), 5 * SECOND);
    assert_eq!(desk.session().world().view().partitions.len(), 5);
    let answer = desk.fulfil(Intent::Set("brokers", "2".into()));
    assert!(matches!(answer, Answer::Refused(_)), "{answer:?}");
    assert!(desk.problems()["brokers"].contains("replication.factor"));
    assert_eq!(desk.session().now(), 5 * SECOND);
    desk.fulfil(Intent::Forget);
    watch(&mut desk);
    assert_eq!(desk.session().world().view().partitions.len(), 2);
}

#[test]
fn one_event_further_is_one_event_that_can_be_told_of() {
    let mut desk = Desk::new(session());
    watch(&mut desk);
    for _ in 0..50 {
        let before = desk.session().world().trace().count();
        desk.fulfil(Intent::StepEvent);
        assert!(desk.session().world().trace().count() > before);
    }
}

#[test]
fn the_account_of_a_run_agrees_with_its_counters() {
    let mut session = session();
    run_to(&mut session, 10 * SECOND);
    let counters = session.world().trace().counters();
    let account = session.account();
    assert_eq!(account.reading.processed(), counters.processed);
    assert_eq!(account.reading.late(), counters.out_of_order);
    assert_eq!(
        account.history.buckets().iter().map(|b| b.records).sum::<u64>(),
        counters.acknowledged
    );
    let lag: u64 = session.world().view().partitions.iter().map(|p| p.lag).sum();
    assert_eq!(account.history.buckets().last().map(|b| b.lag >= lag), Some(true));
    assert!(
        account.history.marks().iter().any(|mark| mark.label.contains("stable")),
        "{:?}",
        account.history.marks()
    );
}

#[test]
fn a_link_opens_the_same_moment_of_the_same_run() {
    let mut desk = Desk::new(session());
    watch(&mut desk);
    desk.fulfil(Intent::Set("partitions", "3".into()));
    watch(&mut desk);
    desk.fulfil(Intent::Act(Command::Send {
        key: Some("a".into()),
        value: "By hand".into(),
        partition: None,
    }));
    (0..7).for_each(|_| {
        desk.fulfil(Intent::StepEvent);
    });
    let link = desk.link();
    let again = Session::open(link.plan(scenario())).unwrap();
    let mut again = Desk::at(again, link.step, link.at_us);
    watch(&mut again);
    assert_eq!(digest(again.session()), digest(desk.session()));
    assert_eq!(again.link(), link);
}

/// Whatever the left has, and that on the right.
fn compared(name: &'static str, value: &str) -> Desk {
    let mut desk = Desk::new(session());
    watch(&mut desk);
    assert_eq!(desk.fulfil(Intent::Compare(None)), Answer::Done);
    desk.fulfil(Intent::Set(name, value.to_owned()));
    watch(&mut desk);
    desk
}

fn on_right(desk: &Desk) -> &Session {
    desk.sessions().right.as_ref().unwrap()
}

#[test]
fn the_same_run_is_put_beside_and_what_is_changed_is_changed_there() {
    let mut desk = Desk::new(session());
    watch(&mut desk);
    let now = desk.session().now();
    desk.fulfil(Intent::Compare(None));
    watch(&mut desk);
    assert_eq!(digest(on_right(&desk)), digest(desk.session()), "nothing differs yet");
    let answer = desk.fulfil(Intent::Set("partitions", "6".to_owned()));
    assert_eq!(
        answer,
        Answer::Said("Both replayed from 00:00, the right one with partitions 6.".to_owned())
    );
    watch(&mut desk);
    assert_eq!((desk.session().now(), on_right(&desk).now()), (now, now));
    assert_eq!(desk.session().world().view().partitions.len(), 2);
    assert_eq!(on_right(&desk).world().view().partitions.len(), 6);
}

#[test]
fn both_sides_stand_at_one_moment_in_every_frame_and_at_every_speed() {
    let mut desk = compared("rate", "400");
    desk.fulfil(Intent::TogglePlay);
    for (frame, speed) in [50, 1_000, 100_000].into_iter().cycle().take(90).enumerate() {
        let speed = if frame % 4 == 3 {
            Speed::Max
        } else {
            Speed::Permille(speed)
        };
        desk.fulfil(Intent::Speed(speed));
        let mut looks = 0;
        desk.frame(frame as u64 * 10_000, || {
            looks += 1;
            looks < 3
        });
        assert_eq!(desk.session().now(), on_right(&desk).now());
    }
    assert!(desk.session().now() > 5 * SECOND);
}

#[test]
fn what_is_done_is_done_to_both_and_what_one_refuses_is_told() {
    let mut desk = compared("brokers", "4");
    assert_eq!(desk.fulfil(Intent::Act(Command::Rate(300))), Answer::Done);
    let crash = |n| Command::Process {
        node: NodeId::Broker(n),
        fault: ProcessFault::Crash,
    };
    let Answer::Said(told) = desk.fulfil(Intent::Act(crash(4))) else {
        panic!("it is told that one side has no broker 4");
    };
    assert!(told.starts_with("Done on the right only. Left: "), "{told}");
    assert_eq!(
        (
            desk.session().plan().actions.len(),
            on_right(&desk).plan().actions.len()
        ),
        (1, 2)
    );
    assert!(matches!(desk.fulfil(Intent::Act(crash(9))), Answer::Refused(_)));
}

#[test]
fn the_link_of_two_runs_leads_to_both() {
    let mut desk = compared("partitions", "6");
    desk.fulfil(Intent::On(On::Left));
    desk.fulfil(Intent::Set("rate", "70".to_owned()));
    let link = desk.link();
    let session = Session::open(link.plan(scenario())).unwrap();
    let right = link.right_plan(scenario()).unwrap();
    let mut again = Desk::at(session, link.step, link.at_us).with_right(right).unwrap();
    watch(&mut again);
    assert_eq!(digest(again.session()), digest(desk.session()));
    assert_eq!(digest(on_right(&again)), digest(on_right(&desk)));
    assert_eq!(
        again.on(),
        On::Both,
        "what is changed in a run that was sent is changed on both sides"
    );
}

#[test]
fn the_side_that_is_kept_goes_on_alone() {
    let mut desk = compared("partitions", "6");
    let right = digest(on_right(&desk));
    let runs = desk.runs();
    desk.fulfil(Intent::Keep(Side::Right));
    assert!(!desk.is_comparing() && desk.runs() > runs);
    assert_eq!(digest(desk.session()), right);
    let mut desk = compared("partitions", "6");
    desk.fulfil(Intent::Keep(Side::Left));
    assert_eq!(desk.session().plan().changes(), 0);
}
