//! The reader's page on the page: what a consumer's application would show its own users.

use crate::ui::format::grouped;
use std::rc::Rc;
use yew::{Html, Properties, component, html};

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
    /// Where it was read, and by whom: `P2 · c1`.
    pub source: String,
    /// Which later record it came after, if it is out of order.
    pub after: Option<u32>,
    /// The how manyeth about its subject.
    pub sequence: u32,
}

/// What the panel is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The last records, the newest first.
    pub rows: Rc<[ReadRow]>,
    /// How many were processed in all.
    pub processed: u64,
    /// How many of those out of order.
    pub late: u64,
}

/// The last records that the application has processed.
#[component]
pub fn ReadingPanel(props: &Props) -> Html {
    html! {
        <div class="lens reading" data-testid="reading" role="group" tabindex="0" aria-label="The reader’s page">
            <p class="lens-lead">{ "What the consumers’ application shows, the newest first." }</p>
            <dl class="totals">
                <div><dt>{ "Read" }</dt><dd class="mono" data-testid="read-count">{ grouped(props.processed) }</dd></div>
                <div class={if props.late > 0 { "bad" } else { "" }}>
                    <dt>{ "Out of order" }</dt><dd class="mono" data-testid="late-count">{ grouped(props.late) }</dd>
                </div>
            </dl>
            if props.rows.is_empty() {
                <p class="empty">{ "Nothing has been read yet. The first records come when the consumers have joined their group and fetched." }</p>
            } else {
                <ol class="read-rows">{ for props.rows.iter().map(row) }</ol>
            }
        </div>
    }
}

fn row(row: &ReadRow) -> Html {
    html! {
        <li key={row.id} class={if row.after.is_some() { "read-row late" } else { "read-row" }}>
            <span class={format!("tile {}", row.colour)} aria-hidden="true">{ row.letter.clone() }</span>
            <div class="read-text">
                <p class="read-head"><strong>{ row.subject.clone() }</strong><span class="mono">{ row.source.clone() }</span></p>
                <p class="read-body">{ row.text.clone() }</p>
                if let Some(after) = row.after {
                    <p class="read-late">{ format!("out of order: {} after {after}", row.sequence) }</p>
                }
            </div>
        </li>
    }
}

