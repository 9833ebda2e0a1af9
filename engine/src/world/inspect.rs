//! What the invariants look at: nodes from inside, read-only, and for this crate only.

use super::World;
use crate::broker::Broker;
use crate::wire::{BrokerId, MetadataImage, NodeId, NodeSet, Offset};

impl World {
    /// The nodes that the last step told something, or did something to.
    #[must_use]
    pub(crate) fn touched(&self) -> NodeSet {
        self.touched
    }

    /// Whether its process runs.
    #[must_use]
    pub(crate) fn is_running(&self, node: NodeId) -> bool {
        self.processes.is_running(node)
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

    /// The cluster as the controller whose word counts has it.
    #[must_use]
    pub(crate) fn authoritative_image(&self) -> &MetadataImage {
        self.image()
    }

    /// Which version of which controller's image that is.
    #[must_use]
    pub(crate) fn image_version(&self) -> (u8, Offset) {
        (self.authority().number(), self.image().offset)
    }
}
