//! Which brokers have been heard lately (`BrokerHeartbeatManager`, `BrokerHeartbeatTracker`).
//!
//! Only the active controller keeps this, in memory: after a failover every broker gets a fresh session.

use crate::short_map::ShortMap;
use crate::trace::EventId;
use crate::wire::{BrokerEpoch, BrokerId, Micros, Offset};

/// What the active controller has heard of one broker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Session {
    /// The registration that it is for.
    epoch: BrokerEpoch,
    pub(super) heard_us: Micros,
    /// The event of the last heartbeat: why the session lasts until it does.
    pub(super) heard_by: EventId,
    /// What the broker has applied of the metadata log: the next offset. 0 before its first heartbeat.
    pub(super) metadata_offset: Offset,
    /// It is about to stop, and may once the others have applied the log up to here.
    pub(super) shut_down_at: Option<Offset>,
}

/// The sessions, by broker.
#[derive(Debug, Clone, Default)]
pub(super) struct Sessions {
    of: ShortMap<BrokerId, Session>,
}

impl Sessions {
    /// The broker was heard, or is given a fresh session. A new registration starts anew.
    pub(super) fn touch(&mut self, broker: BrokerId, epoch: BrokerEpoch, now: Micros, heard_by: EventId) {
        let fresh = Session {
            epoch,
            heard_us: now,
            heard_by,
            metadata_offset: 0,
            shut_down_at: None,
        };
        let session = self.of.or_insert_with(broker, || fresh);
        if session.epoch != epoch {
            *session = fresh;
        }
        session.heard_us = now;
        session.heard_by = heard_by;
    }

    pub(super) fn get(&self, broker: BrokerId) -> Option<&Session> {
        self.of.get(&broker)
    }

    pub(super) fn get_mut(&mut self, broker: BrokerId) -> Option<&mut Session> {
        self.of.get_mut(&broker)
    }

    /// Whether that registration of the broker was heard in time (`hasValidSession`).
    pub(super) fn is_valid(&self, broker: BrokerId, epoch: BrokerEpoch, now: Micros, timeout_us: Micros) -> bool {
        let session = self.of.get(&broker).filter(|session| session.epoch == epoch);
        session.is_some_and(|session| now < session.heard_us + timeout_us)
    }

    /// Takes one that has run out, the longest silent first.
    pub(super) fn take_expired(&mut self, now: Micros, timeout_us: Micros) -> Option<(BrokerId, Session)> {
        let (broker, session) = self.of.iter().min_by_key(|(_, session)| session.heard_us)?;
        let (broker, session) = (*broker, *session);
        if now < session.heard_us + timeout_us {
            return None;
        }
        self.of.remove(&broker);
        Some((broker, session))
    }

    /// When the first may run out.
    pub(super) fn next_expiry(&self, timeout_us: Micros) -> Option<Micros> {
        self.of.values().map(|session| session.heard_us + timeout_us).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Micros = 9_000_000;

    #[test]
    fn a_session_lasts_from_one_heartbeat_on_and_the_longest_silent_goes_first() {
        let mut sessions = Sessions::default();
        sessions.touch(BrokerId(1), 0, 5, 0);
        sessions.touch(BrokerId(2), 1, 3, 0);
        sessions.touch(BrokerId(1), 0, 10, 7);
        assert_eq!(sessions.next_expiry(TIMEOUT), Some(3 + TIMEOUT));
        assert!(sessions.take_expired(2 + TIMEOUT, TIMEOUT).is_none());
        let order = [20 + TIMEOUT; 2].map(|now| sessions.take_expired(now, TIMEOUT).map(|(b, s)| (b.0, s.heard_by)));
        assert_eq!(order, [Some((2, 0)), Some((1, 7))]);
    }

    #[test]
    fn another_registration_has_another_session() {
        let mut sessions = Sessions::default();
        sessions.touch(BrokerId(1), 0, 0, 0);
        assert!(sessions.is_valid(BrokerId(1), 0, TIMEOUT - 1, TIMEOUT));
        assert!(!sessions.is_valid(BrokerId(1), 0, TIMEOUT, TIMEOUT));
        assert!(!sessions.is_valid(BrokerId(1), 4, 1, TIMEOUT));
    }
}
