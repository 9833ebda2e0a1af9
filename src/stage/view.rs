//! Rectangles become SVG, with the canvas of the flights above it.

use super::cell_part::{CellPart, Heat};
use super::describe::describe;
use super::flights::FlightHandle;
use super::focus::{self, Step};
use super::geometry::Rect;
use super::grid::{Counts, Detail};
use super::layout::{Captions, Layout};
use super::palette::Palette;
use super::parts::{Backdrop, BrokerPart, ConsumerPart, GroupPart, RowPart, SeatPart, StripPart};
use super::shapes::px;
use super::target::Target;
use super::tip::Tip;
use super::watch::{use_size, use_surroundings};
use gloo::timers::callback::Interval;
use partitura_engine::world::View;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, SvgElement};
use yew::prelude::*;

/// What the stage shows.
#[derive(Properties, PartialEq)]
pub struct StageProps {
    /// The moment.
    pub view: Rc<View>,
    /// Colours and letters of the keys.
    pub palette: Rc<Palette>,
    /// Texts that the view does not hold.
    #[prop_or_default]
    pub captions: Rc<Captions>,
    /// What the reader points at.
    #[prop_or_default]
    pub highlights: Rc<[Target]>,
    /// What is selected.
    #[prop_or_default]
    pub selected: Option<Target>,
    /// Somebody clicked on it, or pressed Enter. Without it, things can be looked at, and nothing is a button.
    #[prop_or_default]
    pub on_select: Option<Callback<Target>>,
    /// What can be done to it is wanted: the menu opens at that place of the window.
    #[prop_or_default]
    pub on_menu: Option<Callback<(Target, f64, f64)>>,
    /// Where the player draws what moves.
    pub flights: FlightHandle,
    /// What is on the stage beside this one, which has as much room: both are drawn to the same scale.
    #[prop_or_default]
    pub beside: Option<Counts>,
    /// The id of its description: another one for each stage.
    #[prop_or("stage-summary")]
    pub summary: &'static str,
}

/// How often the description follows the run.
const DESCRIBED_EVERY_MS: u32 = 2_000;

