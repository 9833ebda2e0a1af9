//! Whether a command stays within its limits, and speaks of nodes that are there.

use super::{SetupProblem, problem};
use crate::scenario::action::write_action;
use crate::scenario::decimal::{self, grouped};
use crate::scenario::nodes::too_high;
use crate::scenario::setting::{self, MAX_KEYS, Setting};
use crate::trace::ProcessFault;
use crate::wire::{BrokerId, Micros, NodeId, NodeSet, ResetTo, SeekTo};
use crate::work_queue::WorkQueueConfig;
use crate::world::{Command, Limits, Setup};

/// The longest value of a record that is sent by hand, in bytes.
pub const MAX_SENT_BYTES: usize = 1_000;
/// A faster disk is never in the way.
const MAX_DISK_BYTES: u64 = 1_000_000_000_000;
/// An hour on each record.
const MAX_PROCESSING_US: Micros = 3_600_000_000;
/// The most that an impaired link adds.
const MAX_DELAY_US: Micros = 10_000_000;

/// Whether that command stays within the limits of its setting.
///
/// # Errors
///
/// Says which limit it breaks.
pub fn check_command(command: &Command) -> Result<(), SetupProblem> {
    let wrong = |message| problem([], message);
    no_higher_than(command, "is none of", |node| match node {
        NodeId::User | NodeId::Queue => 0,
        NodeId::Worker(_) => WorkQueueConfig::MAX_WORKERS,
        NodeId::ShareConsumer(_) => Limits::MAX_SHARE_CONSUMERS,
        NodeId::Controller(_) => Limits::MAX_CONTROLLERS,
        NodeId::Broker(_) => Limits::MAX_BROKERS,
        NodeId::Producer(_) => Limits::MAX_PRODUCERS,
        NodeId::Consumer(_) | NodeId::Relay(_) => u8::MAX,
    })?;
    match command {
        Command::Send { key, value, partition } => {
            if let Some(partition) = partition.filter(|partition| *partition >= Limits::MAX_PARTITIONS) {
                let last = Limits::MAX_PARTITIONS - 1;
                return wrong(format!("send-to must name a partition of 0 to {last}, not {partition}"));
            }
            if let Some(Err(message)) = key.as_deref().map(setting::check_key) {
                return problem(["own.keys"], format!("send {message}"));
            }
            if value.len() > MAX_SENT_BYTES {
                let bytes = value.len();
                let message = format!("a record sent by hand must be at most {MAX_SENT_BYTES} bytes, not {bytes}");
                return problem(["value.bytes"], message);
            }
        }
        Command::Process {
            node: node @ NodeId::Producer(_),
            ..
        }
        | Command::Process {
            node: node @ NodeId::Consumer(_),
            fault: ProcessFault::LoseDisk,
        } => return wrong(format!("that does not happen to {node}")),
        Command::Keys(keys) if keys.len() > MAX_KEYS => {
            let most = grouped(MAX_KEYS as u64);
            return problem(["own.keys"], format!("own.keys must be at most {most} keys"));
        }
        Command::SlowDisk { bytes_per_s, .. } => {
            if let Some(n) = bytes_per_s.filter(|n| !(1..=MAX_DISK_BYTES).contains(n)) {
                let most = grouped(MAX_DISK_BYTES);
                return wrong(format!("slow-disk must be 1 to {most} bytes a second, not {n}"));
            }
        }
        Command::Group { group, .. } | Command::ResetOffsets { group, .. } | Command::DeleteGroup { group }
            if !setting::is_group_name(group) =>
        {
            return wrong(format!(
                "a group's name is 1 to 249 letters, digits, dots, underscores or hyphens, not \"{}\"",
                decimal::shorten(group)
            ));
        }
        Command::Group { consumers, .. } if *consumers > Limits::MAX_CONSUMERS => {
            let most = Limits::MAX_CONSUMERS;
            return wrong(format!("a group must have 0 to {most} consumers, not {consumers}"));
        }
        Command::Slow { processing_us, .. } if processing_us.is_some_and(|us| us > MAX_PROCESSING_US) => {
            let most = grouped(MAX_PROCESSING_US / 1_000);
            return wrong(format!("slow must be 0 to {most} ms on each record"));
        }
        Command::Seek {
            to: SeekTo::Offset { partition, .. },
            ..
        }
        | Command::ResetOffsets {
            to: ResetTo::Offset { partition, .. },
            ..
        } if *partition >= Limits::MAX_PARTITIONS => {
            let last = Limits::MAX_PARTITIONS - 1;
            return wrong(format!("the partition must be one of 0 to {last}, not {partition}"));
        }
        Command::Cut { from, to, .. } | Command::Impair { from, to, .. }
            if *from == NodeSet::default() || *to == NodeSet::default() =>
        {
            return wrong("a cut or an impairment is between somebody and somebody".to_owned());
        }
        Command::Impair { delay_us, .. } if *delay_us > MAX_DELAY_US => {
            let (most, delay) = (grouped(MAX_DELAY_US / 1_000), decimal::format(*delay_us, 3));
            return wrong(format!("impair must add 0 to {most} ms, not {delay}"));
        }
        Command::Impair { loss_permille, .. } if *loss_permille > 1_000 => {
            return wrong(format!(
                "impair must lose 0 to 1 000 of 1 000 messages, not {loss_permille}"
            ));
        }
        Command::AddPartitions(count) if !(1..=Limits::MAX_PARTITIONS).contains(count) => {
            let most = Limits::MAX_PARTITIONS;
            return wrong(format!("add-partitions must be 1 to {most}, not {count}"));
        }
        Command::Reassign { partition, .. } if *partition >= Limits::MAX_PARTITIONS => {
            let last = Limits::MAX_PARTITIONS - 1;
            return wrong(format!(
                "reassign must name a partition of 0 to {last}, not {partition}"
            ));
        }
        Command::Reassign { replicas, .. } => {
            let twice = |(place, broker): (usize, &BrokerId)| replicas[..place].contains(broker).then_some(*broker);
            if let Some(broker) = replicas.iter().enumerate().find_map(twice) {
                return wrong(format!("reassign names {broker} twice"));
            }
            if replicas.is_empty() {
                return wrong("reassign names no broker".to_owned());
            }
        }
        _ => {
            if let Some((setting, value)) = Setting::of_command(command)
                && let Err(message) = setting.canonical(&value)
            {
                return problem([setting.name], message);
            }
        }
    }
    Ok(())
}

