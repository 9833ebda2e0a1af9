//! `seek()`: the application reads on elsewhere (`KafkaConsumer.seek`, `seekToBeginning`, `seekToEnd`). What is committed
//! stays as it is, until the next commit.

use super::Consumer;
use crate::node::Ctx;
use crate::trace::Fact;
use crate::wire::{OffsetSpec, SeekTo};

impl Consumer {
    /// The application's thread does it before it polls again.
    pub(super) fn seek(&mut self, to: SeekTo) {
        self.application.seeks.push(to);
    }

    /// Between two polls: what was asked for. Who is about to get other partitions does not know them yet, and waits.
    pub(super) fn carry_out_seeks(&mut self, ctx: &mut Ctx) {
        for to in std::mem::take(&mut self.application.seeks) {
            match to {
                SeekTo::Earliest => self.fetcher.reset_all(OffsetSpec::Earliest),
                SeekTo::Latest => self.fetcher.reset_all(OffsetSpec::Latest),
                SeekTo::Offset { partition, offset } => {
                    let owned = self.fetcher.owned.iter();
                    let slot = owned.enumerate().find(|(_, owned)| owned.id.index == partition);
                    // Kafka: "No current assignment for partition".
                    let Some((slot, owned)) = slot else {
                        ctx.record(Fact::SeekRefused { partition });
                        continue;
                    };
                    let partition = owned.id;
                    self.fetcher.drop_buffered(slot);
                    self.fetcher.owned[slot].seek(offset);
                    ctx.record(Fact::PositionSet {
                        partition,
                        offset,
                        committed: false,
                    });
                }
            }
        }
    }
}
