//! The producers, the consumers and their group.

use crate::broker::Broker;
use crate::consumer::Consumer;
use crate::coordinator::Group;
use crate::wire::NodeId;
use crate::world::{ConsumerView, LastSent, OwnedView, ProcessState, ProducerView, World};

impl World {
    /// The main group at its coordinator.
    pub(in crate::world) fn group(&self) -> Option<(&Broker, &Group)> {
        self.group_named(&self.setup.consumer.group)
    }

    pub(super) fn producer_views(&self) -> Vec<ProducerView> {
        let numbered = self.nodes.producers.iter().zip(1..);
        let views = numbered.map(|((producer, _), number)| ProducerView {
            node: NodeId::Producer(number),
            waiting: producer.waiting(),
            in_flight: producer.in_flight(),
            blocked: producer.is_blocked(),
            backlog: producer.backlog(),
            last: producer.last_sent().map(|last| LastSent {
                at_us: last.at_us,
                key: last.key,
                subject: last.subject,
                partition: u16::try_from(last.partition).unwrap_or(u16::MAX),
            }),
            buffered_bytes: producer.buffered_bytes(),
            throttled_until_us: producer.throttled_until(self.now),
        });
        views.collect()
    }

    pub(super) fn consumer_views(&self) -> Vec<ConsumerView> {
        let numbered = self.nodes.consumers.iter().zip(1..=u8::MAX);
        let shown = numbered.filter(|(_, number)| self.is_wanted(*number) || self.is_there(NodeId::Consumer(*number)));
        shown
            .map(|((consumer, _), number)| self.consumer_view(consumer, number))
            .collect()
    }

    fn consumer_view(&self, consumer: &Consumer, number: u8) -> ConsumerView {
        let group = self.group_named(&consumer.config().group).map(|(_, group)| group);
        let mut lag = 0;
        let owned = consumer.owned().map(|owned| {
            let high_watermark = self
                .leader_replica(owned.partition)
                .map_or(0, |replica| replica.high_watermark);
            let committed = self.committed_by(&consumer.config().group, group, owned.partition);
            lag += high_watermark.saturating_sub(committed.unwrap_or(0));
            OwnedView {
                partition: owned.partition.index,
                processed: owned.processed,
                committed: owned.committed,
                buffered: owned.buffered,
            }
        });
        let owned = owned.collect();
        let node = NodeId::Consumer(number);
        let (process, process_since_us) = self.process(node);
        ConsumerView {
            node,
            group: consumer.config().group.clone(),
            process,
            process_since_us,
            generation: consumer.generation(),
            stalled: consumer.is_stalled(),
            slow_us: consumer.slow_us(),
            state: match process {
                ProcessState::Stopped => "stopped",
                ProcessState::Crashed | ProcessState::DiskLost => "crashed",
                ProcessState::Paused => "paused",
                ProcessState::Running | ProcessState::ShuttingDown => consumer.state().name(),
            },
            owned,
            lag,
            busy: consumer.is_busy(),
            heat_permille: self.consumer_heat(consumer),
        }
    }
}
