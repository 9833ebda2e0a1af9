//! Lists of records on the page: the dead letters, what stands still, what was passed over.

use super::letters::LetterRow;
use super::scene::Scene;
use super::standing::{SkippedRow, StandRow};
use super::view::{Wish, record};
use crate::session::intent::Intent;
use crate::ui::format::{counted, grouped, moment};
use partitura_engine::world::Command;
use yew::{Callback, Html, html};

/// The dead letters, and what can be done with them.
pub(super) fn letters(scene: &Scene, on: &Callback<Wish>) -> Html {
    if !scene.switches.has_dead_letters {
        return Html::default();
    }
    let hidden = scene.dead.saturating_sub(scene.letters.len() as u64);
    let can_go = scene.letters.iter().any(|letter| !letter.is_leaving);
    let all = on.reform(|_| Wish::Run(Intent::Act(Command::Redrive(None))));
    let is_mended = scene.switches.poison.is_none();
    html! {
        <section class="retries-part" aria-labelledby="letters-title" data-testid="dead-letters">
            <header>
                <h3 id="letters-title">{ "Dead letters " }<small class="tabular">{ grouped(scene.dead) }</small></h3>
                <button
                    type="button"
                    class="quiet"
                    data-testid="redrive-all"
                    disabled={!can_go}
                    title="Send all of them to the end of the topic again"
                    onclick={all}
                >{ "Redrive all" }</button>
            </header>
            if scene.letters.is_empty() {
                <p class="empty">
                    { "None. What has failed at its last attempt comes here; its headers say where from, and why." }
                </p>
            } else {
                if !is_mended {
                    <p class="retries-note">{ "The bug is still there: what is sent back now comes here again." }</p>
                }
                <ul class="retries-list">{ for scene.letters.iter().map(|letter| row(letter, scene, on)) }</ul>
            }
            if hidden > 0 { <p class="retries-note">{ counted(hidden, "more letter") }{ " behind these" }</p> }
        </section>
    }
}

fn row(letter: &LetterRow, scene: &Scene, on: &Callback<Wish>) -> Html {
    let (partition, offset) = letter.at;
    let redrive = on.reform(move |_| Wish::Run(Intent::Act(Command::Redrive(Some((partition, offset))))));
    let name = letter.tile.name.words();
    html! {
        <li key={format!("{partition}:{offset}")} data-testid="dead-letter">
            { record(&letter.tile, scene, on) }
            <span class="retries-what">
                <code>{ letter.error }</code>
                <span>
                    { format!("P{partition} @ {offset} · {}", counted(letter.attempts.into(), "attempt")) }
                    if letter.redrives > 0 { { format!(" · sent back {} before", counted(letter.redrives.into(), "time")) } }
                </span>
                <span>{ "first failed " }<span class="mono">{ moment(letter.first_failed_us) }</span>{ format!(", {} ago", letter.age) }</span>
            </span>
            <button
                type="button"
                class="quiet"
                data-testid="redrive"
                disabled={letter.is_leaving}
                aria-label={format!("Redrive {name}")}
                onclick={redrive}
            >{ if letter.is_leaving { "on its way" } else { "Redrive" } }</button>
        </li>
    }
}

/// What stands still.
pub(super) fn stands(scene: &Scene, on: &Callback<Wish>) -> Html {
    if scene.stands.is_empty() {
        return Html::default();
    }
    html! {
        <section class="retries-part" aria-labelledby="stands-title" data-testid="stands">
            <header><h3 id="stands-title">{ "Stands still" }</h3></header>
            <ul class="retries-list">{ for scene.stands.iter().map(|stands| stand(stands, scene, on)) }</ul>
        </section>
    }
}

fn stand(stands: &StandRow, scene: &Scene, on: &Callback<Wish>) -> Html {
    html! {
        <li key={stands.place.clone()} aria-label={stands.words()} data-testid="stand">
            { record(&stands.tile, scene, on) }
            <span class="retries-what">
                <strong>{ stands.what.clone() }</strong>
                <span>
                    { "since " }<span class="mono">{ moment(stands.since_us) }</span>{ format!(", for {}", stands.stood) }
                </span>
                <span>
                    <code>{ stands.error }</code>
                    { format!(" · {}, the next {}", counted(stands.attempts.into(), "attempt"), stands.next) }
                </span>
            </span>
            <span class="retries-behind">
                <b class="tabular" data-testid="behind" data-value={stands.behind.to_string()}>{ grouped(stands.behind) }</b>
                { " wait behind it" }
            </span>
        </li>
    }
}

/// What was passed over.
pub(super) fn skipped(scene: &Scene, on: &Callback<Wish>) -> Html {
    if scene.skipped.is_empty() {
        return Html::default();
    }
    let row = |skipped: &SkippedRow| {
        html! {
            <li key={format!("{} {}", skipped.place, skipped.at_us)} data-testid="skipped">
                { record(&skipped.tile, scene, on) }
                <span class="retries-what">
                    <span>{ &skipped.place }</span>
                    <span class="mono">{ moment(skipped.at_us) }</span>
                </span>
            </li>
        }
    };
    html! {
        <section class="retries-part" aria-labelledby="skipped-title">
            <header><h3 id="skipped-title">{ "Passed over, the last of them" }</h3></header>
            <ul class="retries-list short">{ for scene.skipped.iter().map(row) }</ul>
        </section>
    }
}
