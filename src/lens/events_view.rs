//! What happened, the newest first. Of each it can be asked why.

use crate::ui::icon::{Icon, Sign};
use partitura_engine::trace::EventId;
use std::rc::Rc;
use yew::{Callback, Html, Properties, component, html};

/// An event, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// Its number.
    pub id: EventId,
    /// When, to the microsecond.
    pub moment: String,
    /// To whom: `broker 1`.
    pub who: String,
    /// What.
    pub what: String,
}

/// Which events are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listed {
    /// Those that a person would tell of.
    #[default]
    Milestones,
    /// All, as far as they go.
    Everything,
}

/// What the panel is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The events, the newest first.
    pub rows: Rc<[EventRow]>,
    /// Which events these are.
    pub listed: Listed,
    /// The thing that all of them concern, in words, if it is only one.
    pub about: Option<String>,
    /// Others are wanted.
    pub on_listed: Callback<Listed>,
    /// All things are wanted again.
    pub on_all: Callback<()>,
    /// Why one of them happened.
    pub on_why: Callback<EventId>,
}

/// The events.
#[component]
pub fn EventsPanel(props: &Props) -> Html {
    let choice = |listed: Listed, title: &'static str| {
        html! {
            <button
                type="button"
                class="choice"
                aria-pressed={(props.listed == listed).to_string()}
                onclick={props.on_listed.reform(move |_| listed)}
            >{ title }</button>
        }
    };
    html! {
        <div class="lens events" data-testid="events-panel">
            <div class="choices" role="group" aria-label="Which events">
                { choice(Listed::Milestones, "Milestones") }
                { choice(Listed::Everything, "Everything") }
            </div>
            if let Some(about) = &props.about {
                <p class="about">
                    <span>{ "Only about " }<strong>{ about.clone() }</strong></span>
                    <button
                        type="button"
                        class="ghost square"
                        aria-label="Show events about everything"
                        title="Show events about everything"
                        onclick={props.on_all.reform(|_| ())}
                    >
                        <Sign icon={Icon::Close} />
                    </button>
                </p>
            }
            if props.rows.is_empty() {
                <p class="empty">{ "Nothing like that has happened yet. Press play, or go one event further." }</p>
            }
            <ol class="event-rows" tabindex="0" aria-label="Events, the newest first">
                { for props.rows.iter().map(|row| event(row, &props.on_why)) }
            </ol>
            <p class="hint">{ "Pick an event to read why it happened." }</p>
        </div>
    }
}

fn event(row: &EventRow, on_why: &Callback<EventId>) -> Html {
    let id = row.id;
    html! {
        <li key={id}>
            <button type="button" class="event" title="Why?" onclick={on_why.reform(move |_| id)}>
                <span class="event-time mono">{ row.moment.clone() }</span>
                <span class="event-who">{ row.who.clone() }</span>
                <span class="event-what">{ row.what.clone() }</span>
            </button>
        </li>
    }
}