/// The score.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let (host, canvas) = (use_node_ref(), use_node_ref());
    let size = use_size(host.clone());
    use_surroundings(&props.flights);
    let layout = use_memo(
        (
            props.view.clone(),
            props.palette.clone(),
            props.captions.clone(),
            size,
            props.beside,
        ),
        |(view, palette, captions, size, beside)| {
            let beside = beside.unwrap_or_else(|| Counts::of(view));
            size.map(|size| Rc::new(Layout::beside(view, palette, captions, size, beside)))
        },
    );
    {
        let (canvas, flights, palette) = (canvas.clone(), props.flights.clone(), props.palette.clone());
        use_effect_with(layout.clone(), move |layout| {
            if let Some(layout) = &**layout {
                flights.place(canvas.cast::<HtmlCanvasElement>(), layout, &palette);
            }
        });
    }
    let summary = use_description(&props.view, &props.captions);
    let focused = use_state(|| None::<Target>);
    let current = focused
        .filter(|target| focus::is_there(&props.view, *target))
        .unwrap_or_else(|| focus::first(&props.view));

    let hovered = use_state_eq(|| None::<Target>);
    let onmouseover = {
        let hovered = hovered.clone();
        Callback::from(move |event: MouseEvent| hovered.set(target_of(event.target())))
    };
    let onmouseleave = {
        let hovered = hovered.clone();
        Callback::from(move |_: MouseEvent| hovered.set(None))
    };
    let onfocusin = {
        let hovered = hovered.clone();
        Callback::from(move |event: FocusEvent| {
            let by_keyboard = |element: &Element| element.matches(":focus-visible").unwrap_or(false);
            let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if element.as_ref().is_some_and(by_keyboard) {
                hovered.set(target_of(event.target()));
            }
        })
    };
    let onfocusout = {
        let hovered = hovered.clone();
        Callback::from(move |_: FocusEvent| hovered.set(None))
    };
    let onclick = {
        let chosen = Chosen::of(props);
        let focused = focused.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(target) = target_of(event.target()) {
                focused.set(Some(target));
                chosen.emit(
                    target,
                    Some((event.client_x().into(), event.client_y().into())),
                    event.target(),
                );
            }
        })
    };
    let oncontextmenu = {
        let chosen = Chosen::of(props);
        let focused = focused.clone();
        Callback::from(move |event: MouseEvent| {
            let target = target_of(event.target());
            if let Some(target) = target.filter(|target| chosen.has_menu(*target)) {
                event.prevent_default();
                focused.set(Some(target));
                // By its key, the menu is asked for at no place in particular.
                let at = (f64::from(event.client_x()), f64::from(event.client_y()));
                chosen.emit(target, Some(at).filter(|at| *at != (0.0, 0.0)), event.target());
            }
        })
    };
    let onkeydown = {
        let (chosen, focused, host, view) = (Chosen::of(props), focused.clone(), host.clone(), props.view.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(target) = target_of(event.target()) else {
                return;
            };
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            if matches!(event.key().as_str(), "Enter" | " ") {
                chosen.emit(target, None, event.target());
            } else if let Some(step) = Step::from_key(&event.key()) {
                let next = focus::next(&view, target, step);
                focused.set(Some(next));
                move_focus(&host, next);
            } else {
                return;
            }
            // The page has its own use for arrows; on the stage they move the focus.
            event.prevent_default();
            event.stop_propagation();
        })
    };

    html! {
        <div class="stage" ref={host} data-testid="stage">
            <p id={props.summary} class="visually-hidden" data-testid="stage-summary">{ &*summary }</p>
            if let Some(layout) = &*layout {
                <div class="stage-sheet" style={format!("height:{}px", layout.size().1)}>
                    <svg
                        class="score"
                        width={px(layout.size().0)}
                        height={px(layout.size().1)}
                        viewBox={format!("0 0 {} {}", px(layout.grid.size.0), px(layout.grid.size.1))}
                        role="group"
                        aria-label="The stage: partitions by brokers"
                        aria-describedby={props.summary}
                        {onclick}
                        {oncontextmenu}
                        {onmouseover}
                        {onmouseleave}
                        {onfocusin}
                        {onfocusout}
                        {onkeydown}
                    >
                        { score(layout, props, current) }
                    </svg>
                    <canvas ref={canvas} class="flights" aria-hidden="true" data-testid="flights" />
                    if let Some(target) = *hovered {
                        <Tip layout={layout.clone()} {target} />
                    }
                </div>
            }
        </div>
    }
}

fn score(layout: &Rc<Layout>, props: &StageProps, current: Target) -> Html {
    let live = props.on_select.is_some();
    let is_selected = |target: Target| props.selected == Some(target);
    let columns = layout.columns.iter().enumerate().map(|(index, column)| {
        let target = Target::Broker(column.broker);
        html! { <BrokerPart key={target.hook()} layout={layout.clone()} {index} selected={is_selected(target)} tab={current == target} {live} /> }
    });
    let rows = layout.rows.iter().enumerate().map(|(index, row)| {
        let target = Target::Partition(row.partition);
        html! { <RowPart key={target.hook()} layout={layout.clone()} {index} selected={is_selected(target)} tab={current == target} {live} /> }
    });
    let cells = layout.cells.iter().enumerate().map(|(index, cell)| {
        let target = Target::Replica(cell.partition, cell.broker);
        let selected = is_selected(target);
        html! { <CellPart key={target.hook()} layout={layout.clone()} {index} {selected} tab={current == target} {live} /> }
    });
    let seats = layout.quorum.seats.iter().enumerate().map(|(index, seat)| {
        let target = Target::Controller(seat.number);
        html! { <SeatPart key={target.hook()} layout={layout.clone()} {index} selected=false tab={current == target} {live} /> }
    });
    let consumers = layout.consumers.iter().enumerate().map(|(index, consumer)| {
        let target = Target::Consumer(consumer.number);
        html! { <ConsumerPart key={target.hook()} layout={layout.clone()} {index} selected={is_selected(target)} tab={current == target} {live} /> }
    });
    let highlights = layout.pointers(&props.highlights).into_iter().map(highlight);
    html! {
        <>
            <g>{ for columns }</g>
            <Backdrop layout={layout.clone()} />
            <g>{ for seats }</g>
            <g>{ for rows }</g>
            <g>{ for cells }</g>
            if layout.grid.detail == Detail::Strip {
                <Heat layout={layout.clone()} />
            }
            <GroupPart layout={layout.clone()} selected={is_selected(Target::Group)} tab={current == Target::Group} {live} />
            <g>{ for consumers }</g>
            <StripPart layout={layout.clone()} selected={is_selected(Target::Producers)} tab={current == Target::Producers} {live} />
            <g class="highlights" aria-hidden="true">{ for highlights }</g>
        </>
    }
}

