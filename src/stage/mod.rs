//! The score: partitions as rows, brokers as columns, replicas as cells, records in flight above them.
//!
//! What is known (the engine's [`View`](partitura_engine::world::View)) becomes rectangles, lines and labels in
//! [`layout`], which is pure and tested natively. `view` turns those into SVG. What moves each frame is drawn by
//! `flights` on one canvas above the SVG, along the journeys that [`journey`] describes.
//!
//! **Invariant:** nothing here decides anything about Kafka, and nothing here knows of time but by being told.
//!
//! # How the page uses it
//!
//! ```text
//! let flights = use_state(FlightHandle::default);         // once; cheap to clone
//! let palette = Rc::new(Palette::new(&dictionary, &keys)); // keys in the workload's order; again when a key is added
//! html! {
//!     <Stage
//!         view={Rc<View>}                    // some ten times a second while playing
//!         palette={palette}
//!         captions={Rc<Captions>}            // texts that a view does not hold; see `layout::Captions`
//!         highlights={Rc<[Target]>}          // what the reader points at; may be left out
//!         selected={Option<Target>}          // may be left out
//!         on_select={Callback<Target>}       // a click, or Enter on what has the focus; without it nothing is a button
//!         on_menu={Callback<(Target, f64, f64)>} // what can be done to it is wanted, at that place of the window
//!         flights={(*flights).clone()}
//!     />
//! }
//! // In requestAnimationFrame, whether playing or not:
//! flights.draw(&[Flight], now_us /* f64, virtual, with its fraction */, flow /* f32, 0 = records … 1 = rates */);
//! ```
//!
//! The stage fills the box that it is put in (give it a definite size, `min-height: 0` in a grid), measures itself,
//! scrolls on its own when even compact rows do not fit, and finds out by itself about the theme (`data-theme` on
//! `:root`), the device's pixel ratio and `prefers-reduced-motion` (then counts stand on the lanes, and nothing moves).
//! `draw` before the first rendering does nothing, never fails, and costs nothing while nothing changes. The file
//! `static/css/stage.css` belongs to it and builds on `static/css/theme.css`.
//!
//! Hooks for tests: `stage`, `stage-summary`, `row-P0`, `share-P0`, `heat-P0`, `broker-B1`, `controller-1`, `quorum-lost`, `cell-P0-B1`, `consumer-1`, `group`,
//! `producers`, `buffer`, `computation`, and `flights` for the canvas.

pub mod backdrop;
pub mod badge;
pub mod cells;
pub mod chips;
pub mod columns;
pub mod consumer_box;
pub mod consumers;
pub mod crowns;
pub mod cursors;
pub mod describe;
pub mod drains;
mod face;
pub mod focus;
pub mod geometry;
pub mod grid;
pub mod group_shown;
pub mod journey;
pub mod label;
pub mod layout;
pub mod member;
mod metrics;
pub mod palette;
pub mod pointers;
pub mod quorum;
pub mod rates;
pub mod row_words;
pub mod rows;
#[cfg(test)]
mod sample;
pub mod seats;
pub mod shard;
pub mod standing;
pub mod strip;
pub mod target;
pub mod warmth;

#[cfg(target_arch = "wasm32")]
mod cell_part;
#[cfg(target_arch = "wasm32")]
mod crown_ink;
#[cfg(target_arch = "wasm32")]
mod dots;
#[cfg(target_arch = "wasm32")]
mod flights;
#[cfg(target_arch = "wasm32")]
mod flow;
#[cfg(target_arch = "wasm32")]
mod heat_part;
#[cfg(target_arch = "wasm32")]
mod icons;
#[cfg(target_arch = "wasm32")]
mod inks;
#[cfg(target_arch = "wasm32")]
mod parts;
#[cfg(target_arch = "wasm32")]
pub mod shapes;
#[cfg(target_arch = "wasm32")]
mod surface;
#[cfg(target_arch = "wasm32")]
mod tip;
#[cfg(target_arch = "wasm32")]
mod view;
#[cfg(target_arch = "wasm32")]
pub mod watch;

pub use grid::Counts;
pub use layout::{Captions, Layout};
pub use palette::Palette;
pub use target::Target;

#[cfg(target_arch = "wasm32")]
pub use flights::FlightHandle;
#[cfg(target_arch = "wasm32")]
pub use view::Stage;
