//! The table of lags on the page.

use super::lag::{LagRow, cures, rows, sum};
use partitura_engine::world::Drain;
use yew::{Html, html};

/// Folded to its sum at first: with many partitions it is long.
pub fn lag_table(drains: &[Drain]) -> Html {
    if drains.is_empty() {
        return Html::default();
    }
    let sum = sum(drains);
    html! {
        <details class="lag" data-testid="lag">
            <summary>
                <span>{ "Lag" }</span>
                <span class="mono">{ &sum.lag }</span>
                <span class={if sum.gone == "never" { "never" } else { "" }} data-testid="lag-gone">
                    { match sum.gone.as_str() {
                        "never" => "never drains".to_owned(),
                        "–" => "nothing to drain".to_owned(),
                        gone => format!("drains in {gone}"),
                    } }
                </span>
            </summary>
            <table class="figures">
                <thead>
                    <tr>
                        <th scope="col" aria-label="Partition"></th>
                        <th scope="col">{ "lag" }</th>
                        <th scope="col">{ "in/s" }</th>
                        <th scope="col">{ "out/s" }</th>
                        <th scope="col">{ "drains in" }</th>
                    </tr>
                </thead>
                <tbody>
                    { for rows(drains).iter().map(line) }
                    { line(&sum) }
                </tbody>
            </table>
            { for cures(drains).iter().map(|cure| html! { <p class="lag-cure">{ *cure }</p> }) }
        </details>
    }
}

fn line(row: &LagRow) -> Html {
    html! {
        <>
            <tr class={if row.reason.is_some() { "never" } else { "" }} data-testid={format!("lag-{}", row.name)}>
                <th scope="row">{ &row.name }</th>
                <td>{ &row.lag }</td>
                <td>{ &row.in_per_s }</td>
                <td>{ &row.out_per_s }</td>
                <td>{ &row.gone }</td>
            </tr>
            if let Some(reason) = row.reason {
                <tr class="reason"><td colspan="5">{ reason }</td></tr>
            }
        </>
    }
}
