//! The chart on the page: SVG for what has a place in time, buttons for what can be asked.

use super::bands::{Band, ROW};
use super::chart::Chart;
use super::lanes::{Bar, Gap, Lane, Piece, STRIP};
use super::scene::Scene;
use super::view::{Wish, below};
use super::words;
use crate::stage::Target;
use crate::stage::palette::Colour;
use crate::stage::shapes::px;
use crate::stage::watch::use_size;
use partitura_engine::trace::{MemberDoes, SpanEnd};
use std::rc::Rc;
use yew::prelude::*;

/// What the chart is given.
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) scene: Rc<Scene>,
    pub(super) on: Callback<Wish>,
}

/// The chart, as wide as its place.
#[component]
pub(super) fn ChartPart(props: &Props) -> Html {
    let host = use_node_ref();
    let size = use_size(host.clone());
    html! {
        <div class="gantt" ref={host} data-testid="gantt">
            if let Some((width, _)) = size {
                { drawn(&Chart::of(&props.scene.past, props.scene.reading, width), props) }
            }
        </div>
    }
}

fn drawn(chart: &Chart, props: &Props) -> Html {
    let now = chart.axis.x(chart.axis.now_us);
    let tick = |(x, text): &(f64, String)| {
        html! {
            <>
                <path class="tick" d={["M", &px(*x), " ", &px(chart.top), "V", &px(chart.bottom)].concat()} />
                <text class="faint" x={px(*x)} y={px(chart.bottom + 14.0)} text-anchor="middle">{ text }</text>
            </>
        }
    };
    let band = |band: &Band| {
        let (reason, on) = (band.reason, &props.on);
        html! {
            <rect
                class={if band.is_open { "band open" } else { "band" }}
                x={px(band.x)}
                y={px(chart.top - 4.0)}
                width={px(band.w)}
                height={px(chart.bottom - chart.top + 4.0)}
                onclick={on.reform(move |_: MouseEvent| Wish::Why(reason))}
            >
                <title>{ &band.title }</title>
            </rect>
        }
    };
    html! {
        <>
            <svg
                class="score"
                width={px(chart.width)}
                height={px(chart.height)}
                role="img"
                aria-label={summary(chart)}
            >
                { for chart.ticks.iter().map(tick) }
                { for chart.bands.iter().map(band) }
                { for chart.lanes.iter().map(|lane| in_lane(lane, chart)) }
                if chart.lanes.is_empty() {
                    <text class="soft" x={px(chart.axis.x0 + 8.0)} y={px(chart.top + 22.0)}>{ "Nobody has owned anything in this group yet." }</text>
                }
                <path class="now" d={["M", &px(now), " ", &px(chart.top - 4.0), "V", &px(chart.bottom)].concat()} />
            </svg>
            { for chart.lanes.iter().map(|lane| name(lane, chart, props)) }
            { for chart.bands.iter().map(|band| label(band, chart, props)) }
        </>
    }
}

/// In a sentence: what the eye takes in at once.
fn summary(chart: &Chart) -> String {
    let mut text = chart.lanes.len().to_string();
    text.push_str(" lanes over time, with ");
    text.push_str(&chart.bands.len().to_string());
    text.push_str(" rebalances in sight. What each member owns now is in the tables below.");
    text
}

/// The name of a lane; a member's opens its menu.
fn name(lane: &Lane, chart: &Chart, props: &Props) -> Html {
    let mut style = String::from("top:");
    style.push_str(&px(lane.y - 2.0));
    style.push_str("px;width:");
    style.push_str(&px(chart.axis.x0 - 8.0));
    style.push_str("px;min-height:");
    style.push_str(&px(lane.h + 4.0));
    style.push_str("px");
    let id = ["groups-lane-", &lane.id].concat();
    let Some(consumer) = lane.consumer else {
        return html! { <div class="lane-name" {style} data-testid={id}><b>{ &lane.title }</b></div> };
    };
    let menu = props
        .on
        .reform(move |event: MouseEvent| Wish::Menu(Target::Consumer(consumer), below(&event)));
    html! {
        <button
            type="button"
            class={classes!(
                "lane-name",
                lane.does.map(words::does),
                lane.is_crashed.then_some("crashed"),
                props.scene.pointed.contains(&consumer).then_some("pointed"),
            )}
            {style}
            aria-haspopup="menu"
            title="What can be done to it"
            data-testid={id}
            onclick={menu}
        >
            <b>{ &lane.title }</b>
            { for lane.notes.iter().map(|note| html! { <span>{ note }</span> }) }
        </button>
    }
}

/// What is to be said of a rebalance, above its band.
fn label(band: &Band, chart: &Chart, props: &Props) -> Html {
    let Some(label) = &band.label else {
        return Html::default();
    };
    let reason = band.reason;
    let top = chart.top - 6.0 - f64::from(label.row + 1) * ROW;
    let mut style = String::from("left:");
    style.push_str(&px(label.x));
    style.push_str("px;top:");
    style.push_str(&px(top));
    style.push_str("px;width:");
    style.push_str(&px(label.w));
    style.push_str("px;height:");
    // The second row reaches down to its band.
    style.push_str(&px(ROW * f64::from(label.row + 1)));
    style.push_str("px");
    html! {
        <button
            type="button"
            class={classes!("band-label", band.is_open.then_some("open"), label.is_left.then_some("left"))}
            {style}
            title={band.title.clone()}
            aria-label={band.title.clone()}
            data-testid="groups-band"
            data-generation={band.generation.to_string()}
            onclick={props.on.reform(move |_| Wish::Why(reason))}
        >
            <b>{ &label.first }</b>
            <span>{ &label.second }</span>
        </button>
    }
}

