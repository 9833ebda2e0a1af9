//! Records in flight, on one canvas above the score, once a frame.

use super::geometry::Point;
use super::journey::{Journey, in_line};
use super::layout::Layout;
use super::palette::{Colour, Palette};
use super::rates::Rates;
use super::surface::Surface;
use gloo::utils::window;
use partitura_engine::log::KeyId;
use partitura_engine::world::{Flight, FlightKind};
use std::cell::RefCell;
use std::f64::consts::TAU;
use std::rc::Rc;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// What the player holds to have records drawn. Cheap to clone; all clones draw on the same stage.
#[derive(Clone, Default)]
pub struct FlightHandle(Rc<RefCell<FlightCanvas>>);

impl PartialEq for FlightHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl FlightHandle {
    /// Draws one frame: what is in flight at that virtual time. `flow` 0 shows records, 1 shows rates, between is a
    /// cross-fade. Does nothing while no stage is on the page.
    pub fn draw(&self, flights: &[Flight], now_us: f64, flow: f32) {
        if let Ok(mut canvas) = self.0.try_borrow_mut() {
            canvas.draw(flights, now_us, f64::from(flow));
        }
    }

    /// Forgets past rates, for a run that starts again.
    pub fn clear(&self) {
        if let Ok(mut canvas) = self.0.try_borrow_mut() {
            canvas.rates.clear();
        }
    }

    pub(super) fn place(&self, canvas: Option<HtmlCanvasElement>, layout: &Rc<Layout>, palette: &Rc<Palette>) {
        if let Ok(mut flights) = self.0.try_borrow_mut() {
            flights.place(canvas, layout.clone(), palette.clone());
        }
    }

    pub(super) fn theme_changed(&self) {
        if let Ok(mut canvas) = self.0.try_borrow_mut() {
            canvas.surface.read_inks();
        }
    }

    pub(super) fn set_still(&self, still: bool) {
        if let Ok(mut canvas) = self.0.try_borrow_mut() {
            canvas.still = still;
        }
    }
}

/// A record's place in this frame.
#[derive(Clone, Copy)]
struct Dot {
    at: Point,
    key: KeyId,
}

/// Dots by colour: whole ones on their way in and out, rings for copies to followers. Kept from frame to frame.
#[derive(Default)]
struct Dots {
    whole: [Vec<Dot>; Colour::COUNT + 1],
    rings: [Vec<Dot>; Colour::COUNT + 1],
    more: Vec<(Point, u32)>,
}

#[derive(Default)]
struct FlightCanvas {
    surface: Surface,
    scene: Option<(Rc<Layout>, Rc<Palette>)>,
    dots: Dots,
    rates: Rates,
    /// Motion is unwelcome: counts instead.
    still: bool,
    /// When the last frame was drawn, virtual and on the screen.
    last: Option<(f64, f64)>,
    /// How far dashes have moved.
    phase: f64,
    /// When counts were last drawn.
    counted_ms: f64,
}

impl FlightCanvas {
    fn place(&mut self, canvas: Option<HtmlCanvasElement>, layout: Rc<Layout>, palette: Rc<Palette>) {
        self.surface.take(canvas);
        self.scene = Some((layout, palette));
        self.counted_ms = 0.0;
    }

    fn draw(&mut self, flights: &[Flight], now_us: f64, flow: f64) {
        let Some((layout, palette)) = self.scene.clone() else {
            return;
        };
        let real_ms = window().performance().map_or(0.0, |performance| performance.now());
        let moved = self.observe(flights, now_us, real_ms);
        if self.still {
            if real_ms - self.counted_ms >= 250.0 && self.surface.begin(layout.grid.size) {
                self.counted_ms = real_ms;
                self.draw_flow(&layout, smooth(flow) * 0.5);
                self.draw_counts(&layout);
            }
            return;
        }
        if !self.surface.begin(layout.grid.size) {
            return;
        }
        if moved {
            self.phase = (self.phase + 0.045 * (real_ms - self.last.map_or(real_ms, |last| last.1)).min(100.0)) % 24.0;
        }
        self.last = Some((now_us, real_ms));
        let rates = smooth(flow);
        if rates > 0.0 {
            self.draw_flow(&layout, rates);
        }
        if rates < 1.0 {
            self.find_dots(flights, now_us, &layout, &palette);
            self.draw_dots(&layout, &palette, 1.0 - rates);
        }
    }

    /// Follows the rates while time moves. Says whether it does.
    fn observe(&mut self, flights: &[Flight], now_us: f64, real_ms: f64) -> bool {
        let Some((last_us, last_ms)) = self.last else {
            self.last = Some((now_us, real_ms));
            return false;
        };
        if now_us < last_us {
            self.rates.clear();
        }
        let moved = (now_us - last_us).abs() > f64::EPSILON;
        if moved {
            self.rates.observe(flights, (real_ms - last_ms) / 1000.0);
        }
        if self.still {
            self.last = Some((now_us, real_ms));
        }
        moved
    }

