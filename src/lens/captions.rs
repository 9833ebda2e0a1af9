//! What the stage says in words beside its picture: who sends how much, and how the last key found its partition.

use crate::stage::Captions;
use crate::ui::format::{counted, grouped, shortened};
use partitura_engine::log::Dictionary;
use partitura_engine::world::{LastSent, View, World};

/// The longest key that is written out.
const MOST_LETTERS: usize = 24;

/// The captions of a moment.
#[must_use]
pub fn captions(world: &World, view: &View) -> Captions {
    let producers = counted(view.producers.len() as u64, "producer");
    let last = view
        .producers
        .iter()
        .filter_map(|producer| producer.last)
        .max_by_key(|last| last.at_us);
    Captions {
        producers: format!("{producers} · {} records/s", grouped(u64::from(world.rate()))),
        computation: last
            .map(|last| computation(&last, view, world.dictionary()))
            .unwrap_or_default(),
        assignor: "range".to_owned(),
    }
}

/// `Utils.toPositive(Utils.murmur2(key)) % partitions`, or the sticky partitioner's way (KIP-794).
fn computation(last: &LastSent, view: &View, texts: &Dictionary) -> Vec<String> {
    let Some(key) = last.key else {
        return vec![
            "no key: the sticky partitioner".to_owned(),
            format!("stays with P{} for a batch", last.partition),
        ];
    };
    let positive = grouped(u64::from((texts.key_hash(key) & 0x7fff_ffff).cast_unsigned()));
    let text = shortened(texts.key_text(key), MOST_LETTERS);
    vec![
        format!("murmur2(\"{text}\") = {positive}"),
        format!(
            "{positive} mod {} = {} → P{}",
            view.partitions.len(),
            last.partition,
            last.partition
        ),
    ]
}
