//! The room on the page. It follows the run with the stage; what it shows is bounded, so that no record in flight has an
//! element of its own.

use super::flow_view::flow;
use super::followed_view::followed;
use super::foot_view::costs;
use super::letters_view::{letters, skipped, stands};
use super::name::{RecordName, Tile};
use super::scene::Scene;
use super::switches::{POLICIES, Switches};
use crate::compare::view::choice;
use crate::lens::ledger::Trial;
use crate::session::intent::Intent;
use crate::ui::icon::{Icon, Sign};
use partitura_engine::trace::EventId;
use yew::{Callback, Html, html};

/// What the room can ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Something of the run.
    Run(Intent),
    /// Why that happened.
    Why(EventId),
    /// That record is followed, or none any more.
    Follow(Option<RecordName>),
    /// The same run beside this one.
    Compare(Trial),
    /// A walkthrough.
    Open(&'static str),
}

/// The room of that moment; `is_one` says that no other run stands beside it, and `runs` that the run moves.
pub fn room(scene: &Scene, is_one: bool, on: &Callback<Wish>) -> Html {
    html! {
        <section class="retries" aria-label="Retries and dead letters" data-testid="retries" tabindex="0">
            { head(&scene.switches, is_one, on) }
            if !scene.has_failed { { invitation(&scene.switches, on) } }
            { flow(scene, on) }
            { stands(scene, on) }
            { skipped(scene, on) }
            <div class="retries-pair">
                <div>
                    { letters(scene, on) }
                    { costs(scene, is_one, on) }
                </div>
                { followed(scene, on) }
            </div>
        </section>
    }
}

/// The policy, and what makes records fail.
fn head(switches: &Switches, is_one: bool, on: &Callback<Wish>) -> Html {
    let policies = POLICIES.map(|(name, ..)| {
        let set = on.reform(move |_| Wish::Run(Intent::Set("failure.policy", name.to_owned())));
        (name, name == switches.policy, set)
    });
    let about = POLICIES.iter().find(|(name, ..)| *name == switches.policy);
    html! {
        <header class="retries-head">
            <div>
                <h2>{ "What happens to a record that cannot be processed" }</h2>
                if let Some((_, _, about)) = about { <p>{ *about }</p> }
            </div>
            if is_one {
                { choice("failure.policy: the run starts anew with another one", "policy", &policies) }
            } else {
                <p class="mono">{ switches.policy }</p>
            }
            { causes(switches, on) }
        </header>
    }
}

/// What makes records fail at the moment, each with its end.
fn causes(switches: &Switches, on: &Callback<Wish>) -> Html {
    let set = |name, value: &'static str| on.reform(move |_| Wish::Run(Intent::Set(name, value.to_owned())));
    let cause = |words: String, button: &'static str, id: &'static str, onclick| {
        html! {
            <li>
                <span><Sign icon={Icon::Alert} />{ words }</span>
                <button type="button" class="quiet" data-testid={id} {onclick}>{ button }</button>
            </li>
        }
    };
    if switches.is_calm() {
        return Html::default();
    }
    html! {
        <ul class="retries-causes" aria-label="What makes records fail now">
            if let Some(poison) = &switches.poison {
                { cause(format!("Poison: {poison}"), "Mend the bug", "mend", set("poison", "none")) }
            }
            if switches.is_down {
                { cause("The service is down".to_owned(), "Bring it up", "downstream-up", set("downstream", "up")) }
            }
            if switches.percent > 0 {
                { cause(
                    format!("{} % of attempts fail", switches.percent),
                    "Let none fail",
                    "percent-off",
                    set("failure.percent", "0"),
                ) }
            }
        </ul>
    }
}

/// What to switch on, while nothing has failed.
fn invitation(switches: &Switches, on: &Callback<Wish>) -> Html {
    let set = |name, value: String| on.reform(move |_| Wish::Run(Intent::Set(name, value.clone())));
    let words = if switches.is_calm() {
        "Nothing has failed so far, and nothing will: every record can be processed. Let something go wrong:"
    } else {
        "Nothing has failed so far. Play on."
    };
    html! {
        <div class="retries-invitation" data-testid="retries-empty">
            <p>{ words }</p>
            if switches.is_calm() {
                <div>
                    if let Some(poison) = &switches.next_poison {
                        <button
                            type="button"
                            class="quiet"
                            data-testid="make-poison"
                            title={format!("poison = {poison}")}
                            onclick={set("poison", poison.clone())}
                        >{ "Make a record poison" }</button>
                    }
                    <button
                        type="button"
                        class="quiet"
                        data-testid="make-failures"
                        title="failure.percent = 5"
                        onclick={set("failure.percent", "5".to_owned())}
                    >{ "Let 5 % of attempts fail" }</button>
                    <button
                        type="button"
                        class="quiet"
                        data-testid="make-outage"
                        title="downstream = down"
                        onclick={set("downstream", "down".to_owned())}
                    >{ "Take the service down" }</button>
                    if switches.policy != "retry-topics" {
                        <span>{ "The policy above decides what happens then; " }<code>{ "retry-topics" }</code>{ " has the most to see." }</span>
                    }
                </div>
            }
            if !switches.walks.is_empty() {
                <p class="retries-walks">
                    { "Walkthroughs: " }
                    { for switches.walks.iter().map(|(id, title)| {
                        let id = *id;
                        html! { <button type="button" class="link" onclick={on.reform(move |_| Wish::Open(id))}>{ *title }</button> }
                    }) }
                </p>
            }
        </div>
    }
}

/// A record that can be chosen, as a row of a list begins.
pub(super) fn record(tile: &Tile, scene: &Scene, on: &Callback<Wish>) -> Html {
    let chosen = is_chosen(tile, scene);
    let name = tile.name.clone();
    html! {
        <button
            type="button"
            class="retries-record"
            aria-pressed={chosen.to_string()}
            title="Follow this record"
            onclick={on.reform(move |_| Wish::Follow((!chosen).then(|| name.clone())))}
        >
            <i class={format!("tile {}", tile.colour)} aria-hidden="true">{ tile.letter.clone() }</i>
            <span>{ tile.name.words() }</span>
        </button>
    }
}

pub(super) fn is_chosen(tile: &Tile, scene: &Scene) -> bool {
    scene.chosen.as_ref().is_some_and(|(name, _)| *name == tile.name)
}
