//! One request at a time on each connection.

use crate::node::Ctx;
use crate::short_map::ShortMap;
use crate::trace::{EventId, Fact};
use crate::wire::{Channel, Micros, NodeId, Request};
use std::collections::VecDeque;

/// Where an answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Return {
    pub(super) to: NodeId,
    pub(super) channel: Channel,
    pub(super) correlation: u32,
    /// Which of the client's connections, one after the other, the question came on.
    pub(super) connection: u32,
}

impl Return {
    /// As the group coordinator knows it: the connection that is open now.
    pub(super) fn of_open(connections: &Connections, to: NodeId, channel: Channel, correlation: u32) -> Self {
        let connection = connections
            .channels
            .get(&(to, channel))
            .map_or(0, |state| state.connection);
        Self {
            to,
            channel,
            correlation,
            connection,
        }
    }
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
    channels: ShortMap<(NodeId, Channel), State>,
    /// Connections whose request was answered and that have another one.
    released: VecDeque<(NodeId, Channel)>,
    /// Connections that stay muted until then, because their client is over its quota.
    throttled: Vec<(Micros, Return)>,
    held: usize,
}

#[derive(Debug, Clone, Default)]
struct State {
    connection: u32,
    muted: bool,
    /// Bounded by what the client may have in flight: when it gives those up, it closes the connection.
    waiting: VecDeque<Held>,
}

impl Connections {
    /// Takes a request in; answers it if it may be handled now.
    pub(super) fn receive(&mut self, from: NodeId, request: Request, ctx: &mut Ctx) -> Option<Request> {
        let state = self.channels.or_default((from, request.channel));
        if !state.muted {
            state.muted = true;
            return Some(request);
        }
        let cause = ctx.record(Fact::RequestHeld {
            from,
            api: request.body.api(),
        });
        state.waiting.push_back(Held { request, cause });
        self.held += 1;
        None
    }

    /// The request was answered. `false` when its connection is closed: the answer would go nowhere.
    pub(super) fn release(&mut self, to: Return) -> bool {
        let Some(state) = self.channels.get_mut(&(to.to, to.channel)) else {
            return false;
        };
        if state.connection != to.connection {
            return false;
        }
        state.muted = false;
        if !state.waiting.is_empty() {
            self.released.push_back((to.to, to.channel));
        }
        true
    }

    /// The request is answered, and no other one is read until then. `false` when its connection is closed.
    pub(super) fn throttle(&mut self, to: Return, until: Micros) -> bool {
        let state = self.channels.get(&(to.to, to.channel));
        let is_open = state.is_some_and(|state| state.connection == to.connection);
        if is_open {
            self.throttled.push((until, to));
        }
        is_open
    }

    /// Unmutes those that were muted until now. Answers when that is to be looked at again.
    pub(super) fn end_throttles(&mut self, now: Micros) -> Option<Micros> {
        let over: Vec<(Micros, Return)> = self.throttled.extract_if(.., |(until, _)| *until <= now).collect();
        for (_, to) in over {
            self.release(to);
        }
        self.throttled.iter().map(|(until, _)| *until).min()
    }

    /// The client, or this broker, has closed the connection: what was not read is gone, and the next request comes on a
    /// new one.
    pub(super) fn close(&mut self, with: NodeId, channel: Channel) {
        let state = self.channels.or_default((with, channel));
        self.held -= state.waiting.len();
        self.throttled.retain(|(_, to)| (to.to, to.channel) != (with, channel));
        let connection = state.connection.wrapping_add(1);
        *state = State {
            connection,
            ..State::default()
        };
    }

    /// The next held request that may be handled.
    pub(super) fn next_released(&mut self) -> Option<(NodeId, Held)> {
        while let Some(key) = self.released.pop_front() {
            let Some(state) = self.channels.get_mut(&key) else {
                continue;
            };
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

    /// A connection that is to be muted until later, and is not.
    pub(super) fn throttled_but_read(&self, now: Micros) -> Option<(NodeId, Micros)> {
        let read = |to: &Return| {
            let state = self.channels.get(&(to.to, to.channel));
            state.is_none_or(|state| !state.muted || state.connection != to.connection)
        };
        let mut throttled = self.throttled.iter();
        let found = throttled.find(|(until, to)| *until > now && read(to));
        found.map(|(until, to)| (to.to, *until))
    }

    #[cfg(test)]
    pub(super) fn doctor_throttled(&mut self) {
        for (_, to) in &self.throttled {
            if let Some(state) = self.channels.get_mut(&(to.to, to.channel)) {
                state.muted = false;
            }
        }
    }

    /// How many requests are held.
    pub(super) fn held(&self) -> usize {
        self.held
    }
}
