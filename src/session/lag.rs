//! The group's lag, kept up to date event by event: what is committed to the log and not yet by the group.

use partitura_engine::trace::{Event, Fact};
use partitura_engine::wire::{Offset, PartitionId, TopicId};

/// High watermarks and committed offsets of one topic, by partition.
#[derive(Debug, Clone, Default)]
pub struct Lag {
    partitions: Vec<(Offset, Offset)>,
    total: u64,
}

impl Lag {
    /// The sum over all partitions.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Takes note of what happened. Answers whether the lag may have changed.
    ///
    /// `of_main` says what the main group has committed where somebody has: further groups commit, too.
    pub fn absorb(
        &mut self,
        event: &Event,
        topic: TopicId,
        of_main: impl FnOnce(PartitionId, Offset) -> Option<Offset>,
    ) -> bool {
        match event.fact {
            Fact::HighWatermarkMoved { partition, to } if partition.topic == topic => {
                self.change(partition.index, |(high_watermark, _)| {
                    *high_watermark = to.max(*high_watermark);
                });
                true
            }
            Fact::OffsetCommitted { partition, offset } if partition.topic == topic => {
                let Some(offset) = of_main(partition, offset) else {
                    return false;
                };
                self.change(partition.index, |(_, committed)| *committed = offset);
                true
            }
            _ => false,
        }
    }

    fn change(&mut self, index: u16, change: impl FnOnce(&mut (Offset, Offset))) {
        let index = usize::from(index);
        if index >= self.partitions.len() {
            self.partitions.resize(index + 1, (0, 0));
        }
        let lag = |(high_watermark, committed): (Offset, Offset)| high_watermark.saturating_sub(committed);
        let partition = &mut self.partitions[index];
        self.total -= lag(*partition);
        change(partition);
        self.total += lag(*partition);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::wire::{NodeId, PartitionId};

    #[test]
    fn lag_is_the_high_watermark_less_what_is_committed() {
        let mut lag = Lag::default();
        let topic = TopicId(1);
        let mut absorb = |fact| {
            lag.absorb(
                &Event {
                    id: 1,
                    at: 0,
                    node: NodeId::Broker(1),
                    cause: 0,
                    fact,
                },
                topic,
                |at, told| (at.index != 7).then_some(told),
            )
        };
        let partition = |index, topic| PartitionId {
            topic: TopicId(topic),
            index,
        };
        assert!(absorb(Fact::HighWatermarkMoved {
            partition: partition(3, 1),
            to: 10
        }));
        assert!(
            absorb(Fact::HighWatermarkMoved {
                partition: partition(3, 1),
                to: 8
            }),
            "a follower knows less"
        );
        assert!(absorb(Fact::OffsetCommitted {
            partition: partition(3, 1),
            offset: 4
        }));
        assert!(
            !absorb(Fact::HighWatermarkMoved {
                partition: partition(0, 0),
                to: 99
            }),
            "of another topic"
        );
        assert!(absorb(Fact::HighWatermarkMoved {
            partition: partition(0, 1),
            to: 1
        }));
        assert!(
            !absorb(Fact::OffsetCommitted {
                partition: partition(7, 1),
                offset: 1
            }),
            "of another group"
        );
        assert_eq!(lag.total(), 7);
    }
}
