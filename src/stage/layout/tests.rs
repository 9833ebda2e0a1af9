//! Over a grid of sizes and counts: nothing overlaps, nothing is cut off, everything can be pointed at.

use super::super::cells::Role;
use super::super::sample;
use super::*;
use partitura_engine::world::ProcessState;

const SIZES: [(f64, f64); 6] = [
    (836.0, 700.0),
    (1316.0, 880.0),
    (1440.0, 640.0),
    (390.0, 560.0),
    (390.0, 844.0),
    (640.0, 420.0),
];

/// A good day, and bad ones: with the controllers in the brokers' processes, and with processes of their own.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Day {
    Good,
    Combined,
    Isolated,
    /// A good day on which brokers have a capacity that is not enough, and one on which besides all else goes wrong.
    Heated,
    HeatedAndTroubled,
    /// Consumers in every state, beside another group.
    Stricken,
}

fn layout(partitions: u16, brokers: u8, consumers: u8, factor: u8, size: (f64, f64)) -> Layout {
    on(Day::Good, partitions, brokers, consumers, factor, size)
}

fn on(day: Day, partitions: u16, brokers: u8, consumers: u8, factor: u8, size: (f64, f64)) -> Layout {
    let (dictionary, keys) = sample::keys();
    let mut captions = Captions {
        producers: "4 reporters · 240 records/s".to_owned(),
        computation: vec![
            "murmur2(\"match-7\") = 311 360 154".to_owned(),
            "311 360 154 mod 4 = 2 → P2".to_owned(),
        ],
        assignor: "range".to_owned(),
        ..Captions::default()
    };
    let mut view = sample::view(partitions, brokers, consumers, factor, &keys);
    if matches!(day, Day::Combined | Day::Isolated | Day::HeatedAndTroubled) {
        view = sample::troubled(view, day != Day::Isolated);
    }
    if matches!(day, Day::Heated | Day::HeatedAndTroubled) {
        view = sample::heated(view);
        captions.drains = sample::drains(&view);
        captions.buffer_memory = 32 << 20;
    }
    if day == Day::Stricken {
        view = sample::stricken(view);
    }
    Layout::of(&view, &Palette::new(&dictionary, &keys), &captions, size)
}

#[test]
fn two_stages_side_by_side_are_drawn_alike_whatever_is_on_them() {
    let (dictionary, keys) = sample::keys();
    let palette = Palette::new(&dictionary, &keys);
    for size in SIZES {
        let views = [sample::view(6, 3, 2, 3, &keys), sample::view(12, 4, 5, 3, &keys)];
        let counts = [Counts::of(&views[0]), Counts::of(&views[1])];
        let draw =
            |one: usize, other: usize| Layout::beside(&views[one], &palette, &Captions::default(), size, counts[other]);
        let (few, many) = (draw(0, 1), draw(1, 0));
        assert_eq!(
            (few.scale, few.grid.pitch, few.grid.detail),
            (many.scale, many.grid.pitch, many.grid.detail)
        );
        assert_eq!(
            (few.rows.len(), few.columns.len()),
            (6, 3),
            "and nothing is drawn that is not there"
        );
        assert_eq!(few.rows[5].band, many.rows[5].band, "a row is beside its row");
        assert_eq!(few.columns[2].rect, many.columns[2].rect);
        assert_eq!(few.strip.rect.y, many.strip.rect.y);
    }
}

