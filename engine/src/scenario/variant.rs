//! Variants: the same run with other settings, to be compared with the first.

use super::checkpoint::Checkpoint;
use super::error::Reading;
use super::glossary::Glossary;
use super::parse::apply_settings;
use super::parse_step::read_checkpoints;
use super::reader::Table;
use super::setting::Setting;
use super::target::Known;
use super::text::Text;
use super::validate::validate;
use crate::wire::Micros;
use crate::world::Setup;

/// The same seed, workload and actions with other settings: *the same crash under acks=1*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its name for people.
    pub title: String,
    /// What it shows, in a sentence or two.
    pub text: Text,
    /// The settings that differ, with their values as text.
    pub settings: Vec<(&'static Setting, String)>,
    /// What its run starts from.
    pub setup: Setup,
    /// When its checkpoints are looked at.
    pub at_us: Micros,
    /// What must be true then.
    pub checkpoints: Vec<Checkpoint>,
}

const FIELDS: [&str; 5] = ["title", "text", "set", "at", "expect"];

pub(super) fn read(
    root: &Table,
    most: usize,
    until_us: Micros,
    known: &Known,
    glossary: &Glossary,
) -> Reading<Vec<Variant>> {
    let Some(value) = root.get("variant") else {
        return Ok(Vec::new());
    };
    let tables = value.tables("a variant")?;
    if tables.len() > most {
        return Err(value.error(format!(
            "there are {} variants, and at most {most} are allowed",
            tables.len()
        )));
    }
    tables
        .iter()
        .map(|table| read_variant(table, until_us, known, glossary))
        .collect()
}

fn read_variant(table: &Table, until_us: Micros, known: &Known, glossary: &Glossary) -> Reading<Variant> {
    table.only(&FIELDS)?;
    let set = table.need("set")?;
    let mut setup = known.setup.clone();
    let settings = apply_settings(&set.table("a set of settings")?.dotted_fields(), &mut setup)?;
    validate(&setup).map_err(|problem| set.error(problem.message))?;
    let at_us = match table.get("at") {
        None => until_us,
        Some(at) => match at.seconds()? {
            at_us if at_us <= until_us => at_us,
            _ => return Err(at.error("a variant is looked at before the end of the run".to_owned())),
        },
    };
    Ok(Variant {
        title: table.need("title")?.line()?.to_owned(),
        text: glossary.paragraph(&table.need("text")?)?,
        settings,
        at_us,
        checkpoints: read_checkpoints(table, 1, known)?,
        setup,
    })
}

#[cfg(test)]
mod tests {
    use crate::scenario::Scenario;

    const FILE: &str = r#"
format = 1
id = "v"
title = "V"
summary = "A run."
until = 2
[settings]
acks = "all"
own.keys = ["a"]
rate = 100
[[variant]]
title = "acks=1"
text = "The leader alone."
set = { acks = "1" }
expect = [{ observe = "partitions", equals = 4 }, { observe = "sent", at_least = 9999 }]
"#;

    #[test]
    fn a_variant_is_the_same_run_with_other_settings_and_its_promises_are_checked() {
        let scenario = Scenario::parse(FILE).unwrap();
        let variant = &scenario.variants[0];
        assert_eq!(variant.setup.producer.acks.as_str(), "1");
        assert_eq!(variant.setup.seed, scenario.setup.seed);
        let failures = scenario.verify().unwrap_err();
        assert_eq!(failures.len(), 1);
        assert!(failures[0].to_string().starts_with("15:"), "{}", failures[0]);
        assert!(
            failures[0]
                .to_string()
                .contains("variant \"acks=1\": sent must be at least 9999")
        );
    }

    #[test]
    fn settings_that_do_not_agree_are_told_by_their_place() {
        let broken = FILE.replace("acks = \"1\"", "brokers = 1");
        let error = Scenario::parse(&broken).unwrap_err().to_string();
        assert!(
            error.starts_with("14:") && error.contains("replication.factor"),
            "{error}"
        );
    }
}
