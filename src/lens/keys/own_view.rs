//! One's own data on the page: how they come in, how they are read, and what was wrong with them.

use super::feed::{How, Origin};
use super::load_view::megabytes;
use super::room::{HowMsg, KeysRoom, Msg, Own};
use super::use_own;
use crate::ui::format::{counted, grouped, shortened};
use crate::ui::icon::{Icon, Sign};
use partitura_keys::{Field, FieldGuess, Format, Layout};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Event, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::{Context, Html, InputEvent, TargetCast, html};

/// A pasted text longer than this is read without being put into the field, which would be slow with it.
const LONG: usize = 100_000;

impl KeysRoom {
    /// What stands above the figures.
    pub(super) fn own_part(&self, ctx: &Context<Self>) -> Html {
        html! {
            <div class="keys-source">
                { self.asking(ctx) }
                if self.reading.is_some() { { self.progress(ctx) } }
                if let Some(problem) = &self.problem {
                    <p class="keys-verdict warns" role="alert" data-testid="keys-problem"><Sign icon={Icon::Alert} /><span>{ problem }</span></p>
                }
                if let Some(own) = &self.own {
                    { self.layout(ctx, own) }
                    { summary(own) }
                    { self.workload(ctx, own) }
                }
            </div>
        }
    }

    fn asking(&self, ctx: &Context<Self>) -> Html {
        let (name, text) = match &self.origin {
            Some((Origin::Text(text), _)) if text.len() <= LONG => (None, &**text),
            Some((_, name)) => (Some(name.clone()), ""),
            None => (None, ""),
        };
        let chosen = ctx.link().batch_callback(|event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let file = input.files().and_then(|files| files.get(0));
            // The same file may be chosen again, after it was changed.
            input.set_value("");
            file.map(Msg::File)
        });
        html! {
            <>
                if let Some(name) = name {
                    <p class="keys-file">
                        <strong data-testid="keys-file-name">{ shortened(&name, 40) }</strong>
                        <button type="button" class="ghost square" aria-label="Forget these data" title="Forget these data" data-testid="keys-clear" onclick={ctx.link().callback(|_| Msg::Clear)}>
                            <Sign icon={Icon::Close} />
                        </button>
                    </p>
                } else {
                    { pasting(ctx, text) }
                }
                <p class="keys-open">
                    <label class="quiet">
                        { "Open a file…" }
                        <input
                            type="file"
                            class="visually-hidden"
                            accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.log,text/*"
                            data-testid="keys-file"
                            onchange={chosen}
                        />
                    </label>
                    <span>{ "or drop one here" }</span>
                </p>
                <p class="keys-private">{ "It is read in this page and stays in it: nothing is sent anywhere." }</p>
            </>
        }
    }

    fn progress(&self, ctx: &Context<Self>) -> Html {
        let (done, whole, rows) = self.progress;
        html! {
            <div class="keys-progress" role="status">
                <progress max={whole.max(1).to_string()} value={done.to_string()} aria-label="How far the file is read"></progress>
                <p>
                    <span class="mono">{ format!("{} of {}, {}", megabytes(done), megabytes(whole), counted(rows, "row")) }</span>
                    <button type="button" class="quiet" onclick={ctx.link().callback(|_| Msg::Stop)}>{ "Stop" }</button>
                </p>
            </div>
        }
    }

    fn layout(&self, ctx: &Context<Self>, own: &Own) -> Html {
        let layout = &own.layout;
        let fields: &[FieldGuess] = self.guess.as_ref().map_or(&[], |guess| &guess.fields);
        let format = place_of(layout.format);
        let on_format = ctx.link().callback(|event: Event| {
            let place = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
            let (format, _) = FORMATS[(place.max(0) as usize).min(FORMATS.len() - 1)];
            Msg::Read(HowMsg(How::As(format)))
        });
        let with = |to: fn(&mut Layout, Option<Field>)| {
            let (layout, fields) = (layout.clone(), fields.to_vec());
            ctx.link().callback(move |event: Event| {
                let value = event.target_unchecked_into::<HtmlSelectElement>().value();
                let field = value.parse::<usize>().ok().and_then(|place| fields.get(place));
                let mut layout = layout.clone();
                to(&mut layout, field.map(|field| field.field.clone()));
                Msg::Read(HowMsg(How::By(layout)))
            })
        };
        let (of, has_header) = (layout.format, layout.has_header);
        let header = ctx
            .link()
            .callback(move |_: Event| Msg::Read(HowMsg(How::Header(of, !has_header))));
        let picker = |label: &'static str, id: &'static str, now: Option<&Field>, none: bool, to| {
            html! { <label>{ label }{ select(id, fields, now, none, with(to)) }</label> }
        };
        html! {
            <div class="keys-layout" data-testid="keys-layout">
                <label>
                    { "Format" }
                    <select class="field" data-testid="keys-format" onchange={on_format}>
                        { for FORMATS.iter().enumerate().map(|(place, (_, name))| html! { <option selected={place == format}>{ *name }</option> }) }
                    </select>
                </label>
                if layout.format != Format::List {
                    { picker("Key", "keys-column", Some(&layout.key), false, |layout, field| if let Some(field) = field { layout.key = field }) }
                    { picker("Weight", "keys-weight", layout.weight.as_ref(), true, |layout, field| layout.weight = field) }
                    { picker("Time", "keys-time", layout.timestamp.as_ref(), true, |layout, field| layout.timestamp = field) }
                }
                if layout.format != Format::JsonLines {
                    <label class="keys-check">
                        <input type="checkbox" checked={layout.has_header} onchange={header} data-testid="keys-header" />
                        { "The first row has names" }
                    </label>
                }
            </div>
        }
    }

    fn workload(&self, ctx: &Context<Self>, own: &Own) -> Html {
        if own.import.keys.is_empty() || !use_own::is_possible() {
            return Html::default();
        }
        html! {
            <div class="keys-use">
                <button type="button" class="strong" data-testid="keys-use" onclick={ctx.link().callback(|_| Msg::Use)}>
                    <Sign icon={Icon::Replay} />{ "Use as the workload of the run" }
                </button>
                <ul>{ for own.told.iter().map(|line| html! { <li>{ line }</li> }) }</ul>
            </div>
        }
    }
}

fn pasting(ctx: &Context<KeysRoom>, text: &str) -> Html {
    let typed = |event: InputEvent| Msg::Text(event.target_unchecked_into::<HtmlTextAreaElement>().value());
    let pasted = ctx.link().batch_callback(|event: Event| {
        let event = event.dyn_into::<ClipboardEvent>().ok()?;
        let text = event.clipboard_data()?.get_data("text/plain").ok()?;
        (text.len() > LONG).then(|| {
            event.prevent_default();
            Msg::Text(text)
        })
    });
    html! {
        <label class="keys-label">
            { "Paste rows: CSV, TSV, JSON Lines, or one key a line" }
            <textarea
                class="field mono"
                rows="5"
                spellcheck="false"
                data-testid="keys-paste"
                placeholder={"ad-1\nad-2\nad-1"}
                value={text.to_owned()}
                oninput={ctx.link().callback(typed)}
                onpaste={pasted}
            />
        </label>
    }
}

fn summary(own: &Own) -> Html {
    let bad = &own.import.bad;
    html! {
        <>
            <p class="keys-said" data-testid="keys-summary">{ use_own::summary(&own.import) }{ "." }</p>
            if bad.total() > 0 {
                <details class="keys-bad" data-testid="keys-bad">
                    <summary>
                        <Sign icon={Icon::Chevron} />
                        { counted(bad.total(), "bad row") }{ ", counted nowhere" }
                    </summary>
                    <ul>{ for bad.kinds().map(|(kind, count)| html! { <li>{ grouped(count) }{ " × " }{ kind.reason() }</li> }) }</ul>
                    <table class="keys-table"><tbody>
                        { for bad.shown().iter().map(|row| html! {
                            <tr><td class="mono">{ "line " }{ grouped(row.line) }</td><td><code>{ &row.excerpt }</code></td></tr>
                        }) }
                    </tbody></table>
                </details>
            }
        </>
    }
}

const FORMATS: [(Format, &str); 6] = [
    (Format::List, "one key a line"),
    (Format::Delimited(b','), "CSV, with commas"),
    (Format::Delimited(b';'), "CSV, with semicolons"),
    (Format::Delimited(b'\t'), "TSV, with tabs"),
    (Format::Delimited(b'|'), "with bars: a|b"),
    (Format::JsonLines, "JSON Lines"),
];

fn place_of(format: Format) -> usize {
    FORMATS.iter().position(|(known, _)| *known == format).unwrap_or(0)
}

fn select(id: &'static str, fields: &[FieldGuess], now: Option<&Field>, none: bool, on: yew::Callback<Event>) -> Html {
    let is_known = fields.iter().any(|field| Some(&field.field) == now);
    let option = |(place, field): (usize, &FieldGuess)| {
        let mut text = shortened(&field.name, 24);
        if let Some(sample) = field.samples.first() {
            text.push_str(": ");
            text.push_str(&shortened(sample, 20));
        }
        html! { <option value={place.to_string()} selected={Some(&field.field) == now}>{ text }</option> }
    };
    html! {
        <select class="field" data-testid={id} onchange={on}>
            if none { <option value="" selected={now.is_none()}>{ "none" }</option> }
            if let Some(Field::Column(column)) = now.filter(|_| !is_known) {
                <option value="" selected=true>{ format!("column {}", column + 1) }</option>
            }
            if let Some(Field::Path(path)) = now.filter(|_| !is_known) {
                <option value="" selected=true>{ path.clone() }</option>
            }
            { for fields.iter().enumerate().map(option) }
        </select>
    }
}
