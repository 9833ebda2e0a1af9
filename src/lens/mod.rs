//! One subject of the run, close up: its settings, what a consumer's application has read, the ledger, and what
//! happened and why.
//!
//! The files without a browser keep what has to be kept while the run goes on; the views show it.

pub mod about;
pub mod captions;
pub mod computation;
mod group_menus;
pub mod keys;
pub mod lag;
pub mod ledger;
pub mod menus;
pub mod milestones;
pub mod reading;
pub mod scale;
pub mod setting_forms;
pub mod setting_sections;
pub mod settings;
pub mod spells;
pub mod why;

#[cfg(target_arch = "wasm32")]
pub mod events_view;
#[cfg(target_arch = "wasm32")]
pub mod lag_view;
#[cfg(target_arch = "wasm32")]
pub mod ledger_view;
#[cfg(target_arch = "wasm32")]
pub mod menu_view;
#[cfg(target_arch = "wasm32")]
pub mod own_keys;
#[cfg(target_arch = "wasm32")]
pub mod reading_view;
#[cfg(target_arch = "wasm32")]
pub mod send_view;
#[cfg(target_arch = "wasm32")]
pub mod setting_row;
#[cfg(target_arch = "wasm32")]
pub mod settings_view;
#[cfg(target_arch = "wasm32")]
pub mod why_view;
