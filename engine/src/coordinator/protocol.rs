//! Which assignor a group uses (`ClassicGroup.selectProtocol`): every member says which it knows, and votes by the order.

use super::effect::Turn;
use super::group::{Group, Member};
use super::partition_for::java_hash;
use crate::trace::Fact;
use crate::wire::{GroupProtocol, Subscription};
use std::sync::Arc;

impl Group {
    /// For the next generation. That there was something to choose is worth telling when it came out another way.
    pub(super) fn choose_protocol(&mut self, turn: &mut Turn) {
        let chosen = self.select_protocol();
        let before = std::mem::replace(&mut self.protocol, chosen);
        let had_choice = self.members.iter().any(|member| member.protocols.len() > 1);
        if let Some(chosen) = self
            .protocol
            .as_ref()
            .filter(|chosen| had_choice && before.as_ref() != Some(*chosen))
        {
            turn.ctx.record(Fact::GroupProtocolChosen {
                protocol: known_name(chosen),
            });
        }
    }

    /// The protocol that all members know and most of them put before the others that all know. `None` in an empty group.
    ///
    /// With as many votes for one as for the other Kafka takes the one that comes first in a `HashMap` of Java, and so it
    /// is here.
    pub(super) fn select_protocol(&self) -> Option<Arc<str>> {
        let mut best: Option<(usize, &Arc<str>)> = None;
        for candidate in self.members.first()?.protocols.iter() {
            let name = &candidate.name;
            if !self.is_known_to_all(name) {
                continue;
            }
            let votes = self
                .members
                .iter()
                .filter(|member| self.vote(member) == Some(name))
                .count();
            let is_better =
                best.is_none_or(|(most, other)| votes > most || votes == most && bucket(name) < bucket(other));
            if is_better {
                best = Some((votes, name));
            }
        }
        best.map(|(_, name)| name.clone())
    }

    /// Whether somebody with these protocols can be in the group: one of them is known to all members,
    /// to itself with its former ones, too, if it is one (`ClassicGroup.supportsProtocols`).
    pub(super) fn supports(&self, protocols: &[GroupProtocol]) -> bool {
        !protocols.is_empty()
            && (self.members.is_empty() || protocols.iter().any(|protocol| self.is_known_to_all(&protocol.name)))
    }

    fn is_known_to_all(&self, name: &str) -> bool {
        self.members.iter().all(|member| member.metadata(name).is_some())
    }

    /// The first of its protocols that all know.
    fn vote<'a>(&self, member: &'a Member) -> Option<&'a Arc<str>> {
        let mut names = member.protocols.iter().map(|protocol| &protocol.name);
        names.find(|name| self.is_known_to_all(name))
    }
}

impl Member {
    /// What it says of itself under that protocol.
    pub(super) fn metadata(&self, protocol: &str) -> Option<&Subscription> {
        let named = self.protocols.iter().find(|known| &*known.name == protocol);
        named.map(|known| &known.metadata)
    }
}

/// An event has no room for a text of its own.
fn known_name(protocol: &str) -> &'static str {
    let known = ["range", "roundrobin", "sticky", "cooperative-sticky"];
    known
        .into_iter()
        .find(|known| *known == protocol)
        .unwrap_or("an assignor of its own")
}

/// The place of a text in a small `java.util.HashMap`.
fn bucket(name: &str) -> u32 {
    let hash = java_hash(name).cast_unsigned();
    (hash ^ (hash >> 16)) & 15
}
