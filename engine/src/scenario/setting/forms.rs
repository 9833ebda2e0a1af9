//! Settings whose value has a form of its own: the rule for keys, weights, limits of the source. Each is read and written
//! here, and nowhere else.

use super::application_forms;
use super::groups;
use super::keys;
use super::kind::{parse_distribution, write_distribution};
use super::{membership, partitioning, sharing};
use crate::producer::partitioner_class::PartitionerClass;
use crate::scenario::decimal;
use crate::workload::{KeyDistribution, KeyRule, SendLimit};
use std::fmt::Write as _;

/// A form of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// What a record has as key: `subject`, `salt:8`.
    KeyRule,
    /// Numbers with commas between.
    Weights,
    /// `ad-1:100`, several with commas between.
    Limits,
    /// Partitioners with commas between.
    Partitioners,
    /// `billing:2,audit:1:500`.
    Groups,
    /// Assignors with commas between.
    Strategies,
    /// The beginning of a `group.instance.id`, or nothing.
    InstanceId,
    /// Rules for poison: `key:goal-42,offset:1:17`.
    Poison,
    /// Delays: `1000,5000`, `exponential:1000:3:4`.
    Delays,
    /// `workers:3`, several with commas between.
    ShareGroups,
}

/// The largest weight of a key.
const MAX_WEIGHT: u64 = 1_000_000_000;
/// The longest name of a second part, in bytes.
const MAX_PART_BYTES: usize = 64;

impl Form {
    /// What is allowed, as it follows *must be*.
    pub(super) fn allowed(self) -> &'static str {
        match self {
            Form::KeyRule => {
                "subject, none, salt:8, salt:8:ad-1,ad-2 (only these), compound:region:6 or compound:user:1000:zipf:1"
            }
            Form::Weights => "whole numbers of 0 to 1 000 000 000 with commas between, one for each of own.keys",
            Form::Limits => {
                "a subject and records a second, as ad-1:100, several with commas between, or empty for none"
            }
            Form::Partitioners => PartitionerClass::ALLOWED,
            Form::Groups => {
                "at most four groups, each with a name of its own and 0 to 12 consumers, as billing:2,audit:1:500 (500 ms a record)"
            }
            Form::Strategies => {
                "range, roundrobin, sticky or cooperative-sticky, several with commas between, each once"
            }
            Form::InstanceId => "up to 200 letters, digits, dots, underscores or hyphens, or empty for none",
            Form::Poison => application_forms::POISON,
            Form::Delays => application_forms::DELAYS,
            Form::ShareGroups => {
                "a name and its consumers, as workers:3, several with commas between, at most 16 consumers together, or empty"
            }
        }
    }

    /// `text` as it would be written. The message follows the setting's name.
    pub(super) fn canonical(self, text: &str) -> Result<String, String> {
        Ok(match self {
            Form::KeyRule => write_rule(&read_rule(text)?),
            Form::Weights => write_weights(&read_weights(text)?),
            Form::Limits => write_limits(&read_limits(text)?),
            Form::Poison => application_forms::write_poison(&application_forms::read_poison(text)?),
            Form::Delays => application_forms::write_delays(&application_forms::read_delays(text)?),
            Form::ShareGroups => sharing::write(&sharing::read(text).ok_or_else(|| self.wrong(text))?),
            Form::Groups => groups::write(&groups::read(text).ok_or_else(|| self.wrong(text))?),
            Form::Partitioners => partitioning::write(&partitioning::read(text).ok_or_else(|| self.wrong(text))?),
            Form::Strategies => membership::write(&membership::read(text).ok_or_else(|| self.wrong(text))?),
            Form::InstanceId if membership::is_instance(text.trim()) => text.trim().to_owned(),
            Form::InstanceId => return Err(self.wrong(text)),
        })
    }

    fn wrong(self, text: &str) -> String {
        let shown = if text.is_empty() {
            "empty".to_owned()
        } else {
            decimal::shorten(text)
        };
        format!("must be {}, not {shown}", self.allowed())
    }
}

