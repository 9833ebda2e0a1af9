//! One direction between two nodes: how long messages take, which connections are open, and what a cut holds back.

use super::LinkConfig;
use super::processes::Life;
use crate::node::Random;
use crate::trace::EventId;
use crate::wire::{Channel, Message, Micros, NodeId};
use std::collections::VecDeque;

/// TCP sends what is lost again after this time, and after twice that when it is lost again (RFC 6298; Linux starts at
/// 200 ms within a data centre).
const RETRANSMISSION_US: Micros = 200_000;
/// How often one message can be lost.
const MOST_LOSSES: u32 = 5;

/// One direction between two nodes, with its own random stream. It keeps messages in order, as TCP does.
#[derive(Debug, Clone)]
pub(super) struct Link {
    config: LinkConfig,
    random: Random,
    last_arrival: Micros,
    /// The sender's line is busy until then.
    free_at: Micros,
    /// Connections that the sender has opened and nobody has closed.
    pub(super) open: Channels,
    /// Connections that the other side has closed, which the sender does not know yet.
    pub(super) stale: Channels,
    /// For each channel, how often the other side has closed its connection, which the sender does not know yet: what it
    /// answers now is for a connection that is gone.
    closed: [u16; 2],
    /// `None` for a link that is as it should be.
    pub(super) trouble: Option<Box<Trouble>>,
}

/// What is wrong with a link.
#[derive(Debug, Clone, Default)]
pub(super) struct Trouble {
    /// Nothing gets through.
    pub(super) is_cut: bool,
    /// What gets through takes longer by this.
    pub(super) delay_us: Micros,
    /// Of a thousand messages so many are lost.
    pub(super) loss_permille: u16,
    /// What was sent into the cut, in order. Bounded: who waits in vain gives up, and what is left of a connection that
    /// nobody has heard of goes with it.
    held: VecDeque<Parcel>,
}

/// A message with all that is known of it.
#[derive(Debug, Clone)]
pub(super) struct Parcel {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) message: Message,
    pub(super) cause: EventId,
    pub(super) sent: Micros,
    /// The receiver's life when it left.
    pub(super) life: Life,
}

/// From whom to whom. Its place in the order comes first, as one number: with each message the network looks for a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Direction {
    place: u32,
    pub(super) from: NodeId,
    pub(super) to: NodeId,
}

impl Direction {
    pub(super) fn new(from: NodeId, to: NodeId) -> Self {
        let place = u32::from(from.place()) << 16 | u32::from(to.place());
        Self { place, from, to }
    }
}

/// Some of the connections from one node to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Channels(u8);

impl Channels {
    const ALL: [Channel; 2] = [Channel::Data, Channel::Coordinator];

    fn bit(channel: Channel) -> u8 {
        1 << channel as u8
    }

    pub(super) fn contains(self, channel: Channel) -> bool {
        self.0 & Self::bit(channel) != 0
    }

    pub(super) fn add(&mut self, channel: Channel) {
        self.0 |= Self::bit(channel);
    }

    pub(super) fn add_all(&mut self, others: Self) {
        self.0 |= others.0;
    }

    pub(super) fn remove(&mut self, channel: Channel) {
        self.0 &= !Self::bit(channel);
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Channel> {
        Self::ALL.into_iter().filter(move |channel| self.contains(*channel))
    }
}

impl Link {
    pub(super) fn new(config: LinkConfig, random: Random) -> Self {
        Self {
            config,
            random,
            last_arrival: 0,
            free_at: 0,
            open: Channels::default(),
            stale: Channels::default(),
            closed: [0; 2],
            trouble: None,
        }
    }

