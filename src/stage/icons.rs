//! Signs, as paths around the origin: no font is asked for them.

/// A crown, 16 wide and 13 high.
pub(super) const CROWN: &str = "M-6 4.5 -7.6 -3.4 -3.4 -.6 0 -6.2 3.4 -.6 7.6 -3.4 6 4.5Z M-5.8 6.4H5.8";
/// How wide [`CROWN`] is.
pub(super) const CROWN_WIDTH: f64 = 16.0;
