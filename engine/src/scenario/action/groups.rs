//! Actions about consumers and groups: how what stands behind their names is read and written.

use super::forms::{number, parts, shown};
use crate::scenario::decimal;
use crate::scenario::nodes::parse_node;
use crate::wire::{NodeId, OffsetSpec, ResetTo, SeekTo};
use crate::world::Command;

fn consumer(text: &str) -> Result<u8, String> {
    match parse_node(text) {
        Some(NodeId::Consumer(number)) => Ok(number),
        _ => Err(format!("{} is no consumer", shown(text))),
    }
}

/// `billing:3`.
pub(super) fn group(rest: &str) -> Result<Command, String> {
    let [group, consumers] = parts(rest)?;
    Ok(Command::Group {
        group: group.to_owned(),
        consumers: number("group", consumers)?,
    })
}

/// `c1`.
pub(super) fn stall(rest: &str, stalled: bool) -> Result<Command, String> {
    let consumer = consumer(rest.trim())?;
    Ok(Command::Stall { consumer, stalled })
}

/// `c1:200`, `c1:off`.
pub(super) fn slow(rest: &str) -> Result<Command, String> {
    let [of, millis] = parts(rest)?;
    let processing_us = match millis {
        "off" => None,
        millis => Some(decimal::parse(millis, 3)?),
    };
    Ok(Command::Slow {
        consumer: consumer(of)?,
        processing_us,
    })
}

/// `c1:earliest`, `c1:latest`, `c1:1:17`.
pub(super) fn seek(rest: &str) -> Result<Command, String> {
    let (of, to) = rest.split_once(':').unwrap_or((rest, ""));
    let to = match to.trim() {
        "earliest" => SeekTo::Earliest,
        "latest" => SeekTo::Latest,
        place => {
            let [partition, offset] = parts(place)?;
            SeekTo::Offset {
                partition: number("seek", partition)?,
                offset: number("seek", offset)?,
            }
        }
    };
    Ok(Command::Seek {
        consumer: consumer(of.trim())?,
        to,
    })
}

pub(super) fn write_seek(to: SeekTo) -> String {
    match to {
        SeekTo::Earliest => "earliest".to_owned(),
        SeekTo::Latest => "latest".to_owned(),
        SeekTo::Offset { partition, offset } => format!("{partition}:{offset}"),
    }
}

/// `billing:earliest`, `billing:latest`, `billing:1:17`, `billing:time:5000`.
pub(super) fn reset_offsets(rest: &str) -> Result<Command, String> {
    let (group, to) = rest.split_once(':').unwrap_or((rest, ""));
    let to = match to.trim() {
        "earliest" => ResetTo::All(OffsetSpec::Earliest),
        "latest" => ResetTo::All(OffsetSpec::Latest),
        place => match parts(place)? {
            ["time", millis] => ResetTo::All(OffsetSpec::Timestamp(decimal::parse(millis, 3)?)),
            [partition, offset] => ResetTo::Offset {
                partition: number("reset-offsets", partition)?,
                offset: number("reset-offsets", offset)?,
            },
        },
    };
    Ok(Command::ResetOffsets {
        group: group.trim().to_owned(),
        to,
    })
}

pub(super) fn write_reset(to: ResetTo) -> String {
    match to {
        ResetTo::All(OffsetSpec::Earliest) => "earliest".to_owned(),
        ResetTo::All(OffsetSpec::Latest) => "latest".to_owned(),
        ResetTo::All(OffsetSpec::Timestamp(us)) => {
            let mut text = "time:".to_owned();
            text.push_str(&decimal::format(us, 3));
            text
        }
        ResetTo::Offset { partition, offset } => format!("{partition}:{offset}"),
    }
}