/// Whether the nodes that the command speaks of are there, and whether there is room for the keys that it makes. Consumers
/// come and go, so all of them may be.
///
/// # Errors
///
/// Says who is not there, or how many keys are too many.
pub fn check_nodes(command: &Command, setup: &Setup) -> Result<(), SetupProblem> {
    super::keying::live(command, setup)?;
    let have = |node: NodeId| match node {
        NodeId::User | NodeId::Queue => 0,
        NodeId::Worker(_) => setup.work_queue.workers,
        NodeId::ShareConsumer(_) => setup.share_groups.iter().map(|group| group.consumers).sum(),
        NodeId::Controller(_) => setup.controllers,
        NodeId::Broker(_) => setup.brokers,
        NodeId::Producer(_) => setup.producers,
        NodeId::Consumer(_) | NodeId::Relay(_) => u8::MAX,
    };
    no_higher_than(command, "", have)
}

/// Whether all nodes of the command have a number of 1 to `have`. Where `is_none_of` is empty, the message names the
/// command.
fn no_higher_than(command: &Command, is_none_of: &str, have: impl Fn(NodeId) -> u8) -> Result<(), SetupProblem> {
    let Some(node) = first_too_high(command, &have) else {
        return Ok(());
    };
    let (first, last) = (numbered(node, 1), numbered(node, have(node)));
    let range = if first == last {
        first.to_string()
    } else {
        format!("{first} to {last}")
    };
    let message = if is_none_of.is_empty() {
        let action = write_action(command).unwrap_or_default();
        format!("{action}: there is no {node}, only {range}")
    } else {
        format!("{node} {is_none_of} {range}")
    };
    match node {
        NodeId::Broker(_) => problem(["brokers"], message),
        NodeId::Controller(_) => problem(["controllers"], message),
        NodeId::Worker(_) => problem(["queue.workers"], message),
        NodeId::ShareConsumer(_) => problem(["share.groups"], message),
        _ => problem(["producers"], message),
    }
}

fn first_too_high(command: &Command, have: &impl Fn(NodeId) -> u8) -> Option<NodeId> {
    let is_there = |node: NodeId| (1..=have(node)).contains(&node.number());
    let one = |node: NodeId| (!is_there(node)).then_some(node);
    match command {
        Command::Process { node, .. } => one(*node),
        Command::SlowDisk { broker, .. } => one((*broker).into()),
        Command::Stall { consumer, .. } | Command::Slow { consumer, .. } | Command::Seek { consumer, .. } => {
            one(NodeId::Consumer(*consumer))
        }
        Command::Reassign { replicas, .. } => replicas.iter().find_map(|broker| one((*broker).into())),
        Command::Cut { from, to, .. } | Command::Impair { from, to, .. } => {
            too_high(*from, have).or_else(|| too_high(*to, have))
        }
        _ => None,
    }
}

fn numbered(node: NodeId, n: u8) -> NodeId {
    match node {
        NodeId::User | NodeId::Queue => node,
        NodeId::Worker(_) => NodeId::Worker(n),
        NodeId::ShareConsumer(_) => NodeId::ShareConsumer(n),
        NodeId::Controller(_) => NodeId::Controller(n),
        NodeId::Broker(_) => NodeId::Broker(n),
        NodeId::Producer(_) => NodeId::Producer(n),
        NodeId::Consumer(_) => NodeId::Consumer(n),
        NodeId::Relay(_) => NodeId::Relay(n),
    }
}
