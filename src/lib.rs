//! The app: what a person sees and touches. Natively, the parts of it that need no browser.
//!
//! What is known, what can be done to it and how it looks are separate: [`session`] knows nothing of pixels, the pure
//! files of the other rooms turn it into rows and places, and only those that are compiled for wasm touch the page.

pub mod compare;
pub mod groups;
pub mod lens;
pub mod queues;
pub mod retries;
pub mod session;
pub mod stage;
pub mod timeline;
pub mod ui;
pub mod walk;

#[cfg(target_arch = "wasm32")]
pub mod app;
