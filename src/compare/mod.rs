//! Two runs of the same scenario side by side: the left one as it is, the right one with whatever is different in it.
//!
//! Both stand at the same virtual moment, always. What a person does is done to both, so that what differs in the end
//! comes from what was changed on one side, and from nothing else.
//!
//! **Invariant:** nothing here knows of pixels, and nothing changes a run but through its session.

pub mod differs;
pub mod figures;
pub mod moved;
pub mod pair;
mod rows;
pub mod side;
pub mod table;

#[cfg(target_arch = "wasm32")]
pub mod view;

pub use rows::lasted;
pub use side::{On, Side, Sides};
