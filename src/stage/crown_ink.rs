//! Crowns in flight, on the canvas: a dashed curve, and the crown in a ring at its place on it.

use super::crowns::CrownFlight;
use super::geometry::Point;
use super::layout::Layout;
use super::surface::Surface;
use std::f64::consts::TAU;

/// The crown's corners around its middle, as [`super::icons::CROWN`] has them.
const CORNERS: [(f64, f64); 7] = [
    (-6.0, 4.5),
    (-7.6, -3.4),
    (-3.4, -0.6),
    (0.0, -6.2),
    (3.4, -0.6),
    (7.6, -3.4),
    (6.0, 4.5),
];

/// Draws them as they are at that time on the wall.
pub(super) fn draw_crowns(surface: &Surface, flights: &[CrownFlight], layout: &Layout, wall_ms: f64) {
    let Some((context, inks)) = surface.tools() else {
        return;
    };
    for flight in flights {
        let Some(way) = flight.way(layout) else { continue };
        let (flown, seen) = flight.progress(wall_ms);
        context.set_global_alpha(seen);
        context.set_stroke_style_str(&inks.bad);
        context.set_fill_style_str(&inks.paper);
        context.set_line_width(1.5);
        let _ = context.set_line_dash(&surface.dots);
        context.begin_path();
        context.move_to(way.from.x, way.from.y);
        context.quadratic_curve_to(way.pull.x, way.pull.y, way.to.x, way.to.y);
        context.stroke();
        let _ = context.set_line_dash(&surface.solid);
        let Point { x, y } = way.at(flown);
        context.begin_path();
        let _ = context.arc(x, y, 12.0, 0.0, TAU);
        context.fill();
        context.stroke();
        context.set_fill_style_str(&inks.bad);
        context.begin_path();
        for (right, down) in CORNERS {
            context.line_to(x + 0.8 * right, y + 0.8 * down);
        }
        context.fill();
    }
    context.set_global_alpha(1.0);
}
