//! Charts of real runs, and of one that nobody would wish for.

use super::super::lanes::{Bar, Lane};
use super::super::past::Past;
use super::super::scene::Scene;
use super::super::{Reading, Window, stops};
use super::*;
use crate::session::Session;
use crate::session::plan::{Action, Plan};
use partitura_engine::scenario::{Scenario, Setting, parse_action};
use partitura_engine::trace::{MemberDoes, SpanEnd};
use partitura_engine::wire::Micros;
use std::rc::Rc;

const SECOND: Micros = 1_000_000;

/// Four partitions and two busy consumers; at 12 s a third one joins, and at 30 s consumer 1 is killed.
fn run(settings: &[(&str, &str)], seconds: u64) -> Session {
    let mut plan = Plan::of(Rc::new(Scenario::built_in("world-cup").unwrap()));
    let fixed = [("partitions", "4"), ("consumers", "2"), ("session.timeout.ms", "10000")];
    for (name, value) in fixed.iter().chain(settings) {
        plan.set(Setting::named(name).unwrap(), value).unwrap();
    }
    let act = |at_s: u64, text: &str| Action {
        at_us: at_s * SECOND,
        command: parse_action(text).unwrap(),
    };
    plan.actions = vec![act(12, "consumers:3"), act(30, "crash:c1")];
    let mut session = Session::open(plan).unwrap();
    session.run(seconds * SECOND, || true);
    session
}

fn scene(session: &Session, reading: Reading, window: Window) -> Scene {
    Scene::of(session, &session.world().view(), reading, window)
}

fn chart(session: &Session, reading: Reading, window: Window, width: f64) -> Chart {
    Chart::of(&scene(session, reading, window).past, reading, width)
}

fn lane<'c>(chart: &'c Chart, id: &str) -> &'c Lane {
    chart
        .lanes
        .iter()
        .find(|lane| lane.id == id)
        .unwrap_or_else(|| panic!("no lane {id}"))
}

fn ends(lane: &Lane) -> Vec<SpanEnd> {
    lane.bars.iter().map(|bar: &Bar| bar.end).collect()
}

/// Nothing lies over anything, nothing leaves its place, and there is never more than the pixels can show.
fn check(chart: &Chart) {
    let inside = |x: f64, w: f64| x >= chart.axis.x0 - 0.01 && x + w <= chart.axis.x1 + 2.5 && w >= 0.0;
    let mut y = chart.top;
    for lane in &chart.lanes {
        assert!(lane.y >= y, "{} begins in the lane above", lane.id);
        y = lane.y + lane.h;
        for (place, bar) in lane.bars.iter().enumerate() {
            assert!(inside(bar.x, bar.w), "{bar:?}");
            assert!(bar.y >= lane.y && bar.y + bar.h <= y + 0.01, "{bar:?} in {}", lane.id);
            for other in &lane.bars[place + 1..] {
                let apart = bar.y != other.y || bar.x + bar.w <= other.x + 0.01 || other.x + other.w <= bar.x + 0.01;
                assert!(apart, "{bar:?} and {other:?}");
            }
        }
        for pair in lane.strip.windows(2) {
            assert!(pair[0].x + pair[0].w <= pair[1].x + 0.01, "{pair:?}");
        }
        let most = (chart.axis.x1 - chart.axis.x0) as usize + 2;
        assert!(lane.strip.len() <= most && lane.gaps.len() <= most, "{}", lane.id);
    }
    assert!(y <= chart.bottom && chart.bottom < chart.height);
    for band in &chart.bands {
        assert!(inside(band.x, band.w), "{band:?}");
    }
    let labels: Vec<_> = chart.bands.iter().filter_map(|band| band.label.as_ref()).collect();
    for (place, label) in labels.iter().enumerate() {
        assert!(inside(label.x, label.w), "{label:?}");
        for other in &labels[place + 1..] {
            let apart = label.row != other.row || label.x + label.w <= other.x || other.x + other.w <= label.x;
            assert!(apart, "{label:?} and {other:?}");
            // The later one reaches down to its band through the rows below it.
            let through = other.row > label.row && other.x < label.x + label.w;
            assert!(!through, "{other:?} through {label:?}");
            let line = if label.is_left { label.x + label.w } else { label.x };
            let crosses = label.row > other.row && line > other.x;
            assert!(!crosses, "the line of {label:?} through {other:?}");
        }
    }
}

