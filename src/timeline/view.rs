//! The timeline on the page.

use super::canvas::{self, Inks};
use super::layout::{Curves, place, ticks};
use super::marks::{PlacedMark, place_marks};
use crate::session::history::{Mark, MarkKind};
use crate::ui::format::{counted, grouped, moment, rate, short_moment};
use crate::ui::icon::{Icon, Sign};
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use partitura_engine::trace::Event;
use partitura_engine::wire::Micros;
use std::rc::Rc;
use web_sys::{Element, HtmlCanvasElement, HtmlElement};
use yew::{Callback, Component, Context, Html, MouseEvent, NodeRef, Properties, html};

/// The run in figures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Its seed.
    pub seed: u64,
    /// How many events there have been.
    pub events: u64,
    /// The trace's digest.
    pub digest: u64,
    /// Records a second, lately.
    pub per_second: u64,
    /// The group's lag.
    pub lag: u64,
    /// The last event, in words.
    pub last_event: String,
}

/// What the timeline is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The run in figures.
    pub figures: Figures,
    /// Where the run is.
    pub now_us: Micros,
    /// How long the axis is.
    pub span_us: Micros,
    /// Throughput and lag.
    pub curves: Rc<Curves>,
    /// The same of the run on the right, to the same scale, while two are compared.
    pub beside: Option<Rc<Curves>>,
    /// What happened, and what is to happen because the person has done it.
    pub marks: Rc<[Mark]>,
    /// The moments of the walkthrough's steps, with their titles.
    pub steps: Rc<[(Micros, String)]>,
    /// The step that is open.
    pub step: usize,
    /// The chosen theme: with another one the curves are drawn again.
    pub theme: &'static str,
    /// The playhead, which the frame loop moves with [`move_playhead`].
    pub playhead: NodeRef,
    /// Another step is wanted.
    pub on_step: Callback<usize>,
    /// Why that happened.
    pub on_why: Callback<Event>,
}

/// Puts the playhead where the run is.
pub fn move_playhead(playhead: &NodeRef, now: Micros, span: Micros) {
    if let Some(playhead) = playhead.cast::<HtmlElement>() {
        // In whole thousandths: this happens in every frame, and writing floats takes its time.
        let thousandths = (place(now, span) * 100_000.0) as u32;
        let percent = format!("translateX({}.{:03}%)", thousandths / 1000, thousandths % 1000);
        let _ = playhead.style().set_property("transform", &percent);
    }
}

/// The timeline.
pub struct Timeline {
    box_ref: NodeRef,
    canvas: NodeRef,
    width: f64,
    inks: Inks,
    _on_resize: EventListener,
}

/// The window has another size.
pub struct Resized;

impl Component for Timeline {
    type Message = Resized;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let on_resize = ctx.link().callback(|()| Resized);
        let listener = EventListener::new(&gloo::utils::window(), "resize", move |_| on_resize.emit(()));
        Self {
            box_ref: NodeRef::default(),
            canvas: NodeRef::default(),
            width: 0.0,
            inks: Inks::default(),
            _on_resize: listener,
        }
    }

    fn update(&mut self, _ctx: &Context<Self>, _msg: Resized) -> bool {
        self.measure();
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            self.measure();
            // Coming from the room of the keys, the page has its columns only after this.
            let link = ctx.link().clone();
            Timeout::new(0, move || link.send_message(Resized)).forget();
        }
        if let Some(canvas) = self.canvas.cast::<HtmlCanvasElement>() {
            canvas::draw(
                &canvas,
                &mut self.inks,
                self.width,
                &ctx.props().curves,
                ctx.props().beside.as_deref(),
            );
        }
        move_playhead(&ctx.props().playhead, ctx.props().now_us, ctx.props().span_us);
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let placed = place_marks(&props.marks, props.span_us, self.width);
        html! {
            <section class="timeline" aria-label="Timeline">
                { head(&props.figures, props.beside.is_some()) }
                <div class="timeline-box" ref={self.box_ref.clone()}>
                    <canvas class="timeline-curves" ref={self.canvas.clone()} aria-hidden="true"></canvas>
                    { self.axis(props.span_us) }
                    <ol class="marks" aria-label="What happened">
                        { for placed.iter().map(|placed| mark(placed, props)) }
                    </ol>
                    <div class="playhead" ref={props.playhead.clone()} aria-hidden="true"><i></i></div>
                    { self.steps(props) }
                </div>
            </section>
        }
    }
}

impl Timeline {
    fn measure(&mut self) {
        if let Some(element) = self.box_ref.cast::<Element>() {
            self.width = f64::from(element.client_width());
        }
    }

