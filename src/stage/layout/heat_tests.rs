//! What the stage shows where brokers have a capacity, and that it shows nothing of it where they have none.

use super::super::cells::Role;
use super::super::sample;
use super::super::warmth::Warmth;
use super::*;

const WIDE: (f64, f64) = (836.0, 700.0);
const PHONE: (f64, f64) = (390.0, 560.0);

struct Moment {
    view: View,
    captions: Captions,
}

impl Moment {
    /// Of three brokers with a capacity, the second is asked for too much; the last lag never goes.
    fn heated(partitions: u16) -> Self {
        let view = sample::heated(sample::view(partitions, 3, 3, 2, &sample::keys().1));
        let captions = Captions {
            drains: sample::drains(&view),
            buffer_memory: 32 << 20,
            ..Captions::default()
        };
        Self { view, captions }
    }

    fn layout(&self, size: (f64, f64)) -> Layout {
        let (dictionary, keys) = sample::keys();
        Layout::of(&self.view, &Palette::new(&dictionary, &keys), &self.captions, size)
    }
}

fn texts(labels: &[Label]) -> Vec<String> {
    labels.iter().map(|label| label.text.replace('\u{a0}', " ")).collect()
}

#[test]
fn without_a_capacity_there_is_no_heat_anywhere() {
    let mut moment = Moment::heated(4);
    for broker in &mut moment.view.brokers {
        broker.heat_permille = None;
    }
    for partition in &mut moment.view.partitions {
        partition.heat_permille = None;
    }
    let layout = moment.layout(WIDE);
    assert!(layout.rows.iter().all(|row| row.heat.is_none() && row.bar.is_some()));
    assert!(layout.columns.iter().all(|column| column.heat.is_none()));
    let cold = |cell: &Cell| cell.warmth == Warmth::Cool && cell.sign.is_none();
    assert!(layout.cells.iter().all(cold));
    assert!((layout.grid.header - 68.0).abs() < 1e-9, "and no room is kept for it");
}

#[test]
fn a_slow_disk_alone_moves_nothing() {
    let mut moment = Moment::heated(4);
    let grid = {
        moment
            .view
            .brokers
            .iter_mut()
            .for_each(|broker| broker.heat_permille = None);
        moment.layout(WIDE).grid
    };
    moment.view.brokers[1].heat_permille = Some(2_000);
    assert_eq!(moment.layout(WIDE).grid, grid);
}

#[test]
fn a_row_says_its_heat_in_a_word_a_figure_and_a_bar() {
    let layout = Moment::heated(4).layout(WIDE);
    let row = &layout.rows[1];
    let heat = row.heat.as_ref().expect("heat");
    assert_eq!(texts(heat.label.as_slice()), ["heat 140 %"]);
    assert!(heat.bar.above.is_some() && heat.bar.warmth == Warmth::Over && row.hot);
    let cool = layout.rows[0].heat.as_ref().expect("heat");
    assert_eq!(texts(cool.label.as_slice()), ["heat 12 %"]);
    assert!(cool.bar.above.is_none() && !layout.rows[0].hot);
    assert_eq!(
        cool.bar.track.w, heat.bar.track.w,
        "the capacity stands in the same place on all rows"
    );
}

#[test]
fn a_row_without_a_leader_keeps_the_place_of_its_heat() {
    for size in [WIDE, PHONE] {
        for partitions in [4, 9, 20, 40] {
            let mut moment = Moment::heated(partitions);
            let before = moment.layout(size);
            moment.view.partitions[1].leader = None;
            moment.view.partitions[1].heat_permille = None;
            let after = moment.layout(size);
            assert_eq!(before.grid, after.grid);
            let track = |layout: &Layout| layout.rows[1].heat.as_ref().map(|heat| heat.bar.track);
            assert_eq!(track(&before), track(&after), "{partitions} rows in {size:?}");
            assert!(track(&after).is_some());
        }
    }
}

