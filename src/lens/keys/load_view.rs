//! Whose keys: the run's or one's own, in figures.

use super::figures::TopKey;
use super::room::{KeysRoom, Msg};
use super::rows_view::tile;
use crate::ui::format::{counted, grouped};
use yew::{Context, Html, html};

impl KeysRoom {
    /// The right part.
    pub(super) fn load(&self, ctx: &Context<Self>) -> Html {
        let choice = |own: bool, title: &'static str, id: &'static str| {
            html! {
                <button
                    type="button"
                    class="choice"
                    aria-pressed={(self.is_own == own).to_string()}
                    data-testid={id}
                    onclick={ctx.link().callback(move |_| Msg::Own(own))}
                >{ title }</button>
            }
        };
        html! {
            <section class="panel right keys-load" aria-label="Whose keys">
                <div class="lens">
                    <p class="eyebrow">{ "Whose keys?" }</p>
                    <div class="choices keys-choices" role="group" aria-label="Whose keys">
                        { choice(false, "This run", "keys-run") }
                        { choice(true, "My own data", "keys-own") }
                    </div>
                    if self.is_own { { self.own_part(ctx) } } else { { of_run(ctx) } }
                    if !self.is_own || self.has_figures() { { self.figures_part(ctx) } }
                </div>
            </section>
        }
    }

    /// Whether there are own data that show something.
    pub(super) fn has_figures(&self) -> bool {
        self.own.as_ref().is_some_and(|own| !own.import.keys.is_empty())
    }

    fn figures_part(&self, ctx: &Context<Self>) -> Html {
        let figures = &self.figures;
        let more = figures.keys.saturating_sub(figures.top.len() as u64);
        let heat = if figures.heat == super::figures::Heat::Fair {
            ""
        } else {
            "bad"
        };
        html! {
            <>
                <dl class="totals keys-totals">
                    <div class={heat}><dt>{ "Max ÷ mean" }</dt><dd class="mono" data-testid="keys-skew">{ &figures.skew }</dd></div>
                    <div><dt>{ "Gini" }</dt><dd class="mono" data-testid="keys-gini">{ &figures.gini }</dd></div>
                </dl>
                if let Some(busiest) = &figures.busiest {
                    <p class="keys-said">{ busiest }{ " A fair share is " }{ &figures.fair }{ "." }</p>
                }
                if let Some(hottest) = &figures.hottest { <p class="keys-said strong-said" data-testid="keys-hottest">{ hottest }</p> }
                <h3 class="keys-title">{ "The heaviest keys" }</h3>
                <table class="keys-top" data-testid="keys-top">
                    <thead class="visually-hidden"><tr><th>{ "Key" }</th><th>{ "Share" }</th><th>{ "Partition" }</th></tr></thead>
                    <tbody>{ for figures.top.iter().map(|key| top_key(ctx, key)) }</tbody>
                </table>
                if more > 0 { <p class="empty">{ format!("and {}", counted(more, "lighter key")) }</p> }
            </>
        }
    }
}

fn top_key(ctx: &Context<KeysRoom>, key: &TopKey) -> Html {
    let text = key.text.clone();
    let asked = ctx.link().callback(move |_| Msg::Key(text.clone()));
    let name = if key.text.is_empty() {
        "the empty key"
    } else {
        &key.text
    };
    html! {
        <tr>
            <td>
                <button type="button" title="Where does it go?" onclick={asked}>
                    { tile(&key.tile, &key.text) }
                    <span class="keys-name">{ name.to_owned() }<i style={format!("width: {}%", key.bar)}></i></span>
                </button>
            </td>
            <td class="mono">{ &key.share }</td>
            <td class="mono">{ "P" }{ key.partition }</td>
        </tr>
    }
}

fn of_run(ctx: &Context<KeysRoom>) -> Html {
    let run = &ctx.props().run;
    html! {
        <div class="keys-source">
            <p class="keys-said">
                { "What the open run sends: " }{ counted(run.keys.len() as u64, "key") }{ ", keys = " }<code>{ &run.distribution }</code>{ "." }
            </p>
            if let Some(note) = &run.note { <p class="keys-verdict warns"><span>{ note }</span></p> }
            if run.keys.is_empty() { <p class="empty">{ "This run has no keys of its own: only what its scenario lists is sent." }</p> }
        </div>
    }
}

/// A number of bytes, in MB.
pub(super) fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    let mut text = grouped(tenths / 10);
    text.push('.');
    text.push_str(&(tenths % 10).to_string());
    text.push_str(" MB");
    text
}
