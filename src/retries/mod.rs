//! The room of what could not be processed: from the topic through retry topics to the dead letters and back, what stands
//! still meanwhile, the journey of one record, and what the policy costs.
//!
//! [`tally`] keeps what has to be kept while the run goes on. [`Scene`] is one moment of the room as plain data, and the
//! views show it.

pub mod cost;
pub mod flow;
pub mod followed;
pub mod letters;
pub mod marks;
pub mod name;
pub mod scene;
pub mod standing;
pub mod switches;
pub mod tally;

#[cfg(target_arch = "wasm32")]
mod flow_view;
#[cfg(target_arch = "wasm32")]
mod followed_view;
#[cfg(target_arch = "wasm32")]
mod foot_view;
#[cfg(target_arch = "wasm32")]
mod letters_view;
#[cfg(target_arch = "wasm32")]
pub mod view;

pub use name::RecordName;
pub use scene::Scene;
