//! Rates instead of records: lines along the lanes, wide and bright where much travels; or plain counts, for those who
//! do not want motion.

use super::geometry::Point;
use super::inks::Inks;
use super::journey::Journey;
use super::layout::Layout;
use super::rates::Rates;
use super::surface::Surface;
use partitura_engine::world::FlightKind;
use web_sys::CanvasRenderingContext2d;

/// Draws the rates: the busiest lane is the widest. Dashes move by `phase`; without one, nothing moves.
pub(super) fn draw_flow(surface: &Surface, rates: &Rates, layout: &Layout, alpha: f64, phase: Option<f64>) {
    let Some((context, inks)) = surface.tools() else {
        return;
    };
    let most = rates.most_per_s().max(1.0);
    let widest = (layout.grid.record_radius() * 0.75).max(1.6);
    context.set_line_join("round");
    context.set_line_cap("butt");
    for lane in rates.lanes() {
        let Some(way) = layout.journey(lane.kind, lane.from, lane.to, lane.partition) else {
            continue;
        };
        let strength = (lane.per_s / most).sqrt();
        context.set_stroke_style_str(ink(inks, lane.kind));
        trace(context, &way);
        context.set_line_width(1.0 + (widest - 1.0) * strength);
        context.set_global_alpha(alpha * (0.16 + 0.26 * strength));
        context.stroke();
        if let Some(phase) = phase {
            let _ = context.set_line_dash(&surface.dashes);
            context.set_line_dash_offset(-phase);
            context.set_line_width((0.8 + (widest - 1.0) * 0.6 * strength).max(1.0));
            context.set_global_alpha(alpha * (0.3 + 0.65 * strength));
            context.stroke();
            let _ = context.set_line_dash(&surface.solid);
        }
    }
    context.set_global_alpha(1.0);
}

/// `12` on each lane with records in flight, beneath the arrow's head.
pub(super) fn draw_counts(surface: &Surface, rates: &Rates, layout: &Layout) {
    let Some((context, inks)) = surface.tools() else {
        return;
    };
    context.set_text_align("center");
    context.set_font(&format!("600 10px {}", inks.mono));
    for lane in rates.lanes().iter().filter(|lane| lane.in_flight > 0) {
        let Some(way) = layout.journey(lane.kind, lane.from, lane.to, lane.partition) else {
            continue;
        };
        let at = lane_label(&way, lane.kind);
        let text = lane.in_flight.to_string();
        let width = 8.0 + 6.2 * text.len() as f64;
        context.set_fill_style_str(ink(inks, lane.kind));
        context.fill_rect(at.x - width / 2.0, at.y - 6.5, width, 13.0);
        context.set_fill_style_str(&inks.paper);
        let _ = context.fill_text(&text, at.x, at.y + 3.5);
    }
}

fn ink(inks: &Inks, kind: FlightKind) -> &str {
    match kind {
        FlightKind::Produce => &inks.produce,
        FlightKind::Replicate => &inks.soft,
        FlightKind::Consume => &inks.consume,
    }
}

fn trace(context: &CanvasRenderingContext2d, way: &Journey) {
    context.begin_path();
    let points = way.points();
    for (i, at) in points.iter().enumerate() {
        match points.get(i + 1) {
            _ if i == 0 => context.move_to(at.x, at.y),
            Some(next) => {
                let radius = (at.distance(points[i - 1]) / 2.0)
                    .min(at.distance(*next) / 2.0)
                    .min(8.0);
                let _ = context.arc_to(at.x, at.y, next.x, next.y, radius);
            }
            None => context.line_to(at.x, at.y),
        }
    }
}

/// Where a lane's count stands: near its end, on its lane.
fn lane_label(way: &Journey, kind: FlightKind) -> Point {
    let points = way.points();
    let back = if kind == FlightKind::Consume { 2 } else { 1 };
    let corner = points[points.len().saturating_sub(1 + back)];
    let before = points[points.len().saturating_sub(2 + back)];
    let step = (corner.distance(before) / 2.0).min(14.0);
    Point::new(corner.x - step * (corner.x - before.x).signum(), corner.y)
}
