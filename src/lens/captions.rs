//! What the stage says in words beside its picture: who sends how much, and how the last key found its partition.

use crate::stage::Captions;
use crate::ui::format::{counted, grouped, shortened};
use partitura_engine::log::Dictionary;
use partitura_engine::producer::murmur2::to_positive;
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
    let limit = world.setup().limits.records;
    Captions {
        producers: if world.is_record_limit_reached() {
            format!("stopped at {} records", grouped(limit))
        } else {
            format!("{producers} · {} records/s", grouped(u64::from(world.rate())))
        },
        computation: last
            .map(|last| computation(&last, view, world.dictionary()))
            .unwrap_or_default(),
        assignor: "range".to_owned(),
        drains: world.drain(),
        buffer_memory: world.setup().producer.buffer_memory,
    }
}

/// `Utils.toPositive(Utils.murmur2(key)) % partitions`, or the sticky partitioner's way (KIP-794). `toPositive` clears the
/// sign bit, which shows for a negative hash only.
fn computation(last: &LastSent, view: &View, texts: &Dictionary) -> Vec<String> {
    let Some(key) = last.key else {
        return vec![
            "no key: the sticky partitioner".to_owned(),
            format!("stays with P{} for a batch", last.partition),
        ];
    };
    let hash = texts.key_hash(key);
    let positive = grouped(u64::from(to_positive(hash)));
    let masked = if hash < 0 { "& 0x7fffffff = " } else { "" };
    let text = shortened(texts.key_text(key), MOST_LETTERS);
    vec![
        format!("murmur2(\"{text}\") = {}", signed(hash)),
        format!(
            "{masked}{positive} mod {} = {} → P{}",
            view.partitions.len(),
            last.partition,
            last.partition
        ),
    ]
}

/// With spaces between the thousands, and a minus where there is one.
pub(crate) fn signed(number: i32) -> String {
    let minus = if number < 0 { "−" } else { "" };
    format!("{minus}{}", grouped(u64::from(number.unsigned_abs())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::world::{Setup, World};

    #[test]
    fn the_computation_shows_the_sign_bit_that_is_cleared() {
        let mut setup = Setup::new(1, "t");
        setup.workload.keys = vec!["match-4".to_owned(), "match-7".to_owned()];
        let world = World::new(&setup);
        let mut view = world.view();
        view.partitions = Vec::new();
        let plain = |line: String| line.replace('\u{202f}', " ");
        let said = |key: usize| -> Vec<String> {
            let key = world.keys()[key];
            let last = LastSent {
                at_us: 0,
                key: Some(key),
                subject: key,
                partition: 0,
            };
            computation(&last, &view, world.dictionary())
                .into_iter()
                .map(plain)
                .collect()
        };
        assert_eq!(said(0)[0], "murmur2(\"match-4\") = −1 533 637 136");
        assert!(
            said(0)[1].starts_with("& 0x7fffffff = 613 846 512 mod"),
            "{:?}",
            said(0)
        );
        assert!(!said(1)[1].starts_with('&'));
    }
}
