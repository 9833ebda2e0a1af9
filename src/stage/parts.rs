//! What stands around the cells: brokers, partitions, consumers, producers.

use super::columns::BrokerHead;
use super::consumer_box::ConsumerBox;
use super::consumers::GroupHead;
use super::grid::Detail;
use super::heat_part::heat_bar;
use super::layout::Layout;
use super::quorum::Seat;
use super::rows::RowHead;
use super::shapes::{Part, PartProps, badge, boxes, outline, px, rect, text};
use super::strip::{Buffer, Strip};
use super::target::Target;
use std::fmt::Write;
use std::rc::Rc;
use yew::prelude::*;

impl Part for BrokerHead {
    fn of(layout: &Layout, index: usize) -> Option<&Self> {
        layout.columns.get(index)
    }
}

/// A column and its header.
#[component]
pub(super) fn BrokerPart(props: &PartProps<BrokerHead>) -> Html {
    let Some(broker) = props.part() else {
        return Html::default();
    };
    let id = broker.broker.0;
    let mut beats = String::new();
    broker.beats.iter().for_each(|beat| boxes(&mut beats, beat));
    let class = classes!(
        "thing",
        "broker",
        broker.standing.class(),
        props.selected.then_some("selected")
    );
    html! {
        <g
            {class}
            role={props.role()}
            tabindex={props.tabindex()}
            aria-haspopup={props.live.then_some("menu")}
            aria-label={broker.title.clone()}
            data-target={Target::Broker(broker.broker).hook()}
            data-testid={format!("broker-B{id}")}
        >
            { outline("outline", &broker.rect, 12.0) }
            { for broker.labels.iter().map(text) }
            { for broker.badges.iter().map(badge) }
            if let Some(line) = &broker.beat_line {
                { rect("beat-line", line, 0.0) }
            }
            <path class="beats" d={beats} />
            if let Some(bar) = &broker.heat { { heat_bar(bar) } }
        </g>
    }
}

impl Part for Seat {
    fn of(layout: &Layout, index: usize) -> Option<&Self> {
        layout.quorum.seats.get(index)
    }
}

/// A controller with a process of its own.
#[component]
pub(super) fn SeatPart(props: &PartProps<Seat>) -> Html {
    let Some(seat) = props.part() else {
        return Html::default();
    };
    let number = seat.number;
    html! {
        <g
            class={classes!("thing", "seat", seat.down.then_some("gone"))}
            role={props.role()}
            tabindex={props.tabindex()}
            aria-haspopup={props.live.then_some("menu")}
            aria-label={seat.badge.title.clone()}
            data-target={Target::Controller(number).hook()}
            data-testid={format!("controller-{number}")}
        >
            { outline("outline", &seat.badge.rect.inset(-3.0), 10.0) }
            { badge(&seat.badge) }
        </g>
    }
}

impl Part for RowHead {
    fn of(layout: &Layout, index: usize) -> Option<&Self> {
        layout.rows.get(index)
    }
}

/// A partition's name, share and keys.
#[component]
pub(super) fn RowPart(props: &PartProps<RowHead>) -> Html {
    let Some(row) = props.part() else {
        return Html::default();
    };
    let partition = row.partition;
    let class = classes!(
        "thing",
        "row",
        row.hot.then_some("hot"),
        props.selected.then_some("selected")
    );
    let chips = row.chips.iter().map(|chip| {
        let size = if chip.radius > 7.5 { 10.0 } else { 9.0 };
        html! {
            <>
                <circle class={chip.colour.class()} cx={px(chip.centre.x)} cy={px(chip.centre.y)} r={px(chip.radius)} />
                <text
                    class="on-key"
                    x={px(chip.centre.x)}
                    y={px(chip.centre.y + size * 0.36)}
                    font-size={px(size)}
                    text-anchor="middle"
                >
                    { &chip.label }
                </text>
            </>
        }
    });
    html! {
        <g
            {class}
            role={props.role()}
            tabindex={props.tabindex()}
            aria-haspopup={props.live.then_some("menu")}
            aria-label={row.title.clone()}
            data-target={Target::Partition(partition).hook()}
            data-testid={format!("row-P{partition}")}
        >
            { rect("outline", &row.rect.inset(-3.0), 7.0) }
            { for row.labels.iter().map(text) }
            if let Some(share) = &row.share {
                <g data-testid={format!("share-P{partition}")}>{ text(share) }</g>
            }
            if let Some((track, part)) = &row.bar {
                { rect("bar-track", track, track.h / 2.0) }
                { rect("bar", part, track.h / 2.0) }
            }
            if let Some(heat) = &row.heat {
                { heat_bar(&heat.bar) }
                <g data-testid={format!("heat-P{partition}")}>{ for heat.label.iter().map(text) }</g>
            }
            { for chips }
            { for row.badges.iter().map(badge) }
        </g>
    }
}

impl Part for GroupHead {
    fn of(layout: &Layout, _: usize) -> Option<&Self> {
        Some(&layout.group)
    }
}

/// The group's name, assignor and generation.
#[component]
pub(super) fn GroupPart(props: &PartProps<GroupHead>) -> Html {
    let Some(group) = props.part() else {
        return Html::default();
    };
    html! {
        <g
            class={classes!("thing", "group", props.selected.then_some("selected"))}
            role={props.role()}
            tabindex={props.tabindex()}
            aria-haspopup={props.live.then_some("menu")}
            aria-label={group.title.clone()}
            data-target={Target::Group.hook()}
            data-testid="group"
        >
            { rect("outline", &group.rect.inset(-2.0), 7.0) }
            { for group.labels.iter().map(text) }
        </g>
    }
}

