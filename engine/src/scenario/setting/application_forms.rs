//! How poison and delays are written.

use crate::application::{ApplicationConfig, Poison, PoisonWhat, RetryDelays};
use crate::scenario::decimal;
use crate::wire::Micros;

/// What is allowed as poison, as it follows *must be*.
pub(super) const POISON: &str =
    "key:goal-42 or offset:1:17, each with crash: in front if it kills, several with commas between, or none";
/// What is allowed as delays.
pub(super) const DELAYS: &str = "1 to 6 waits of 1 to 3 600 000 ms with commas between, as 1000,5000,30000, or exponential:1000:3:4 (first, factor of 1 to 10, how many)";

fn wrong(allowed: &str, text: &str) -> String {
    let shown = if text.is_empty() {
        "empty".to_owned()
    } else {
        decimal::shorten(text)
    };
    format!("must be {allowed}, not {shown}")
}

/// Reads rules for poison. The message follows the setting's name.
pub(super) fn read_poison(text: &str) -> Result<Vec<Poison>, String> {
    let text = text.trim();
    if text.is_empty() || text == "none" {
        return Ok(Vec::new());
    }
    let rules: Option<Vec<Poison>> = text.split(',').map(|rule| read_rule(rule.trim())).collect();
    let rules = rules.ok_or_else(|| wrong(POISON, text))?;
    if rules.len() > Poison::MOST {
        return Err(format!("must be at most {} rules, not {}", Poison::MOST, rules.len()));
    }
    Ok(rules)
}

fn read_rule(rule: &str) -> Option<Poison> {
    let (crash, rule) = match rule.strip_prefix("crash:") {
        Some(rest) => (true, rest),
        None => (false, rule),
    };
    let what = if let Some(key) = rule.strip_prefix("key:") {
        super::check_key(key).ok().filter(|()| !key.is_empty())?;
        PoisonWhat::Key(key.to_owned())
    } else {
        let (partition, offset) = rule.strip_prefix("offset:")?.split_once(':')?;
        PoisonWhat::Offset {
            partition: u16::try_from(decimal::parse(partition, 0).ok()?).ok()?,
            offset: decimal::parse(offset, 0).ok()?,
        }
    };
    Some(Poison { what, crash })
}

/// Writes rules for poison, so that [`read_poison`] reads them again.
pub(super) fn write_poison(rules: &[Poison]) -> String {
    if rules.is_empty() {
        return "none".to_owned();
    }
    let mut text = String::new();
    for rule in rules {
        if !text.is_empty() {
            text.push(',');
        }
        if rule.crash {
            text.push_str("crash:");
        }
        match &rule.what {
            PoisonWhat::Key(key) => {
                text.push_str("key:");
                text.push_str(key);
            }
            PoisonWhat::Offset { partition, offset } => {
                text.push_str("offset:");
                text.push_str(&partition.to_string());
                text.push(':');
                text.push_str(&offset.to_string());
            }
        }
    }
    text
}

/// Reads delays. The message follows the setting's name.
pub(super) fn read_delays(text: &str) -> Result<RetryDelays, String> {
    let text = text.trim();
    let delays = match text.strip_prefix("exponential:") {
        Some(rest) => read_exponential(rest),
        None => text
            .split(',')
            .map(|delay| read_delay(delay.trim()))
            .collect::<Option<Vec<Micros>>>()
            .map(RetryDelays::Listed),
    };
    let fits = |delays: &RetryDelays| (1..=ApplicationConfig::MAX_TIERS).contains(&delays.count());
    delays.filter(fits).ok_or_else(|| wrong(DELAYS, text))
}

fn read_delay(text: &str) -> Option<Micros> {
    let us = decimal::parse(text, 3).ok()?;
    (1_000..=RetryDelays::LONGEST_US).contains(&us).then_some(us)
}

fn read_exponential(text: &str) -> Option<RetryDelays> {
    let mut parts = text.split(':').map(str::trim);
    let first_us = read_delay(parts.next()?)?;
    let factor = decimal::parse(parts.next()?, 0).ok().filter(|n| (1..=10).contains(n))?;
    let count = decimal::parse(parts.next()?, 0).ok()?;
    parts.next().is_none().then_some(())?;
    Some(RetryDelays::Exponential {
        first_us,
        factor: u32::try_from(factor).ok()?,
        count: u8::try_from(count).ok()?,
    })
}

/// Writes delays, so that [`read_delays`] reads them again.
pub(super) fn write_delays(delays: &RetryDelays) -> String {
    match delays {
        RetryDelays::Listed(listed) => {
            let listed: Vec<String> = listed.iter().map(|us| decimal::format(*us, 3)).collect();
            listed.join(",")
        }
        RetryDelays::Exponential {
            first_us,
            factor,
            count,
        } => format!("exponential:{}:{factor}:{count}", decimal::format(*first_us, 3)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poison_is_read_as_it_is_written() {
        for text in ["none", "key:goal-42", "offset:1:17,crash:key:goal-7,crash:offset:0:0"] {
            assert_eq!(write_poison(&read_poison(text).unwrap()), text);
        }
        assert_eq!(read_poison(" key:a , offset:2:3 ").unwrap().len(), 2);
        for wrong in [
            "key:",
            "offset:1",
            "offset:x:1",
            "goal",
            "key:a,,key:b",
            "offset:70000:1",
        ] {
            assert!(read_poison(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn delays_are_read_as_they_are_written() {
        for text in [
            "1000",
            "1000,5000,30000",
            "0.5,1,2".replace("0.5", "1.5").as_str(),
            "exponential:1000:3:4",
        ] {
            assert_eq!(write_delays(&read_delays(text).unwrap()), text);
        }
        let too_many = "1,1,1,1,1,1,1";
        for wrong in [
            "",
            "0",
            "a",
            too_many,
            "exponential:1000:3",
            "exponential:1000:3:0",
            "exponential:1000:11:2",
            "3600001",
        ] {
            assert!(read_delays(wrong).is_err(), "{wrong}");
        }
    }
}
