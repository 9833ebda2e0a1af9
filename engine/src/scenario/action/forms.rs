//! The list of actions, and how what stands behind their names is read.

use super::{ActionForm, groups};
use crate::scenario::decimal;
use crate::scenario::nodes::{parse_node, parse_node_set};
use crate::trace::ProcessFault;
use crate::wire::{BrokerId, Micros, NodeId};
use crate::world::Command;
use std::str::FromStr;

pub(super) static FORMS: [ActionForm; 23] = [
    ActionForm {
        name: "send-to",
        example: "send-to:3:key:value",
        about: "one record with that key and value, to partition 3, wherever the key would go; `send-to:3:value` has no key",
        read: send_to,
    },
    ActionForm {
        name: "crash",
        example: "crash:b3",
        about: "the process is killed (`kill -9`), and a controller that shares it dies with it; `crash:ctrl2` is for one of \
                its own, `crash:c1` for a consumer",
        read: |rest| process(rest, ProcessFault::Crash),
    },
    ActionForm {
        name: "stop",
        example: "stop:b3",
        about: "the process is asked to end in order (SIGTERM); a consumer commits and leaves its group",
        read: |rest| process(rest, ProcessFault::Stop),
    },
    ActionForm {
        name: "pause",
        example: "pause:b3",
        about: "the process stands still, as in a long collection of garbage: a consumer sends no heartbeats either",
        read: |rest| process(rest, ProcessFault::Pause),
    },
    ActionForm {
        name: "resume",
        example: "resume:b3",
        about: "a paused process goes on where it stood",
        read: |rest| process(rest, ProcessFault::Resume),
    },
    ActionForm {
        name: "start",
        example: "start:b3",
        about: "a process that has ended is started again; a consumer with its number, in its group",
        read: |rest| process(rest, ProcessFault::Start),
    },
    ActionForm {
        name: "lose-disk",
        example: "lose-disk:b3",
        about: "the process is killed, and the broker's log directories are lost",
        read: |rest| process(rest, ProcessFault::LoseDisk),
    },
    ActionForm {
        name: "slow-disk",
        example: "slow-disk:b3:5000",
        about: "the broker's disk takes so many bytes a second; with `off`, as many as come",
        read: slow_disk,
    },
    ActionForm {
        name: "cut",
        example: "cut:b1,b2:b3,p",
        about: "nothing passes between these nodes and those; `b`, `p`, `c` and `ctrl` are all of a kind, `all` is everybody \
                else",
        read: |rest| cut(rest, true),
    },
    ActionForm {
        name: "cut-one-way",
        example: "cut-one-way:b3:p1",
        about: "what these send to those does not arrive",
        read: |rest| cut(rest, false),
    },
    ActionForm {
        name: "impair",
        example: "impair:b1:b2:50:20",
        about: "between these and those messages take 50 ms longer, and 20 of 1 000 are lost and sent again by the network",
        read: impair,
    },
    ActionForm {
        name: "heal",
        example: "heal",
        about: "the network is whole again, and what was held arrives",
        read: |rest| match rest {
            "" => Ok(Command::Heal),
            more => Err(format!("heal heals all, and not {}", decimal::shorten(more))),
        },
    },
    ActionForm {
        name: "elect",
        example: "elect:preferred",
        about: "`kafka-leader-election` for all partitions of the topic, `preferred` or `unclean`",
        read: |rest| match rest {
            "preferred" => Ok(Command::ElectLeaders { unclean: false }),
            "unclean" => Ok(Command::ElectLeaders { unclean: true }),
            other => Err(format!("elect takes preferred or unclean, not {}", shown(other))),
        },
    },
    ActionForm {
        name: "add-partitions",
        example: "add-partitions:8",
        about: "the topic has so many partitions from now on",
        read: |rest| number("add-partitions", rest).map(Command::AddPartitions),
    },
    ActionForm {
        name: "reassign",
        example: "reassign:0:2,3,1",
        about: "partition 0 gets these replicas, the preferred leader first",
        read: reassign,
    },
    ActionForm {
        name: "redrive",
        example: "redrive:all",
        about: "the dead letters in hand go back to the topic; `redrive:1:17` only the one at offset 17 of partition 1 of the \
                dead-letter topic",
        read: redrive,
    },
    ActionForm {
        name: "group",
        example: "group:billing:3",
        about: "that group has so many consumers from now on; if there is none of that name yet, it is made, and reads the same \
                records for itself",
        read: groups::group,
    },
    ActionForm {
        name: "stall",
        example: "stall:c1",
        about: "the consumer's application hangs in the middle of a record: no poll(), and heartbeats go on until \
                max.poll.interval.ms",
        read: |rest| groups::stall(rest, true),
    },
    ActionForm {
        name: "go-on",
        example: "go-on:c1",
        about: "an application that hangs goes on",
        read: |rest| groups::stall(rest, false),
    },
    ActionForm {
        name: "slow",
        example: "slow:c1:200",
        about: "the consumer's application works so many milliseconds on each record; with `off`, as many as processing.ms says",
        read: groups::slow,
    },
    ActionForm {
        name: "seek",
        example: "seek:c1:earliest",
        about: "the consumer's application reads on elsewhere: `earliest`, `latest`, or `1:17` for offset 17 of partition 1; what is \
                committed stays until the next commit",
        read: groups::seek,
    },
    ActionForm {
        name: "reset-offsets",
        example: "reset-offsets:billing:earliest",
        about: "`kafka-consumer-groups --reset-offsets`: to `earliest`, `latest`, `1:17` (offset 17 of partition 1) or `time:5000` (the \
                first records from 5 s on); refused while the group has members",
        read: groups::reset_offsets,
    },
    ActionForm {
        name: "delete-group",
        example: "delete-group:billing",
        about: "`kafka-consumer-groups --delete`: the group is forgotten with all that it has committed; refused while it has members",
        read: |rest| {
            Ok(Command::DeleteGroup {
                group: rest.trim().to_owned(),
            })
        },
    },
];

