//! The run over virtual time: throughput and lag, what happened when, and where the walkthrough's steps are.
//!
//! [`layout`] and [`marks`] are pure; `canvas` draws the curves, `view` the rest.

pub mod layout;
pub mod marks;

#[cfg(target_arch = "wasm32")]
mod canvas;
#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub use view::{Figures, Timeline, move_playhead};
