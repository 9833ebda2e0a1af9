//! The partitions as rows: what each gets, and where the key is.

use super::change_view::without_key;
use super::figures::{Figures, Row, Tile};
use super::room::{KeysRoom, Msg};
use super::{MOST_PARTITIONS, change};
use crate::ui::format::counted;
use web_sys::HtmlInputElement;
use yew::{Callback, Context, Html, InputEvent, TargetCast, classes, html};

/// Up to so many partitions, rows have room for the names of their keys.
const ROOMY: usize = 16;

impl KeysRoom {
    /// The middle: the partitions, and below them what another number of them would move.
    pub(super) fn middle(&self, ctx: &Context<Self>) -> Html {
        let (props, n) = (ctx.props(), self.n(ctx.props()));
        let run = props.run.partitions;
        let (here, before) = change::way(&self.key, n, run.max(1));
        let set = ctx.link().callback(Msg::Partitions);
        html! {
            <main class="keys-middle">
                <header class="keys-head">
                    <div>
                        <h2>{ "What makes a partition hot?" }</h2>
                        <p>
                            { if self.is_own && self.has_figures() { "Your data. " } else { "The keys of this run. " } }
                            { "A row is a partition, its bar what it gets of the load; the line is a fair share." }
                        </p>
                    </div>
                    <div class="keys-count">
                        { stepper("Partitions", "keys-n", n, MOST_PARTITIONS, &set) }
                        <p class="keys-of-run">
                            if n == run {
                                { "as in the run" }
                            } else {
                                <button type="button" data-testid="keys-as-in-run" onclick={ctx.link().callback(|_| Msg::AsInRun)}>
                                    { format!("back to the run’s {run}") }
                                </button>
                            }
                        </p>
                    </div>
                </header>
                { rows(&self.figures, &self.key, here, (n != run).then_some((before, run))) }
                { self.changing(ctx) }
                { without_key() }
            </main>
        }
    }
}

/// A number with a button on each side, and a line to drag.
pub(super) fn stepper(label: &'static str, id: &'static str, n: u32, most: u32, set: &Callback<u32>) -> Html {
    let typed = |event: InputEvent| {
        event
            .target_unchecked_into::<HtmlInputElement>()
            .value()
            .parse()
            .unwrap_or(1)
    };
    let by = |to: u32| set.reform(move |_| to);
    let slider = most.min(64);
    let at = n.min(slider).saturating_sub(1) * 100 / (slider - 1);
    html! {
        <div class="keys-stepper" role="group" aria-label={label}>
            <span>{ label }</span>
            <input
                type="range"
                min="1"
                max={slider.to_string()}
                aria-label={label}
                style={format!("--at: {at}%")}
                value={n.min(slider).to_string()}
                oninput={set.reform(typed)}
            />
            <button type="button" class="quiet square" aria-label="One less" disabled={n <= 1} onclick={by(n.saturating_sub(1))}>{ "−" }</button>
            <input
                class="field mono"
                type="text"
                inputmode="numeric"
                aria-label={label}
                data-testid={id}
                value={n.to_string()}
                onchange={set.reform(|event: web_sys::Event| event.target_unchecked_into::<HtmlInputElement>().value().trim().parse().unwrap_or(1))}
            />
            <button type="button" class="quiet square" aria-label="One more" disabled={n >= most} onclick={by(n + 1)}>{ "+" }</button>
        </div>
    }
}

/// A key's sign.
pub(super) fn tile(tile: &Tile, title: &str) -> Html {
    html! { <span class={classes!("tile", tile.class)} title={title.to_owned()}>{ &tile.letters }</span> }
}

fn rows(figures: &Figures, key: &str, here: u32, before: Option<(u32, u32)>) -> Html {
    let many = figures.rows.len() > ROOMY;
    let class = if many { "keys-rows many" } else { "keys-rows" };
    let style = format!("--here: {here}; --fair: {}%", figures.fair_at);
    let row = |(place, one): (usize, &Row)| {
        let place = place as u32;
        let was = before
            .filter(|(was, _)| *was == place && place != here)
            .map(|(_, of)| of);
        row(place, one, key, place == here, was, many)
    };
    html! {
        <ol {class} {style} data-testid="keys-rows" aria-label="Partitions">
            { for figures.rows.iter().enumerate().map(row) }
            if !many { <li class="keys-mark" aria-hidden="true"></li> }
        </ol>
    }
}

fn row(place: u32, row: &Row, key: &str, here: bool, was: Option<u32>, many: bool) -> Html {
    let word = match row.heat {
        super::figures::Heat::Fair => "",
        super::figures::Heat::Warm => "warm",
        super::figures::Heat::Hot => "hot",
    };
    html! {
        <li
            key={place}
            class={classes!("keys-row", row.heat.class(), here.then_some("here"), was.map(|_| "was"))}
            data-testid={format!("keys-P{place}")}
        >
            <span class="keys-p">{ "P" }{ place }</span>
            <span class="mono keys-share">{ &row.share }</span>
            <span class="keys-bar"><i style={format!("width: {}%", row.bar)}></i></span>
            <span class="keys-over mono">{ &row.over }<small>{ word }</small></span>
            if many {
                if here { <span class="keys-here">{ key }</span> }
            } else {
                <span class="keys-tiles">
                    if here { <span class="keys-here">{ if key.is_empty() { "the empty key" } else { key } }</span> }
                    if let Some(of) = was { <span class="keys-was">{ format!("was here with {of}") }</span> }
                    { for row.tiles.iter().map(|(sign, text)| tile(sign, text)) }
                </span>
                <span class="keys-of mono">{ if row.keys == 0 { "no key".to_owned() } else { counted(row.keys, "key") } }</span>
            }
        </li>
    }
}