fn in_lane(lane: &Lane, chart: &Chart) -> Html {
    let end = chart.axis.x1;
    html! {
        <g key={lane.id.clone()} data-lane={lane.id.clone()}>
            <path class="tick" d={["M0 ", &px(lane.y + lane.h + 4.0), "H", &px(end)].concat()} />
            { for lane.strip.iter().map(|piece| in_strip(piece, lane.y)) }
            { for lane.gaps.iter().map(gap) }
            { for lane.bars.iter().map(bar) }
        </g>
    }
}

fn in_strip(one: &Piece, y: f64) -> Html {
    let mut title = words::does(one.does).to_owned();
    title.push(' ');
    title.push_str(&crate::compare::lasted(one.long_us));
    html! {
        <g class={words::does(one.does)} data-does={words::does(one.does)}>
            { piece(one.x, y, one.w, one.does) }
            <title>{ title }</title>
        </g>
    }
}

/// What a member does: another shape each, not only another colour.
pub(super) fn piece(x: f64, y: f64, w: f64, does: MemberDoes) -> Html {
    let middle = y + STRIP / 2.0;
    let line = |y: f64| ["M", &px(x), " ", &px(y), "h", &px(w)].concat();
    match does {
        MemberDoes::Working => html! { <rect class="piece" x={px(x)} y={px(y)} width={px(w)} height={px(STRIP)} /> },
        MemberDoes::Idle => {
            html! { <rect class="piece hollow" x={px(x + 0.5)} y={px(y + 1.0)} width={px((w - 1.0).max(0.5))} height={px(STRIP - 2.0)} /> }
        }
        MemberDoes::Paused => html! { <path class="piece line" d={line(y + 1.0) + &line(y + STRIP - 1.0)} /> },
        MemberDoes::Waiting | MemberDoes::Stalled | MemberDoes::Gone => {
            html! { <path class="piece line" d={line(middle)} /> }
        }
    }
}

fn bar(bar: &Bar) -> Html {
    let ink = Colour::ALL[usize::from(bar.ink) % Colour::COUNT].class();
    html! {
        <g data-end={words::end(bar.end)}>
            <rect class={classes!("owned", ink)} x={px(bar.x)} y={px(bar.y)} width={px(bar.w.max(0.75))} height={px(bar.h)} rx="2" />
            if let Some(label) = &bar.label {
                <text class="on-key" x={px(bar.x + 4.0)} y={px(bar.y + bar.h / 2.0 + 3.5)}>{ label }</text>
            }
            { cap(bar.x + bar.w, bar.y, bar.h, bar.end) }
            <title>{ &bar.title }</title>
        </g>
    }
}

/// How a bar ends: a bar across when it was given up, a broken edge when it was lost, a cross when the process was killed, a
/// square when it was closed.
pub(super) fn cap(x: f64, y: f64, h: f64, end: SpanEnd) -> Html {
    let middle = y + h / 2.0;
    let at = |x: f64, y: f64| [&*px(x), " ", &*px(y)].concat();
    match end {
        SpanEnd::Open => Html::default(),
        SpanEnd::Revoked => {
            html! { <path class="cap revoked" d={["M", &at(x, y - 1.0), "V", &px(y + h + 1.0)].concat()} /> }
        }
        SpanEnd::Lost => {
            let d = [
                "M",
                &at(x, y - 1.0),
                "L",
                &at(x + 4.0, y + h / 3.0),
                "L",
                &at(x - 1.0, y + h * 2.0 / 3.0),
                "L",
                &at(x + 3.0, y + h + 1.0),
            ];
            html! { <path class="cap lost" d={d.concat()} /> }
        }
        SpanEnd::Crashed => {
            let d = ["M", &at(x - 3.5, middle - 3.5), "l7 7m0 -7l-7 7"];
            html! { <><path class="cap under" d={d.concat()} /><path class="cap crashed" d={d.concat()} /></> }
        }
        SpanEnd::Closed => {
            html! { <rect class="cap closed" x={px(x - 3.0)} y={px(middle - 3.0)} width="6" height="6" /> }
        }
    }
}

fn gap(gap: &Gap) -> Html {
    html! {
        <g data-gap="">
            <rect class="gap" x={px(gap.x)} y={px(gap.y + 0.5)} width={px(gap.w)} height={px(gap.h - 1.0)} />
            if let Some(label) = &gap.label {
                <text class="warn" x={px(gap.x + gap.w / 2.0)} y={px(gap.y + gap.h / 2.0 + 3.5)} text-anchor="middle">{ label }</text>
            }
            <title>{ &gap.title }</title>
        </g>
    }
}