fn for_all(check: impl Fn(&Layout, &str)) {
    for size in SIZES {
        for partitions in [0, 1, 2, 3, 4, 6, 9, 12, 20, 33, 64] {
            for brokers in [1, 2, 3, 4, 5, 7, 9] {
                for consumers in [0, 1, 3, 7, 12] {
                    for day in [
                        Day::Good,
                        Day::Combined,
                        Day::Isolated,
                        Day::Heated,
                        Day::HeatedAndTroubled,
                        Day::Stricken,
                    ] {
                        let layout = on(day, partitions, brokers, consumers, 3, size);
                        check(
                            &layout,
                            &format!("{day:?}: {partitions} × {brokers}, {consumers} consumers, {size:?}"),
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn no_two_boxes_overlap_and_all_are_on_the_canvas() {
    for_all(|layout, case| {
        let canvas = Rect::new(0.0, 0.0, layout.grid.size.0, layout.grid.size.1);
        let mut boxes: Vec<Rect> = layout.cells.iter().map(|cell| cell.rect).collect();
        boxes.extend(layout.consumers.iter().map(|consumer| consumer.rect));
        boxes.extend(layout.rows.iter().map(|row| row.rect));
        boxes.push(layout.strip.rect);
        for (i, rect) in boxes.iter().enumerate() {
            assert!(canvas.contains(rect), "{case}: {rect:?} outside of {canvas:?}");
            assert!(rect.w > 0.0 && rect.h > 0.0, "{case}: {rect:?}");
            let other = boxes[i + 1..].iter().find(|other| other.overlaps(rect));
            assert_eq!(other, None, "{case}: overlaps {rect:?}");
        }
    });
}

#[test]
fn tiles_and_watermarks_stay_in_their_cells() {
    for_all(|layout, case| {
        for cell in &layout.cells {
            for tile in &cell.tiles {
                assert!(
                    cell.rect.contains(&tile.rect),
                    "{case}: {tile:?} outside of {:?}",
                    cell.rect
                );
            }
            let line = cell.watermark.expect("a log with records has a line");
            let line = Rect::new(line.x, line.top, 0.0, line.bottom - line.top);
            assert!(
                cell.rect.inset(-1.0).contains(&line),
                "{case}: {line:?} outside of {:?}",
                cell.rect
            );
        }
    });
}

#[test]
fn words_stay_in_their_boxes_and_apart() {
    for_all(|layout, case| {
        let mut groups: Vec<(Rect, Vec<&Label>)> = Vec::new();
        groups.extend(
            layout
                .cells
                .iter()
                .map(|cell| (cell.rect, cell.labels.iter().collect())),
        );
        groups.extend(
            layout
                .consumers
                .iter()
                .map(|consumer| (consumer.rect, consumer.labels.iter().collect())),
        );
        groups.extend(layout.columns.iter().map(|column| {
            let badge = column.badges.iter().map(|badge| &badge.label);
            (column.rect, column.labels.iter().chain(badge).collect())
        }));
        let strip = &layout.strip;
        groups.push((strip.rect, strip.labels.iter().chain(&strip.computation).collect()));
        groups.extend(layout.rows.iter().map(|row| {
            let room = if layout.grid.detail == Detail::Strip {
                row.rect.inset(-4.0)
            } else {
                row.rect
            };
            let badges = row.badges.iter().map(|badge| &badge.label);
            (
                // To the left there is a margin for a sign.
                Rect::new(row.rect.x - 8.0, room.y, room.w + 18.0, room.h),
                row.labels
                    .iter()
                    .chain(&row.share)
                    .chain(row.heat.iter().filter_map(|heat| heat.label.as_ref()))
                    .chain(badges)
                    .collect(),
            )
        }));
        let quorum = &layout.quorum;
        let seats = quorum.seats.iter().map(|seat| &seat.badge.label);
        let above = Rect::new(0.0, 0.0, layout.grid.size.0, layout.grid.top);
        let notes = layout.notes.iter().filter(|note| note.at.y < layout.grid.top);
        groups.push((
            above,
            seats.chain(&quorum.label).chain(&quorum.lost).chain(notes).collect(),
        ));
        for (room, labels) in groups {
            for (i, label) in labels.iter().enumerate() {
                assert!(room.contains(&label.bounds()), "{case}: {label:?} outside of {room:?}");
                let other = labels[i + 1..]
                    .iter()
                    .find(|other| other.bounds().overlaps(&label.bounds()));
                assert_eq!(other, None, "{case}: overlaps {label:?}");
            }
        }
    });
}

#[test]
fn the_crown_of_p2_is_on_broker_3_of_4() {
    let layout = layout(4, 4, 3, 3, SIZES[0]);
    let leaders: Vec<_> = layout
        .cells
        .iter()
        .filter(|cell| cell.partition == 3)
        .map(|cell| cell.role)
        .collect();
    assert_eq!(leaders, [Role::Leader(5), Role::InSync(0), Role::InSync(0)]);
    let leader = layout.leader(1).expect("broker 2 leads P1");
    assert_eq!((leader.broker, leader.crown.is_some()), (BrokerId(2), true));
    let crown = leader.crown.expect("a crown").0;
    assert!(layout.grid.columns[1].contains(&Rect::new(crown.x, crown.y, 0.0, 0.0)));
    assert_eq!(layout.highlight(Target::Leader(1)), Some(leader.rect));
    // Broker 3 is fenced: what it says of itself does not count.
    assert_eq!(layout.leader(2).map(|cell| cell.role), Some(Role::Absent(4)));
}

#[test]
fn nothing_moves_when_there_is_something_to_say() {
    for size in SIZES {
        for partitions in [1, 4, 9, 33] {
            let (good, bad) = (
                layout(partitions, 3, 3, 3, size),
                on(Day::Combined, partitions, 3, 3, 3, size),
            );
            assert_eq!(good.grid, bad.grid);
            let places = |layout: &Layout| layout.cells.iter().map(|cell| cell.rect).collect::<Vec<_>>();
            assert_eq!(places(&good), places(&bad));
            let shares = |layout: &Layout| {
                layout
                    .rows
                    .iter()
                    .map(|row| (row.share.clone(), row.bar))
                    .collect::<Vec<_>>()
            };
            assert_eq!(shares(&good), shares(&bad));
        }
    }
}

#[test]
fn a_dead_broker_a_fenced_one_and_a_paused_one_can_be_told_apart() {
    let layout = on(Day::Combined, 4, 5, 3, 3, SIZES[1]);
    let said = |column: usize| -> Vec<&str> { layout.columns[column].labels.iter().map(|l| l.text.as_str()).collect() };
    let classes: Vec<_> = layout.columns.iter().map(|column| column.standing.class()).collect();
    assert_eq!(
        classes,
        [None, Some("gone"), Some("fenced"), Some("paused"), Some("gone")]
    );
    assert!(said(1).contains(&"crashed") && said(2).contains(&"fenced") && said(3).contains(&"paused"));
    assert!(said(4).contains(&"disk lost"), "{:?}", said(4));
}

#[test]
fn a_crashed_consumer_stays_and_says_how_it_comes_back() {
    let layout = on(Day::Stricken, 4, 3, 4, 3, SIZES[0]);
    let said = |place: usize| -> Vec<&str> { layout.consumers[place].labels.iter().map(|l| l.text.as_str()).collect() };
    assert_eq!(said(0), ["payouts-1", "crashed", "start again…", "nobody reads"]);
    assert!(said(1).contains(&"paused") && said(2).contains(&"no poll()"));
    assert!(
        layout.consumers[0].title.contains("It told nobody"),
        "{}",
        layout.consumers[0].title
    );
    assert!(layout.group.labels[1].text.starts_with("PreparingRebalance"));
}

#[test]
fn a_crashed_consumer_gives_its_rows_to_who_has_them_now() {
    let (dictionary, keys) = sample::keys();
    let mut view = sample::view(4, 3, 2, 3, &keys);
    view.consumers[0].process = ProcessState::Crashed;
    let draw = |view: &View| Layout::of(view, &Palette::new(&dictionary, &keys), &Captions::default(), SIZES[0]);
    let before = draw(&view);
    assert!(before.consumers[0].rect.y < before.consumers[1].rect.y);
    let all = view.consumers[0].owned.clone();
    view.consumers[1].owned.extend(all);
    let after = draw(&view);
    assert_eq!(
        after.consumers[1].rect.h,
        after.grid.row_top(3) + after.grid.cell_height() - after.grid.row_top(0)
    );
    assert!(
        after.consumers[0].rect.y > after.consumers[1].rect.bottom(),
        "on the bench"
    );
}

#[test]
fn more_rows_show_less_of_each() {
    let detail = |partitions| layout(partitions, 3, 3, 3, SIZES[0]).grid.detail;
    assert_eq!(
        [4, 6, 12, 64].map(detail),
        [Detail::Full, Detail::Medium, Detail::Line, Detail::Strip]
    );
}

#[test]
fn it_scrolls_only_when_the_smallest_rows_do_not_fit() {
    for_all(|layout, case| {
        let room = SIZES
            .iter()
            .find(|size| case.contains(&format!("{size:?}")))
            .expect("a size");
        assert!((layout.size().0 - room.0).abs() < 1e-9, "{case}");
        if layout.size().1 > room.1 + 1e-6 {
            assert!(
                (layout.grid.pitch - Grid::LEAST_PITCH).abs() < 1e-9,
                "{case}: rows could be smaller"
            );
        }
    });
    assert!(
        (layout(64, 3, 3, 3, SIZES[0]).grid.size.1 - 700.0).abs() < 1e-9,
        "64 rows fit"
    );
}

#[test]
fn everything_that_is_there_can_be_pointed_at() {
    for_all(|layout, case| {
        let canvas = Rect::new(0.0, 0.0, layout.grid.size.0, layout.grid.size.1);
        let mut targets = vec![Target::Producers, Target::Computation, Target::Group];
        targets.extend(layout.rows.iter().map(|row| Target::Partition(row.partition)));
        targets.extend(layout.columns.iter().map(|column| Target::Broker(column.broker)));
        targets.extend(
            layout
                .cells
                .iter()
                .map(|cell| Target::Replica(cell.partition, cell.broker)),
        );
        targets.extend(layout.leader(0).map(|_| Target::HighWatermark(0)));
        targets.extend(
            layout
                .consumers
                .iter()
                .map(|consumer| Target::Consumer(consumer.number)),
        );
        for target in targets {
            let rect = layout
                .highlight(target)
                .unwrap_or_else(|| panic!("{case}: no {target:?}"));
            assert!(canvas.contains(&rect), "{case}: {target:?} at {rect:?}");
        }
        assert_eq!(layout.highlight(Target::Partition(99)), None);
    });
}

#[test]
fn more_room_makes_larger_type_and_never_less_to_see() {
    let scale = |partitions, size| layout(partitions, 3, 3, 3, size).scale;
    assert!((scale(4, (836.0, 700.0)) - 1.0).abs() < 1e-9);
    assert!(scale(4, (1316.0, 880.0)) > 1.1);
    for_all(|layout, case| {
        let plain = Grid::new(
            Counts {
                partitions: layout.rows.len(),
                brokers: layout.columns.len(),
                consumers: layout.consumers.len(),
                controllers: layout.quorum.seats.len(),
                limited: layout.grid.limited,
            },
            layout.size(),
        );
        assert!(layout.grid.detail >= plain.detail, "{case}");
    });
}
