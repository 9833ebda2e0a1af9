//! The table of two runs on the page, and the buttons of which one is chosen.

use super::Side;
use super::table::{Cell, Group, Row, Table};
use crate::ui::icon::{Icon, Sign};
use std::rc::Rc;
use yew::{Callback, Html, MouseEvent, Properties, component, html};

/// What the table is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The figures.
    pub table: Rc<Table>,
}

/// A row a figure, left and right; the better one has a sign.
#[component]
pub fn TablePart(props: &Props) -> Html {
    html! {
        <section class="compared" aria-label="What differs" data-testid="compared" tabindex="0">
            { for props.table.groups.iter().map(group) }
        </section>
    }
}

fn group(group: &Group) -> Html {
    html! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{ group.title }</th>
                    <th scope="col">{ Side::Left.word() }</th>
                    <th scope="col">{ Side::Right.word() }</th>
                </tr>
            </thead>
            <tbody>{ for group.rows.iter().map(row) }</tbody>
        </table>
    }
}

fn row(row: &Row) -> Html {
    html! {
        <tr>
            <th scope="row" title={row.about.clone()}>{ row.name }</th>
            { cell(row, Side::Left, &row.left) }
            { cell(row, Side::Right, &row.right) }
        </tr>
    }
}

fn cell(row: &Row, side: Side, cell: &Cell) -> Html {
    let better = row.better == Some(side);
    html! {
        <td
            class={if better { "mono better" } else { "mono" }}
            data-testid={format!("{}-{}", side.word(), row.id)}
            title={cell.of.as_ref().unwrap_or(&cell.text).clone()}
            data-value={cell.value.map(|value| value.to_string())}
        >
            if better { <Sign icon={Icon::Check} /><span class="visually-hidden">{ "better: " }</span> }
            { cell.text.clone() }
        </td>
    }
}

/// Buttons of which one is pressed: their names, whether it is that one, and what comes of a click.
pub fn choice(label: &'static str, id: &str, choices: &[(&'static str, bool, Callback<MouseEvent>)]) -> Html {
    let button = |(name, on, onclick): &(&'static str, bool, Callback<MouseEvent>)| {
        html! {
            <button
                type="button"
                class="choice"
                aria-pressed={on.to_string()}
                data-testid={format!("{id}-{name}")}
                {onclick}
            >
                { *name }
            </button>
        }
    };
    html! { <div class="choices" role="group" aria-label={label}>{ for choices.iter().map(button) }</div> }
}
