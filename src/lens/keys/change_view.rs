//! From N partitions to M, on the page.

use super::MOST_PARTITIONS;
use super::change::{self, MoveRow};
use super::room::{KeysRoom, Msg};
use super::rows_view::{stepper, tile};
use crate::ui::icon::{Icon, Sign};
use partitura_engine::scenario::{Kind, Setting};
use yew::{Context, Html, html};

impl KeysRoom {
    /// What another number of partitions moves.
    pub(super) fn changing(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let (n, m, change) = (self.n(props), self.m(props), &self.change);
        let (from, to) = change::way(&self.key, n, m);
        let set = ctx.link().callback(Msg::To);
        html! {
            <section class="keys-change" aria-label="Another number of partitions" data-testid="keys-change">
                <header class="keys-head">
                    <h2>{ format!("From {n} partitions to {m}") }</h2>
                    { stepper("to", "keys-m", m, 2 * MOST_PARTITIONS, &set) }
                </header>
                <dl class="totals keys-totals">
                    <div><dt>{ "Keys that move" }</dt><dd data-testid="keys-moved">{ &change.keys_part }<small>{ &change.keys }</small></dd></div>
                    <div><dt>{ "Load that moves" }</dt><dd>{ &change.load_part }</dd></div>
                    <div>
                        <dt>{ "Your key" }</dt>
                        <dd data-testid="keys-yours">
                            if from == to { { format!("stays in P{from}") } } else { { format!("P{from} → P{to}") } }
                        </dd>
                    </div>
                </dl>
                <p>{ &change.breaks }</p>
                if let Some(why) = &change.why { <p class="keys-why">{ why }</p> }
                if !change.rows.is_empty() {
                    <ol class="keys-moves" data-testid="keys-moves" aria-label="Keys that move, the heaviest first">
                        { for change.rows.iter().map(moving) }
                        if change.more > 0 { <li class="keys-more">{ format!("and {} more", crate::ui::format::grouped(change.more)) }</li> }
                    </ol>
                }
                { self.play(ctx, m) }
            </section>
        }
    }

    fn play(&self, ctx: &Context<Self>, m: u32) -> Html {
        let run = ctx.props().run.partitions;
        let most = match Setting::find("partitions").map(|setting| &setting.kind) {
            Some(Kind::Number { max, .. }) => *max as u32,
            _ => run,
        };
        let refused = if m <= run {
            Some(format!("The run has {run} partitions, and Kafka takes none away."))
        } else if m > most {
            Some(format!("A run can have {most} partitions at most."))
        } else {
            None
        };
        html! {
            <p class="keys-do">
                <button
                    type="button"
                    class="strong"
                    data-testid="keys-play"
                    disabled={refused.is_some()}
                    onclick={ctx.link().callback(|_| Msg::Play)}
                >
                    <Sign icon={Icon::Play} />{ "Play it on the stage" }
                </button>
                <span>{ refused.unwrap_or_else(|| format!("The run gets {m} partitions now, while it goes on, and the score is opened.")) }</span>
            </p>
        }
    }
}

/// Records without a key: what partitioners do with them, as runs of the engine side by side.
pub(super) fn without_key() -> Html {
    let beside = |id: &'static str, differs: &'static str, title: &'static str, about: &'static str| {
        html! {
            <li>
                <a class="quiet" href={format!("#v1;scenario=no-key-at-all;{differs}")} data-testid={id}>
                    <Sign icon={Icon::Beside} />{ title }
                </a>
                <span>{ about }</span>
            </li>
        }
    };
    html! {
        <section class="keys-change keys-without" aria-label="Records without a key" data-testid="keys-without">
            <h2>{ "And without a key?" }</h2>
            <p>
                { "Nothing is hashed: the producer chooses. It sticks to one partition for a batch, so that batches are large. Each of \
                   these opens a run of its own, and the same one with another partitioner beside it." }
            </p>
            <ul>
                { beside(
                    "without-round-robin",
                    "at=20.000;vs.partitioner.class=round-robin",
                    "Sticky, and round-robin",
                    "As even, record by record, but three times the batches: see “batches” and “messages” in the table.",
                ) }
                { beside(
                    "without-adaptive",
                    "replication.factor=1;min.insync.replicas=1;@5.000=slow-disk:b2:60000;at=20.000;vs.partitioner.class=uniform-sticky",
                    "Adaptive, and uniform",
                    "A slow broker. Kafka’s own partitioner (since 3.3, KIP-794) gives its partitions less; the one of 2.4 (KIP-480) \
                     draws them as often as the others, or more, and what waits for it in the producer grows: see “acknowledged”.",
                ) }
            </ul>
        </section>
    }
}

fn moving(row: &MoveRow) -> Html {
    html! {
        <li>
            { tile(&row.tile, &row.text) }
            <span class="keys-name">{ &row.text }</span>
            <span class="mono">{ &row.share }</span>
            <span class="mono keys-to">{ format!("P{} → P{}", row.way.0, row.way.1) }</span>
        </li>
    }
}
