//! What a voter has asked of the others and is not answered yet (`RequestManager`).

use crate::wire::Micros;

/// After a request that failed: `reconnect.backoff.ms` of the quorum's connections, doubling.
const BACKOFF_US: Micros = 50_000;
/// The most of it.
const BACKOFF_MAX_US: Micros = 500_000;

/// One request at a time to each other voter.
#[derive(Debug, Clone)]
pub(super) struct Peers {
    others: Vec<(u8, Peer)>,
    correlation: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Peer {
    in_flight: Option<InFlight>,
    retry_at: Micros,
    failures: u32,
}

#[derive(Debug, Clone, Copy)]
struct InFlight {
    correlation: u32,
    deadline_us: Micros,
}

impl Peers {
    pub(super) fn new(me: u8, voters: u8) -> Self {
        let others = (1..=voters).filter(|voter| *voter != me);
        Self {
            others: others.map(|voter| (voter, Peer::default())).collect(),
            correlation: 0,
        }
    }

    /// The other voters, ascending.
    pub(super) fn voters(&self) -> impl Iterator<Item = u8> {
        self.others.iter().map(|(voter, _)| *voter)
    }

    pub(super) fn contains(&self, voter: u8) -> bool {
        self.voters().any(|other| other == voter)
    }

    fn get(&mut self, voter: u8) -> Option<&mut Peer> {
        self.others
            .iter_mut()
            .find(|(other, _)| *other == voter)
            .map(|(_, peer)| peer)
    }

    /// Whether a request may be sent to that voter now.
    pub(super) fn is_ready(&self, voter: u8, now: Micros) -> bool {
        let mut others = self.others.iter();
        others.any(|(other, peer)| *other == voter && peer.in_flight.is_none() && peer.retry_at <= now)
    }

    /// A request leaves. Answers its number.
    pub(super) fn sent(&mut self, voter: u8, deadline_us: Micros) -> u32 {
        self.correlation = self.correlation.wrapping_add(1);
        let correlation = self.correlation;
        if let Some(peer) = self.get(voter) {
            peer.in_flight = Some(InFlight {
                correlation,
                deadline_us,
            });
        }
        correlation
    }

    /// An answer came. `false` when nobody waits for it any more.
    pub(super) fn answered(&mut self, voter: u8, correlation: u32) -> bool {
        let Some(peer) = self.get(voter) else { return false };
        let awaited = peer.in_flight.is_some_and(|request| request.correlation == correlation);
        if awaited {
            *peer = Peer::default();
        }
        awaited
    }

    /// The connection is gone, or the answer is of no use: the next request waits a little.
    pub(super) fn failed(&mut self, voter: u8, now: Micros) {
        if let Some(peer) = self.get(voter) {
            peer.in_flight = None;
            peer.retry_at = now + (BACKOFF_US << peer.failures.min(8)).min(BACKOFF_MAX_US);
            peer.failures += 1;
        }
    }

    /// Gives up requests that have waited for too long.
    pub(super) fn expire(&mut self, now: Micros) {
        for (_, peer) in &mut self.others {
            if peer.in_flight.is_some_and(|request| request.deadline_us <= now) {
                peer.in_flight = None;
            }
        }
    }

    /// A new state asks new questions.
    pub(super) fn forget(&mut self) {
        for (_, peer) in &mut self.others {
            *peer = Peer::default();
        }
    }

    /// When something changes here by itself.
    pub(super) fn next_deadline(&self, now: Micros) -> Option<Micros> {
        let moments = self.others.iter().filter_map(|(_, peer)| match peer.in_flight {
            Some(request) => Some(request.deadline_us),
            None => (peer.retry_at > now).then_some(peer.retry_at),
        });
        moments.min()
    }
}
