//! What the page shows of the desk: plain data, made a few times a second, compared by Yew.

use crate::compare::Side;
use crate::lens::about::concerns;
use crate::lens::captions::captions;
use crate::lens::events_view::{EventRow, Listed};
use crate::lens::milestones::command_words;
use crate::lens::reading::Reading;
use crate::lens::reading_view::ReadRow;
use crate::lens::why::{Words, sentence, subject};
use crate::retries::{self, RecordName};
use crate::session::Session;
use crate::session::desk::Desk;
use crate::session::history::{Mark, MarkKind};
use crate::stage::group_shown;
use crate::stage::{Captions, Palette, Target};
use crate::timeline::Figures;
use crate::timeline::layout::{self, Curves};
use crate::ui::format::clock;
use crate::walk::points::{Pointed, pointed};
use partitura_engine::log::KeyId;
use partitura_engine::short_sort::sort_short_by_key;
use partitura_engine::trace::{Event, Fact};
use partitura_engine::wire::{Micros, NodeId};
use partitura_engine::world::View;
use std::rc::Rc;

/// The stage's half.
#[derive(Clone, Default, PartialEq)]
pub(super) struct OnStage {
    /// The moment.
    pub(super) view: Rc<View>,
    /// Colours and letters.
    pub(super) palette: Rc<Palette>,
    /// The group beside the rows; the main one, if there is none of that name.
    pub(super) group: String,
    /// What it says beside the picture.
    pub(super) captions: Rc<Captions>,
    /// What the open step points at.
    pub(super) pointed: Rc<Pointed>,
    /// What the palette was made for: the run, how many texts it knew, and the keys.
    made_for: (u64, usize, Vec<KeyId>),
}

impl OnStage {
    /// A stage that is still to be made, with that group.
    #[must_use]
    pub(super) fn showing(group: &str) -> Self {
        Self {
            group: group.to_owned(),
            ..Self::default()
        }
    }

    /// The stage of this moment. The palette of before is kept when it still holds.
    #[must_use]
    pub(super) fn of(desk: &Desk, side: Side, before: &OnStage) -> Self {
        let world = desk.sessions().or_left(side).world();
        let mut view = world.view();
        let group = before.group.clone();
        group_shown::show(&mut view, &group);
        let targets = desk.step().map_or(&[][..], |step| &step.highlight);
        let pointed = pointed(targets, &view, world.dictionary());
        let captions = captions(world, &view);
        let made_for = (desk.runs(), world.dictionary().key_count(), world.known_keys().to_vec());
        let palette = if made_for == before.made_for {
            before.palette.clone()
        } else {
            Rc::new(Palette::new(world.dictionary(), world.known_keys()))
        };
        Self {
            palette,
            made_for,
            group,
            captions: kept_or_new(&before.captions, captions),
            pointed: kept_or_new(&before.pointed, pointed),
            view: Rc::new(view),
        }
    }
}

impl OnStage {
    /// What the step points at on the stage.
    #[must_use]
    pub(super) fn highlights(&self) -> Rc<[Target]> {
        self.pointed.stage.iter().copied().collect()
    }
}

fn kept_or_new<T: PartialEq>(before: &Rc<T>, now: T) -> Rc<T> {
    if **before == now { before.clone() } else { Rc::new(now) }
}

/// The timeline's part.
#[derive(Clone, PartialEq)]
pub(super) struct OnTimeline {
    /// The run in figures.
    pub(super) figures: Figures,
    /// Where the run is.
    pub(super) now_us: Micros,
    /// How long the axis is.
    pub(super) span_us: Micros,
    /// Throughput and lag.
    pub(super) curves: Rc<Curves>,
    /// The same of the run on the right, to the same scale.
    pub(super) beside: Option<Rc<Curves>>,
    /// What happened, and what the person has done that is still to come.
    pub(super) marks: Rc<[Mark]>,
}

