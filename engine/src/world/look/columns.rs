//! The brokers and the controllers, and what their processes do.

use crate::broker::Broker;
use crate::wire::{BrokerId, Micros, NodeId};
use crate::world::{BrokerView, ControllerView, ProcessState, World};

impl World {
    pub(super) fn broker_views(&self) -> Vec<BrokerView> {
        let brokers = self.nodes.brokers.iter();
        brokers.map(|(broker, _)| self.broker_view(broker)).collect()
    }

    pub(super) fn controller_views(&self) -> Vec<ControllerView> {
        let views = self.controllers().map(|controller| {
            let number = controller.number();
            let shares = |id: &BrokerId| self.processes.controller_of(*id) == Some(number);
            ControllerView {
                number,
                with_broker: Some(BrokerId(number)).filter(shares),
                process: self.process(NodeId::Controller(number)).0,
                role: controller.role(),
                epoch: controller.epoch(),
                log_end: controller.log_end(),
                high_watermark: controller.high_watermark(),
            }
        });
        views.collect()
    }

    /// What a node's process does, and since when.
    pub(super) fn process(&self, node: NodeId) -> (ProcessState, Micros) {
        let process = self.processes.of(node);
        process.map_or((ProcessState::Running, 0), |process| (process.state, process.since_us))
    }

    /// Brokers that are registered and may not lead.
    pub(crate) fn fenced_brokers(&self) -> u64 {
        self.image().brokers.values().filter(|state| state.fenced).count() as u64
    }

    fn broker_view(&self, broker: &Broker) -> BrokerView {
        let image = self.image();
        let id = broker.id();
        let leads = self.topic_id().map_or(0, |topic| {
            image
                .partitions_of(topic)
                .filter(|(_, state)| state.leader == Some(id))
                .count()
        });
        let (produces, fetches) = broker.parked();
        let (process, process_since_us) = self.process(id.into());
        BrokerView {
            id,
            rack: self.setup.racks.get(usize::from(id.0) - 1).cloned(),
            process,
            process_since_us,
            controller: self.processes.controller_of(id),
            disk_bytes_per_s: self.disk_of(id),
            heard_us: self.heard_us(id),
            unfenced: image.brokers.get(&id).is_some_and(|state| !state.fenced),
            leads: u32::try_from(leads).unwrap_or(0),
            coordinates: self.is_there(id.into()) && broker.coordinates(&self.setup.consumer.group),
            parked_produces: u32::try_from(produces).unwrap_or(u32::MAX),
            parked_fetches: u32::try_from(fetches).unwrap_or(u32::MAX),
            held: u32::try_from(broker.held()).unwrap_or(u32::MAX),
            heartbeats_us: broker.heartbeats_us().collect(),
            heat_permille: self.broker_heat(broker),
            queue_us: broker.queue_us(self.now),
        }
    }
}
