//! The room of the groups: who owns which partition over time, what each rebalance costs and why it came, and the
//! assignment as Kafka's own tools print it.
//!
//! [`Scene`] is one moment of the room as plain data, taken from the engine's history of the group. [`chart`] turns its
//! past into lanes, bars and bands, purely, so that tests can ask where they are; the views show them.

pub mod axis;
pub mod bands;
pub mod chart;
pub mod described;
pub mod head;
pub mod lanes;
pub mod past;
pub mod reason;
pub mod rivals;
pub mod scene;
pub mod stops;
pub mod words;

#[cfg(target_arch = "wasm32")]
mod chart_view;
#[cfg(target_arch = "wasm32")]
mod head_view;
#[cfg(target_arch = "wasm32")]
mod table_view;
#[cfg(target_arch = "wasm32")]
pub mod view;

pub use axis::{Reading, Window};
pub use scene::Scene;
