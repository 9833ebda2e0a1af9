//! What the invariants look at: nodes from inside, read-only, and for this crate only.

use super::World;
use crate::broker::Broker;
use crate::wire::{BrokerId, GroupId, MetadataImage, NodeId, NodeSet, Offset, TopicId};

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

    /// Whose effects those of a consumer's application are.
    #[must_use]
    pub(crate) fn account_of(&self, node: NodeId) -> Option<u8> {
        let NodeId::Consumer(number) = node else { return None };
        let (consumer, _) = self.nodes.consumers.get(usize::from(number).checked_sub(1)?)?;
        Some(consumer.account())
    }

    /// How many effects the sink of the main group has, and how many of them again.
    #[must_use]
    pub(crate) fn sink_figures(&self) -> Option<(u64, u64)> {
        let (sink, _) = self.downstream.group(0)?;
        Some((sink.figures().applied, sink.figures().repeated))
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

    /// The group that a consumer is a member of.
    pub(crate) fn group_of(&self, node: NodeId) -> Option<&GroupId> {
        let NodeId::Consumer(number) = node else { return None };
        self.consumer(number).map(|consumer| &consumer.config().group)
    }

    /// Whether a consumer's group reads that topic.
    pub(crate) fn reads(&self, node: NodeId, topic: TopicId) -> bool {
        let NodeId::Consumer(number) = node else { return false };
        let image = self.image();
        let name = image.topics.get(&topic).map(|state| &state.name);
        self.consumer(number)
            .is_some_and(|consumer| Some(&consumer.config().topic) == name)
    }

    /// Which version of which controller's image that is.
    #[must_use]
    pub(crate) fn image_version(&self) -> (u8, Offset) {
        (self.authority().number(), self.image().offset)
    }
}

/// For tests of the invariants, which make something wrong by hand.
#[cfg(test)]
impl World {
    pub(crate) fn doctor_broker(&mut self, id: BrokerId) -> &mut Broker {
        &mut self.nodes.brokers[usize::from(id.0) - 1].0
    }

    pub(crate) fn doctor_controller(&mut self, number: u8) -> &mut crate::controller::Controller {
        &mut self.nodes.controllers[usize::from(number) - 1].0
    }

    pub(crate) fn doctor_trace(&mut self, node: NodeId, fact: crate::trace::Fact) -> crate::trace::EventId {
        self.trace.record(self.now, node, 0, fact)
    }

    pub(crate) fn doctor_merge(&mut self) {
        self.trace.doctor_merge();
    }

    pub(crate) fn doctor_touched(&mut self, nodes: NodeSet) {
        self.touched = nodes;
    }
}