    /// When a message that leaves now arrives: after those before it on this link, the time on the line by its size, the
    /// latency with its jitter, and what trouble adds.
    pub(super) fn arrival(&mut self, now: Micros, bytes: u32) -> Micros {
        let config = &self.config;
        let on_the_line = u64::from(bytes) * 1_000_000 / config.bytes_per_s.max(1);
        self.free_at = self.free_at.max(now) + on_the_line;
        let jitter = self.random.below_u64(config.jitter_us + 1);
        let mut arrival = self.free_at + config.latency_us + jitter;
        if let Some(trouble) = &self.trouble {
            arrival += trouble.detour(&mut self.random);
        }
        self.last_arrival = arrival.max(self.last_arrival);
        self.last_arrival
    }

    /// The other side closes a connection: the sender's answers on it go nowhere.
    pub(super) fn closed(&mut self, channel: Channel) {
        let closed = &mut self.closed[channel as usize];
        *closed = closed.saturating_add(1);
    }

    /// The sender knows it now, or never will.
    pub(super) fn know_closed(&mut self, channel: Channel) {
        let closed = &mut self.closed[channel as usize];
        *closed = closed.saturating_sub(1);
    }

    /// The sender is dead: it hears of nothing any more, and who comes after it knows of no connection.
    pub(super) fn forget_all(&mut self) {
        self.open = Channels::default();
        self.stale = Channels::default();
        self.closed = [0; 2];
    }

    /// Whether the sender answers on a connection that the other side has closed.
    pub(super) fn is_closed(&self, channel: Channel) -> bool {
        self.closed[channel as usize] > 0
    }

    pub(super) fn is_cut(&self) -> bool {
        self.trouble.as_ref().is_some_and(|trouble| trouble.is_cut)
    }

    pub(super) fn trouble(&mut self) -> &mut Trouble {
        self.trouble.get_or_insert_default()
    }

    /// The link is as it should be again. Answers what was held, in order, with the moments at which it arrives: TCP tries
    /// again some time after the way is free.
    pub(super) fn heal(&mut self, now: Micros) -> Vec<(Micros, Parcel)> {
        let held = self.trouble.take().map_or_else(VecDeque::new, |trouble| trouble.held);
        if !held.is_empty() {
            self.free_at = self.free_at.max(now) + self.random.below_u64(RETRANSMISSION_US + 1);
        }
        let arrive = held.into_iter().map(|parcel| {
            let bytes = parcel.message.wire_bytes();
            (self.arrival(now, bytes), parcel)
        });
        arrive.collect()
    }
}

impl Trouble {
    /// How much later a message comes because of this.
    fn detour(&self, random: &mut Random) -> Micros {
        let mut detour = self.delay_us;
        if self.loss_permille > 0 {
            let losses = (0..MOST_LOSSES).take_while(|_| random.below(1_000) < u32::from(self.loss_permille));
            detour += losses.map(|loss| RETRANSMISSION_US << loss).sum::<Micros>();
        }
        detour
    }

    /// Keeps a message until the cut is healed.
    pub(super) fn hold(&mut self, parcel: Parcel) {
        self.held.push_back(parcel);
    }

    /// The sender gives a connection up. If it asked for it during the cut, nobody has heard of it, and nobody will: then
    /// all of it goes, and `false` is answered, because there is nothing to close.
    pub(super) fn give_up(&mut self, channel: Channel) -> bool {
        let closes = |parcel: &Parcel| matches!(parcel.message, Message::Disconnect(closed) if closed == channel);
        let Some(earlier) = self.held.iter().rposition(closes) else {
            return true;
        };
        let mut place = 0;
        self.held.retain(|parcel| {
            place += 1;
            let asks = matches!(&parcel.message, Message::Request(request) if request.channel == channel);
            place <= earlier + 1 || !asks
        });
        false
    }

    /// Who asked has closed the connection: the answers that are held go nowhere.
    pub(super) fn drop_responses(&mut self, channel: Channel) {
        self.held
            .retain(|parcel| !matches!(&parcel.message, Message::Response(response) if response.channel == channel));
    }

    /// Nobody is there any more to receive what is held.
    pub(super) fn drop_held(&mut self) {
        self.held.clear();
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }
}
