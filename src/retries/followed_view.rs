//! The journey of one record on the page.

use super::followed::{Followed, Line, Place};
use super::name::RecordName;
use super::scene::Scene;
use super::view::Wish;
use crate::session::intent::Intent;
use crate::ui::format::moment;
use crate::ui::icon::{Icon, Sign};
use partitura_engine::world::Command;
use yew::{Callback, Html, html};

/// The record that is chosen.
pub(super) fn followed(scene: &Scene, on: &Callback<Wish>) -> Html {
    let Some((name, followed)) = &scene.chosen else {
        if scene.has_failed {
            return html! {
                <section class="retries-part" aria-label="One record">
                    <p class="empty">{ "Choose a record to read its journey: each topic, partition and offset, when, and why." }</p>
                </section>
            };
        }
        return Html::default();
    };
    html! {
        <section class="retries-part" aria-label={format!("The journey of {}", name.words())} data-testid="journey">
            { title(name, followed.as_ref(), on) }
            if let Some(followed) = followed {
                <ol class="journey">{ for followed.places.iter().map(|one| place(one, on)) }</ol>
                { headers(followed) }
            } else {
                <p class="empty">{ "It has not failed in this run by now, or that is forgotten." }</p>
            }
        </section>
    }
}

fn title(name: &RecordName, followed: Option<&Followed>, on: &Callback<Wish>) -> Html {
    let letter = followed.and_then(|followed| followed.dead_letter);
    html! {
        <header>
            if let Some(followed) = followed {
                <i class={format!("tile {}", followed.tile.colour)} aria-hidden="true">{ followed.tile.letter.clone() }</i>
            }
            <h3>
                { name.words() }
                if let Some(followed) = followed { <small data-testid="journey-state">{ followed.state.clone() }</small> }
            </h3>
            if let Some(at) = letter {
                <button
                    type="button"
                    class="quiet"
                    data-testid="redrive-this"
                    onclick={on.reform(move |_| Wish::Run(Intent::Act(Command::Redrive(Some(at)))))}
                >{ "Redrive this one" }</button>
            }
            <button
                type="button"
                class="ghost square"
                title="Follow it no more"
                aria-label="Follow it no more"
                onclick={on.reform(|_| Wish::Follow(None))}
            ><Sign icon={Icon::Close} /></button>
        </header>
    }
}

fn place(place: &Place, on: &Callback<Wish>) -> Html {
    html! {
        <li data-testid="journey-place">
            <h4><span class="mono">{ place.topic.clone() }</span>{ " " }<small class="mono">{ place.spot.clone() }</small></h4>
            <ul>{ for place.lines.iter().map(|one| line(one, on)) }</ul>
        </li>
    }
}

fn line(line: &Line, on: &Callback<Wish>) -> Html {
    let (at, event) = (line.at_us, line.event);
    html! {
        <li class={line.tone}>
            <button
                type="button"
                class="link mono"
                title="Go to this moment"
                onclick={on.reform(move |_| Wish::Run(Intent::GoTo(at)))}
            >{ moment(at) }</button>
            <span title={line.about}>
                { line.what.clone() }
                if let Some(error) = line.error { { " " }<code>{ error }</code> }
            </span>
            <button
                type="button"
                class="link"
                aria-label={format!("Why: {}", line.what)}
                data-testid="journey-why"
                onclick={on.reform(move |_| Wish::Why(event))}
            >{ "Why" }</button>
        </li>
    }
}

fn headers(followed: &Followed) -> Html {
    if followed.headers.is_empty() {
        return Html::default();
    }
    html! {
        <table class="figures retries-headers" data-testid="headers">
            <thead><tr><th scope="col">{ "Header" }</th><th scope="col">{ "Value" }</th></tr></thead>
            <tbody>
                { for followed.headers.iter().map(|(name, value)| html! {
                    <tr><th scope="row"><code>{ *name }</code></th><td class="mono">{ value.clone() }</td></tr>
                }) }
            </tbody>
        </table>
    }
}