impl Part for ConsumerBox {
    fn of(layout: &Layout, index: usize) -> Option<&Self> {
        layout.consumers.get(index)
    }
}

/// A consumer along its rows.
#[component]
pub(super) fn ConsumerPart(props: &PartProps<ConsumerBox>) -> Html {
    let Some(consumer) = props.part() else {
        return Html::default();
    };
    let number = consumer.number;
    let class = classes!(
        "thing",
        "consumer",
        consumer.behind.then_some("behind"),
        consumer.idle.then_some("idle"),
        consumer.member.class(),
        props.selected.then_some("selected"),
    );
    html! {
        <g
            {class}
            role={props.role()}
            tabindex={props.tabindex()}
            aria-haspopup={props.live.then_some("menu")}
            aria-label={consumer.title.clone()}
            data-target={Target::Consumer(number).hook()}
            data-testid={format!("consumer-{number}")}
        >
            { outline("outline", &consumer.rect, consumer.rect.h.min(20.0) / 2.0) }
            { for consumer.also.iter().map(|stub| rect("also", stub, 2.0)) }
            { for consumer.labels.iter().map(text) }
            if let Some((x, y)) = consumer.light {
                <circle class={classes!("light", consumer.busy.then_some("busy"))} cx={px(x)} cy={px(y)} r="3" />
            }
        </g>
    }
}

impl Part for Strip {
    fn of(layout: &Layout, _: usize) -> Option<&Self> {
        Some(&layout.strip)
    }
}

/// The producers, and how the last key found its partition.
#[component]
pub(super) fn StripPart(props: &PartProps<Strip>) -> Html {
    let Some(strip) = props.part() else {
        return Html::default();
    };
    html! {
        <g
            class={classes!("thing", "producers", props.selected.then_some("selected"))}
            role={props.role()}
            tabindex={props.tabindex()}
            aria-pressed={props.pressed()}
            aria-label={strip.title.clone()}
            data-target={Target::Producers.hook()}
            data-testid="producers"
        >
            { outline("outline", &strip.rect, 10.0) }
            { for strip.labels.iter().map(text) }
            if let Some(buffer) = &strip.buffer { { buffer_bar(buffer) } }
            <g data-testid="computation">{ for strip.computation.iter().map(text) }</g>
        </g>
    }
}

/// How full the fullest `buffer.memory` is.
fn buffer_bar(buffer: &Buffer) -> Html {
    html! {
        <g class={classes!("buffer", buffer.full.then_some("is-over"))} data-testid="buffer">
            { rect("bar-track", &buffer.track, buffer.track.h / 2.0) }
            { rect("bar", &buffer.part, buffer.track.h / 2.0) }
            { for buffer.label.iter().map(text) }
        </g>
    }
}

/// What lies beneath: the rows' lanes, what is hot, the way from the producers, the words of the two axes.
#[derive(Properties)]
pub(super) struct BackdropProps {
    pub(super) layout: Rc<Layout>,
}

impl PartialEq for BackdropProps {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&self.layout, &other.layout);
        let hot = |layout: &Layout| layout.rows.iter().map(|row| row.hot).collect::<Vec<_>>();
        a.grid == b.grid
            && a.quorum.label == b.quorum.label
            && a.quorum.lost == b.quorum.lost
            && a.blanks == b.blanks
            && a.notes == b.notes
            && hot(a) == hot(b)
    }
}

/// See [`BackdropProps`].
#[component]
pub(super) fn Backdrop(props: &BackdropProps) -> Html {
    let layout = &props.layout;
    let (mut outer, mut inner, mut blanks) = (String::new(), String::new(), String::new());
    let thin = layout.grid.detail <= Detail::Line;
    for lane in &layout.lanes {
        let into = if lane.inner { &mut inner } else { &mut outer };
        let _ = write!(into, "M{} {}h{}", px(lane.from.x), px(lane.from.y), px(lane.length));
        if let Some(end) = lane.bend {
            let (x, y, top) = (lane.from.x + lane.length, lane.from.y, end.y);
            let r = ((end.x - x) * 0.8).min(8.0);
            let _ = write!(
                into,
                "Q{x} {y} {x} {}V{}Q{x} {top} {} {top}H{}",
                y - r,
                top + r,
                x + r,
                end.x
            );
        }
    }
    for blank in &layout.blanks {
        let _ = write!(blanks, "M{} {}h.01", px(blank.x), px(blank.y));
    }
    html! {
        <g class="backdrop" aria-hidden="true">
            { for layout.rows.iter().filter(|row| row.hot).map(|row| rect("hot-band", &row.band, 10.0)) }
            <path class={classes!("lane", thin.then_some("thin"))} d={outer} />
            <path class="lane inner" d={inner} />
            <path class="lane" d={trunk(layout)} />
            <path class="blank" d={blanks} />
            { for layout.notes.iter().chain(&layout.quorum.label).map(text) }
            if let Some(lost) = &layout.quorum.lost { <g data-testid="quorum-lost">{ text(lost) }</g> }
        </g>
    }
}

/// From the producers up to the first row.
fn trunk(layout: &Layout) -> String {
    let Some(top) = layout.lanes.first() else {
        return String::new();
    };
    let (strip, x) = (layout.strip.rect, layout.grid.trunk());
    let top = top.from.y;
    if strip.x > x {
        let y = strip.centre().y;
        let round = format!("V{}Q{x} {top} {} {top}", top + 8.0, x + 8.0);
        format!(
            "M{} {}H{}Q{x} {y} {x} {}{round}",
            px(strip.x),
            px(y),
            px(x + 10.0),
            px(y - 10.0)
        )
    } else {
        format!("M{x} {}V{}Q{x} {top} {} {top}", px(strip.y), top + 8.0, x + 8.0)
    }
}
