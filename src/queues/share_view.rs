//! The bands of the share groups on the page.

use super::band_view::{Here, band, cell, hands, times, without};
use super::sharing::{ShareBand, ShareCell, ShareDoes, ShareRow};
use crate::session::intent::Intent;
use crate::ui::format::grouped;
use yew::{Callback, Html, html};

const ABOUT: &str = "KIP-932: members share partitions, and acknowledge record by record.";

pub(super) fn shares(bands: &[ShareBand], points: bool, on: &Callback<Intent>) -> Html {
    if bands.is_empty() {
        let content = without(
            "This run has no share group, Kafka’s own answer to a queue.",
            "share.groups",
            "workers:3",
            on,
        );
        return band("share", "Share groups", ABOUT, content);
    }
    let first = |place: usize| points && place == 0;
    html! { <>{ for bands.iter().enumerate().map(|(place, one)| share(one, first(place), on)) }</> }
}

fn share(group: &ShareBand, points: bool, on: &Callback<Intent>) -> Html {
    let content = html! {
        <>
            if points { <Here /> }
            { for group.rows.iter().map(row) }
            if group.rows.is_empty() { <p class="q-note">{ "It has read nothing yet." }</p> }
            if group.partitions > group.rows.len() {
                <p class="q-note">{ "and " }{ group.partitions - group.rows.len() }{ " more partitions" }</p>
            }
            { hands("Members of the share group", &group.hands, on) }
            <p class="q-legend" aria-hidden="true">
                <span>{ "s1 acquired" }</span><span>{ "✓ acknowledged" }</span><span>{ "✕ archived" }</span><span>{ "no mark: available" }</span>
                <span>{ "×2 delivered twice" }</span>
            </p>
        </>
    };
    band("share", &["Share group ", &group.id].concat(), ABOUT, content)
}

fn row(row: &ShareRow) -> Html {
    let (waits, out, finished) = row.counts;
    html! {
        <div class="q-row" data-testid={["share-P", &row.index.to_string()].concat()} data-start={row.start.to_string()}>
            <span class="visually-hidden">{ row.words() }</span>
            <span class="q-p" aria-hidden="true"><b>{ "P" }{ row.index }</b><small class="tabular">{ "start " }{ grouped(row.start) }</small></span>
            <span class="q-cells" aria-hidden="true">{ for row.cells.iter().map(|one| record(one, row.start)) }</span>
            <span class="q-end tabular" aria-hidden="true">
                <span>{ grouped(waits) }{ " available" }</span><span>{ grouped(out.into()) }{ " acquired" }</span>
                if finished > 0 { <span>{ grouped(finished.into()) }{ " done out of turn" }</span> }
            </span>
        </div>
    }
}

fn record(cell_of: &ShareCell, start: u64) -> Html {
    let is_start = cell_of.offset == start;
    let (class, sign) = match cell_of.does {
        ShareDoes::Passed => ("passed", "✓".to_owned()),
        ShareDoes::Available if is_start => ("available start", String::new()),
        ShareDoes::Available => ("available", String::new()),
        ShareDoes::Acquired(member, _) => {
            let class = if is_start { "acquired start" } else { "acquired" };
            (class, ["s", &member.to_string()].concat())
        }
        ShareDoes::Acknowledged => ("acknowledged", "✓".to_owned()),
        ShareDoes::Archived => ("archived", "✕".to_owned()),
    };
    let below = html! { <>{ times(cell_of.delivered.into(), 2) }<small>{ sign }</small></> };
    cell(cell_of.tile.as_ref(), class, cell_of.words(), below)
}
