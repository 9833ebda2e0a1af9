//! Dark, light, or as the system says.

use super::icon::Icon;
use gloo::storage::{LocalStorage, Storage};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::MediaQueryList;

const STORED_AS: &str = "partitura.theme";

/// What the person has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    System,
    /// Dark, whatever the system says.
    Dark,
    /// Light, whatever the system says.
    Light,
}

impl Theme {
    /// What was chosen the last time; as the system says if nothing was, or if nothing can be stored here.
    #[must_use]
    pub fn stored() -> Self {
        match LocalStorage::get::<String>(STORED_AS).as_deref() {
            Ok("dark") => Theme::Dark,
            Ok("light") => Theme::Light,
            _ => Theme::System,
        }
    }

    /// Keeps the choice for the next time. A browser that keeps nothing is no error.
    pub fn store(self) {
        let _ = LocalStorage::set(STORED_AS, self.name());
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Dark => "dark",
            Theme::Light => "light",
        }
    }

    /// Its sign.
    #[must_use]
    pub fn icon(self) -> Icon {
        match self {
            Theme::System => Icon::System,
            Theme::Dark => Icon::Moon,
            Theme::Light => Icon::Sun,
        }
    }

    /// The one that follows when the button is pressed: from the system's to the opposite of it, so that something is
    /// seen to change, then to the other, and back to the system's.
    #[must_use]
    pub fn next(self) -> Self {
        let (as_system, opposite) = if system_is_dark() {
            (Theme::Dark, Theme::Light)
        } else {
            (Theme::Light, Theme::Dark)
        };
        match self {
            Theme::System => opposite,
            chosen if chosen == opposite => as_system,
            _ => Theme::System,
        }
    }

    /// Puts it on the page.
    pub fn apply(self) {
        let dark = match self {
            Theme::Dark => true,
            Theme::Light => false,
            Theme::System => system_is_dark(),
        };
        if let Some(root) = gloo::utils::document().document_element() {
            let _ = root.set_attribute("data-theme", if dark { "dark" } else { "light" });
        }
    }
}

/// Dark is what holds where the system says nothing.
fn system_is_dark() -> bool {
    !system_is_light().is_some_and(|query| query.matches())
}

fn system_is_light() -> Option<MediaQueryList> {
    gloo::utils::window()
        .match_media("(prefers-color-scheme: light)")
        .ok()
        .flatten()
}

/// Tells when the system changes its mind, until it is dropped.
pub struct SystemWatch {
    query: Option<MediaQueryList>,
    on_change: Closure<dyn FnMut()>,
}

impl SystemWatch {
    /// Calls `on_change` each time.
    #[must_use]
    pub fn new(on_change: impl FnMut() + 'static) -> Self {
        let on_change = Closure::<dyn FnMut()>::new(on_change);
        let query = system_is_light();
        if let Some(query) = &query {
            let _ = query.add_event_listener_with_callback("change", on_change.as_ref().unchecked_ref());
        }
        Self { query, on_change }
    }
}

impl Drop for SystemWatch {
    fn drop(&mut self) {
        if let Some(query) = &self.query {
            let _ = query.remove_event_listener_with_callback("change", self.on_change.as_ref().unchecked_ref());
        }
    }
}
