//! One moment of the room, as plain data.

use super::axis::{Reading, Window};
use super::described::{self, Printed};
use super::head::{self, Figure};
use super::past::{Past, Person};
use super::rivals::{Rival, rivals};
use super::words;
use crate::lens::why::Words;
use crate::session::Session;
use crate::stage::consumer_box::number;
use crate::stage::member::Member;
use partitura_engine::trace::{MemberDoes, SpanEnd};
use partitura_engine::world::{ConsumerView, GroupView, View};

/// What the room shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// The group.
    pub group: String,
    /// All groups, with their states.
    pub groups: Vec<(String, &'static str)>,
    /// How it stands.
    pub figures: Vec<Figure>,
    /// What the lanes are.
    pub reading: Reading,
    /// What the chart is made of.
    pub past: Past,
    /// Offsets and lag, as the tool prints them; nothing for a group that reads another topic.
    pub offsets: Option<Printed>,
    /// Lag in time, row by row.
    pub lags: Vec<String>,
    /// The members, as the tool prints them.
    pub members: Printed,
    /// The members that the open step points at.
    pub pointed: Vec<u8>,
    /// Other assignors for the same run.
    pub rivals: Vec<Rival>,
}

impl Scene {
    /// The room at the run's moment. The view is that of the group that is shown.
    #[must_use]
    pub fn of(session: &Session, view: &View, reading: Reading, window: Window) -> Self {
        let (world, group) = (session.world(), &view.group);
        let (topic, trace) = (&world.setup().topic.name, world.trace());
        let history = world.group_key(&group.id).and_then(|key| trace.groups().of(key));
        let words = Words {
            names: world.names(),
            topic: world.topic_id(),
        };
        let mut past = history.map_or_else(Past::default, |history| {
            let people = history.present_spells().map(|spell| {
                let consumer = view.consumers.iter().find(|one| number(one) == spell.consumer);
                person(spell.consumer, spell.does, consumer, group)
            });
            let mut people: Vec<Person> = people.collect();
            partitura_engine::short_sort::sort_short_by_key(&mut people, |person| person.consumer);
            let reasons = &session.account().reasons;
            Past::of(history, reasons, view.now_us, window, people, |place| {
                words.place(place)
            })
        });
        (past.now_us, past.window) = (view.now_us, window);
        past.is_modern = group.protocol == "consumer";
        past.forget_the_gone();
        let is_of_topic = past
            .places
            .iter()
            .all(|(place, _)| Some(place.topic) == world.topic_id());
        Self {
            groups: view.groups.iter().map(|one| (one.id.clone(), one.state)).collect(),
            figures: head::figures(group, history, world.setup(), &past.places, view.now_us),
            reading,
            offsets: is_of_topic.then(|| described::offsets(group, topic)),
            lags: described::lags(group),
            members: if is_of_topic {
                described::members(group, topic)
            } else {
                members_elsewhere(group, &past, &words)
            },
            pointed: Vec::new(),
            rivals: rivals(session.plan()),
            group: group.id.clone(),
            past,
        }
    }
}

/// The members of a group that reads another topic: what they are assigned, the history of ownership says.
fn members_elsewhere(group: &GroupView, past: &Past, words: &Words) -> Printed {
    let mut group = group.clone();
    for member in &mut group.member_list {
        let own = past.spans.iter().filter(|span| span.consumer == member.consumer);
        let own = own.filter(|span| span.end == SpanEnd::Open);
        member.assigned = own.map(|span| span.partition.index).collect();
        partitura_engine::short_sort::sort_short_by_key(&mut member.assigned, |index| *index);
    }
    let topic = past
        .places
        .first()
        .map(|(place, _)| words.names.topic(place.topic).to_string());
    described::members(&group, &topic.unwrap_or_default())
}

fn person(consumer: u8, does: MemberDoes, view: Option<&ConsumerView>, group: &GroupView) -> Person {
    let member = group.member_list.iter().find(|member| member.consumer == consumer);
    let state = view
        .map(Member::of)
        .filter(|member| !matches!(member, Member::Waiting(_)));
    Person {
        consumer,
        instance: member
            .and_then(|member| member.instance_id.as_ref())
            .map(ToString::to_string),
        is_crashed: state == Some(Member::Crashed),
        state: state
            .and_then(Member::words)
            .unwrap_or_else(|| words::does(does).to_owned()),
        does,
    }
}
