//! What a setting's value can be, and how it is written.

use super::forms::Form;
use super::keys;
use crate::scenario::decimal;
use crate::wire::Micros;
use crate::workload::{KeyDistribution, ZipfExponent};

/// What values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Number {
        /// At least this.
        min: u64,
        /// At most this.
        max: u64,
    },
    /// Milliseconds, written with up to three decimals.
    Millis {
        /// At least this, in microseconds.
        min_us: Micros,
        /// At most this, in microseconds.
        max_us: Micros,
    },
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `uniform`, `zipf:1` or `hot:60`.
    Distribution,
    /// A text of a form of its own.
    Form(Form),
    /// A list of keys: one a line, or with commas between.
    Keys,
    /// A legal name of a topic or a group.
    Name,
}

/// A value that fits its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A number, microseconds, a switch (0 or 1) or the place of a choice.
    Number(u64),
    Distribution(KeyDistribution),
    Keys(Vec<String>),
    /// In its form's own writing.
    Text(String),
    Name(String),
}

impl Kind {
    /// What is allowed, as it follows *must be*.
    #[must_use]
    pub fn allowed(&self) -> String {
        match self {
            Kind::Number { min, max } => format!("{} to {}", decimal::grouped(*min), decimal::grouped(*max)),
            Kind::Millis { min_us, max_us } => format!("{} to {} ms", grouped_millis(*min_us), grouped_millis(*max_us)),
            Kind::Switch => "true or false".to_owned(),
            Kind::Choice(words) => match words {
                [head @ .., last] if !head.is_empty() => format!("{} or {last}", head.join(", ")),
                _ => words.concat(),
            },
            Kind::Distribution => "uniform, zipf:0.5, zipf:1, zipf:1.5, zipf:2, weights or hot:0 to hot:100".to_owned(),
            Kind::Form(form) => form.allowed().to_owned(),
            Kind::Keys => format!("at most {} keys", decimal::grouped(keys::MAX_KEYS as u64)),
            Kind::Name => "1 to 249 letters, digits, dots, underscores or hyphens".to_owned(),
        }
    }

    /// Reads a value. The message follows the setting's name.
    pub(super) fn parse(&self, text: &str) -> Result<Value, String> {
        if *self == Kind::Keys {
            return keys::parse(text).map(Value::Keys);
        }
        if let Kind::Form(form) = self {
            return form.canonical(text).map(Value::Text);
        }
        let text = text.trim();
        self.parse_one(text).ok_or_else(|| {
            format!(
                "must be {}, not {}",
                self.allowed(),
                if text.is_empty() {
                    "empty".to_owned()
                } else {
                    decimal::shorten(text)
                }
            )
        })
    }

    fn parse_one(&self, text: &str) -> Option<Value> {
        let within = |number: Option<u64>, min: u64, max: u64| number.filter(|n| (min..=max).contains(n));
        match *self {
            Kind::Number { min, max } => within(decimal::parse(text, 0).ok(), min, max).map(Value::Number),
            Kind::Millis { min_us, max_us } => within(decimal::parse(text, 3).ok(), min_us, max_us).map(Value::Number),
            Kind::Switch => match text {
                "false" => Some(Value::Number(0)),
                "true" => Some(Value::Number(1)),
                _ => None,
            },
            Kind::Choice(words) => words
                .iter()
                .position(|word| *word == text)
                .map(|n| Value::Number(n as u64)),
            Kind::Distribution => parse_distribution(text).map(Value::Distribution),
            Kind::Keys | Kind::Form(_) => None,
            Kind::Name => is_legal_name(text).then(|| Value::Name(text.to_owned())),
        }
    }

    /// Whether that text is one of its values.
    pub(super) fn takes(&self, text: &str) -> bool {
        self.parse(text).is_ok()
    }

