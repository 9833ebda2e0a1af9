//! The reader's page on the page: what a consumer's application would show its own users.

use crate::ui::format::grouped;
use partitura_engine::log::KeyId;
use std::rc::Rc;
use web_sys::{Event, HtmlSelectElement};
use yew::{Callback, Html, Properties, TargetCast, classes, component, html};

/// A processed record, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRow {
    /// The event of its processing.
    pub id: u64,
    /// Its subject's letter.
    pub letter: String,
    /// Its subject's class of colour.
    pub colour: &'static str,
    /// Its subject.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// Whether somebody wrote that: the records that the rate makes say nothing but their number.
    pub written: bool,
    /// Where it was read, and by whom: `P2 · c1`.
    pub source: String,
    /// Which later record it came after, if it is out of order.
    pub after: Option<u32>,
    /// The how manyeth it is about its subject.
    pub sequence: u32,
}

/// What the panel is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The last records, in the order in which they were read.
    pub rows: Rc<[ReadRow]>,
    /// How many were processed in all.
    pub processed: u64,
    /// How many of those out of order.
    pub late: u64,
    /// What the page can be narrowed to.
    pub subjects: Rc<[(KeyId, String)]>,
    /// What it is narrowed to.
    pub about: Option<KeyId>,
    /// It is to be narrowed to one subject, or to show all.
    pub on_about: Callback<Option<KeyId>>,
    /// Where a key goes is wanted.
    pub on_where: Callback<String>,
}

/// The last records that the application has processed.
#[component]
pub fn ReadingPanel(props: &Props) -> Html {
    html! {
        <div class="lens reading" data-testid="reading" role="group" aria-label="The reader’s page">
            <p class="lens-lead">{ "What the consumers’ application shows, in the order in which it was read, the newest last." }</p>
            <dl class="totals">
                <div>
                    <dt>{ "Read" }</dt><dd class="mono" data-testid="read-count">{ grouped(props.processed) }</dd>
                </div>
                <div class={if props.late > 0 { "bad" } else { "" }}>
                    <dt>{ "Out of order" }</dt><dd class="mono" data-testid="late-count">{ grouped(props.late) }</dd>
                </div>
            </dl>
            { narrow(props) }
            if props.rows.is_empty() {
                <p class="empty">{ "Nothing of this has been read yet. Press play, and wait for the consumers." }</p>
            } else {
                <div class="read-box" role="group" tabindex="0" aria-label="The last records, the newest last">
                    <ol class="read-rows">{ for props.rows.iter().map(|read| row(read, props)) }</ol>
                </div>
            }
        </div>
    }
}

fn narrow(props: &Props) -> Html {
    let subjects = props.subjects.clone();
    let on_change = props.on_about.reform(move |event: Event| {
        let place: Option<usize> = event.target_unchecked_into::<HtmlSelectElement>().value().parse().ok();
        place.and_then(|place| subjects.get(place)).map(|(key, _)| *key)
    });
    let option = |(place, (key, text)): (usize, &(KeyId, String))| {
        html! { <option value={place.to_string()} selected={props.about == Some(*key)}>{ text.clone() }</option> }
    };
    html! {
        <select class="field narrow" aria-label="Show records about" data-testid="read-about" onchange={on_change}>
            <option value="" selected={props.about.is_none()}>{ "about everything" }</option>
            { for props.subjects.iter().enumerate().map(option) }
        </select>
    }
}

fn row(row: &ReadRow, props: &Props) -> Html {
    let with_subject = props.about.is_none();
    let key = row.subject.clone();
    let on_where = props.on_where.reform(move |_| key.clone());
    html! {
        <li key={row.id} class={classes!("read-row", row.after.map(|_| "late"), row.written.then_some("written"))}>
            <button
                type="button"
                class={format!("tile {}", row.colour)}
                title="Where does it go?"
                aria-label={format!("Where does {} go?", row.subject)}
                onclick={on_where}
            >{ row.letter.clone() }</button>
            <div class="read-text">
                <p
                    class="read-head"
                >
                    <span class="read-body">{ row.text.clone() }</span><span class="mono">{ row.source.clone() }</span>
                </p>
                if with_subject || row.after.is_some() {
                    <p class="read-note">
                        if with_subject { <span>{ row.subject.clone() }</span> }
                        if let Some(after) = row.after {
                            <em>{ format!("out of order: {} after {after}", row.sequence) }</em>
                        }
                    </p>
                }
            </div>
        </li>
    }
}
