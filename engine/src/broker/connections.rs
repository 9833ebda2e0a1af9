//! One request at a time on each connection.

use crate::node::Ctx;
use crate::trace::{EventId, Fact};
use crate::wire::{Channel, NodeId, Request};
use std::collections::{BTreeMap, VecDeque};

/// Where an answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Return {
    pub(super) to: NodeId,
    pub(super) channel: Channel,
    pub(super) correlation: u32,
}

/// A request that waits for the one before it.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) request: Request,
    pub(super) cause: EventId,
}

/// The broker's connections. A channel is muted from the moment that a request is read until its response is sent, so a
/// parked acks=all produce holds back those behind it (`SocketServer.Processor`, `KafkaChannel.mute`).
#[derive(Debug, Clone, Default)]
pub(super) struct Connections {
    channels: BTreeMap<(NodeId, Channel), State>,
    /// Connections whose request was answered and that have another one.
    released: VecDeque<(NodeId, Channel)>,
    held: usize,
}

#[derive(Debug, Clone, Default)]
struct State {
    muted: bool,
    /// Bounded by what the client may have in flight (`max.in.flight.requests.per.connection`).
    waiting: VecDeque<Held>,
}

impl Connections {
    /// Takes a request in; answers it if it may be handled now.
    pub(super) fn receive(&mut self, from: NodeId, request: Request, ctx: &mut Ctx) -> Option<Request> {
        let state = self.channels.entry((from, request.channel)).or_default();
        if !state.muted {
            state.muted = true;
            return Some(request);
        }
        let cause = ctx.record(Fact::RequestHeld { from, api: request.body.api() });
        state.waiting.push_back(Held { request, cause });
        self.held += 1;
        None
    }

    /// The connection's request was answered.
    pub(super) fn release(&mut self, from: NodeId, channel: Channel) {
        if let Some(state) = self.channels.get_mut(&(from, channel)) {
            state.muted = false;
            if !state.waiting.is_empty() {
                self.released.push_back((from, channel));
            }
        }
    }

    /// The next held request that may be handled.
    pub(super) fn next_released(&mut self) -> Option<(NodeId, Held)> {
        while let Some(key) = self.released.pop_front() {
            let Some(state) = self.channels.get_mut(&key) else { continue };
            if state.muted {
                continue;
            }
            if let Some(held) = state.waiting.pop_front() {
                state.muted = true;
                self.held -= 1;
                return Some((key.0, held));
            }
        }
        None
    }

    /// How many requests are held.
    pub(super) fn held(&self) -> usize {
        self.held
    }
}