#[test]
fn somebody_joins_and_somebody_dies() {
    let session = run(&[], 45);
    let chart = chart(&session, Reading::Members, Window::Minute, 900.0);
    check(&chart);
    assert_eq!(chart.lanes.len(), 3);
    assert!(
        ends(lane(&chart, "c1")).contains(&SpanEnd::Crashed),
        "{:?}",
        lane(&chart, "c1").bars
    );
    assert!(
        ends(lane(&chart, "c2")).contains(&SpanEnd::Revoked),
        "range is eager: it gives up everything"
    );
    assert_eq!(lane(&chart, "c1").does, Some(MemberDoes::Gone));
    let whys: Vec<String> = scene(&session, Reading::Members, Window::All)
        .past
        .rebalances
        .into_iter()
        .map(|told| told.why)
        .collect();
    assert!(whys[0].ends_with("joined"), "{whys:?}");
    assert_eq!(&whys[1..], ["consumer 3 joined", "session of consumer 1 ended"]);
    assert_eq!(chart.bands.len(), 3);
    assert!(
        chart.bands[2].title.contains("session of consumer 1 ended"),
        "{}",
        chart.bands[2].title
    );
}

#[test]
fn a_rebalance_has_its_reason_in_every_protocol() {
    let whys = |settings: &[(&str, &str)]| -> Vec<String> {
        let past = scene(&run(settings, 25), Reading::Members, Window::All).past;
        past.rebalances.into_iter().skip(1).map(|told| told.why).collect()
    };
    assert_eq!(whys(&[("group.protocol", "consumer")]), ["consumer 3 joined"]);
    let cooperative = whys(&[("partition.assignment.strategy", "cooperative-sticky")]);
    assert_eq!(cooperative[0], "consumer 3 joined");
    assert!(
        cooperative[1].ends_with("joined again"),
        "what moves takes a second one: {cooperative:?}"
    );
}

#[test]
fn nobody_reads_what_the_dead_one_owned_until_its_session_is_over() {
    let session = run(&[], 45);
    let chart = chart(&session, Reading::Partitions, Window::Minute, 900.0);
    check(&chart);
    assert_eq!(chart.lanes.len(), 4);
    let longest = |lane: &Lane| lane.gaps.iter().map(|gap| gap.w).fold(0.0, f64::max);
    let ten_seconds = chart.axis.x(40 * SECOND) - chart.axis.x(30 * SECOND);
    let gap = chart.lanes.iter().map(longest).fold(0.0, f64::max);
    assert!(
        gap > ten_seconds * 0.7 && gap < ten_seconds * 1.6,
        "{gap} of {ten_seconds}"
    );
    let crashed = chart.lanes.iter().find(|lane| ends(lane).contains(&SpanEnd::Crashed));
    assert!(crashed.is_some_and(|lane| lane.gaps.iter().any(|gap| gap.label.is_some())));
}

#[test]
fn eager_stops_everybody_and_the_others_hardly_anybody() {
    let stopped = |settings: &[(&str, &str)]| {
        let session = run(settings, 25);
        let (trace, now) = (session.world().trace(), session.now());
        let history = trace.groups().main().unwrap();
        // Of what the third one has set off: cooperatively, these are two.
        let late = history.rebalances().filter(|one| one.from_us > 11 * SECOND);
        let stops: Vec<_> = late.map(|one| stops::of(history, one, now)).collect();
        assert!(stops.iter().all(|one| one.had_work >= 2), "{stops:?}");
        (
            stops.iter().map(|one| one.stopped).max().unwrap(),
            stops::sum_us(history, now),
        )
    };
    let (eager, eager_us) = stopped(&[("partition.assignment.strategy", "range")]);
    let (cooperative, cooperative_us) = stopped(&[("partition.assignment.strategy", "cooperative-sticky")]);
    let (modern, modern_us) = stopped(&[("group.protocol", "consumer")]);
    assert_eq!((eager, cooperative, modern), (2, 0, 0));
    assert!(eager_us > 0 && cooperative_us == 0 && modern_us == 0);
}

#[test]
fn the_chart_is_as_good_in_every_width_and_protocol() {
    for settings in [
        &[][..],
        &[("group.protocol", "consumer")],
        &[("partition.assignment.strategy", "sticky")],
    ] {
        for seconds in [0, 13, 31] {
            let session = run(settings, seconds);
            for reading in [Reading::Members, Reading::Partitions] {
                for (window, _) in Window::ALL {
                    for width in [0.0, 320.0, 700.0, 1600.0] {
                        check(&chart(&session, reading, window, width));
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_narrower_than_a_pixel_is_drawn_together() {
    let session = run(&[], 13);
    let mut past: Past = scene(&session, Reading::Members, Window::All).past;
    let one = past.spans[0];
    // A thousand changes of owner in a second, of an axis of ten minutes.
    past.now_us = 600 * SECOND;
    past.spans = (0..1_000)
        .map(|n| partitura_engine::trace::Span {
            from_us: 20 * SECOND + n * 1_000,
            until_us: 20 * SECOND + n * 1_000 + 900,
            end: SpanEnd::Revoked,
            ..one
        })
        .collect();
    for reading in [Reading::Members, Reading::Partitions] {
        let chart = Chart::of(&past, reading, 700.0);
        check(&chart);
        let bars: usize = chart.lanes.iter().map(|lane| lane.bars.len()).sum();
        assert!(bars <= 4, "{bars}");
    }
}
