//! The room *Queue or stream*: the same records on a plain work queue, in the topic with its groups, and in share groups
//! (KIP-932), one under the other, and what that comes to in figures.
//!
//! [`Scene`] is one moment of the room as plain data, bounded however many records there are; the views show it.

pub mod figures;
pub mod hand;
pub mod scene;
pub mod sharing;
pub mod topic;
pub mod work;

#[cfg(target_arch = "wasm32")]
mod band_view;
#[cfg(target_arch = "wasm32")]
mod figures_view;
#[cfg(target_arch = "wasm32")]
mod share_view;
#[cfg(target_arch = "wasm32")]
mod topic_view;
#[cfg(target_arch = "wasm32")]
pub mod view;
#[cfg(target_arch = "wasm32")]
mod work_view;

pub use scene::Scene;