#[test]
fn only_the_leader_of_a_warm_partition_has_a_warm_edge_and_it_has_a_word() {
    for size in [WIDE, PHONE] {
        let layout = Moment::heated(4).layout(size);
        for cell in &layout.cells {
            let leads = matches!(cell.role, Role::Leader(_));
            assert!(leads || cell.warmth == Warmth::Cool);
            assert_eq!(cell.sign.is_some(), cell.warmth > Warmth::Cool, "colour is never alone");
        }
        let (frame, word) = layout.leader(1).and_then(|cell| cell.sign.clone()).expect("a sign");
        assert_eq!(word.text, "over");
        let column = layout.grid.columns[1];
        assert!(
            column.contains(&frame) && frame.contains(&word.bounds()),
            "{frame:?} {word:?}"
        );
    }
}

#[test]
fn a_broker_says_what_is_asked_of_it_and_how_long_new_work_waits() {
    let said = |size| texts(&Moment::heated(4).layout(size).columns[1].labels);
    assert!(said((1316.0, 700.0)).contains(&"load 140 %".to_owned()));
    assert!(said((1316.0, 700.0)).contains(&"queue 1.2 s".to_owned()));
    for size in [WIDE, PHONE] {
        let said = said(size);
        assert!(said.iter().any(|text| text.ends_with("140 %")), "{said:?}");
        assert!(said.iter().any(|text| text.ends_with("1.2 s")), "{said:?}");
    }
}

#[test]
fn a_consumer_says_its_load_and_when_its_lag_is_gone() {
    let layout = Moment::heated(3).layout((1316.0, 880.0));
    let said = |place: usize| texts(&layout.consumers[place].labels);
    assert!(said(2).contains(&"load 140 %".to_owned()) && said(2).contains(&"never: in ≥ out".to_owned()));
    assert!(said(1).contains(&"drains in 10 s".to_owned()), "{:?}", said(1));
    assert!(said(0).iter().all(|text| !text.contains("drains")), "{:?}", said(0));
    let small = Moment::heated(4).layout(WIDE);
    let beside = |layout: &Layout| texts(&layout.consumers[2].labels);
    assert!(beside(&small).contains(&"never".to_owned()), "{:?}", beside(&small));
    let phone = beside(&Moment::heated(4).layout(PHONE));
    assert!(
        phone.contains(&"∞".to_owned()),
        "where there is least room, a sign: {phone:?}"
    );
    let title = &small.consumers[2].title;
    assert!(
        title.contains("never gone: as much comes in as is processed, or more"),
        "{title}"
    );
}

#[test]
fn the_producers_say_what_holds_them_up_and_how_full_the_buffer_is() {
    for size in [WIDE, PHONE, (640.0, 420.0), (1316.0, 880.0)] {
        let strip = Moment::heated(4).layout(size).strip;
        let buffer = strip.buffer.as_ref().expect("a buffer");
        assert!(strip.rect.contains(&buffer.track) && buffer.full, "{size:?}");
        assert!(buffer.part.w <= buffer.track.w && buffer.part.w > 0.9 * buffer.track.w);
        let all = strip.labels.iter().chain(&strip.computation).chain(&buffer.label);
        let all: Vec<&Label> = all.collect();
        for (i, label) in all.iter().enumerate() {
            assert!(strip.rect.contains(&label.bounds()), "{size:?}: {label:?}");
            assert!(
                !label.bounds().overlaps(&buffer.track),
                "{size:?}: {label:?} on the bar"
            );
            let other = all[i + 1..]
                .iter()
                .find(|other| other.bounds().overlaps(&label.bounds()));
            assert_eq!(other, None, "{size:?}: {label:?}");
        }
        let title = strip.title.replace('\u{a0}', " ");
        assert!(
            title.contains("send() blocks") && title.contains("1 204 at source"),
            "{title}"
        );
    }
    let mut calm = Moment::heated(4);
    calm.view.producers[0] = sample::view(4, 3, 3, 2, &sample::keys().1).producers.remove(0);
    calm.view
        .brokers
        .iter_mut()
        .for_each(|broker| broker.heat_permille = None);
    assert_eq!(
        calm.layout(WIDE).strip.buffer,
        None,
        "nothing is up: the strip is as it always was"
    );
}
