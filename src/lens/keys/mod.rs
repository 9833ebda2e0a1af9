//! *Where does my key go, and what makes a partition hot?* A room of its own beside the score: one key on its way to a
//! partition, what each partition gets of a load (the run's, or somebody's own file), and what another number of
//! partitions would move.
//!
//! All figures come from `partitura-keys` and from the engine's own hashes. The files without a browser turn them into
//! what is shown; the views show it. **Invariant:** nothing here asks the network for anything.

pub mod bytes;
pub mod change;
pub mod clients;
pub mod figures;
pub mod run_load;
pub mod steps;
pub mod use_own;
pub mod words;

#[cfg(target_arch = "wasm32")]
mod change_view;
#[cfg(target_arch = "wasm32")]
mod feed;
#[cfg(target_arch = "wasm32")]
mod load_view;
#[cfg(target_arch = "wasm32")]
mod one_view;
#[cfg(target_arch = "wasm32")]
mod own_view;
#[cfg(target_arch = "wasm32")]
pub mod room;
#[cfg(target_arch = "wasm32")]
mod rows_view;

/// The most partitions that can be looked at here. (A run can have 64; Kafka has no limit of this kind.)
pub const MOST_PARTITIONS: u32 = 256;
