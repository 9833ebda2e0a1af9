//! The curves and the axis, on a canvas: a few hundred points that change ten times a second.

use super::layout::{Curves, place, ticks};
use crate::ui::format::short_moment;
use partitura_engine::wire::Micros;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, CssStyleDeclaration, HtmlCanvasElement};

/// From the canvas's top to the top of the curves, and to the axis.
const CURVES_TOP: f64 = 4.0;
const AXIS: f64 = 46.0;
/// A tick's label needs so much room.
const TICK_PX: f64 = 74.0;

/// Draws the curves at the size that the canvas has on the page. Without a canvas it does nothing.
pub(super) fn draw(canvas: &HtmlCanvasElement, curves: &Curves, span: Micros) {
    let Some(pen) = Pen::new(canvas) else { return };
    let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
    if width <= 0.0 || height <= 0.0 {
        return;
    }
    pen.resize(canvas, width, height);
    pen.axis(span, width, height);
    pen.area(&curves.throughput, width);
    pen.line(&curves.lag, width);
}

struct Pen {
    context: CanvasRenderingContext2d,
    style: CssStyleDeclaration,
}

impl Pen {
    fn new(canvas: &HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        let style = gloo::utils::window().get_computed_style(canvas).ok()??;
        Some(Self { context, style })
    }

    fn token(&self, name: &str) -> String {
        self.style.get_property_value(name).unwrap_or_default()
    }

    /// Sets the canvas's own pixels to the device's, which also clears it.
    fn resize(&self, canvas: &HtmlCanvasElement, width: f64, height: f64) {
        let ratio = gloo::utils::window().device_pixel_ratio().clamp(1.0, 3.0);
        let (wide, high) = ((width * ratio).round() as u32, (height * ratio).round() as u32);
        if canvas.width() != wide || canvas.height() != high {
            canvas.set_width(wide);
            canvas.set_height(high);
        }
        let _ = self.context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        self.context.clear_rect(0.0, 0.0, width, height);
    }

    fn axis(&self, span: Micros, width: f64, height: f64) {
        let c = &self.context;
        c.set_fill_style_str(&self.token("--line"));
        c.fill_rect(0.0, AXIS, width, 1.5);
        c.set_font(&format!("10.5px {}", self.token("--mono")));
        c.set_text_baseline("alphabetic");
        for at in ticks(span, (width / TICK_PX) as u64) {
            let x = place(at, span) * width;
            let text = short_moment(at);
            c.set_fill_style_str(&self.token("--line"));
            c.fill_rect(x.min(width - 1.0), AXIS, 1.0, 5.0);
            c.set_fill_style_str(&self.token("--faint"));
            c.set_text_align(if at == 0 { "left" } else if at == span { "right" } else { "center" });
            let _ = c.fill_text(&text, x, height - 3.0);
        }
    }

    fn area(&self, points: &[(f64, f64)], width: f64) {
        let Some(last) = points.last() else { return };
        let c = &self.context;
        c.begin_path();
        c.move_to(0.0, AXIS);
        points.iter().for_each(|(x, y)| c.line_to(x * width, height_of(*y)));
        c.line_to(last.0 * width, AXIS);
        c.set_fill_style_str(&self.token("--focus"));
        c.set_global_alpha(0.22);
        c.fill();
        c.begin_path();
        points.iter().for_each(|(x, y)| c.line_to(x * width, height_of(*y)));
        c.set_stroke_style_str(&self.token("--focus"));
        c.set_global_alpha(0.55);
        c.set_line_width(1.0);
        c.stroke();
        c.set_global_alpha(1.0);
    }

    fn line(&self, points: &[(f64, f64)], width: f64) {
        let c = &self.context;
        c.begin_path();
        points.iter().for_each(|(x, y)| c.line_to(x * width, height_of(*y)));
        c.set_stroke_style_str(&self.token("--warn"));
        c.set_line_width(1.5);
        c.set_line_join("round");
        c.stroke();
    }
}

fn height_of(y: f64) -> f64 {
    AXIS - 1.0 - y * (AXIS - 1.0 - CURVES_TOP)
}
