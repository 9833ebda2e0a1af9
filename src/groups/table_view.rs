//! The tables of Kafka's tool on the page.

use super::described::{Printed, command};
use super::scene::Scene;
use super::view::Wish;
use yew::{Callback, Html, html};

pub(super) fn tables(scene: &Scene, on: &Callback<Wish>) -> Html {
    html! {
        <>
            if let Some(offsets) = &scene.offsets {
                { table(command(&scene.group, false), "offsets", offsets, Some(&scene.lags), on) }
            } else {
                <p class="groups-other">{ "This group reads another topic than the rows of the stage: how far it is, the room Retries says." }</p>
            }
            { table(command(&scene.group, true), "members", &scene.members, None, on) }
        </>
    }
}

/// One of them, with what asks for it as its name.
fn table(
    command: String,
    id: &'static str,
    printed: &Printed,
    lags: Option<&Vec<String>>,
    on: &Callback<Wish>,
) -> Html {
    let copied = printed.clone();
    // Ours stands beside the tool's own lag.
    let with_ours = |column: &'static str, cell: Html, ours: Option<Html>| {
        let ours = ours.filter(|_| column == "LAG");
        html! { <>{ cell }{ ours.unwrap_or_default() }</> }
    };
    let row = |(place, cells): (usize, &Vec<String>)| {
        let lag = lags.and_then(|lags| lags.get(place));
        let cells = printed.columns.iter().zip(cells).map(|(column, cell)| {
            let ours = lag.map(|lag| html! { <td class="ours">{ lag }</td> });
            with_ours(column, html! { <td>{ cell }</td> }, ours)
        });
        html! { <tr>{ for cells }</tr> }
    };
    let names = printed.columns.iter().map(|column| {
        let about = "The age of the oldest record that is not committed; the tool does not say it";
        let ours = lags.map(|_| html! { <th scope="col" class="ours" title={about}>{ "lag in time" }</th> });
        with_ours(column, html! { <th scope="col">{ *column }</th> }, ours)
    });
    html! {
        <section class="groups-table" data-testid={["groups-", id].concat()}>
            <div class="groups-bar">
                <h3 class="mono">{ command }</h3>
                <button
                    type="button"
                    class="quiet"
                    data-testid={["groups-copy-", id].concat()}
                    onclick={on.reform(move |_| Wish::Copy(copied.text()))}
                >
                    { "Copy" }
                </button>
            </div>
            if let Some(warning) = &printed.warning { <p class="mono warn">{ warning }</p> }
            <div class="groups-scroll" tabindex="0" role="region" aria-label={["The table of ", id].concat()}>
                <table class="mono">
                    <thead>
                        <tr>{ for names }</tr>
                    </thead>
                    <tbody>{ for printed.rows.iter().enumerate().map(row) }</tbody>
                </table>
            </div>
        </section>
    }
}
