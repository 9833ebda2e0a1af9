//! The ledger on the page: counts, the records behind them, and the same run again with one setting changed.

use super::ledger::{BY_GROUP, COLUMNS, GroupLine, Kept, LISTED, LedgerRow, MergedRow, Trial, figure, is_bad};
use crate::ui::format::{counted, grouped, moment};
use crate::ui::icon::{Icon, Sign};
use partitura_engine::trace::{EventId, LedgerColumn, LedgerFigures};
use partitura_engine::wire::Micros;
use partitura_engine::world::EffectFigures;
use std::rc::Rc;
use web_sys::{Event, HtmlSelectElement};
use yew::{Callback, Html, Properties, TargetCast, classes, component, html, use_state};

/// What the panel is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The moment.
    pub now_us: Micros,
    /// The figures of this run.
    pub figures: LedgerFigures,
    /// What the group has done twice, or never.
    pub effects: EffectFigures,
    /// The ledger of the run before, and what is tried now.
    pub kept: Option<(Rc<Kept>, Trial)>,
    /// What can be tried.
    pub trials: Rc<[Trial]>,
    /// The column whose records are listed.
    pub open: Option<LedgerColumn>,
    /// The first of them.
    pub rows: Rc<[LedgerRow]>,
    /// The totals of the most frequent subjects.
    pub merged: Rc<[MergedRow]>,
    /// The records of a column are wanted, or of none.
    pub on_open: Callback<Option<LedgerColumn>>,
    /// Why a record is in its column.
    pub on_why: Callback<EventId>,
    /// The run is wanted with other settings.
    pub on_try: Callback<Trial>,
    /// The run is wanted beside this one with other settings.
    pub on_beside: Callback<Trial>,
    /// The ledger of before is not needed any more.
    pub on_close: Callback<()>,
}

/// The ledger.
#[component]
pub fn LedgerPanel(props: &Props) -> Html {
    let opened = COLUMNS.iter().find(|(column, ..)| props.open == Some(*column));
    html! {
        <div class="lens ledger" data-testid="ledger">
            <table class={if props.kept.is_some() { "figures two" } else { "figures" }}>
                { head(props) }
                <tbody>
                    { for COLUMNS.iter().map(|(column, name, about)| line(props, *column, name, about)) }
                    { for BY_GROUP.iter().map(|one| by_group(props, one)) }
                </tbody>
            </table>
            <Trials
                trials={props.trials.clone()}
                on_try={props.on_try.clone()}
                on_beside={props.on_beside.clone()}
            />
            { merged(&props.merged) }
            if let Some((column, name, _)) = opened { { list(props, *column, name) } }
        </div>
    }
}

fn head(props: &Props) -> Html {
    let Some((kept, trial)) = &props.kept else {
        return html! { <thead><tr><th scope="col">{ "Records" }</th><th scope="col">{ "so far" }</th></tr></thead> };
    };
    html! {
        <thead>
            <tr>
                <th scope="col">
                    <button
                        type="button"
                        class="ghost square"
                        title="Close the first ledger"
                        aria-label="Close the first ledger"
                        data-testid="ledger-close"
                        onclick={props.on_close.reform(|_| ())}
                    >
                        <Sign icon={Icon::Close} />
                    </button>
                </th>
                <th scope="col">{ &trial.before }<small class="mono">{ moment(kept.at_us) }</small></th>
                <th scope="col">{ &trial.title }<small class="mono">{ moment(props.now_us) }</small></th>
                <th scope="col" aria-label="Difference">{ "±" }</th>
            </tr>
        </thead>
    }
}

fn line(props: &Props, column: LedgerColumn, name: &'static str, about: &'static str) -> Html {
    let now = figure(&props.figures, column);
    let is_open = props.open == Some(column);
    let bad = if is_bad(column) && now > 0 { "bad" } else { "" };
    let id = name.split(' ').next().unwrap_or(name);
    let count = html! {
        <td class={bad}>
            <button
                type="button"
                class="tally mono"
                aria-expanded={is_open.to_string()}
                title={format!("List the records that are {name}")}
                data-testid={format!("ledger-{id}")}
                data-value={now.to_string()}
                onclick={props.on_open.reform(move |_| (!is_open).then_some(column))}
            >
                { grouped(now) }
            </button>
        </td>
    };
    let beside = props.kept.as_ref().map(|(kept, _)| figure(&kept.figures, column));
    html! {
        <tr>
            <th scope="row">{ name }<small>{ about }</small></th>
            if let Some(before) = beside {
                <td class="mono" data-testid={format!("ledger-first-{id}")}>{ grouped(before) }</td>
                { count }
                <td class="mono">{ difference(before, now) }</td>
            } else {
                { count }
            }
        </tr>
    }
}