    /// Writes a value, so that [`Kind::parse`] reads it again.
    pub(super) fn write(&self, value: &Value) -> String {
        match (self, value) {
            (Kind::Millis { .. }, Value::Number(us)) => millis(*us),
            (Kind::Switch, Value::Number(n)) => (*n != 0).to_string(),
            (Kind::Choice(words), Value::Number(n)) => words.get(*n as usize).copied().unwrap_or_default().to_owned(),
            (_, Value::Number(n)) => n.to_string(),
            (_, Value::Distribution(distribution)) => write_distribution(*distribution),
            (_, Value::Keys(list)) => keys::write(list),
            (_, Value::Name(text) | Value::Text(text)) => text.clone(),
        }
    }
}

fn millis(us: Micros) -> String {
    decimal::format(us, 3)
}

/// Only round numbers are long.
fn grouped_millis(us: Micros) -> String {
    if us.is_multiple_of(1000) {
        decimal::grouped(us / 1000)
    } else {
        millis(us)
    }
}

const EXPONENTS: [(&str, ZipfExponent); 4] = [
    ("0.5", ZipfExponent::Half),
    ("1", ZipfExponent::One),
    ("1.5", ZipfExponent::OneAndHalf),
    ("2", ZipfExponent::Two),
];

pub(super) fn parse_distribution(text: &str) -> Option<KeyDistribution> {
    let (name, argument) = text.split_once(':').unwrap_or((text, ""));
    match name.trim() {
        "weights" if text == "weights" => Some(KeyDistribution::Weights),
        "uniform" if argument.is_empty() => Some(KeyDistribution::Uniform),
        "zipf" => {
            let exponent = decimal::parse(argument.trim(), 1).ok()?;
            let known = EXPONENTS
                .iter()
                .find(|(text, _)| decimal::parse(text, 1) == Ok(exponent));
            known.map(|(_, exponent)| KeyDistribution::Zipf(*exponent))
        }
        "hot" => {
            let percent = decimal::parse(argument.trim().trim_end_matches('%'), 0)
                .ok()
                .filter(|n| *n <= 100)?;
            Some(KeyDistribution::Hot { percent: percent as u8 })
        }
        _ => None,
    }
}

pub(super) fn write_distribution(distribution: KeyDistribution) -> String {
    match distribution {
        KeyDistribution::Uniform => "uniform".to_owned(),
        KeyDistribution::Weights => "weights".to_owned(),
        KeyDistribution::Zipf(exponent) => {
            let text = EXPONENTS
                .iter()
                .find(|(_, known)| *known == exponent)
                .map_or("1", |(text, _)| text);
            format!("zipf:{text}")
        }
        KeyDistribution::Hot { percent } => format!("hot:{percent}"),
    }
}

/// Kafka's rule for topic names (`Topic.validate`); groups are held to it as well.
fn is_legal_name(text: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    (1..=249).contains(&text.len()) && text.bytes().all(legal) && text != "." && text != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_read_and_write() {
        for text in [
            "uniform", "zipf:0.5", "zipf:1", "zipf:1.5", "zipf:2", "hot:0", "hot:60", "hot:100", "weights",
        ] {
            assert_eq!(write_distribution(parse_distribution(text).unwrap()), text);
        }
        assert_eq!(parse_distribution("zipf: 1.0"), parse_distribution("zipf:1"));
        assert_eq!(parse_distribution("hot:60%"), parse_distribution("hot:60"));
        for wrong in [
            "",
            "zipf",
            "zipf:3",
            "zipf:1.05",
            "hot",
            "hot:101",
            "hot:-1",
            "uniform:1",
            "Hot:5",
        ] {
            assert_eq!(parse_distribution(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_choice_names_its_words() {
        assert_eq!(Kind::Choice(&["0", "1", "all"]).allowed(), "0, 1 or all");
        assert_eq!(
            Kind::Millis {
                min_us: 0,
                max_us: 1_500
            }
            .allowed(),
            "0 to 1.5 ms"
        );
        let wrong = Kind::Choice(&["0", "1", "all"]).parse("2").unwrap_err();
        assert_eq!(wrong, "must be 0, 1 or all, not 2");
    }

    #[test]
    fn names_follow_kafkas_rule() {
        assert!(is_legal_name("match-events_1.x"));
        for wrong in ["", ".", "..", "a b", "é", &"x".repeat(250)] {
            assert!(!is_legal_name(wrong), "{wrong}");
        }
    }
}
