//! Fetches of the metadata log that wait for something new.

use super::Return;
use crate::node::{Alarm, Ctx, Timer};
use crate::trace::EventId;
use crate::wire::{FetchMetadataRequest, Micros, NodeId};

/// A fetch waits so long at most (`KafkaRaftClient.MAX_FETCH_WAIT_MS`).
const FETCH_WAIT_US: Micros = 500_000;

#[derive(Debug, Clone, Copy)]
pub(super) struct ParkedFetch {
    pub(super) to: Return,
    pub(super) request: FetchMetadataRequest,
    pub(super) deadline_us: Micros,
    pub(super) cause: EventId,
}

/// One for each node at most: whoever asks again does not wait for the first answer any more.
#[derive(Debug, Clone, Default)]
pub(super) struct Parked {
    pub(super) fetches: Vec<ParkedFetch>,
    alarm: Alarm,
}

impl Parked {
    pub(super) fn park(&mut self, to: Return, request: FetchMetadataRequest, ctx: &mut Ctx) {
        self.forget(to.to);
        let deadline_us = ctx.now() + FETCH_WAIT_US;
        self.fetches.push(ParkedFetch {
            to,
            request,
            deadline_us,
            cause: ctx.cause(),
        });
        self.alarm.arm(deadline_us, Timer::ParkedMetadataFetch, ctx);
    }

    /// That node has asked anew, or has closed its connection.
    pub(super) fn forget(&mut self, node: NodeId) {
        self.fetches.retain(|parked| parked.to.to != node);
    }

    /// The timer came: takes out those that have waited long enough.
    pub(super) fn expired(&mut self, ctx: &mut Ctx) -> Vec<ParkedFetch> {
        let now = ctx.now();
        if !self.alarm.rang(now) {
            return Vec::new();
        }
        let expired = self
            .fetches
            .extract_if(.., |parked| parked.deadline_us <= now)
            .collect();
        if let Some(next) = self.fetches.iter().map(|parked| parked.deadline_us).min() {
            self.alarm.arm(next, Timer::ParkedMetadataFetch, ctx);
        }
        expired
    }
}
