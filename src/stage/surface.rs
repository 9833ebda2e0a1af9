//! The canvas, and what is needed to draw on it.

use super::inks::Inks;
use gloo::utils::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// The canvas, and what is needed to draw on it.
pub(super) struct Surface {
    canvas: Option<HtmlCanvasElement>,
    context: Option<CanvasRenderingContext2d>,
    inks: Option<Inks>,
    /// For a line that moves.
    pub(super) dashes: JsValue,
    /// For a crown's way.
    pub(super) dots: JsValue,
    /// For one that does not.
    pub(super) solid: JsValue,
}

impl Default for Surface {
    fn default() -> Self {
        let dashes = web_sys::js_sys::Array::of2(&JsValue::from_f64(9.0), &JsValue::from_f64(15.0));
        let dots = web_sys::js_sys::Array::of2(&JsValue::from_f64(2.0), &JsValue::from_f64(4.0));
        let solid = web_sys::js_sys::Array::new();
        Self {
            canvas: None,
            context: None,
            inks: None,
            dashes: dashes.into(),
            dots: dots.into(),
            solid: solid.into(),
        }
    }
}

impl Surface {
    /// Draws on that canvas from now on.
    pub(super) fn take(&mut self, canvas: Option<HtmlCanvasElement>) {
        if self.canvas == canvas {
            return;
        }
        let context = canvas
            .as_ref()
            .and_then(|canvas| canvas.get_context("2d").ok().flatten());
        self.context = context.and_then(|context| context.dyn_into().ok());
        self.canvas = canvas;
        self.inks.get_or_insert_with(Inks::read);
    }

    /// After a change of theme.
    pub(super) fn read_inks(&mut self) {
        self.inks = Some(Inks::read());
    }

    /// The pen and its colours, once there is a canvas.
    pub(super) fn tools(&self) -> Option<(&CanvasRenderingContext2d, &Inks)> {
        self.context.as_ref().zip(self.inks.as_ref())
    }

    /// An empty sheet of that size, drawn so much larger, sharp on this screen.
    pub(super) fn begin(&self, size: (f64, f64), zoom: f64) -> bool {
        let (Some(canvas), Some(context)) = (&self.canvas, &self.context) else {
            return false;
        };
        let scale = window().device_pixel_ratio().clamp(1.0, 3.0) * zoom;
        let (width, height) = ((size.0 * scale).ceil() as u32, (size.1 * scale).ceil() as u32);
        if canvas.width() != width || canvas.height() != height {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        let _ = context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
        context.set_global_alpha(1.0);
        context.clear_rect(0.0, 0.0, size.0, size.1);
        true
    }
}
