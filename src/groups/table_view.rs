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
    let row = |(place, cells): (usize, &Vec<String>)| {
        html! {
            <tr>
                { for cells.iter().map(|cell| html! { <td>{ cell }</td> }) }
                if let Some(lag) = lags.and_then(|lags| lags.get(place)) { <td class="ours">{ lag }</td> }
            </tr>
        }
    };
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
                        <tr>
                            { for printed.columns.iter().map(|name| html! { <th scope="col">{ *name }</th> }) }
                            if lags.is_some() { <th scope="col" class="ours" title="The age of the oldest record that is not committed; the tool does not say it">{ "lag in time" }</th> }
                        </tr>
                    </thead>
                    <tbody>{ for printed.rows.iter().enumerate().map(row) }</tbody>
                </table>
            </div>
        </section>
    }
}
