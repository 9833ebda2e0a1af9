//! One subject of the run, close up: its settings, what a consumer's application has read, and what happened and why.
//!
//! The files without a browser keep what has to be kept while the run goes on; the views show it.

pub mod milestones;
pub mod reading;

#[cfg(target_arch = "wasm32")]
pub mod events_view;
#[cfg(target_arch = "wasm32")]
pub mod reading_view;
