//! The band of the work queue on the page.

use super::band_view::{band, cell, hands, lane, times, without};
use super::work::{Held, Queued, WorkBand};
use crate::retries::name::seconds;
use crate::session::intent::Intent;
use crate::ui::format::grouped;
use yew::{Callback, Html, html};

pub(super) fn work(queue: Option<&WorkBand>, on: &Callback<Intent>) -> Html {
    let content = match queue {
        Some(queue) => lanes(queue, on),
        None => without("This run has no work queue beside its topic.", "queue.workers", "3", on),
    };
    let about = "Each message goes to one worker, and is deleted when that worker acknowledges it.";
    band("work", "Work queue", about, content)
}

fn lanes(queue: &WorkBand, on: &Callback<Intent>) -> Html {
    let more = |all: u64, shown: usize| match all.saturating_sub(shown as u64) {
        0 => Html::default(),
        more => html! { <span class="q-more tabular">{ "+" }{ grouped(more) }</span> },
    };
    let first = queue.next.first().map(|next| ["next: ", &next.words()].concat());
    let held: Vec<String> = queue.held.iter().map(Held::words).collect();
    html! {
        <>
            { lane("ready", "waits", queue.ready, first.unwrap_or_default(), html! {
                <>{ for queue.next.iter().map(queued) }{ more(queue.ready, queue.next.len()) }</>
            }) }
            { lane("in-flight", "in flight", queue.in_flight, held.join("; "), html! {
                <>{ for queue.held.iter().map(in_flight) }{ more(queue.in_flight, queue.held.len()) }</>
            }) }
            <div class="q-foot">
            { hands("Workers", &queue.hands, on) }
            <dl class="q-sums">
                { sum("deleted", "deleted", queue.deleted, "gone: nobody can read them again") }
                { sum("reappeared", "came back", queue.reappeared, "not acknowledged within the visibility timeout") }
                <div title="queue.visibility.timeout.ms"><dt>{ "visibility timeout" }</dt><dd>{ seconds(queue.timeout_us) }</dd></div>
                if queue.max_receives > 0 || queue.dead_all > 0 {
                    { sum("dead", "dead letters", queue.dead_all, "delivered too often: queue.max.receives") }
                }
            </dl>
            </div>
            if !queue.dead.is_empty() {
                <span class="q-cells q-dead" aria-hidden="true">{ for queue.dead.iter().map(queued) }</span>
            }
        </>
    }
}

fn sum(id: &'static str, name: &'static str, count: u64, title: &'static str) -> Html {
    html! {
        <div {title}>
            <dt>{ name }</dt>
            <dd class="tabular" data-testid={["queue-", id].concat()} data-value={count.to_string()}>{ grouped(count) }</dd>
        </div>
    }
}

fn queued(message: &Queued) -> Html {
    let class = if message.receives > 0 { "back" } else { "" };
    cell(
        Some(&message.tile),
        class,
        message.words(),
        times(message.receives.into(), 1),
    )
}

fn in_flight(held: &Held) -> Html {
    let class = if held.stuck { "held stuck" } else { "held" };
    let left = ["--left:", &held.left_percent.to_string(), "%"].concat();
    let below = html! {
        <>
            { times(held.message.receives.into(), 2) }
            <small>
                { "w" }{ held.worker }
                if held.stuck { { " " }<em class="tabular">{ seconds(held.left_us) }</em> }
            </small>
            <u style={left}></u>
        </>
    };
    cell(Some(&held.message.tile), class, held.words(), below)
}
