//! The curves, on a canvas: up to a thousand points that change ten times a second.

use super::layout::Curves;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::js_sys::Array;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// How high the canvas is, as in `timeline.css`. Its lower edge is the axis.
const HEIGHT: f64 = 44.0;

/// The theme's colours, as the style sheet has them. Reading them makes the browser work out the page's style, so they
/// are read once for each theme.
#[derive(Default)]
pub(super) struct Inks {
    theme: Option<String>,
    area: String,
    lag: String,
}

impl Inks {
    fn follow_theme(&mut self, canvas: &HtmlCanvasElement) {
        let theme = gloo::utils::document()
            .document_element()
            .and_then(|root| root.get_attribute("data-theme"));
        if self.theme == theme && self.theme.is_some() {
            return;
        }
        let Ok(Some(style)) = gloo::utils::window().get_computed_style(canvas) else {
            return;
        };
        let token = |name| style.get_property_value(name).unwrap_or_default();
        *self = Self {
            theme,
            area: token("--focus"),
            lag: token("--warn"),
        };
    }
}

/// Draws the curves at that width. Without a canvas it does nothing.
/// The curves of a run that is compared lie over them as broken lines.
pub(super) fn draw(canvas: &HtmlCanvasElement, inks: &mut Inks, width: f64, curves: &Curves, beside: Option<&Curves>) {
    let context = canvas
        .get_context("2d")
        .ok()
        .flatten()
        .and_then(|context| context.dyn_into().ok());
    let Some(context) = context.filter(|_| width > 0.0) else {
        return;
    };
    inks.follow_theme(canvas);
    resize(canvas, &context, width);
    let pen = Pen { context, inks, width };
    pen.area(&curves.throughput);
    pen.line(&curves.lag, &pen.inks.lag, 1.5);
    if let Some(beside) = beside {
        let dashes = Array::of2(&JsValue::from_f64(4.0), &JsValue::from_f64(3.0));
        let _ = pen.context.set_line_dash(&dashes);
        pen.line(&beside.throughput, &pen.inks.area, 1.0);
        pen.line(&beside.lag, &pen.inks.lag, 1.5);
        let _ = pen.context.set_line_dash(&Array::new());
    }
}

/// Sets the canvas's own pixels to the device's, and clears it.
fn resize(canvas: &HtmlCanvasElement, context: &CanvasRenderingContext2d, width: f64) {
    let ratio = gloo::utils::window().device_pixel_ratio().clamp(1.0, 3.0);
    let (wide, high) = ((width * ratio).round() as u32, (HEIGHT * ratio).round() as u32);
    if canvas.width() != wide || canvas.height() != high {
        canvas.set_width(wide);
        canvas.set_height(high);
    }
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    context.clear_rect(0.0, 0.0, width, HEIGHT);
}

struct Pen<'a> {
    context: CanvasRenderingContext2d,
    inks: &'a Inks,
    width: f64,
}

impl Pen<'_> {
    fn area(&self, points: &[(f64, f64)]) {
        let Some(last) = points.last() else { return };
        let c = &self.context;
        c.begin_path();
        c.move_to(0.0, HEIGHT);
        self.through(points);
        c.line_to(last.0 * self.width, HEIGHT);
        c.set_fill_style_str(&self.inks.area);
        c.set_global_alpha(0.22);
        c.fill();
        c.begin_path();
        self.through(points);
        c.set_stroke_style_str(&self.inks.area);
        c.set_global_alpha(0.55);
        c.set_line_width(1.0);
        c.stroke();
        c.set_global_alpha(1.0);
    }

    fn line(&self, points: &[(f64, f64)], ink: &str, width: f64) {
        let c = &self.context;
        c.begin_path();
        self.through(points);
        c.set_stroke_style_str(ink);
        c.set_line_width(width);
        c.set_line_join("round");
        c.stroke();
    }

    /// A line through the points, with at most one point a pixel.
    fn through(&self, points: &[(f64, f64)]) {
        let mut last_x = f64::NEG_INFINITY;
        for (index, (x, y)) in points.iter().enumerate() {
            let x = x * self.width;
            if x - last_x >= 1.0 || index + 1 == points.len() {
                self.context.line_to(x, HEIGHT - 1.0 - y * (HEIGHT - 2.0));
                last_x = x;
            }
        }
    }
}
