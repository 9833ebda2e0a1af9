//! The address bar: its fragment holds the run.

use crate::session::desk::Desk;
use crate::session::link::{Link, LinkProblem};
use crate::session::room::Room;
use crate::session::{Plan, Session};
use crate::ui::notices::Problems;
use partitura_engine::scenario::{BUILT_IN, Scenario};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use yew::Callback;
use yew::platform::spawn_local;

/// What came of opening a link.
pub(super) struct Opened {
    /// The run; `None` when nothing of the link could be read.
    pub(super) desk: Option<Desk>,
    /// What could not be read.
    pub(super) problems: Option<Problems>,
    /// The room that is to be shown, and the key in that of the keys.
    pub(super) room: (Room, String),
}

/// The run that the page starts with: the link's, or the first scenario's.
pub(super) fn first() -> (Desk, Option<Problems>, (Room, String)) {
    let opened = open("the first scenario is shown.");
    let desk = opened.desk.unwrap_or_else(|| {
        let scenario = Scenario::built_in(BUILT_IN[0].0).map(Rc::new);
        let plan = Plan::of(scenario.expect("invariant scenario-is-valid: the first built-in scenario is there"));
        Desk::new(Session::open(plan).expect("invariant scenario-is-valid: a built-in scenario can be played"))
    });
    (desk, opened.problems, opened.room)
}

/// The run of the link in the address bar, while another one is open.
pub(super) fn opened() -> Opened {
    open("the run that was open stays.")
}

/// The run of the link in the address bar; `otherwise` says what is shown when nothing of it can be read.
fn open(otherwise: &str) -> Opened {
    let fragment = fragment();
    let (link, problems) = Link::parse(&fragment);
    let (nothing, _) = Link::parse("");
    let names_a_run = fragment.split([';', '#']).any(|part| part.starts_with("scenario="));
    if !problems.is_empty() && link == nothing && !names_a_run {
        return Opened {
            desk: None,
            problems: Some(told(&problems, &format!("None of it could be read: {otherwise}"))),
            room: <(Room, String)>::default(),
        };
    }
    let scenario = Scenario::built_in(&link.scenario).map(Rc::new);
    let scenario = scenario.ok_or_else(|| format!("there is no scenario {}", link.scenario));
    match scenario.and_then(|scenario| desk_of(&link, scenario)) {
        Ok(desk) => Opened {
            desk: Some(desk),
            problems: (!problems.is_empty()).then(|| told(&problems, "What could be read is open.")),
            room: (link.room, link.room_key),
        },
        Err(problem) => Opened {
            desk: None,
            problems: Some(Problems {
                lines: vec![problem],
                ..told(&problems, &format!("It cannot be played: {otherwise}"))
            }),
            room: <(Room, String)>::default(),
        },
    }
}

/// The run of that link, and the one on its right, if it has one.
fn desk_of(link: &Link, scenario: Rc<Scenario>) -> Result<Desk, String> {
    let desk = Desk::at(Session::open(link.plan(scenario.clone()))?, link.step, link.at_us);
    match link.right_plan(scenario) {
        Some(right) => desk.with_right(right),
        None => Ok(desk),
    }
}

fn told(problems: &[LinkProblem], outcome: &str) -> Problems {
    Problems {
        title: "This link is damaged, or made by another version.".to_owned(),
        outcome: outcome.to_owned(),
        lines: problems.iter().map(ToString::to_string).collect(),
    }
}

/// Puts the link of this moment into the address bar. A run that fits in no link leaves it without one: the link of an
/// earlier moment would be another run.
///
/// # Errors
///
/// Says why there is none.
pub(super) fn write(desk: &Desk, (room, room_key): (Room, String)) -> Result<(), String> {
    let link = Link {
        room,
        room_key,
        ..desk.link()
    };
    let fragment = link.to_fragment().map_err(|problem| problem.to_string());
    let address = match &fragment {
        Ok(fragment) => format!("#{fragment}"),
        Err(_) => gloo::utils::window().location().pathname().unwrap_or_default(),
    };
    let history = gloo::utils::window().history();
    let written = history.and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&address)));
    written.map_err(|_| "The browser does not let the address be changed.".to_owned())?;
    fragment.map(|_| ())
}

/// The link of this moment becomes one that the browser can go back to: the next one that is written comes behind it.
pub(super) fn keep() {
    let window = gloo::utils::window();
    if let (Ok(history), Ok(href)) = (window.history(), window.location().href()) {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&href));
    }
}

/// Leads to the run of that scenario, as a link does, so that the browser can go back to the one of before. `false` when
/// the address is that already.
#[must_use]
pub(super) fn go_to(scenario: &str) -> bool {
    let wanted = format!("#v1;scenario={scenario}");
    let there = fragment() == wanted;
    !there && gloo::utils::window().location().set_hash(&wanted).is_ok()
}

/// Takes the link out of the address bar: the run is in none.
pub(super) fn clear() {
    let window = gloo::utils::window();
    let path = window.location().pathname().unwrap_or_default();
    if let Ok(history) = window.history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&path));
    }
}

/// Copies what is in the address bar, and tells whether that was possible.
pub(super) fn copy(on_done: Callback<bool>) {
    copy_text(&gloo::utils::window().location().href().unwrap_or_default(), on_done);
}

/// Copies that text, and tells whether that was possible.
pub(super) fn copy_text(text: &str, on_done: Callback<bool>) {
    let clipboard = gloo::utils::window().navigator().clipboard();
    if JsValue::from(clipboard.clone()).is_undefined() {
        on_done.emit(false);
        return;
    }
    let copied = clipboard.write_text(text);
    spawn_local(async move { on_done.emit(JsFuture::from(copied).await.is_ok()) });
}

fn fragment() -> String {
    gloo::utils::window().location().hash().unwrap_or_default()
}