/// The group's side of it: figures without a list of records behind them.
fn by_group(props: &Props, (id, name, about, figure): &GroupLine) -> Html {
    let now = figure(&props.effects);
    let before = props.kept.as_ref().map(|(kept, _)| figure(&kept.effects));
    let bad = (now > 0 && *id != "effects").then_some("bad");
    html! {
        <tr>
            <th scope="row">{ *name }<small>{ *about }</small></th>
            if let Some(before) = before { <td class="mono">{ grouped(before) }</td> }
            <td class={classes!("mono", "plain", bad)} data-testid={["ledger-", id].concat()} data-value={now.to_string()}>{ grouped(now) }</td>
            if let Some(before) = before { <td class="mono">{ difference(before, now) }</td> }
        </tr>
    }
}

/// Counts that have to be put together again, beside what was sent.
fn merged(rows: &[MergedRow]) -> Html {
    if rows.is_empty() {
        return Html::default();
    }
    let column = |name: &'static str, about: &'static str| html! { <th scope="col" title={about}>{ name }</th> };
    html! {
        <table class="figures merged" data-testid="merged">
            <thead>
                <tr>
                    <th scope="col">{ "Merged counts" }</th>
                    { column("sent", "Records sent about it") }
                    { column("counted", "Processed: the sum of what all consumers have counted, key by key") }
                    { column("late", "Processed after a later one about the same") }
                </tr>
            </thead>
            <tbody>{ for rows.iter().map(total) }</tbody>
        </table>
    }
}

fn total(row: &MergedRow) -> Html {
    html! {
        <tr>
            <th scope="row">
                <span class={format!("tile {}", row.tile.1)} aria-hidden="true">{ &row.tile.0 }</span>
                <span>{ &row.subject }<small>{ counted(row.partitions.into(), "partition") }</small></span>
            </th>
            <td class="mono">{ grouped(row.sent) }</td>
            <td class="mono">{ grouped(row.counted) }</td>
            <td class="mono">{ grouped(row.late) }</td>
        </tr>
    }
}

fn difference(before: u64, now: u64) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Equal => "0".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", grouped(now - before)),
        std::cmp::Ordering::Less => format!("−{}", grouped(before - now)),
    }
}

#[derive(PartialEq, Properties)]
struct TrialProps {
    trials: Rc<[Trial]>,
    on_try: Callback<Trial>,
    on_beside: Callback<Trial>,
}

/// *The same run again with …*
#[component]
fn Trials(props: &TrialProps) -> Html {
    let chosen = use_state(|| (0, props.trials.clone()));
    // With other trials, the first one is chosen again.
    let place = if chosen.1 == props.trials { chosen.0 } else { 0 };
    let Some(trial) = props.trials.get(place).cloned() else {
        return Html::default();
    };
    let on_change = {
        let (chosen, trials) = (chosen.clone(), props.trials.clone());
        Callback::from(move |event: Event| {
            let place = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
            chosen.set((usize::try_from(place).unwrap_or(0), trials.clone()));
        })
    };
    let option =
        |(index, trial): (usize, &Trial)| html! { <option selected={index == place}>{ &trial.title }</option> };
    let title = format!("Try with {}", trial.title);
    let (beside, about) = (trial.clone(), trial.about.clone());
    let on_try = props.on_try.reform(move |_| trial.clone());
    let on_beside = props.on_beside.reform(move |_| beside.clone());
    html! {
        <div class="trial">
            <label>
                <span>{ "The same run again with" }</span>
                <select class="field" data-testid="trial" onchange={on_change}>
                    { for props.trials.iter().enumerate().map(option) }
                </select>
            </label>
            if !about.is_empty() { <p>{ about }</p> }
            <button type="button" class="quiet" data-testid="try" onclick={on_try}>
                <Sign icon={Icon::Replay} />{ title }
            </button>
            <button
                type="button"
                class="quiet"
                title="Both runs at once, and a table of what differs"
                data-testid="try-beside"
                onclick={on_beside}
            >
                <Sign icon={Icon::Beside} />{ "Side by side" }
            </button>
        </div>
    }
}

fn list(props: &Props, column: LedgerColumn, name: &'static str) -> Html {
    let all = figure(&props.figures, column);
    let more = all.saturating_sub(props.rows.len() as u64);
    html! {
        <section class="ledger-rows" aria-label={format!("Records {name}")} data-testid="ledger-rows">
            <h3>{ name }</h3>
            if props.rows.is_empty() { <p class="empty">{ "No record." }</p> }
            <ol>{ for props.rows.iter().map(|row| record(row, &props.on_why)) }</ol>
            if more > 0 && props.rows.len() >= LISTED {
                <p class="empty">{ format!("and {}", counted(more, "more record")) }</p>
            }
        </section>
    }
}

fn record(row: &LedgerRow, on_why: &Callback<EventId>) -> Html {
    let event = row.event;
    html! {
        <li>
            <button type="button" title="Why?" onclick={on_why.reform(move |_| event)}>
                <span class={format!("tile {}", row.colour)}>{ &row.letter }</span>
                <span class="ledger-what">
                    <strong>{ &row.subject }</strong>
                    if let Some(value) = &row.value { { " " }{ value } }
                </span>
                <span class="mono">{ &row.place }{ " · " }{ moment(row.at_us) }</span>
            </button>
        </li>
    }
}