    fn axis(&self, span: Micros) -> Html {
        const TICK_PX: f64 = 74.0;
        let tick = |at: Micros| {
            let place = format!("left: {:.3}%", place(at, span) * 100.0);
            html! { <li key={at} style={place}>{ short_moment(at) }</li> }
        };
        let ticks = ticks(span, (self.width / TICK_PX) as u64);
        html! { <ol class="ticks" aria-hidden="true">{ for ticks.into_iter().map(tick) }</ol> }
    }

    /// The steps as stations on the axis; those that would lie on each other move on.
    fn steps(&self, props: &Props) -> Html {
        const STATION_PX: f64 = 20.0;
        if props.steps.is_empty() || self.width <= 0.0 {
            return Html::default();
        }
        let mut free = f64::NEG_INFINITY;
        let station = |(index, (at, title)): (usize, &(Micros, String))| {
            let x = (place(*at, props.span_us) * self.width).max(free);
            free = x + STATION_PX;
            let open = index == props.step;
            let label = format!("Step {}: {title}, at {}", index + 1, moment(*at));
            html! {
                <li key={index} style={format!("left: {x:.1}px")}>
                    <button
                        type="button"
                        class={if open { "station on" } else { "station" }}
                        title={label.clone()}
                        aria-label={label}
                        aria-current={open.then_some("step")}
                        onclick={props.on_step.reform(move |_| index)}
                    >{ index + 1 }</button>
                </li>
            }
        };
        html! {
            <ol class="stations" aria-label="Steps of the walkthrough">
                { for props.steps.iter().enumerate().map(station) }
            </ol>
        }
    }
}

fn head(figures: &Figures, comparing: bool) -> Html {
    html! {
        <div class="timeline-head">
            <h2>{ "Timeline" }</h2>
            <p class="ticker mono" title={figures.last_event.clone()}>{ figures.last_event.clone() }</p>
            <p class="legend">
                <span
                    class="key area"
                    aria-hidden="true"
                >
                    </span>{ "throughput " }<span class="mono figure">{ rate(figures.per_second) }{ "/s" }
                </span>
                <span
                    class="key line"
                    aria-hidden="true"
                >
                    </span>{ "lag " }<span class="mono figure">{ grouped(figures.lag) }
                </span>
                if comparing { <span class="key broken" aria-hidden="true"></span><span>{ "right" }</span> }
            </p>
            <p class="identity mono">
                <span>{ "seed " }<b data-testid="seed">{ figures.seed }</b></span>
                <span>
                    <b class="count" data-testid="events" data-value={figures.events.to_string()}>
                        { grouped(figures.events) }
                    </b>{ " events" }
                </span>
                <b
                    data-testid="digest"
                    title="Digest of all events: the same number means the same run"
                >
                    { format!("{:016x}", figures.digest) }
                </b>
            </p>
        </div>
    }
}

fn mark(placed: &PlacedMark, props: &Props) -> Html {
    let mark = &placed.mark;
    let (icon, word, class) = match mark.kind {
        MarkKind::You => (Icon::Hand, "you", "you"),
        MarkKind::Scenario => (Icon::Score, "scenario", "scenario"),
        MarkKind::Fault => (Icon::Close, "fault", "fault"),
        MarkKind::Fenced => (Icon::Fence, "controller", "fenced"),
        MarkKind::Truncated => (Icon::Scissors, "log", "truncated"),
        MarkKind::Retry => (Icon::Replay, "producer", "retry"),
        MarkKind::Leader => (Icon::Crown, "leader", "leader"),
        MarkKind::Rebalance => (Icon::Swap, "group", "rebalance"),
        MarkKind::Stable => (Icon::Check, "group", "stable"),
        MarkKind::Trouble => (Icon::Alert, "trouble", "trouble"),
    };
    let more = if placed.more > 0 {
        format!(", and {} more", placed.more)
    } else {
        String::new()
    };
    let title = format!("{}: {}{more} ({word})", moment(mark.at_us), mark.label);
    let planned = if mark.at_us > props.now_us { "planned" } else { "" };
    let event = mark.event;
    let on_why = props.on_why.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        if let Some(event) = event {
            on_why.emit(event);
        }
    });
    html! {
        <li
            class={format!("mark {class} row-{} {planned}", placed.row)}
            style={format!("left: {:.3}%", placed.x * 100.0)}
        >
            <button type="button" {title} disabled={event.is_none()} {onclick}>
                <i><Sign {icon} /></i>
                if placed.labelled {
                    <span>{ mark.label.clone() }</span>
                } else {
                    <span class="visually-hidden">{ mark.label.clone() }</span>
                }
            </button>
            if placed.more > 0 {
                <b class="mono" title={counted(placed.more as u64, "more mark")}>{ format!("+{}", placed.more) }</b>
            }
        </li>
    }
}
