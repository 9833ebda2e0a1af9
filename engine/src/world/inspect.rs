//! What the invariants look at: nodes from inside, read-only, and for this crate only.

use super::World;
use crate::broker::Broker;
use crate::controller::Controller;
use crate::wire::{BrokerId, MetadataImage, NodeId, NodeSet};

impl World {
    /// The nodes that the last step told something, or did something to.
    #[must_use]
    pub(crate) fn touched(&self) -> NodeSet {
        self.touched
    }

    /// Whether its process runs.
    #[must_use]
    pub(crate) fn is_running(&self, _node: NodeId) -> bool {
        true
    }

    /// The brokers, ascending.
    pub(crate) fn brokers(&self) -> impl Iterator<Item = &Broker> {
        self.nodes.brokers.iter().map(|(broker, _)| broker)
    }

    /// That broker.
    #[must_use]
    pub(crate) fn broker_of(&self, id: BrokerId) -> Option<&Broker> {
        self.broker(id)
    }

    /// The controllers, ascending.
    pub(crate) fn controllers(&self) -> impl Iterator<Item = &Controller> {
        self.nodes.controllers.iter().map(|(controller, _)| controller)
    }

    /// The cluster as the controller whose word counts has it.
    #[must_use]
    pub(crate) fn authoritative_image(&self) -> &MetadataImage {
        self.authority().image()
    }
}
