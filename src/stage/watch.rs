//! What the page tells the stage: its size, the theme, whether motion is unwelcome.

use super::flights::FlightHandle;
use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use web_sys::{Element, MediaQueryList, MutationObserver, MutationObserverInit, ResizeObserver};
use yew::prelude::*;

/// The size of an element, in whole pixels; `None` until it is known.
#[hook]
pub fn use_size(element: NodeRef) -> Option<(f64, f64)> {
    let size = use_state_eq(|| None);
    let found = size.clone();
    use_effect_with((), move |()| {
        let watched = element.cast::<Element>();
        let measured = watched.clone();
        let measure = Closure::<dyn FnMut()>::new(move || {
            if let Some(element) = &measured {
                let (width, height) = (element.client_width(), element.client_height());
                if width > 0 && height > 0 {
                    found.set(Some((f64::from(width), f64::from(height))));
                }
            }
        });
        let observer = ResizeObserver::new(measure.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, &watched) {
            observer.observe(element);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(measure);
        }
    });
    *size
}

/// Tells the canvas when the theme changes, by whatever means, and whether motion is unwelcome.
#[hook]
pub(super) fn use_surroundings(flights: &FlightHandle) {
    use_effect_with(flights.clone(), |flights| {
        let themed = flights.clone();
        let theme = Closure::<dyn FnMut()>::new(move || themed.theme_changed());
        let observer = MutationObserver::new(theme.as_ref().unchecked_ref()).ok();
        let what = MutationObserverInit::new();
        what.set_attributes(true);
        what.set_attribute_filter(
            &[JsValue::from_str("data-theme")]
                .into_iter()
                .collect::<web_sys::js_sys::Array>(),
        );
        if let (Some(observer), Some(root)) = (&observer, document().document_element()) {
            let _ = observer.observe_with_options(&root, &what);
        }
        let query = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
        flights.set_still(query.as_ref().is_some_and(MediaQueryList::matches));
        let (asked, told) = (query.clone(), flights.clone());
        let motion = Closure::<dyn FnMut()>::new(move || {
            told.set_still(asked.as_ref().is_some_and(MediaQueryList::matches));
        });
        if let Some(query) = &query {
            query.set_onchange(Some(motion.as_ref().unchecked_ref()));
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            if let Some(query) = query {
                query.set_onchange(None);
            }
            drop((theme, motion));
        }
    });
}
