//! The frame loop: lets the run go on, draws what moves, and says a few times a second what else is to be drawn anew.
//!
//! Yew has no part in a frame. What it shows comes through [`Due`], and never both halves of it in the same frame, so
//! that no frame has to wait for all of the page.

use crate::compare::Side;
use crate::session::desk::Desk;
use crate::stage::FlightHandle;
use crate::timeline::move_playhead;
use crate::ui::format::clock;
use crate::ui::frame_times::FrameTimes;
use gloo::render::{AnimationFrame, request_animation_frame};
use partitura_engine::scenario::Speed;
use partitura_engine::wire::Micros;
use partitura_engine::world::Flight;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::platform::spawn_local;
use yew::{Callback, NodeRef};

/// What is to be drawn anew by Yew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The stage of that side. The two are not drawn in the same frame.
    Stage(Side),
    /// Header, timeline and panels.
    Rest,
    /// All of it: the run has come to rest.
    All,
}

/// How much of a frame the run may take at most, in milliseconds.
const BUDGET_MS: f64 = 6.0;
/// The same while it runs ahead to a moment, and there is nothing to be watched.
const SEEKING_BUDGET_MS: f64 = 12.0;
/// How often the stage and the rest are drawn anew.
const EVERY_MS: f64 = 100.0;
/// How often the frame times are summed up.
const SUMMED_EVERY_MS: f64 = 1_000.0;
/// Flights that last this long on the wall are seen one by one; those that last that short as rates.
const SEEN_MS: f64 = 160.0;
const UNSEEN_MS: f64 = 50.0;

/// What the loop works on.
pub(super) struct Works {
    /// The run.
    pub(super) desk: Rc<RefCell<Desk>>,
    /// Where records in flight are drawn, side by side.
    pub(super) flights: [FlightHandle; 2],
    /// The virtual time: to the millisecond, and the microseconds.
    pub(super) clock: (NodeRef, NodeRef),
    /// The playhead of the timeline.
    pub(super) playhead: NodeRef,
    /// How long the timeline is.
    pub(super) span: Rc<Cell<Micros>>,
    /// Something is to be drawn anew.
    pub(super) on_due: Callback<Due>,
}

/// The loop. It ends when this is dropped.
pub(super) struct Frames {
    state: Rc<State>,
}

struct State {
    works: Works,
    next: RefCell<Option<AnimationFrame>>,
    drawn: RefCell<Drawn>,
    times: Rc<RefCell<FrameTimes>>,
}

/// What has been drawn, and when.
#[derive(Default)]
struct Drawn {
    stage_ms: f64,
    right_ms: f64,
    rest_ms: f64,
    summed_ms: f64,
    moving: bool,
    now: Option<Micros>,
    runs: u64,
    flow: f32,
    flights: Vec<Flight>,
}

impl Frames {
    /// Starts it.
    #[must_use]
    pub(super) fn start(works: Works) -> Self {
        let state = State {
            works,
            next: RefCell::default(),
            drawn: RefCell::default(),
            times: Rc::default(),
        };
        let state = Rc::new(state);
        ask(&state);
        Self { state }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.state.next.replace(None);
    }
}

fn ask(state: &Rc<State>) {
    let weak = Rc::downgrade(state);
    let next = request_animation_frame(move |wall_ms| {
        if let Some(state) = weak.upgrade() {
            frame(&state, wall_ms);
            ask(&state);
        }
    });
    state.next.replace(Some(next));
}

fn milliseconds() -> f64 {
    gloo::utils::window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}

