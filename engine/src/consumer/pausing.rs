//! Partitions that the application has paused (`KafkaConsumer.pause`): nothing is fetched of them, and it goes on polling
//! the others.

use super::Consumer;
use super::processing::InHand;
use crate::node::Ctx;
use crate::trace::{Fact, PauseWhy};
use crate::wire::Micros;

impl Consumer {
    /// Seeks back to the record in hand and pauses its partition until that moment, as Spring Kafka's containers do
    /// (`KafkaConsumerBackoffManager`): what was read behind the record is read again.
    pub(super) fn pause_here(&mut self, hand: &InHand, until_us: Micros, why: PauseWhy, ctx: &mut Ctx) {
        self.application.work.retain(|run| run.slot != hand.slot);
        self.fetcher.drop_buffered(hand.slot);
        let owned = &mut self.fetcher.owned[hand.slot];
        owned.seek(hand.offset);
        owned.paused_until = until_us;
        ctx.record(Fact::PartitionPaused {
            partition: hand.partition,
            until_us,
            why,
        });
        self.fetcher.back_off(hand.slot, until_us - ctx.now(), ctx);
    }
}
