//! What the bands share: their frame, a cell, who works, and what a band says that has nothing to show.

use super::hand::{HANDS, Hand};
use crate::lens::why::node;
use crate::retries::name::Tile;
use crate::session::intent::Intent;
use partitura_engine::trace::ProcessFault;
use partitura_engine::world::Command;
use web_sys::Element;
use yew::{Callback, Html, component, html, use_effect_with, use_node_ref};

/// A band with its title, what it is in a sentence, and its content.
pub(super) fn band(id: &'static str, title: &str, about: &'static str, content: Html) -> Html {
    html! {
        <section class={["q-band q-", id].concat()} aria-label={title.to_owned()} data-testid={["band-", id].concat()}>
            <header>
                <h3>{ title.to_owned() }</h3>
                <p>{ about }</p>
            </header>
            { content }
        </section>
    }
}

/// The open step points at the band in which this is: the room shows it from its head on.
#[component]
pub(super) fn Here() -> Html {
    let here = use_node_ref();
    use_effect_with(here.clone(), |here| {
        let up_to = |class: &str| {
            here.cast::<Element>()
                .and_then(|here| here.closest(class).ok().flatten())
        };
        if let (Some(band), Some(room)) = (up_to(".q-band"), up_to(".queues")) {
            let above = band.get_bounding_client_rect().top() - room.get_bounding_client_rect().top();
            room.set_scroll_top(room.scroll_top() + above as i32 - 12);
        }
    });
    html! { <i class="q-here" ref={here} aria-hidden="true"></i> }
}

/// A record as a cell: letter and colour of its key. What is below it says how it stands.
pub(super) fn cell(tile: Option<&Tile>, class: &'static str, title: String, below: Html) -> Html {
    let (colour, letter) = tile.map_or(("kn", String::new()), |tile| (tile.colour, tile.letter.clone()));
    html! { <span class={["q-cell ", class].concat()} {title}><i class={colour}>{ letter }</i>{ below }</span> }
}

/// How often it was delivered, where that is worth a word.
pub(super) fn times(delivered: u64, from: u64) -> Html {
    if delivered < from {
        return Html::default();
    }
    html! { <b class="q-times">{ "×" }{ delivered }</b> }
}

/// A line of cells with its name and its count; `words` are for those who hear the page.
pub(super) fn lane(id: &'static str, name: &'static str, count: u64, words: String, cells: Html) -> Html {
    html! {
        <div class="q-lane">
            <span class="q-name">
                { name }
                <b class="tabular" data-testid={["queue-", id].concat()} data-value={count.to_string()}>{ crate::ui::format::grouped(count) }</b>
            </span>
            <span class="visually-hidden">{ words }</span>
            <span class="q-cells" aria-hidden="true">{ cells }</span>
        </div>
    }
}

/// Who works, each with what it has and what can be done to it.
pub(super) fn hands(of: &'static str, hands: &[Hand], on: &Callback<Intent>) -> Html {
    html! {
        <ul class="q-hands" aria-label={of}>
            { for hands.iter().take(HANDS).map(|one| hand(one, on)) }
            if hands.len() > HANDS { <li class="q-note">{ "+" }{ hands.len() - HANDS }</li> }
        </ul>
    }
}

fn hand(hand: &Hand, on: &Callback<Intent>) -> Html {
    let (name, fault, of) = (hand.node.to_string(), hand.fault(), hand.node);
    let does = match fault {
        ProcessFault::Start => "Start",
        ProcessFault::Resume => "Go on",
        _ => "Crash",
    };
    let act = Intent::Act(Command::Process { node: of, fault });
    let has = hand.has.as_ref().map(|(tile, receives)| {
        html! { <span class="q-has" title={tile.name.words()}>{ cell(Some(tile), "", String::new(), times((*receives).into(), 2)) }</span> }
    });
    html! {
        <li class={["q-hand ", hand.stands.word()].concat()} data-testid={["hand-", &name].concat()} data-state={hand.stands.word()}>
            <b>{ &name }</b>
            <span class="q-does">{ hand.stands.word() }</span>
            <span class="q-note">{ has }{ &hand.note }</span>
            <button
                type="button"
                class="ghost"
                aria-label={[does, " ", &node(of)].concat()}
                onclick={on.reform(move |_| act.clone())}
            >{ does }</button>
        </li>
    }
}

/// What is not in this run, and what plays it with that.
pub(super) fn without(words: &'static str, setting: &'static str, value: &'static str, on: &Callback<Intent>) -> Html {
    let title = [setting, " = ", value].concat();
    let onclick = on.reform(move |_| Intent::Set(setting, value.to_owned()));
    html! {
        <p class="q-without">
            <span>{ words }</span>
            <button type="button" class="quiet" data-testid={["with-", setting].concat()} {title} {onclick}>
                { "Play this run with it" }
            </button>
        </p>
    }
}
