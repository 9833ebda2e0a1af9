//! The band of the topic on the page.

use super::band_view::{band, cell, hands, without};
use super::scene::Scene;
use super::topic::{PartitionRow, Reach, TopicBand};
use crate::session::intent::Intent;
use crate::ui::format::grouped;
use partitura_engine::world::Command;
use yew::{Callback, Html, html};

/// So many cells of a row are left in a narrow window, as the style sheet has it.
const NARROW: usize = 16;

pub(super) fn topic(scene: &Scene, on: &Callback<Intent>) -> Html {
    let topic = &scene.topic;
    let content = html! {
        <>
            { for topic.rows.iter().map(|row| partition(row, topic)) }
            if topic.partitions > topic.rows.len() {
                <p class="q-note">{ "and " }{ topic.partitions - topic.rows.len() }{ " more partitions" }</p>
            }
            { hands("Consumers of the main group", &topic.hands, on) }
            { groups(scene, on) }
        </>
    };
    let title = ["Topic ", &topic.topic].concat();
    band(
        "topic",
        &title,
        "Nothing is deleted by reading: each group has a committed offset in each partition.",
        content,
    )
}

fn partition(row: &PartitionRow, topic: &TopicBand) -> Html {
    html! {
        <div class="q-row" data-testid={["log-P", &row.index.to_string()].concat()}>
            <span class="visually-hidden">{ row.words(&topic.groups) }</span>
            <span class="q-p" aria-hidden="true"><b>{ "P" }{ row.index }</b><small class="tabular">{ grouped(row.from) }{ "…" }</small></span>
            <span class="q-cells" aria-hidden="true">
                { for row.cells.iter().map(|tile| {
                    let title = tile.as_ref().map(|tile| tile.name.words()).unwrap_or_default();
                    cell(tile.as_ref(), "", title, Html::default())
                }) }
            </span>
            <span class="q-end tabular" aria-hidden="true">{ grouped(row.end.saturating_sub(row.start)) }{ " kept" }</span>
            <div class="q-reaches" aria-hidden="true">
                { for row.reaches.iter().zip(&topic.groups).map(|(one, (group, _))| reach(one, group, row.cells.len())) }
            </div>
        </div>
    }
}

/// A group's line: solid up to what is committed, thin up to what its owner has processed.
fn reach(reach: &Reach, group: &str, shown: usize) -> Html {
    let [committed, position, hidden] =
        [reach.cells.0, reach.cells.1, shown.saturating_sub(NARROW)].map(|cells| cells.to_string());
    let style = [
        "--committed:",
        &committed,
        ";--position:",
        &position,
        ";--hidden:",
        &hidden,
    ]
    .concat();
    let mut title = [group, ": committed ", &grouped(reach.committed)].concat();
    if let Some(position) = reach.position {
        title.push_str(", position ");
        title.push_str(&grouped(position));
    }
    html! {
        <span class="q-reach" {title}>
            <span class="q-group">{ group.to_owned() }</span>
            <span class="q-track" {style}><i></i><u></u></span>
            <span class={if reach.owner.is_some() { "tabular" } else { "tabular q-free" }}>
                if let Some(owner) = reach.owner { { "c" }{ owner } } else { { "no owner" } }
                { " · lag " }{ grouped(reach.lag) }
            </span>
        </span>
    }
}

fn groups(scene: &Scene, on: &Callback<Intent>) -> Html {
    let one = scene.topic.groups.len() < 2;
    let now = scene.next_group.map(|name| {
        let group = Command::Group {
            group: name.to_owned(),
            consumers: 3,
        };
        html! {
            <button
                type="button"
                class="quiet"
                data-testid="second-group"
                title={["group:", name, ":3, with offsets of its own"].concat()}
                onclick={on.reform(move |_| Intent::Act(group.clone()))}
            >{ "Group " }{ name }{ " comes now" }</button>
        }
    });
    html! {
        <div class="q-foot">
            <dl class="q-sums">
                <div>
                    <dt>{ "kept" }</dt>
                    <dd class="tabular" data-testid="log-kept" data-value={scene.topic.kept.to_string()}>{ grouped(scene.topic.kept) }</dd>
                </div>
                { for scene.topic.groups.iter().map(|(group, processed)| html! {
                    <div>
                        <dt>{ group.clone() }{ " processed" }</dt>
                        <dd
                            class="tabular"
                            data-testid={["group-", group].concat()}
                            data-value={processed.to_string()}
                        >{ grouped(*processed) }</dd>
                    </div>
                }) }
            </dl>
            if one { { without("One group only. With a second one from the start:", "more.groups", "billing:3", on) } }
            { now }
        </div>
    }
}
