//! The steps of a scenario's file.

use super::Step;
use super::checkpoint::Checkpoint;
use super::decimal::format_seconds;
use super::error::Reading;
use super::glossary::Glossary;
use super::reader::Table;
use super::target::{Known, Target};
use crate::wire::Micros;

const FIELDS: [&str; 8] = ["at", "title", "text", "say", "speed", "run", "highlight", "expect"];

pub(super) fn read(
    root: &Table,
    most: usize,
    until_us: Micros,
    known: &Known,
    glossary: &Glossary,
) -> Reading<Vec<Step>> {
    let Some(value) = root.get("step") else {
        return Ok(Vec::new());
    };
    let tables = value.tables("a step")?;
    if tables.len() > most {
        return Err(value.error(format!(
            "there are {} steps, and at most {most} are allowed",
            tables.len()
        )));
    }
    let mut steps: Vec<Step> = Vec::new();
    for (index, table) in tables.iter().enumerate() {
        let earliest = steps.last().map_or(0, |step| step.at_us);
        steps.push(read_step(table, index + 1, earliest..=until_us, known, glossary)?);
    }
    Ok(steps)
}

fn read_step(
    table: &Table,
    number: usize,
    allowed: std::ops::RangeInclusive<Micros>,
    known: &Known,
    glossary: &Glossary,
) -> Reading<Step> {
    table.only(&FIELDS)?;
    let at = table.need("at")?;
    let at_us = at.seconds()?;
    if at_us < *allowed.start() {
        let before = format_seconds(*allowed.start());
        return Err(at.error(format!(
            "step {number} is at {}, before the step in front of it, at {before}",
            format_seconds(at_us)
        )));
    }
    if at_us > *allowed.end() {
        let until = format_seconds(*allowed.end());
        return Err(at.error(format!(
            "step {number} is at {}, after the end of the run, at {until}",
            format_seconds(at_us)
        )));
    }
    let speed = match table.get("speed") {
        None => None,
        Some(value) => Some(
            value
                .scalar()?
                .parse()
                .map_err(|message: String| value.error(message))?,
        ),
    };
    Ok(Step {
        at_us,
        title: table.need("title")?.line()?.to_owned(),
        paragraphs: glossary.paragraphs(&table.need("text")?)?,
        say: table.get("say").map(|say| glossary.paragraph(&say)).transpose()?,
        speed,
        run_us: table.get("run").map(|run| run.seconds()).transpose()?,
        highlight: read_highlight(table, known)?,
        checkpoints: read_checkpoints(table, number, known)?,
    })
}

fn read_highlight(table: &Table, known: &Known) -> Reading<Vec<Target>> {
    let Some(value) = table.get("highlight") else {
        return Ok(Vec::new());
    };
    let mut targets = Vec::new();
    for item in value.list()? {
        let target: Target = item.line()?.parse().map_err(|message: String| item.error(message))?;
        target.check(known).map_err(|message| item.error(message))?;
        targets.push(target);
    }
    Ok(targets)
}

pub(super) fn read_checkpoints(table: &Table, step: usize, known: &Known) -> Reading<Vec<Checkpoint>> {
    let Some(value) = table.get("expect") else {
        return Ok(Vec::new());
    };
    value
        .tables("a checkpoint")?
        .iter()
        .map(|table| Checkpoint::read(table, step, known))
        .collect()
}