fn redrive(rest: &str) -> Result<Command, String> {
    if rest == "all" {
        return Ok(Command::Redrive(None));
    }
    let [partition, offset] = parts(rest)?;
    let at = (number("redrive", partition)?, number("redrive", offset)?);
    Ok(Command::Redrive(Some(at)))
}

fn process(rest: &str, fault: ProcessFault) -> Result<Command, String> {
    match parse_node(rest) {
        Some(node @ (NodeId::Broker(_) | NodeId::Controller(_))) => Ok(Command::Process { node, fault }),
        Some(node @ (NodeId::Consumer(_) | NodeId::ShareConsumer(_))) if fault != ProcessFault::LoseDisk => {
            Ok(Command::Process { node, fault })
        }
        Some(node @ NodeId::Worker(_)) if matches!(fault, ProcessFault::Crash | ProcessFault::Start) => {
            Ok(Command::Process { node, fault })
        }
        Some(NodeId::Worker(_)) => Err(format!("{} is a worker: it can be crashed and started", shown(rest))),
        _ if fault == ProcessFault::LoseDisk => Err(format!("{} is no broker or controller", shown(rest))),
        _ => Err(format!("{} is no broker, controller or consumer", shown(rest))),
    }
}

fn send_to(rest: &str) -> Result<Command, String> {
    let (partition, record) = rest.split_once(':').unwrap_or((rest, ""));
    let (key, value) = match record.split_once(':') {
        Some((key, value)) => (Some(key.to_owned()), value),
        None => (None, record),
    };
    Ok(Command::Send {
        key,
        value: value.to_owned(),
        partition: Some(number("send-to", partition.trim())?),
    })
}

fn broker(text: &str) -> Result<BrokerId, String> {
    match parse_node(text) {
        Some(NodeId::Broker(n)) => Ok(BrokerId(n)),
        _ => Err(format!("{} is no broker", shown(text))),
    }
}

fn slow_disk(rest: &str) -> Result<Command, String> {
    let [of, bytes] = parts(rest)?;
    let bytes_per_s = match bytes {
        "off" => None,
        bytes => Some(number("slow-disk", bytes)?),
    };
    Ok(Command::SlowDisk {
        broker: broker(of)?,
        bytes_per_s,
    })
}

fn cut(rest: &str, both_ways: bool) -> Result<Command, String> {
    let [from, to] = parts(rest)?;
    Ok(Command::Cut {
        from: parse_node_set(from)?,
        to: parse_node_set(to)?,
        both_ways,
    })
}

fn impair(rest: &str) -> Result<Command, String> {
    let [from, to, delay, loss] = parts(rest)?;
    Ok(Command::Impair {
        from: parse_node_set(from)?,
        to: parse_node_set(to)?,
        delay_us: decimal::parse(delay, 3)?,
        loss_permille: number("impair", loss)?,
    })
}

fn reassign(rest: &str) -> Result<Command, String> {
    let [partition, replicas] = parts(rest)?;
    let replicas = replicas.split(',').map(|n| {
        let n = n.trim();
        number("reassign", n.strip_prefix('b').unwrap_or(n)).map(BrokerId)
    });
    Ok(Command::Reassign {
        partition: number("reassign", partition)?,
        replicas: replicas.collect::<Result<_, _>>()?,
    })
}

/// Milliseconds, as `impair` has them.
pub(super) fn write_millis(us: Micros) -> String {
    decimal::format(us, 3)
}

/// What stands between colons, when there are as many parts as there should be.
pub(super) fn parts<const N: usize>(rest: &str) -> Result<[&str; N], String> {
    let parts: Vec<&str> = rest.split(':').map(str::trim).collect();
    let found = parts.len();
    parts
        .try_into()
        .map_err(|_| format!("it takes {N} values with colons between, not {found}"))
}

pub(super) fn number<T: FromStr>(name: &str, text: &str) -> Result<T, String> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_plain);
    number.ok_or_else(|| format!("{name} takes a whole number that is not too large, not {}", shown(text)))
}

pub(super) fn shown(text: &str) -> String {
    if text.is_empty() {
        "nothing".to_owned()
    } else {
        format!("\"{}\"", decimal::shorten(text))
    }
}
