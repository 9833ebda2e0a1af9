//! The walkthrough: steps with a text, a moment of the run, and what they point at.
//!
//! [`points`] finds on the page what a step points at; `reader` shows the text.

pub mod points;

#[cfg(target_arch = "wasm32")]
pub mod reader;
