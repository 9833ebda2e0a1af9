//! Records in flight one by one: discs with a letter, and rings for copies on their way to followers.

use super::geometry::Point;
use super::journey::in_line;
use super::layout::Layout;
use super::palette::{Colour, Palette};
use super::surface::Surface;
use partitura_engine::log::KeyId;
use partitura_engine::world::{Flight, FlightKind};
use std::f64::consts::TAU;
use web_sys::CanvasRenderingContext2d;

/// A record's place in this frame.
#[derive(Clone, Copy)]
struct Dot {
    at: Point,
    key: KeyId,
}

/// Dots by colour: whole ones on their way in and out, rings for copies to followers. Kept from frame to frame.
#[derive(Default)]
pub(super) struct Dots {
    whole: [Vec<Dot>; Colour::COUNT + 1],
    rings: [Vec<Dot>; Colour::COUNT + 1],
    more: Vec<(Point, u32)>,
}

impl Dots {
    /// Finds the place of each record at that time.
    pub(super) fn find(&mut self, flights: &[Flight], now_us: f64, layout: &Layout, palette: &Palette) {
        let Dots { whole, rings, more } = self;
        whole.iter_mut().chain(rings.iter_mut()).for_each(Vec::clear);
        more.clear();
        let radius = layout.grid.record_radius();
        for flight in flights {
            let duration = flight.arrives_us.saturating_sub(flight.sent_us).max(1) as f64;
            let progress = (now_us - flight.sent_us as f64) / duration;
            if !(0.0..=1.0).contains(&progress) {
                continue;
            }
            let Some(way) = layout.journey(flight.kind, flight.from, flight.to, flight.partition.index) else {
                continue;
            };
            let into = if flight.kind == FlightKind::Replicate {
                &mut *rings
            } else {
                &mut *whole
            };
            let count = flight.subjects.len();
            for (i, along) in in_line(progress, way.length(), 2.0 * radius + 2.0, count) {
                let key = flight.subjects[i];
                let at = way.rounded(along, 1.6 * radius);
                into[palette.colour(key).index()].push(Dot { at, key });
                let behind = along - 3.2 * radius;
                if i + 1 == count && flight.records as usize > count && behind > 0.0 {
                    more.push((way.rounded(behind, 1.6 * radius), flight.records - count as u32));
                }
            }
        }
    }

    /// Draws them, as one path per colour and kind.
    pub(super) fn draw(&self, surface: &Surface, layout: &Layout, palette: &Palette, alpha: f64) {
        let Some((context, inks)) = surface.tools() else {
            return;
        };
        let radius = layout.grid.record_radius();
        let letters = radius >= 6.0;
        context.set_global_alpha(alpha);
        context.set_text_align("center");
        if letters {
            context.set_fill_style_str(&inks.soft);
            context.set_font(&format!("600 9px {}", inks.mono));
            for (at, count) in &self.more {
                let _ = context.fill_text(&format!("+{count}"), at.x, at.y + 3.2);
            }
        }
        for (dots, colour) in self.whole.iter().zip(&inks.keys).filter(|(dots, _)| !dots.is_empty()) {
            circles(context, dots, radius);
            context.set_fill_style_str(colour);
            context.fill();
        }
        let ring = (radius * 0.27).max(1.0);
        context.set_line_width(ring);
        for (dots, colour) in self.rings.iter().zip(&inks.keys).filter(|(dots, _)| !dots.is_empty()) {
            circles(context, dots, radius - ring / 2.0 - 0.25);
            context.set_fill_style_str(&inks.paper);
            context.fill();
            context.set_stroke_style_str(colour);
            context.stroke();
        }
        if !letters {
            return;
        }
        context.set_font(&format!("700 {}px {}", if radius > 7.0 { 9.0 } else { 7.5 }, inks.sans));
        for (kind, ink) in [(&self.whole, &inks.on_key), (&self.rings, &inks.ink)] {
            context.set_fill_style_str(ink);
            for dot in kind.iter().flatten() {
                let _ = context.fill_text(palette.label(dot.key), dot.at.x, dot.at.y + radius * 0.43);
            }
        }
    }
}

fn circles(context: &CanvasRenderingContext2d, dots: &[Dot], radius: f64) {
    context.begin_path();
    for Dot { at, .. } in dots {
        context.move_to(at.x + radius, at.y);
        let _ = context.arc(at.x, at.y, radius, 0.0, TAU);
    }
}
