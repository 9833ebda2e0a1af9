//! What happened, the newest first, and for the one that is picked: why.

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
    /// To whom: `b1`, or `p1 → b2` for a message.
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

/// The picked event and its causes.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// The event, what brought it about, and so on.
    pub rows: Vec<EventRow>,
    /// Whether it goes back to something that had no cause; else the older events are forgotten.
    pub complete: bool,
    /// How many more causes are known than are told.
    pub more: usize,
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
    /// The picked one.
    pub chain: Option<Rc<Chain>>,
    /// Others are wanted.
    pub on_listed: Callback<Listed>,
    /// All things are wanted again.
    pub on_all: Callback<()>,
    /// One is picked, or none.
    pub on_pick: Callback<Option<EventId>>,
}

/// The events, and below them the chain of causes.
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
    let picked = props
        .chain
        .as_ref()
        .and_then(|chain| chain.rows.first())
        .map(|row| row.id);
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
                { for props.rows.iter().map(|row| event(row, picked, &props.on_pick)) }
            </ol>
            <section class="why" aria-label="Why did this happen?" data-testid="why">
                if let Some(chain) = &props.chain { { why(chain, &props.on_pick) } }
                else { <p class="empty">{ "Pick an event to read why it happened." }</p> }
            </section>
        </div>
    }
}

fn event(row: &EventRow, picked: Option<EventId>, on_pick: &Callback<Option<EventId>>) -> Html {
    let id = row.id;
    let is_picked = picked == Some(id);
    html! {
        <li key={id}>
            <button
                type="button"
                class={if is_picked { "event on" } else { "event" }}
                aria-pressed={is_picked.to_string()}
                title={row.what.clone()}
                onclick={on_pick.reform(move |_| Some(id))}
            >
                <span class="event-time mono">{ row.moment.clone() }</span>
                <span class="event-who mono">{ row.who.clone() }</span>
                <span class="event-what">{ row.what.clone() }</span>
            </button>
        </li>
    }
}

fn why(chain: &Chain, on_pick: &Callback<Option<EventId>>) -> Html {
    let cause = |row: &EventRow| {
        html! {
            <li key={row.id}>
                <p>{ row.what.clone() }</p>
                <p class="mono">{ row.who.clone() }{ " · " }{ row.moment.clone() }</p>
            </li>
        }
    };
    html! {
        <>
            <header>
                <h3>{ "Why did this happen?" }</h3>
                <button
                    type="button"
                    class="ghost square"
                    aria-label="Close the chain of causes"
                    onclick={on_pick.reform(|_| None)}
                >
                    <Sign icon={Icon::Close} />
                </button>
            </header>
            <ol class="chain" tabindex="0" aria-label="The event, and what brought it about">
                { for chain.rows.iter().map(cause) }
                if chain.more > 0 {
                    <li
                        class="forgotten"
                    >
                        <p>{ format!("and {} before it", crate::ui::format::counted(chain.more as u64, "event")) }</p>
                    </li>
                } else if !chain.complete {
                    <li class="forgotten"><p>{ "What came before is no longer kept." }</p></li>
                }
            </ol>
        </>
    }
}
