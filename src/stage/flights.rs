//! Records in flight, on one canvas above the score, once a frame.

use super::crown_ink::draw_crowns;
use super::crowns::Crowns;
use super::dots::Dots;
use super::flow::{draw_counts, draw_flow};
use super::layout::Layout;
use super::palette::Palette;
use super::rates::Rates;
use super::surface::Surface;
use gloo::utils::window;
use partitura_engine::world::Flight;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::HtmlCanvasElement;

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

    /// Forgets past rates and leaders, for a run that starts again.
    pub fn clear(&self) {
        if let Ok(mut canvas) = self.0.try_borrow_mut() {
            canvas.rates.clear();
            canvas.crowns.clear();
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
            canvas.drawn = None;
        }
    }

    pub(super) fn set_still(&self, still: bool) {
        if let Ok(mut canvas) = self.0.try_borrow_mut() {
            canvas.still = still;
            canvas.drawn = None;
        }
    }
}

#[derive(Default)]
struct FlightCanvas {
    surface: Surface,
    scene: Option<(Rc<Layout>, Rc<Palette>)>,
    dots: Dots,
    rates: Rates,
    crowns: Crowns,
    /// Whether there are crowns on the canvas.
    crowned: bool,
    /// Motion is unwelcome: counts instead.
    still: bool,
    /// When the last frame was drawn, virtual and on the screen.
    last: Option<(f64, f64)>,
    /// How far dashes have moved.
    phase: f64,
    /// When counts were last drawn.
    counted_ms: f64,
    /// What is on the canvas. The same is not drawn twice: a run that rests costs nothing.
    drawn: Option<Frame>,
}

/// All that a frame depends on, but for what the stage tells by itself: layout, palette, theme.
#[derive(PartialEq)]
struct Frame {
    now_us: f64,
    flow: f64,
    flights: usize,
    pixel_ratio: f64,
}

impl FlightCanvas {
    fn place(&mut self, canvas: Option<HtmlCanvasElement>, layout: Rc<Layout>, palette: Rc<Palette>) {
        self.surface.take(canvas);
        if let Some((now_us, _)) = self.last {
            self.crowns.look(&layout, now_us, wall_ms());
        }
        self.scene = Some((layout, palette));
        self.drawn = None;
    }

    fn draw(&mut self, flights: &[Flight], now_us: f64, flow: f64) {
        let Some((layout, palette)) = self.scene.clone() else {
            return;
        };
        let real_ms = wall_ms();
        let moved = self.observe(flights, now_us, real_ms);
        if self.still {
            if real_ms - self.counted_ms >= 250.0 && self.surface.begin(layout.grid.size, layout.scale) {
                self.counted_ms = real_ms;
                draw_flow(&self.surface, &self.rates, &layout, smooth(flow) * 0.5, None);
                draw_counts(&self.surface, &self.rates, &layout);
            }
            return;
        }
        let pixel_ratio = window().device_pixel_ratio();
        let frame = Frame {
            now_us,
            flow,
            flights: flights.len(),
            pixel_ratio,
        };
        let crowns = self.crowns.flying(real_ms);
        let same = self.drawn.as_ref() == Some(&frame) && crowns.is_empty() && !self.crowned;
        if same || !self.surface.begin(layout.grid.size, layout.scale) {
            return;
        }
        self.drawn = Some(frame);
        if moved {
            self.phase = (self.phase + 0.045 * (real_ms - self.last.map_or(real_ms, |last| last.1)).min(100.0)) % 24.0;
        }
        self.last = Some((now_us, real_ms));
        let rates = smooth(flow);
        if rates > 0.0 {
            draw_flow(&self.surface, &self.rates, &layout, rates, Some(self.phase));
        }
        if rates < 1.0 {
            self.dots.find(flights, now_us, &layout, &palette);
            self.dots.draw(&self.surface, &layout, &palette, 1.0 - rates);
        }
        let crowns = self.crowns.flying(real_ms);
        // One frame more after the last crown wipes it away.
        self.crowned = !crowns.is_empty();
        draw_crowns(&self.surface, crowns, &layout, real_ms);
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
}

fn wall_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// 0 … 1 with calm ends.
fn smooth(flow: f64) -> f64 {
    let x = flow.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}
