//! Batches of records about nothing, for logs of which only the offsets matter.

use std::sync::Arc;

use partitura_engine::log::{Batch, BatchBuilder, Dictionary, Record};
use partitura_engine::wire::NodeId;

/// A batch of that many records.
pub(crate) fn batch(records: u32) -> Arc<Batch> {
    let mut dictionary = Dictionary::default();
    let key = dictionary.key("k").expect("there is room for one key");
    let mut builder = BatchBuilder::new(0, u32::MAX);
    for sequence in 1..=records {
        let record = Record {
            key: Some(key),
            subject: key,
            sequence,
            value: None,
            value_bytes: 10,
            timestamp_delta_us: 0,
        };
        assert!(builder.try_add(record, 0, &dictionary), "a batch takes all");
    }
    builder.build(NodeId::Producer(1), 0, None)
}
