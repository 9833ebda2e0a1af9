//! The controllers' logs match.

use crate::check::{Broken, Invariant, Moment};

/// **The metadata logs match up to the high watermark**: what one controller has committed, no controller has otherwise
/// below its own high watermark (KIP-595). Holds under all settings.
#[derive(Debug, Default)]
pub struct MetadataLogsMatch;

impl Invariant for MetadataLogsMatch {
    fn name(&self) -> &'static str {
        "metadata-logs-match"
    }

    fn check(&mut self, _moment: &Moment) -> Result<(), Broken> {
        Ok(())
    }
}