fn frame(state: &Rc<State>, wall_ms: f64) {
    let started = milliseconds();
    let works = &state.works;
    let Ok(mut desk) = works.desk.try_borrow_mut() else {
        return;
    };
    let budget_ms = if desk.seek().is_some() {
        SEEKING_BUDGET_MS
    } else {
        BUDGET_MS
    };
    let moving = desk.frame((wall_ms * 1000.0) as u64, || milliseconds() - started < budget_ms);
    let mut drawn = state.drawn.borrow_mut();
    draw(works, &desk, &mut drawn);
    let comparing = desk.is_comparing();
    drop(desk);
    let due = drawn.due(moving, comparing, wall_ms);
    let sum_up = wall_ms - drawn.summed_ms >= SUMMED_EVERY_MS;
    if sum_up {
        drawn.summed_ms = wall_ms;
    }
    drop(drawn);

    let times = state.times.clone();
    let took = move || {
        times.borrow_mut().add((milliseconds() - started) as f32);
        if sum_up {
            publish(&times.borrow());
        }
    };
    match due {
        None => took(),
        Some(due) => {
            works.on_due.emit(due);
            // Yew draws when this call is over, before the browser does. What is spawned now comes after that.
            spawn_local(async move { took() });
        }
    }
}

/// What moves in every frame.
fn draw(works: &Works, desk: &Desk, drawn: &mut Drawn) {
    let world = desk.session().world();
    let now = world.now();
    if drawn.runs != desk.runs() {
        drawn.runs = desk.runs();
        works.flights.iter().for_each(FlightHandle::clear);
    }
    let latency_us = world.setup().network.client.latency_us;
    let wanted = wanted_flow(desk.speed(), latency_us);
    drawn.flow += (wanted - drawn.flow).clamp(-0.06, 0.06);
    for ((_, session), flights) in desk.sessions().iter().zip(&works.flights) {
        session.world().flights(&mut drawn.flights);
        flights.draw(&drawn.flights, now as f64, drawn.flow);
    }
    if drawn.now != Some(now) {
        drawn.now = Some(now);
        let (moment, micros) = clock(now);
        for (place, text) in [(&works.clock.0, &moment), (&works.clock.1, &micros)] {
            if let Some(node) = place.get() {
                node.set_text_content(Some(text));
            }
        }
        move_playhead(&works.playhead, now, works.span.get());
    }
}

/// 0 where single records can be followed with the eye, 1 where they cannot.
fn wanted_flow(speed: Speed, latency_us: Micros) -> f32 {
    let Speed::Permille(permille) = speed else { return 1.0 };
    let lasts_ms = latency_us as f64 / f64::from(permille.max(1));
    (1.0 - (lasts_ms - UNSEEN_MS) / (SEEN_MS - UNSEEN_MS)).clamp(0.0, 1.0) as f32
}

impl Drawn {
    fn due(&mut self, moving: bool, comparing: bool, wall_ms: f64) -> Option<Due> {
        let came_to_rest = self.moving && !moving;
        self.moving = moving;
        if came_to_rest {
            (self.stage_ms, self.right_ms, self.rest_ms) = (wall_ms, wall_ms, wall_ms);
            return Some(Due::All);
        }
        if !moving {
            return None;
        }
        if wall_ms - self.stage_ms >= EVERY_MS {
            self.stage_ms = wall_ms;
            return Some(Due::Stage(Side::Left));
        }
        if comparing && wall_ms - self.right_ms >= EVERY_MS && wall_ms - self.stage_ms >= EVERY_MS / 4.0 {
            self.right_ms = wall_ms;
            return Some(Due::Stage(Side::Right));
        }
        let (stages_ms, apart_ms) = if comparing {
            (self.stage_ms.max(self.right_ms), EVERY_MS / 4.0)
        } else {
            (self.stage_ms, EVERY_MS / 3.0)
        };
        if wall_ms - self.rest_ms >= EVERY_MS && wall_ms - stages_ms >= apart_ms {
            self.rest_ms = wall_ms;
            return Some(Due::Rest);
        }
        None
    }
}

/// For whoever measures the page: milliseconds with one decimal, on the root element.
fn publish(times: &FrameTimes) {
    if let (Some(p95), Some(root)) = (times.p95(), gloo::utils::document().document_element()) {
        let _ = root.set_attribute("data-frame-p95", &format!("{p95:.1}"));
    }
}