/// What comes of a click, or of Enter: a menu where there is one, and else a selection.
struct Chosen {
    on_select: Option<Callback<Target>>,
    on_menu: Option<Callback<(Target, f64, f64)>>,
}

impl Chosen {
    fn of(props: &StageProps) -> Self {
        Self {
            on_select: props.on_select.clone(),
            on_menu: props.on_menu.clone(),
        }
    }

    fn has_menu(&self, target: Target) -> bool {
        let things = !matches!(target, Target::Replica(..) | Target::Producers | Target::Key(_));
        things && self.on_menu.is_some()
    }

    /// The menu opens where the mouse is, or beside the thing's name.
    fn emit(&self, target: Target, at: Option<(f64, f64)>, element: Option<web_sys::EventTarget>) {
        match &self.on_menu {
            Some(on_menu) if self.has_menu(target) => {
                let (x, y) = at.or_else(|| place_of(element)).unwrap_or_default();
                on_menu.emit((target, x, y));
            }
            _ => {
                if let Some(on_select) = &self.on_select {
                    on_select.emit(target);
                }
            }
        }
    }
}

fn place_of(element: Option<web_sys::EventTarget>) -> Option<(f64, f64)> {
    let element: Element = element?.dyn_into().ok()?;
    let rect = element.closest("[data-target]").ok()??.get_bounding_client_rect();
    Some((rect.left() + 12.0, rect.top() + rect.height().min(56.0)))
}

fn highlight(rect: Rect) -> Html {
    let corner = px((rect.w.min(rect.h) / 4.0).min(11.0));
    html! {
        <rect
            class="highlight"
            x={px(rect.x)}
            y={px(rect.y)}
            width={px(rect.w)}
            height={px(rect.h)}
            rx={corner}
        />
    }
}

/// The stage in words, at a calm pace: what changes ten times a second cannot be listened to.
#[hook]
fn use_description(view: &Rc<View>, captions: &Rc<Captions>) -> AttrValue {
    let summary = use_state_eq(|| AttrValue::from(describe(view, captions)));
    let latest = use_mut_ref(|| (view.clone(), captions.clone()));
    *latest.borrow_mut() = (view.clone(), captions.clone());
    let said = summary.clone();
    use_effect_with((), move |()| {
        let interval = Interval::new(DESCRIBED_EVERY_MS, move || {
            let (view, captions) = &*latest.borrow();
            said.set(describe(view, captions).into());
        });
        move || drop(interval)
    });
    (*summary).clone()
}

fn target_of(element: Option<web_sys::EventTarget>) -> Option<Target> {
    let element: Element = element?.dyn_into().ok()?;
    let named = element.closest("[data-target]").ok()??;
    Target::from_hook(&named.get_attribute("data-target")?)
}

fn move_focus(host: &NodeRef, target: Target) {
    let Some(host) = host.cast::<Element>() else { return };
    let found = host
        .query_selector(&format!("[data-target=\"{}\"]", target.hook()))
        .ok()
        .flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<SvgElement>().ok()) {
        let _ = element.focus();
    }
}
