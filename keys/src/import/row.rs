//! What is picked out of a row, before it is understood.

use super::bad::BadKind;
use super::number::parse_weight;
use super::timestamp::parse_timestamp;
use crate::keys::{ONE, Weight};
use std::borrow::Cow;

/// The parts of a row that the layout asks for.
#[derive(Debug, Default)]
pub(super) struct Picked<'a> {
    /// `None` for a row without a key.
    pub(super) key: Option<Cow<'a, str>>,
    /// `None` when the layout has none.
    pub(super) weight: Option<Cow<'a, str>>,
    /// `None` when the layout has none.
    pub(super) timestamp: Option<Cow<'a, str>>,
}

impl Picked<'_> {
    pub(super) fn weight(&self) -> Result<Weight, BadKind> {
        let Some(text) = &self.weight else { return Ok(ONE) };
        parse_weight(text).ok_or(BadKind::BadWeight)
    }

    /// In µs since 1970.
    pub(super) fn at_us(&self) -> Result<Option<u64>, BadKind> {
        let Some(text) = &self.timestamp else { return Ok(None) };
        parse_timestamp(text).map(Some).ok_or(BadKind::BadTimestamp)
    }
}