/// Reads a rule for keys. The message follows the setting's name.
pub(super) fn read_rule(text: &str) -> Result<KeyRule, String> {
    // A line end at the end tells one key with a comma from two keys.
    let text = text.trim_start().trim_end_matches(' ');
    let wrong = || Form::KeyRule.wrong(text);
    let (name, rest) = text.split_once(':').unwrap_or((text, ""));
    match name {
        "none" if text == name => Ok(KeyRule::None),
        "subject" if text == name => Ok(KeyRule::Subject),
        "salt" => {
            let (shards, only) = rest.split_once(':').unwrap_or((rest, ""));
            Ok(KeyRule::Salt {
                shards: count(shards, KeyRule::MAX_SHARDS).ok_or_else(wrong)??,
                only: keys::parse(only)?,
            })
        }
        "compound" => {
            let (part, rest) = rest.split_once(':').ok_or_else(wrong)?;
            let (parts, distribution) = rest.split_once(':').unwrap_or((rest, "uniform"));
            let distribution = parse_distribution(distribution.trim()).filter(|d| *d != KeyDistribution::Weights);
            let part = part.trim();
            if part.is_empty() || part.len() > MAX_PART_BYTES || part.chars().any(char::is_control) {
                return Err(format!(
                    "must name its second part in 1 to {MAX_PART_BYTES} bytes, as compound:region:6"
                ));
            }
            Ok(KeyRule::Compound {
                part: part.to_owned(),
                count: count(parts, KeyRule::MAX_PARTS).ok_or_else(wrong)??,
                distribution: distribution.ok_or_else(wrong)?,
            })
        }
        _ => Err(wrong()),
    }
}

/// How many keys; `None` when it is no number.
fn count(text: &str, most: u32) -> Option<Result<u32, String>> {
    let number = decimal::parse(text.trim(), 0).ok()?;
    let fits = u32::try_from(number).ok().filter(|n| (1..=most).contains(n));
    Some(fits.ok_or_else(|| {
        format!(
            "must make 1 to {} keys of a subject, not {number}",
            decimal::grouped(most.into())
        )
    }))
}

/// Writes a rule, so that [`read_rule`] reads it again.
pub(super) fn write_rule(rule: &KeyRule) -> String {
    match rule {
        KeyRule::None => "none".to_owned(),
        KeyRule::Subject => "subject".to_owned(),
        KeyRule::Salt { shards, only } if only.is_empty() => format!("salt:{shards}"),
        KeyRule::Salt { shards, only } => format!("salt:{shards}:{}", keys::write(only)),
        KeyRule::Compound {
            part,
            count,
            distribution,
        } => {
            let mut text = format!("compound:{part}:{count}");
            if *distribution != KeyDistribution::Uniform {
                text.push(':');
                text.push_str(&write_distribution(*distribution));
            }
            text
        }
    }
}

/// Reads weights. The message follows the setting's name.
pub(super) fn read_weights(text: &str) -> Result<Vec<u32>, String> {
    let mut weights = Vec::new();
    if text.trim().is_empty() {
        return Ok(weights);
    }
    for number in text.split([',', '\n']).map(str::trim) {
        let weight = decimal::parse(number, 0).ok().filter(|n| *n <= MAX_WEIGHT);
        let weight = weight.and_then(|n| u32::try_from(n).ok());
        if weights.len() == keys::MAX_KEYS {
            return Err(format!(
                "must be at most {} numbers",
                decimal::grouped(keys::MAX_KEYS as u64)
            ));
        }
        weights.push(weight.ok_or_else(|| Form::Weights.wrong(number))?);
    }
    Ok(weights)
}

/// Writes weights, so that [`read_weights`] reads them again.
pub(super) fn write_weights(weights: &[u32]) -> String {
    let mut text = String::new();
    for (place, weight) in weights.iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        let _ = write!(text, "{comma}{weight}");
    }
    text
}