    fn find_dots(&mut self, flights: &[Flight], now_us: f64, layout: &Layout, palette: &Palette) {
        let Dots { whole, rings, more } = &mut self.dots;
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

    fn draw_dots(&self, layout: &Layout, palette: &Palette, alpha: f64) {
        let Some((context, inks)) = self.surface.tools() else {
            return;
        };
        let radius = layout.grid.record_radius();
        let letters = radius >= 6.0;
        context.set_global_alpha(alpha);
        for (dots, colour) in self
            .dots
            .whole
            .iter()
            .zip(&inks.keys)
            .filter(|(dots, _)| !dots.is_empty())
        {
            circles(context, dots, radius);
            context.set_fill_style_str(colour);
            context.fill();
        }
        let ring = (radius * 0.27).max(1.0);
        context.set_line_width(ring);
        for (dots, colour) in self
            .dots
            .rings
            .iter()
            .zip(&inks.keys)
            .filter(|(dots, _)| !dots.is_empty())
        {
            circles(context, dots, radius - ring / 2.0 - 0.25);
            context.set_fill_style_str(&inks.paper);
            context.fill();
            context.set_stroke_style_str(colour);
            context.stroke();
        }
        if !letters {
            return;
        }
        context.set_text_align("center");
        context.set_font(&format!("700 {}px {}", if radius > 7.0 { 9.0 } else { 7.5 }, inks.sans));
        for (kind, ink) in [(&self.dots.whole, &inks.on_key), (&self.dots.rings, &inks.ink)] {
            context.set_fill_style_str(ink);
            for dot in kind.iter().flatten() {
                let _ = context.fill_text(palette.label(dot.key), dot.at.x, dot.at.y + radius * 0.43);
            }
        }
        if !self.dots.more.is_empty() {
            context.set_fill_style_str(&inks.soft);
            context.set_font(&format!("600 9px {}", inks.mono));
            for (at, count) in &self.dots.more {
                let _ = context.fill_text(&format!("+{count}"), at.x, at.y + 3.2);
            }
        }
    }

    fn draw_flow(&self, layout: &Layout, alpha: f64) {
        let Some((context, inks)) = self.surface.tools() else {
            return;
        };
        let most = self.rates.most_per_s().max(1.0);
        let widest = (layout.grid.record_radius() * 0.75).max(1.6);
        context.set_line_join("round");
        context.set_line_cap("butt");
        for lane in self.rates.lanes() {
            let Some(way) = layout.journey(lane.kind, lane.from, lane.to, lane.partition) else {
                continue;
            };
            let strength = (lane.per_s / most).sqrt();
            context.set_stroke_style_str(match lane.kind {
                FlightKind::Produce => &inks.produce,
                FlightKind::Replicate => &inks.soft,
                FlightKind::Consume => &inks.consume,
            });
            trace(context, &way);
            context.set_line_width(1.0 + (widest - 1.0) * strength);
            context.set_global_alpha(alpha * (0.16 + 0.26 * strength));
            context.stroke();
            if !self.still {
                let _ = context.set_line_dash(&self.surface.dashes);
                context.set_line_dash_offset(-self.phase);
                context.set_line_width((0.8 + (widest - 1.0) * 0.6 * strength).max(1.0));
                context.set_global_alpha(alpha * (0.3 + 0.65 * strength));
                context.stroke();
                let _ = context.set_line_dash(&self.surface.solid);
            }
        }
        context.set_global_alpha(1.0);
    }

    /// `12` on each lane with records in flight, beneath the arrow's head.
    fn draw_counts(&self, layout: &Layout) {
        let Some((context, inks)) = self.surface.tools() else {
            return;
        };
        context.set_text_align("center");
        context.set_font(&format!("600 10px {}", inks.mono));
        for lane in self.rates.lanes().iter().filter(|lane| lane.in_flight > 0) {
            let Some(way) = layout.journey(lane.kind, lane.from, lane.to, lane.partition) else {
                continue;
            };
            let at = lane_label(&way, lane.kind);
            let text = lane.in_flight.to_string();
            let width = 8.0 + 6.2 * text.len() as f64;
            context.set_fill_style_str(match lane.kind {
                FlightKind::Produce => &inks.produce,
                FlightKind::Replicate => &inks.soft,
                FlightKind::Consume => &inks.consume,
            });
            context.fill_rect(at.x - width / 2.0, at.y - 6.5, width, 13.0);
            context.set_fill_style_str(&inks.paper);
            let _ = context.fill_text(&text, at.x, at.y + 3.5);
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

/// 0 … 1 with calm ends.
fn smooth(flow: f64) -> f64 {
    let x = flow.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}
