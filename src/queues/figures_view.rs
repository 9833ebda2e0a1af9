//! The comparison on the page.

use super::figures::{Figure, Row};
use yew::{Html, html};

pub(super) fn figures(rows: &[Row]) -> Html {
    let columns = Row::columns();
    html! {
        <section class="q-band q-compare" aria-label="In figures of this run" data-testid="queue-figures">
            <header><h3>{ "The same records, in figures of this run" }</h3></header>
            <table class="figures">
                <thead>
                    <tr><td></td>{ for columns.iter().map(|name| html! { <th scope="col">{ *name }</th> }) }</tr>
                </thead>
                <tbody>
                    { for rows.iter().map(|row| html! {
                        <tr data-testid={["figure-", row.id].concat()}>
                            <th scope="row">{ row.name }<small>{ row.why }</small></th>
                            { for row.figures.iter().zip(columns).map(|(one, name)| figure(one.as_ref(), name)) }
                        </tr>
                    }) }
                </tbody>
            </table>
        </section>
    }
}

fn figure(figure: Option<&Figure>, column: &'static str) -> Html {
    match figure {
        None => html! { <td data-column={column}><span class="q-none">{ "not in this run" }</span></td> },
        Some(figure) => html! {
            <td data-column={column} class={if figure.warns { "warns" } else { "" }}>
                <b>{ &figure.text }</b>
                <small>{ &figure.note }</small>
            </td>
        },
    }
}
