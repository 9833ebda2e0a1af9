//! Cuts and impairments: which links they befall, and how they end.

use super::Network;
use crate::wire::{Micros, NodeId, NodeSet};
use crate::world::CutView;
use crate::world::link::{Direction, Link, Parcel};

/// What is wrong with the network at the moment. Links that are made later are befallen, too.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    cuts: Vec<Cut>,
    impairments: Vec<Impairment>,
}

/// A cut, one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cut {
    /// As it was asked for.
    shown: CutView,
    /// With all nodes of the machines that are meant.
    from: NodeSet,
    to: NodeSet,
}

/// What is between these nodes and those takes longer, and is lost now and then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::world) struct Impairment {
    pub(in crate::world) from: NodeSet,
    pub(in crate::world) to: NodeSet,
    /// Longer by this, one way.
    pub(in crate::world) delay_us: Micros,
    /// Of a thousand messages so many are lost the first time.
    pub(in crate::world) loss_permille: u16,
}

/// `from` to `to`, where `all` means everybody else.
fn befalls((from, to): (NodeSet, NodeSet), sender: NodeId, receiver: NodeId) -> bool {
    let among_themselves = (to == NodeSet::ALL && from.contains(receiver) && from != NodeSet::ALL)
        || (from == NodeSet::ALL && to.contains(sender) && to != NodeSet::ALL);
    from.contains(sender) && to.contains(receiver) && !among_themselves
}

impl Cut {
    fn befalls(&self, sender: NodeId, receiver: NodeId) -> bool {
        befalls((self.from, self.to), sender, receiver)
    }
}

impl Impairment {
    fn befalls(&self, sender: NodeId, receiver: NodeId) -> bool {
        befalls((self.from, self.to), sender, receiver) || befalls((self.from, self.to), receiver, sender)
    }

    fn befall(&self, link: &mut Link) {
        let trouble = link.trouble();
        trouble.delay_us = self.delay_us;
        trouble.loss_permille = self.loss_permille;
    }
}

impl Faults {
    pub(super) fn befall(&self, from: NodeId, to: NodeId, link: &mut Link) {
        if self.cuts.iter().any(|cut| cut.befalls(from, to)) {
            link.trouble().is_cut = true;
        }
        for impairment in self
            .impairments
            .iter()
            .filter(|impairment| impairment.befalls(from, to))
        {
            impairment.befall(link);
        }
    }
}

impl Network {
    /// What these send to those does not arrive from now on. `shown` says who was meant, `from` and `to` are all that are
    /// on the same machines. What is on its way there must be [held](Network::hold), too.
    pub(in crate::world) fn cut(&mut self, shown: CutView, from: NodeSet, to: NodeSet) {
        let cut = Cut { shown, from, to };
        let maker = &mut self.maker;
        if !maker.faults.cuts.contains(&cut) {
            maker.faults.cuts.push(cut);
        }
        for (Direction { from, to, .. }, link) in self.links.iter_mut() {
            if cut.befalls(*from, *to) && !maker.is_within(*from, *to) {
                link.trouble().is_cut = true;
            }
        }
    }

    /// The links between these and those are worse from now on, both ways. The last word on a link counts.
    pub(in crate::world) fn impair(&mut self, impairment: Impairment) {
        let maker = &mut self.maker;
        let same = |other: &Impairment| (other.from, other.to) == (impairment.from, impairment.to);
        maker.faults.impairments.retain(|other| !same(other));
        maker.faults.impairments.push(impairment);
        for (Direction { from, to, .. }, link) in self.links.iter_mut() {
            if impairment.befalls(*from, *to) && !maker.is_within(*from, *to) {
                impairment.befall(link);
            }
        }
    }

    /// All cuts and impairments end. Answers what was held: it arrives now, link by link in its order.
    pub(in crate::world) fn heal(&mut self, now: Micros) -> Vec<(Micros, Parcel)> {
        self.maker.faults = Faults::default();
        let links = self.links.iter_mut().filter(|(_, link)| link.trouble.is_some());
        links.flat_map(|(_, link)| link.heal(now)).collect()
    }

    /// Whether nothing that one sends to the other arrives.
    pub(in crate::world) fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        let maker = &self.maker;
        maker.faults.cuts.iter().any(|cut| cut.befalls(from, to)) && !maker.is_within(from, to)
    }

    /// The cuts, as they were asked for.
    pub(in crate::world) fn cuts(&self) -> impl Iterator<Item = CutView> {
        self.maker.faults.cuts.iter().map(|cut| cut.shown)
    }
}
