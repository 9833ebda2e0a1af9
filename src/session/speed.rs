//! The speeds that the slider stops at: a 1–2–5 scale, which is even on a logarithmic axis.

use partitura_engine::scenario::Speed;

/// The stops, the slowest first.
pub const NOTCHES: [Speed; 14] = [
    Speed::Permille(10),
    Speed::Permille(20),
    Speed::Permille(50),
    Speed::Permille(100),
    Speed::Permille(200),
    Speed::Permille(500),
    Speed::Permille(1_000),
    Speed::Permille(2_000),
    Speed::Permille(5_000),
    Speed::Permille(10_000),
    Speed::Permille(20_000),
    Speed::Permille(50_000),
    Speed::Permille(100_000),
    Speed::Max,
];

/// The stop that is nearest on the logarithmic axis.
#[must_use]
pub fn notch(speed: Speed) -> usize {
    let Speed::Permille(permille) = speed else {
        return NOTCHES.len() - 1;
    };
    let log = |n: u32| f64::from(n.max(1)).ln();
    let distance = |speed: &Speed| match speed {
        Speed::Permille(n) => (log(*n) - log(permille)).abs(),
        Speed::Max => f64::INFINITY,
    };
    let nearest = NOTCHES
        .iter()
        .enumerate()
        .min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)));
    nearest.map_or(0, |(index, _)| index)
}

/// The stop of that number, or the last one.
#[must_use]
pub fn at_notch(notch: usize) -> Speed {
    NOTCHES[notch.min(NOTCHES.len() - 1)]
}

/// One stop faster.
#[must_use]
pub fn faster(speed: Speed) -> Speed {
    at_notch(notch(speed) + 1)
}

/// One stop slower.
#[must_use]
pub fn slower(speed: Speed) -> Speed {
    at_notch(notch(speed).saturating_sub(1))
}

/// As it is said aloud: `1/20 of real time`.
#[must_use]
pub fn spoken(speed: Speed) -> String {
    let written = speed.to_string();
    match speed {
        Speed::Max => "as fast as it goes".to_owned(),
        Speed::Permille(1000) => "real time".to_owned(),
        Speed::Permille(n) if n > 1000 => format!("{} times real time", written.trim_end_matches('×')),
        Speed::Permille(_) => format!("{} of real time", written.trim_end_matches('×')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stops_are_written_and_found_again() {
        let written: Vec<String> = NOTCHES.iter().map(ToString::to_string).collect();
        assert_eq!(
            written.join(" "),
            "1/100 1/50 1/20 1/10 1/5 1/2 1× 2× 5× 10× 20× 50× 100× max"
        );
        for (index, speed) in NOTCHES.into_iter().enumerate() {
            assert_eq!(notch(speed), index);
        }
        assert_eq!(notch(Speed::Permille(250)), 4, "1/4 lies nearest to 1/5");
    }

    #[test]
    fn the_ends_are_ends() {
        assert_eq!(faster(Speed::Max), Speed::Max);
        assert_eq!(slower(Speed::Permille(10)), Speed::Permille(10));
        assert_eq!(spoken(slower(Speed::Permille(1_000))), "1/2 of real time");
    }
}