impl OnTimeline {
    /// The timeline of this moment, with the journey of the record that is followed.
    #[must_use]
    pub(super) fn of(desk: &Desk, followed: Option<&RecordName>) -> Self {
        let session = desk.session();
        let (world, history, now) = (session.world(), &session.account().history, session.now());
        let planned = last_moment(session);
        let span_us = layout::span(now, planned);
        let last_event = world.trace().get(world.trace().count());
        let figures = Figures {
            seed: session.plan().seed,
            events: world.trace().count(),
            digest: world.trace().digest(),
            per_second: history.recent_per_second(now),
            lag: session.account().lag(),
            last_event: last_event.map(|event| said(event, session)).unwrap_or_default(),
        };
        let to_come = session
            .plan()
            .actions
            .iter()
            .filter(|action| action.at_us > now)
            .map(|action| Mark {
                at_us: action.at_us,
                kind: MarkKind::You,
                label: command_words(&action.command),
                event: None,
            });
        let mut marks: Vec<Mark> = history.marks().iter().cloned().chain(to_come).collect();
        if let Some(name) = followed {
            marks.extend(retries::marks::marks(session, name));
            sort_short_by_key(&mut marks, |mark| mark.at_us);
        }
        let mut curves = layout::curves(history, now, span_us);
        let beside = desk.sessions().right.as_ref().map(|right| {
            let mut beside = layout::curves(&right.account().history, now, span_us);
            layout::to_one_scale(&mut curves, &mut beside);
            Rc::new(beside)
        });
        Self {
            figures,
            now_us: now,
            span_us,
            curves: Rc::new(curves),
            beside,
            marks: marks.into(),
        }
    }
}

/// The last moment that the run is known to reach: its scenario's end, and what the person has done.
fn last_moment(session: &Session) -> Micros {
    let actions = session.plan().actions.iter().map(|action| action.at_us);
    actions.chain([session.scenario().until_us]).max().unwrap_or(0)
}

/// The records on the reader's page, in the order in which they were read.
#[must_use]
pub(super) fn read_rows(session: &Session, palette: &Palette, about: Option<KeyId>) -> Rc<[ReadRow]> {
    let (world, texts) = (session.world(), session.world().dictionary());
    let row = |read: &crate::lens::reading::ReadRecord| {
        let record = world.record_at(read.partition, read.offset);
        let value = record
            .and_then(|record| record.value)
            .map(|value| texts.value_text(value).to_string());
        ReadRow {
            id: read.event,
            letter: palette.label(read.subject).to_owned(),
            colour: palette.colour(read.subject).class(),
            subject: texts.key_text(read.subject).to_string(),
            written: value.is_some(),
            text: value.unwrap_or_else(|| format!("update {}", read.sequence)),
            source: format!("P{} · {}", read.partition, read.consumer),
            after: read.after,
            sequence: read.sequence,
        }
    };
    session.account().reading.in_order(about).map(row).collect()
}

/// What the reader's page can be narrowed to: the first of the workload's keys, each with its letter and its text, and
/// the one that it is narrowed to, even if the workload has other keys by now.
#[must_use]
pub(super) fn subjects(session: &Session, palette: &Palette, about: Option<KeyId>) -> Rc<[(KeyId, String)]> {
    let keys = session.world().keys();
    let known = keys.iter().filter(|key| key.index() < Reading::SUBJECTS);
    let gone = about.iter().filter(|key| !keys.contains(key));
    known
        .chain(gone)
        .map(|key| (*key, format!("{}  {}", palette.label(*key), palette.text(*key))))
        .collect()
}

/// How many events are listed.
const LISTED: usize = 40;
/// How many are looked through for those that concern one thing.
const SEARCHED: usize = 20_000;

/// The events, the newest first.
#[must_use]
pub(super) fn event_rows(session: &Session, listed: Listed, about: Option<Target>) -> Rc<[EventRow]> {
    let topic = session.world().topic_id();
    let wanted = |event: &&Event| about.is_none_or(|target| concerns(event, target, topic));
    let row = |event: &Event| row(event, session);
    match listed {
        Listed::Milestones => session
            .account()
            .milestones
            .newest_first()
            .filter(wanted)
            .take(LISTED)
            .map(row)
            .collect(),
        Listed::Everything => {
            let newest = session.world().trace().since(0).rev().take(SEARCHED);
            newest.filter(wanted).take(LISTED).map(row).collect()
        }
    }
}

/// Whether the person did that, and not the scenario.
#[must_use]
pub(super) fn is_yours(event: &Event, session: &Session) -> bool {
    let acted = session.plan().actions.iter().any(|action| action.at_us == event.at);
    acted && matches!((event.node, event.fact), (NodeId::User, Fact::Commanded(_)))
}

fn row(event: &Event, session: &Session) -> EventRow {
    let (moment, micros) = clock(event.at);
    let world = session.world();
    let words = Words {
        names: world.names(),
        topic: world.topic_id(),
    };
    EventRow {
        id: event.id,
        moment: format!("{moment}{micros}"),
        who: subject(event, is_yours(event, session)),
        what: sentence(&event.fact, &words),
    }
}

fn said(event: &Event, session: &Session) -> String {
    let row = row(event, session);
    format!("{} {}", row.who, row.what)
}
