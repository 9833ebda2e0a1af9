//! A consumer: what it owns, how far behind it is, what is asked of it, and when its lag is gone.

use super::drains;
use super::geometry::{Point, Rect};
use super::label::{Label, Tone, brief, grouped};
use super::layout::Captions;
use super::member::Member;
use super::warmth::{Warmth, load};
use partitura_engine::short_sort::sort_short_by_key;
use partitura_engine::wire::NodeId;
use partitura_engine::world::{ConsumerView, Drain, Drains, GroupView};

/// A lag from which on a consumer is marked.
pub const LAG_TO_WATCH: u64 = 100;

/// A consumer in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerBox {
    /// Its number.
    pub number: u8,
    /// Along the rows that it owns, or on the bench.
    pub rect: Rect,
    /// Rows that it owns apart from those.
    pub also: Vec<Rect>,
    /// Name, what it owns, lag, state.
    pub labels: Vec<Label>,
    /// The middle of the light that is on while it works on a record.
    pub light: Option<(f64, f64)>,
    /// Works on a record.
    pub busy: bool,
    /// Its lag is to be watched.
    pub behind: bool,
    /// Owns nothing.
    pub idle: bool,
    /// How it stands.
    pub member: Member,
    /// In words.
    pub title: String,
}

impl ConsumerBox {
    /// In that place; `also` are rows that it owns apart from those beside it.
    pub(super) fn new(
        view: &ConsumerView,
        captions: &Captions,
        group: &GroupView,
        rect: Rect,
        also: Vec<Rect>,
    ) -> Self {
        let number = number(view);
        let member = Member::of(view);
        let gone = member.is_gone();
        let idle = view.owned.is_empty() && !gone;
        let behind = view.lag >= LAG_TO_WATCH && !gone;
        let pad = if rect.w >= 90.0 { 12.0 } else { 6.0 };
        let (left, room) = (rect.x + pad, rect.w - 2.0 * pad);
        let owns = owns(view);
        let mut labels = Vec::with_capacity(4);
        let name = |y: f64, size: f64, room: f64| {
            let ink = if gone { Tone::Soft } else { Tone::Ink };
            let long = Label::new(left, rect.y + y, size, ink, name(&group.id, number)).strong();
            // In a narrow column all go by their short names.
            if rect.w >= 90.0 && long.width() <= room {
                long
            } else {
                Label {
                    text: format!("c{number}"),
                    ..long
                }
            }
        };
        let tone = if behind { Tone::Warn } else { Tone::Ok };
        let lag = |y: f64, size: f64| {
            let long = Label::new(left, rect.y + y, size, tone, format!("lag {}", grouped(view.lag)))
                .mono()
                .strong();
            let short = Label {
                text: format!("lag {}", brief(view.lag)),
                size: size.min(11.0),
                ..long.clone()
            };
            // Four figures are worth a smaller type: cut, they would be another number.
            let smaller = Label {
                size: 10.0,
                ..short.clone()
            };
            let fitting = [long, short].into_iter().find(|label| label.width() <= room);
            fitting.unwrap_or_else(|| smaller.fit(room))
        };
        let soft = |y: f64, text: &str| Label::new(left, rect.y + y, 11.0, Tone::Soft, text);
        let short = |label: Label| {
            if label.width() <= room {
                label
            } else {
                Label {
                    text: label.text.replace("owns ", ""),
                    ..label
                }
            }
        };
        let drains = || view.owned.iter().filter_map(|owned| captions.drain(owned.partition));
        let when = drains::last(drains().map(|drain| drain.when));
        let warmth = Warmth::of(view.heat_permille);
        let heat = Label {
            tone: warmth.tone(),
            strong: warmth.is_hot(),
            ..soft(0.0, &load(view.heat_permille))
        };
        let asked = view.heat_permille.filter(|_| !idle).map(|_| {
            let mut heat = heat.clone();
            heat.text.insert_str(0, "load ");
            if heat.width() <= room {
                heat.text
            } else {
                load(view.heat_permille)
            }
        });
        let warned = |text: &str| Label {
            tone: Tone::Warn,
            ..soft(0.0, text)
        };
        let owned = |y: f64| short(soft(y, &owns)).fit(room);
        // How it stands, where it does not stand as it should.
        let notice = |y: f64| {
            let words = [member.words()?, member.short()?].map(|words| Label {
                tone: member.tone(),
                strong: gone,
                ..soft(y, &words)
            });
            let fitting = words.iter().find(|label| label.width() <= room);
            Some(fitting.unwrap_or(&words[1]).clone().fit(room))
        };
        let owned_or_notice = |y: f64| notice(y).unwrap_or_else(|| owned(y));
        let again = |y: f64| {
            let label = |text| Label {
                tone: Tone::Focus,
                ..soft(y, text)
            };
            let (long, short) = (label("start again…"), label("again…"));
            if long.width() <= room { long } else { short.fit(room) }
        };
        let mut light = None;
        match rect.h {
            h if gone && h >= 33.0 => {
                let lines = match h {
                    70.0.. => [22.0, 40.0, 61.0],
                    50.0.. => [16.0, 30.0, 45.0],
                    _ => [14.0, 28.0, 0.0],
                };
                labels.push(name(lines[0], if h >= 70.0 { 12.5 } else { 11.5 }, room));
                labels.extend(notice(lines[1]));
                labels.extend((h >= 50.0).then(|| again(lines[2])));
                // What it had is nobody's, as long as it stands beside its rows.
                let unread = soft(82.0, "nobody reads");
                let is_unread = h >= 88.0 && !view.owned.is_empty() && unread.width() <= room;
                labels.extend(is_unread.then_some(unread));
            }
            h if h >= 70.0 => {
                let second = if h < 88.0 { owned_or_notice(40.0) } else { owned(40.0) };
                labels.extend([name(22.0, 12.5, room - 14.0), second, lag(61.0, 13.0)]);
                let state = Some(soft(0.0, view.state)).filter(|state| room >= 80.0 || state.width() <= room);
                let told = notice(0.0);
                let state = told.clone().or(state);
                let asked = asked.map(|asked| Label { text: asked, ..heat });
                let wide = room >= 80.0;
                let drain = drains::line(when).filter(|_| wide).map(|text| warned(&text));
                // What comes and goes is last, so that nothing moves for it; without a line of its own it is beside the lag.
                let (below, has_line) = match (h, asked) {
                    (124.0.., asked @ Some(_)) => ([state, asked, drain], wide),
                    (106.0.., None) => ([state, drain, None], wide),
                    (106.0.., asked) => ([state, asked, None], false),
                    (88.0.., asked) => ([told.or(asked).or(state), None, None], false),
                    _ => ([None, None, None], false),
                };
                if !has_line {
                    beside(&mut labels, when, rect.right() - pad);
                }
                let place = |(line, label): (usize, Option<Label>)| {
                    let at = Point::new(left, rect.y + 80.0 + 18.0 * line as f64);
                    label.map(|label| Label { at, ..label }.fit(room))
                };
                labels.extend(below.into_iter().enumerate().filter_map(place));
                light = (room >= 80.0).then_some((rect.right() - pad - 3.0, rect.y + 18.0));
            }
            h if h >= 50.0 => {
                labels.extend([name(16.0, 12.0, room), owned_or_notice(30.0), lag(45.0, 11.5)]);
                beside(&mut labels, when, rect.right() - pad);
            }
            h if h >= 33.0 => {
                let second = if matches!(member, Member::Well | Member::Slow(_)) {
                    None
                } else {
                    notice(28.0)
                };
                labels.extend([name(14.0, 11.0, room), second.unwrap_or_else(|| lag(28.0, 10.5))]);
                beside(&mut labels, when, rect.right() - pad);
            }
            h if h >= 13.0 => {
                let y = h / 2.0 + 3.6;
                let tail = Label {
                    text: brief(view.lag),
                    ..lag(y, 10.0)
                }
                .end();
                let word = member.sign().or(idle.then_some("idle"));
                let tail = if let Some(word) = word {
                    Label {
                        text: word.to_owned(),
                        tone: member.tone(),
                        mono: false,
                        strong: false,
                        ..tail
                    }
                } else {
                    tail
                };
                let tail = Label {
                    at: Point::new(rect.right() - pad, rect.y + y),
                    ..tail
                };
                let name = name(y, 10.0, room - tail.width() - 4.0);
                if name.width() + 4.0 + tail.width() <= room {
                    labels.extend([name, tail]);
                } else {
                    labels.push(name);
                }
            }
            _ => {}
        }
        let mut title = title(view, &drains().copied().collect::<Vec<_>>());
        if let Some(member) = group.member_list.iter().find(|member| member.consumer == number) {
            title += &format!(" Member id {}.", member.id);
            if let Some(instance) = &member.instance_id {
                title += &format!(" Static: group.instance.id {instance}.");
            }
        }
        Self {
            number,
            rect,
            also,
            labels,
            light,
            busy: view.busy,
            behind,
            idle,
            member,
            title,
        }
    }
}