/// Reads limits of the source. The message follows the setting's name.
pub(super) fn read_limits(text: &str) -> Result<Vec<SendLimit>, String> {
    let separator = if text.contains('\n') { '\n' } else { ',' };
    let mut limits: Vec<SendLimit> = Vec::new();
    for limit in text.split(separator).map(str::trim).filter(|limit| !limit.is_empty()) {
        let wrong = || Form::Limits.wrong(limit);
        let (subject, rate) = limit.rsplit_once(':').ok_or_else(wrong)?;
        let subject = subject.trim();
        keys::check(subject)?;
        let rate = decimal::parse(rate.trim(), 0).map_err(|_| wrong())?;
        let most = SendLimit::MAX_RATE;
        let per_second = u32::try_from(rate).ok().filter(|n| (1..=most).contains(n));
        let per_second = per_second.ok_or_else(|| {
            let most = decimal::grouped(most.into());
            format!("must be 1 to {most} records a second, not {rate}")
        })?;
        if subject.is_empty() {
            return Err(wrong());
        }
        if limits.iter().any(|limit| limit.subject == subject) {
            return Err(format!("names {} twice", decimal::shorten(subject)));
        }
        if limits.len() == SendLimit::MOST {
            return Err(format!("must be at most {} limits", SendLimit::MOST));
        }
        limits.push(SendLimit {
            subject: subject.to_owned(),
            per_second,
        });
    }
    Ok(limits)
}

/// Writes limits, so that [`read_limits`] reads them again.
pub(super) fn write_limits(limits: &[SendLimit]) -> String {
    let lines: Vec<String> = limits
        .iter()
        .map(|limit| format!("{}:{}", limit.subject, limit.per_second))
        .collect();
    keys::write(&lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read_and_write() {
        for text in [
            "none",
            "subject",
            "salt:8",
            "salt:1000:ad-1,ad-2",
            "salt:2:https://a.example/b",
            "salt:2:one, two\n",
            "compound:region:6",
            "compound:user:1000:zipf:1",
            "compound:user:2:hot:90",
        ] {
            assert_eq!(write_rule(&read_rule(text).unwrap()), text);
        }
        assert_eq!(read_rule(" salt: 8 :ad-1,"), read_rule("salt:8:ad-1"));
        assert_eq!(read_rule("compound:region:6:uniform"), read_rule("compound:region:6"));
    }

    #[test]
    fn wrong_rules_are_told() {
        for text in [
            "",
            "salt",
            "salt:x",
            "keys",
            "Subject",
            "none:1",
            "compound:6",
            "compound:a:b",
            "compound:a:2:weights",
        ] {
            let message = read_rule(text).unwrap_err();
            assert!(
                message.starts_with("must be subject, none, salt:8"),
                "{text}: {message}"
            );
        }
        assert_eq!(
            read_rule("salt:1001").unwrap_err(),
            "must make 1 to 1 000 keys of a subject, not 1001"
        );
        assert!(read_rule("salt:0").unwrap_err().ends_with("not 0"));
        assert!(read_rule("compound::6").unwrap_err().contains("name its second part"));
    }

    #[test]
    fn weights_read_and_write() {
        assert_eq!(write_weights(&read_weights(" 600, 0,\n3 ").unwrap_or_default()), "");
        assert_eq!(write_weights(&read_weights("600, 0,3").unwrap()), "600,0,3");
        assert_eq!(read_weights("").unwrap(), [0; 0]);
        for wrong in ["1,,2", "1,-2", "1000000001", "a", "1.5"] {
            assert!(
                read_weights(wrong).unwrap_err().starts_with("must be whole numbers"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn limits_read_and_write() {
        for text in ["", "ad-1:100", "ad-1:100,a:b:5", "one, two:7\nthree:1\n"] {
            assert_eq!(write_limits(&read_limits(text).unwrap()), text);
        }
        assert_eq!(read_limits("a:1, a:2").unwrap_err(), "names a twice");
        assert!(
            read_limits("a:0")
                .unwrap_err()
                .contains("1 to 1 000 000 records a second")
        );
        for wrong in ["a", "a:", ":5", "a:x"] {
            assert!(
                read_limits(wrong).unwrap_err().starts_with("must be a subject"),
                "{wrong}"
            );
        }
    }
}
