//! What the stage says in words beside its picture: who sends how much, how the last key
//! found its partition, and where lags go.

use super::computation::lines;
use crate::stage::Captions;
use crate::ui::format::{counted, grouped};
use partitura_engine::world::{View, World};

/// The captions of a moment.
#[must_use]
pub fn captions(world: &World, view: &View) -> Captions {
    let producers = counted(view.producers.len() as u64, "producer");
    let limit = world.setup().limits.records;
    Captions {
        producers: if world.is_record_limit_reached() {
            format!("stopped at {} records", grouped(limit))
        } else {
            format!("{producers} · {} records/s", grouped(u64::from(world.rate())))
        },
        computation: lines(world, view),
        assignor: match (view.group.protocol, world.setup().consumer.strategies.first()) {
            ("consumer", _) => "consumer protocol".to_owned(),
            (_, strategy) => strategy.map_or("", |strategy| strategy.name()).to_owned(),
        },
        drains: world.drain(),
        buffer_memory: world.setup().producer.buffer_memory,
    }
}

/// With spaces between the thousands, and a minus where there is one.
pub(crate) fn signed(number: i32) -> String {
    let minus = if number < 0 { "−" } else { "" };
    format!("{minus}{}", grouped(u64::from(number.unsigned_abs())))
}
