//! How fast a million rows are imported.
fn main() {}
