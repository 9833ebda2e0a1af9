//! Who stopped: the price of a rebalance. A member that had work stops when it has given up all that it owned and waits;
//! with an eager assignor that is everybody, cooperatively hardly anybody.

use partitura_engine::trace::{GroupHistory, MemberDoes, Rebalance, Spell};
use partitura_engine::wire::Micros;

/// How many members stopped in a rebalance, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stops {
    /// Members that had work when it began.
    pub had_work: u32,
    /// Those of them that stopped.
    pub stopped: u32,
    /// The longest of these stops, so far.
    pub longest_us: Micros,
}

/// The stops of that rebalance until `now`.
#[must_use]
pub fn of(history: &GroupHistory, rebalance: &Rebalance, now: Micros) -> Stops {
    let until = rebalance.until_us.unwrap_or(now);
    let mut stops = Stops::default();
    for_each(history, now, |spell, stopped| {
        let begins = spell.from_us >= rebalance.from_us && spell.from_us <= until;
        if spell.does == MemberDoes::Working && spell.from_us < rebalance.from_us && spell.until_us >= rebalance.from_us
        {
            stops.had_work += 1;
        }
        if stopped && begins {
            stops.stopped += 1;
            stops.longest_us = stops.longest_us.max(spell.until_us - spell.from_us);
        }
    });
    // One that gives everything up twice counts once.
    stops.stopped = stops.stopped.min(stops.had_work);
    stops
}

/// All stops of all members together, as far back as the history goes.
#[must_use]
pub fn sum_us(history: &GroupHistory, now: Micros) -> Micros {
    let mut sum = 0;
    for_each(history, now, |spell, stopped| {
        if stopped {
            sum += spell.until_us - spell.from_us;
        }
    });
    sum
}

/// Tells each spell, each member's in their order, and whether it is a stop.
fn for_each(history: &GroupHistory, now: Micros, mut tell: impl FnMut(&Spell, bool)) {
    // By consumer: until when it has worked last.
    let mut worked = [None; 256];
    let present = history.present_spells().map(|spell| Spell { until_us: now, ..spell });
    for spell in history.past_spells().copied().chain(present) {
        let worked = &mut worked[usize::from(spell.consumer)];
        tell(
            &spell,
            spell.does == MemberDoes::Waiting && *worked == Some(spell.from_us),
        );
        *worked = (spell.does == MemberDoes::Working).then_some(spell.until_us);
    }
}
