//! When a lag is gone, in words of every length.

use super::label::grouped;
use partitura_engine::world::{Drain, Drains, NeverWhy};

/// For a narrow place: `3 s`, `4 min`, `∞`; nothing where there is no lag.
#[must_use]
pub fn short(when: Drains) -> Option<String> {
    match when {
        Drains::Empty => None,
        Drains::In(us) => Some(span(us)),
        Drains::Never(_) => Some("∞".to_owned()),
    }
}

/// Beside a lag: `in 3 s`, `never`.
#[must_use]
pub fn brief(when: Drains) -> Option<String> {
    match when {
        Drains::Empty => None,
        Drains::In(us) => Some(format!("in {}", span(us))),
        Drains::Never(_) => Some("never".to_owned()),
    }
}

/// A line: `drains in 3 s`, `never: in ≥ out`.
#[must_use]
pub fn line(when: Drains) -> Option<String> {
    match when {
        Drains::Empty => None,
        Drains::In(us) => Some(format!("drains in {}", span(us))),
        Drains::Never(why) => Some(format!("never: {}", word(why))),
    }
}

/// A part of a sentence: `lag 412, gone in 3 s`, `lag 412, never gone: …`.
#[must_use]
pub fn said(drain: &Drain) -> String {
    let lag = grouped(drain.lag);
    match drain.when {
        Drains::Empty => format!("lag {lag}"),
        Drains::In(us) => format!("lag {lag}, gone in {}", span(us)),
        Drains::Never(why) => format!("lag {lag}, never gone: {}", reason(why)),
    }
}

/// Why never, in a word or two.
fn word(why: NeverWhy) -> &'static str {
    match why {
        NeverWhy::NoLeader => "no leader",
        NeverWhy::NoOwner => "no owner",
        NeverWhy::Stalled => "stuck",
        NeverWhy::NotFaster => "in ≥ out",
    }
}

/// Why never, in plain words.
#[must_use]
pub fn reason(why: NeverWhy) -> &'static str {
    match why {
        NeverWhy::NoLeader => "nobody leads it, so nobody can read it",
        NeverWhy::NoOwner => "no consumer of the group owns it",
        NeverWhy::Stalled => "its consumer has processed nothing of it in the last seconds",
        NeverWhy::NotFaster => "as much comes in as is processed, or more",
    }
}

/// The one of several that takes longest: what a consumer, or the group, waits for.
#[must_use]
pub fn last(drains: impl Iterator<Item = Drains>) -> Drains {
    drains.fold(Drains::Empty, |last, when| match (last, when) {
        (Drains::Never(_), _) | (_, Drains::Empty) => last,
        (Drains::In(a), Drains::In(b)) if a >= b => last,
        _ => when,
    })
}

/// A span in its largest unit, rounded up: `1 s`, `90 s`, `3 min`, `2 h`.
#[must_use]
pub fn span(us: u64) -> String {
    let seconds = us.div_ceil(1_000_000);
    match seconds {
        0..=99 => format!("{seconds}\u{a0}s"),
        100..=5_940 => format!("{}\u{a0}min", seconds.div_ceil(60)),
        _ => format!("{}\u{a0}h", grouped(seconds.div_ceil(3_600))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: Drains = Drains::Never(NeverWhy::NotFaster);

    #[test]
    fn a_span_is_short_and_never_promises_too_much() {
        let spans = [0, 1, 1_000_000, 1_000_001, 99_000_000, 100_000_000, 7_200_000_000].map(span);
        assert_eq!(
            spans.map(|s| s.replace('\u{a0}', " ")),
            ["0 s", "1 s", "1 s", "2 s", "99 s", "2 min", "2 h"]
        );
    }

    #[test]
    fn the_slowest_of_several_decides_and_never_is_the_slowest() {
        let last = |all: &[Drains]| last(all.iter().copied());
        assert_eq!(last(&[]), Drains::Empty);
        assert_eq!(last(&[Drains::In(3), Drains::Empty, Drains::In(9)]), Drains::In(9));
        assert_eq!(last(&[Drains::In(3), NEVER, Drains::In(9)]), NEVER);
    }

    #[test]
    fn never_has_a_sign_a_word_and_a_reason() {
        assert_eq!(short(NEVER).as_deref(), Some("∞"));
        assert_eq!(line(NEVER).as_deref(), Some("never: in ≥ out"));
        let drain = Drain {
            partition: 3,
            lag: 1_412,
            in_per_s: 90,
            out_per_s: 60,
            when: NEVER,
        };
        assert_eq!(
            said(&drain),
            "lag 1\u{a0}412, never gone: as much comes in as is processed, or more"
        );
        assert_eq!((short(Drains::Empty), line(Drains::Empty)), (None, None));
    }
}
