//! What the keyboard does anywhere on the page, unless what has the focus has its own use for the key.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};
use yew::Callback;

/// A key that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Space.
    TogglePlay,
    /// `.`
    Step,
    /// →
    Next,
    /// ←
    Back,
    /// ↑
    Faster,
    /// ↓
    Slower,
    /// `?`
    Help,
}

/// Listens until it is dropped.
pub(super) fn listen(on_key: Callback<Key>) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&gloo::utils::window(), "keydown", options, move |event: &Event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        if let Some(key) = key_of(event) {
            event.prevent_default();
            on_key.emit(key);
        }
    })
}

fn key_of(event: &KeyboardEvent) -> Option<Key> {
    if event.ctrl_key() || event.alt_key() || event.meta_key() || event.default_prevented() {
        return None;
    }
    let key = match event.key().as_str() {
        " " => Key::TogglePlay,
        "." => Key::Step,
        "ArrowRight" => Key::Next,
        "ArrowLeft" => Key::Back,
        "ArrowUp" => Key::Faster,
        "ArrowDown" => Key::Slower,
        "?" => Key::Help,
        _ => return None,
    };
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let within = |selector: &str| {
        target
            .as_ref()
            .is_some_and(|t| t.closest(selector).ok().flatten().is_some())
    };
    let taken = match key {
        _ if within("input, textarea, select, dialog, [contenteditable]") => true,
        Key::TogglePlay => within("button, summary, [role=button], a"),
        // Where something scrolls, these scroll it.
        Key::Faster | Key::Slower => within(".lens, .walk-body"),
        _ => false,
    };
    // A key that is held down steps on, but does not flicker between play and pause.
    let repeated = event.repeat() && !matches!(key, Key::Step | Key::Faster | Key::Slower);
    (!taken && !repeated).then_some(key)
}
