//! Two runs of the same scenario side by side: the left one as it is, the right one with whatever is different in it.
//!
//! comes from what was changed on one side, and from nothing else.
//!
//! **Invariant:** nothing here knows of pixels, and nothing changes a run but through its session.

pub mod pair;
pub mod side;

pub use side::{On, Side, Sides};
