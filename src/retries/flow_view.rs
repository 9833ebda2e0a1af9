//! The flow on the page: columns, and arrows between them.

use super::flow::{Arrow, Column, End, Of, Waiting};
use super::scene::Scene;
use super::view::{Wish, is_chosen};
use crate::ui::format::grouped;
use crate::ui::icon::{Icon, Sign};
use yew::{Callback, Html, html};

/// The topics, from left to right; one below the other where there is no room.
pub(super) fn flow(scene: &Scene, on: &Callback<Wish>) -> Html {
    html! {
        <ol class="flow" data-testid="flow" aria-label="Topics, from the first attempt to the dead letters">
            { for scene.columns.iter().map(|one| html! {
                <>
                    if let Some(arrow) = &one.arrow { { arrow_of(arrow) } }
                    { column(one, scene, on) }
                </>
            }) }
        </ol>
    }
}

fn arrow_of(arrow: &Arrow) -> Html {
    let idle = arrow.failed + arrow.followed == 0;
    html! {
        <li class={if idle { "flow-arrow idle" } else { "flow-arrow" }}>
            <b class="tabular">{ grouped(arrow.failed) }</b>
            <span>{ arrow.words }</span>
            if arrow.followed > 0 { <span class="tabular">{ grouped(arrow.followed) }{ " followed" }</span> }
            <i aria-hidden="true"></i>
        </li>
    }
}

fn column(one: &Column, scene: &Scene, on: &Callback<Wish>) -> Html {
    let (id, kind, waits) = match one.of {
        Of::Main => ("flow-main".to_owned(), "main", "behind"),
        Of::Tier(tier) => (format!("flow-retry-{tier}"), "tier", "waiting"),
        Of::DeadLetters => ("flow-dlq".to_owned(), "dead", "dead"),
    };
    let more = one.waiting.saturating_sub(one.cells.len() as u64);
    html! {
        <li class={format!("flow-column {kind}")} data-testid={id.clone()}>
            <h3 class="mono" title={one.topic.clone()} aria-label={one.topic.clone()}>{ shown_name(one) }</h3>
            <p class="flow-about">{ &one.about }</p>
            <p class="flow-waiting">
                <b class="tabular" data-testid={format!("{id}-waiting")} data-value={one.waiting.to_string()}>
                    { grouped(one.waiting) }
                </b>
                { " " }{ waits }
            </p>
            if one.of != Of::Main {
                <ul class="flow-cells" aria-label={format!("What is in {}, the first due first", one.topic)}>
                    { for one.cells.iter().map(|waiting| cell(waiting, scene, on)) }
                    if more > 0 && !one.cells.is_empty() {
                        <li class="flow-more tabular">{ "+" }{ grouped(more) }</li>
                    }
                </ul>
            }
            if !one.facts.is_empty() {
                <dl class="flow-facts">
                    { for one.facts.iter().map(|(name, value)| html! {
                        <div><dt>{ name.clone() }</dt><dd class="tabular">{ value.clone() }</dd></div>
                    }) }
                </dl>
            }
            <ul class="flow-ends">{ for one.ends.iter().map(|one| end(&id, one)) }</ul>
        </li>
    }
}

fn cell(waiting: &Waiting, scene: &Scene, on: &Callback<Wish>) -> Html {
    let tile = &waiting.tile;
    let (chosen, name) = (is_chosen(tile, scene), tile.name.clone());
    html! {
        <li>
            <button
                type="button"
                class={format!("flow-cell {}{}", tile.colour, if waiting.is_due { " due" } else { "" })}
                title={waiting.words.clone()}
                aria-label={format!("Follow {}", waiting.words)}
                aria-pressed={chosen.to_string()}
                onclick={on.reform(move |_| Wish::Follow((!chosen).then(|| name.clone())))}
            >{ tile.letter.clone() }</button>
        </li>
    }
}

fn end(column: &str, end: &End) -> Html {
    let (class, icon) = if end.is_good {
        ("good", Icon::Check)
    } else {
        ("bad", Icon::Close)
    };
    let icon = if end.id == "redriven" { Icon::Replay } else { icon };
    html! {
        <li class={class}>
            <Sign {icon} />
            <b class="tabular" data-testid={format!("{column}-{}", end.id)} data-value={end.count.to_string()}>
                { grouped(end.count) }
            </b>
            { " " }{ end.words }
        </li>
    }
}

/// Beside each other there is room for what differs in the names.
fn shown_name(one: &Column) -> String {
    let ending = match one.of {
        Of::Main => return one.topic.clone(),
        Of::Tier(_) => one.topic.rfind("-retry-"),
        Of::DeadLetters => one.topic.rfind("-dlq"),
    };
    format!("…{}", ending.map_or("", |place| &one.topic[place..]))
}
