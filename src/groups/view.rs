//! The room on the page. It follows the run ten times a second; what it shows is bounded by the pixels of its chart.

use super::axis::{Reading, Window};
use super::chart_view::ChartPart;
use super::head_view::{figures, groups, rivals};
use super::scene::Scene;
use super::table_view::tables;
use super::words;
use crate::compare::view::choice;
use crate::lens::ledger::Trial;
use crate::stage::Target;
use partitura_engine::trace::EventId;
use std::rc::Rc;
use web_sys::Element;
use yew::{Callback, Html, MouseEvent, TargetCast, html};

/// What the room can ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Why that happened.
    Why(EventId),
    /// What can be done to it, at that place of the window.
    Menu(Target, (f64, f64)),
    /// That group.
    Show(String),
    /// Other lanes.
    Reading(Reading),
    /// Another stretch of time.
    Window(Window),
    /// The same run beside this one.
    Compare(Trial),
    /// That text in the clipboard.
    Copy(String),
    /// It is there, or could not be put there.
    Copied(bool),
}

/// The room of that moment.
pub fn room(scene: &Rc<Scene>, on: &Callback<Wish>) -> Html {
    html! {
        <section class="groups" aria-label="Consumer groups" data-testid="groups" tabindex="0">
            <header class="groups-head">
                { groups(scene, on) }
                { figures(&scene.figures) }
            </header>
            { rivals(&scene.rivals, on) }
            { chart(scene, on) }
            { tables(scene, on) }
        </section>
    }
}

/// The chart with what can be chosen about it.
fn chart(scene: &Rc<Scene>, on: &Callback<Wish>) -> Html {
    let reading = |name, reading| {
        (
            name,
            scene.reading == reading,
            on.reform(move |_: MouseEvent| Wish::Reading(reading)),
        )
    };
    let readings = [
        reading("by member", Reading::Members),
        reading("by partition", Reading::Partitions),
    ];
    let windows = Window::ALL.map(|(window, name)| {
        let wish = on.reform(move |_: MouseEvent| Wish::Window(window));
        (name, scene.past.window == window, wish)
    });
    html! {
        <section class="groups-chart">
            <div class="groups-bar">
                <h3>{ if scene.reading == Reading::Members { "Who owned what" } else { "Who read it" } }</h3>
                { choice("Lanes", "groups-reading", &readings) }
                { choice("How far back", "groups-window", &windows) }
            </div>
            <ChartPart scene={scene.clone()} on={on.clone()} />
            { legend(scene.reading) }
        </section>
    }
}

/// What the shapes mean.
fn legend(reading: Reading) -> Html {
    let spell = |does| {
        html! {
            <li title={words::meaning(does)}>
                <svg width="22" height="8" aria-hidden="true"><g class={words::does(does)}>{ super::chart_view::piece(0.0, 0.5, 22.0, does) }</g></svg>
                { words::does(does) }
            </li>
        }
    };
    let end = |end| {
        html! {
            <li title={words::end_meaning(end)}>
                <svg width="22" height="12" aria-hidden="true">
                    <rect class="owned" x="0" y="1" width="15" height="10" />
                    { super::chart_view::cap(15.0, 1.0, 10.0, end) }
                </svg>
                { words::end(end) }
            </li>
        }
    };
    html! {
        <ul class="groups-legend" aria-label="What the shapes mean">
            if reading == Reading::Members { { for words::SPELLS.into_iter().map(spell) } }
            else { <li><i class="gap-key"></i>{ "nobody reads it" }</li> }
            { for words::ENDS.into_iter().map(end) }
            <li><i class="band-key"></i>{ "rebalance" }</li>
        </ul>
    }
}

/// The place beneath the button that was pressed.
pub(super) fn below(event: &MouseEvent) -> (f64, f64) {
    let button = event.target_dyn_into::<Element>();
    let button = button.and_then(|element| element.closest("button").ok().flatten());
    button.map_or((8.0, 48.0), |button| {
        let rect = button.get_bounding_client_rect();
        (rect.left(), rect.bottom() + 4.0)
    })
}