/// When its lag is gone, beside the lag, which is the last label, or beside the name: in the longest words for which there
/// is room.
fn beside(labels: &mut Vec<Label>, when: Drains, right: f64) {
    let words = [drains::line(when), drains::brief(when), drains::short(when)];
    let lines = [labels.last().cloned(), labels.first().cloned()];
    for line in lines.into_iter().flatten() {
        for text in words.iter().flatten() {
            let size = line.size.min(11.0);
            let drain = Label::new(right, line.at.y, size, Tone::Warn, text.as_str()).end();
            if line.bounds().right() + 6.0 <= drain.bounds().x {
                return labels.push(drain);
            }
        }
    }
}

/// All of it: what it owns, its lag and where that goes, its load.
fn title(view: &ConsumerView, drains: &[Drain]) -> String {
    let (number, owns, member) = (number(view), owns(view), Member::of(view));
    let mut title = format!("Consumer {number}: {owns}, lag {}, ", grouped(view.lag));
    match member {
        Member::Stalled => title += "stalled",
        _ => title += view.state,
    }
    if let Some(generation) = view.generation.filter(|_| !member.is_gone()) {
        title += &format!(", generation {generation}");
    }
    title.push('.');
    title += member.meaning();
    if let Member::Slow(us) = member {
        title += &format!(" It works {} ms on each record, by your wish.", us / 1_000);
    }
    for drain in drains.iter().filter(|drain| drain.when != Drains::Empty) {
        title += &format!(" P{}: {}.", drain.partition, drains::said(drain));
    }
    if view.heat_permille.is_some() && !view.owned.is_empty() {
        title += &format!(" Asked for {} of what it can process.", load(view.heat_permille));
    }
    title
}

/// The number in a consumer's name.
#[must_use]
pub fn number(view: &ConsumerView) -> u8 {
    match view.node {
        NodeId::Consumer(number) => number,
        _ => 0,
    }
}

fn name(group: &str, number: u8) -> String {
    if group.is_empty() {
        format!("consumer {number}")
    } else {
        format!("{group}-{number}")
    }
}

/// `owns P0 P1`, `owns P0–P7`, `owns nothing`.
pub(super) fn owns(view: &ConsumerView) -> String {
    let rows = own_rows(view);
    match rows.as_slice() {
        [] => "owns nothing".to_owned(),
        [first, .., last] if rows.len() > 3 && last - first + 1 == rows.len() => format!("owns P{first}–P{last}"),
        rows => rows
            .iter()
            .fold("owns".to_owned(), |text, row| format!("{text} P{row}")),
    }
}

/// The rows that it owns, ascending.
pub(super) fn own_rows(consumer: &ConsumerView) -> Vec<usize> {
    let mut rows: Vec<usize> = consumer.owned.iter().map(|owned| owned.partition as usize).collect();
    sort_short_by_key(&mut rows, |row| *row);
    rows.dedup();
    rows
}
