//! The network: which way a message takes, and who hears of a connection that is closed.

mod faults;
#[cfg(test)]
mod tests;

use super::link::{Channels, Direction, Link, Parcel};
use super::{LinkConfig, NetworkConfig, Setup};
use crate::node::Random;
use crate::short_map::ShortMap;
use crate::short_sort::sort_short_by_key;
use crate::wire::{Channel, Message, Micros, NodeId};
use faults::Faults;
pub(super) use faults::Impairment;

/// The links between nodes. Each direction of each pair is a link of its own, with its own random stream.
#[derive(Debug, Clone)]
pub(super) struct Network {
    maker: Maker,
    links: ShortMap<Direction, Link>,
}

/// What a new link is made from.
#[derive(Debug, Clone)]
struct Maker {
    config: NetworkConfig,
    seed: u64,
    /// So many controllers live in the process of the broker of their number.
    combined: u8,
    faults: Faults,
}

/// The way that a message takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It arrives then.
    Arrives(Micros),
    /// The link is cut: it must be [held](Network::hold).
    Cut,
    /// Its connection is closed already, and its sender is about to hear of it; or the one that asked has closed it.
    Nowhere,
}

/// Between two nodes of one process: nearly at once.
const WITHIN_A_PROCESS: LinkConfig = LinkConfig {
    latency_us: 10,
    jitter_us: 0,
    bytes_per_s: u64::MAX,
};

impl Network {
    pub(super) fn new(setup: &Setup) -> Self {
        Self {
            maker: Maker {
                config: setup.network.clone(),
                seed: setup.seed,
                combined: if setup.combined { setup.controllers } else { 0 },
                faults: Faults::default(),
            },
            links: ShortMap::new(),
        }
    }

    /// Sends a message, and keeps the account of open connections: a request opens one, and whoever closes it says so.
    pub(super) fn send(&mut self, now: Micros, from: NodeId, to: NodeId, bytes: u32, message: &Message) -> Way {
        if let Message::Disconnect(channel) = message {
            self.link(to, from).closed(*channel);
        }
        let link = self.link(from, to);
        match message {
            Message::Request(request) => {
                if link.stale.contains(request.channel) {
                    return Way::Nowhere;
                }
                link.open.add(request.channel);
            }
            Message::Response(response) => {
                if link.is_closed(response.channel) {
                    return Way::Nowhere;
                }
            }
            Message::Disconnect(channel) => {
                link.open.remove(*channel);
                link.stale.remove(*channel);
            }
            Message::Work(_) => {}
        }
        if link.is_cut() {
            Way::Cut
        } else {
            Way::Arrives(link.arrival(now, bytes))
        }
    }

    /// Keeps a message that was sent into a cut, or was on its way there.
    pub(super) fn hold(&mut self, parcel: Parcel) {
        self.link(parcel.from, parcel.to).trouble().hold(parcel);
    }

    /// The same for what a node sends itself: when it gives up a connection of which nobody has ever heard, nobody need be
    /// told. (A process that dies closes its peers' connections as well: of those they must hear.)
    #[cold]
    pub(super) fn hold_or_give_up(&mut self, parcel: Parcel) {
        let (from, to) = (parcel.from, parcel.to);
        if let Message::Disconnect(channel) = parcel.message
            && !self.link(from, to).trouble().give_up(channel)
        {
            self.link(to, from).know_closed(channel);
        } else {
            self.hold(parcel);
        }
    }

    /// A node's sockets are closed, all at once. Answers which of its peers will be told, and on which channels; what they
    /// send until they know it goes nowhere.
    pub(super) fn close(&mut self, node: NodeId) -> Vec<(NodeId, Channel)> {
        let mut told = Vec::new();
        for (Direction { from, to, .. }, link) in self.links.iter_mut() {
            if *from == node {
                told.extend(link.open.iter().map(|channel| (*to, channel)));
                link.forget_all();
            } else if *to == node {
                told.extend(link.open.iter().map(|channel| (*from, channel)));
                link.stale.add_all(link.open);
                link.open = Channels::default();
                if let Some(trouble) = &mut link.trouble {
                    trouble.drop_held();
                }
            }
        }
        sort_short_by_key(&mut told, |told| *told);
        told.dedup();
        told
    }

    /// Nobody listens where that request arrived. Answers whether its sender is to be told: the first of several is
    /// enough.
    pub(super) fn refuse(&mut self, from: NodeId, to: NodeId, channel: Channel) -> bool {
        let link = self.link(from, to);
        let is_open = link.open.contains(channel);
        if is_open {
            link.open.remove(channel);
            link.stale.add(channel);
        }
        is_open
    }

    /// A node that is not there any more would have heard that the other one has closed a connection between them.
    pub(super) fn never_heard(&mut self, from: NodeId, to: NodeId, channel: Channel) {
        self.link(to, from).know_closed(channel);
    }

    /// A node hears that the other one has closed a connection between them.
    pub(super) fn heard(&mut self, from: NodeId, to: NodeId, channel: Channel) {
        let back = self.link(to, from);
        back.know_closed(channel);
        back.stale.remove(channel);
        if let Some(trouble) = &mut back.trouble {
            trouble.drop_responses(channel);
        }
    }

    fn link(&mut self, from: NodeId, to: NodeId) -> &mut Link {
        let maker = &self.maker;
        self.links
            .or_insert_with(Direction::new(from, to), || maker.link(from, to))
    }
}

impl Maker {
    #[cold]
    fn link(&self, from: NodeId, to: NodeId) -> Link {
        let random = Random::named(self.seed, &format!("link {from} {to}"));
        if self.is_within(from, to) {
            return Link::new(WITHIN_A_PROCESS, random);
        }
        let mut link = Link::new(self.config.between(from, to), random);
        self.faults.befall(from, to, &mut link);
        link
    }

    /// Whether both live in one process.
    fn is_within(&self, from: NodeId, to: NodeId) -> bool {
        match (from, to) {
            (NodeId::Broker(b), NodeId::Controller(c)) | (NodeId::Controller(c), NodeId::Broker(b)) => {
                b == c && c <= self.combined
            }
            _ => false,
        }
    }
}

impl NetworkConfig {
    fn between(&self, from: NodeId, to: NodeId) -> LinkConfig {
        match (from, to) {
            (NodeId::Controller(_), _) | (_, NodeId::Controller(_)) => self.controller,
            (NodeId::Broker(_), NodeId::Broker(_)) => self.broker,
            _ => self.client,
        }
    }
}
