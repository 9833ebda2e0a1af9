//! What can be done to a run, as text: `crash:b3`, `cut:b1,b2:b3,p`, `rate:500`. One reader and one writer for scenario
//! files, links and the command line. A record sent by hand has a form of its own in links, where key and text must be
//! kept apart.

mod forms;
mod groups;

use super::error::did_you_mean;
use super::setting::Setting;
use crate::trace::ProcessFault;
use crate::wire::BrokerId;
use crate::world::Command;
use forms::FORMS;

/// An action that is no setting.
pub struct ActionForm {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub example: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Reads what stands behind the name and its colon; empty when there is none.
    read: fn(&str) -> Result<Command, String>,
}

impl ActionForm {
    /// All of them.
    #[must_use]
    pub fn all() -> &'static [ActionForm] {
        &FORMS
    }
}

impl std::fmt::Debug for ActionForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ActionForm({})", self.name)
    }
}

/// Reads an action. Whether its numbers are in range and its nodes exist, [`check_command`](super::check_command) and
/// [`check_nodes`](super::check_nodes) say.
///
/// # Errors
///
/// Says what is wrong, and what may be meant.
pub fn parse_action(text: &str) -> Result<Command, String> {
    // A line end at the end tells one key with a comma from two keys.
    let text = text.trim_start().trim_end_matches(' ');
    let (name, rest) = text.split_once(':').unwrap_or((text, ""));
    if let Some(form) = FORMS.iter().find(|form| form.name == name) {
        return (form.read)(rest).map_err(|message| format!("{message}: write it as {}", form.example));
    }
    match Setting::find(name) {
        Some(_) if !text.contains(':') => Err("an action is name:value, such as rate:500".to_owned()),
        Some(setting) => setting.command(rest),
        None => {
            let live = Setting::all().filter(|setting| setting.live);
            let known = FORMS
                .iter()
                .map(|form| form.name)
                .chain(live.map(|setting| setting.name));
            Err(format!("no such action{}", did_you_mean(name, known.chain(["send"]))))
        }
    }
}

/// Writes an action, so that [`parse_action`] reads it again. `None` for a record sent by hand, unless its partition is given
/// and a colon cannot be taken for another.
#[must_use]
pub fn write_action(command: &Command) -> Option<String> {
    Some(match command {
        Command::Send { key, value, partition } => {
            let partition = (*partition)?;
            match key {
                Some(key) if !key.contains(':') => format!("send-to:{partition}:{key}:{value}"),
                None if !value.contains(':') => format!("send-to:{partition}:{value}"),
                _ => return None,
            }
        }
        Command::Process { node, fault } => format!("{}:{node}", name_of(*fault)),
        Command::SlowDisk { broker, bytes_per_s } => match bytes_per_s {
            Some(bytes_per_s) => format!("slow-disk:{broker}:{bytes_per_s}"),
            None => format!("slow-disk:{broker}:off"),
        },
        Command::Cut { from, to, both_ways } => {
            let name = if *both_ways { "cut" } else { "cut-one-way" };
            format!("{name}:{from}:{to}")
        }
        Command::Impair {
            from,
            to,
            delay_us,
            loss_permille,
        } => format!("impair:{from}:{to}:{}:{loss_permille}", forms::write_millis(*delay_us)),
        Command::Heal => "heal".to_owned(),
        Command::ElectLeaders { unclean } => {
            format!("elect:{}", if *unclean { "unclean" } else { "preferred" })
        }
        Command::AddPartitions(count) => format!("add-partitions:{count}"),
        Command::Reassign { partition, replicas } => {
            let replicas: Vec<String> = replicas.iter().map(|BrokerId(n)| n.to_string()).collect();
            format!("reassign:{partition}:{}", replicas.join(","))
        }
        Command::Redrive(None) => "redrive:all".to_owned(),
        Command::Redrive(Some((partition, offset))) => format!("redrive:{partition}:{offset}"),
        Command::Group { group, consumers } => format!("group:{group}:{consumers}"),
        Command::Stall {
            consumer,
            stalled: true,
        } => format!("stall:c{consumer}"),
        Command::Stall { consumer, .. } => format!("go-on:c{consumer}"),
        Command::Slow {
            consumer,
            processing_us,
        } => match processing_us {
            Some(us) => format!("slow:c{consumer}:{}", forms::write_millis(*us)),
            None => format!("slow:c{consumer}:off"),
        },
        Command::Seek { consumer, to } => format!("seek:c{consumer}:{}", groups::write_seek(*to)),
        Command::DeleteGroup { group } => format!("delete-group:{group}"),
        Command::ResetOffsets { group, to } => format!("reset-offsets:{group}:{}", groups::write_reset(*to)),
        Command::Rate(_)
        | Command::Poison(_)
        | Command::FailurePercent(_)
        | Command::Downstream { .. }
        | Command::Distribution(_)
        | Command::Keys(_)
        | Command::Weights(_)
        | Command::Key(_)
        | Command::SendLimits(_)
        | Command::Consumers(_)
        | Command::Unclean(_)
        | Command::MinInsyncReplicas(_)
        | Command::ClientQuota(..) => {
            let (setting, value) = Setting::of_command(command)?;
            format!("{}:{value}", setting.name)
        }
    })
}

fn name_of(fault: ProcessFault) -> &'static str {
    match fault {
        ProcessFault::Crash => "crash",
        ProcessFault::Stop => "stop",
        ProcessFault::Pause => "pause",
        ProcessFault::Resume => "resume",
        ProcessFault::Start => "start",
        ProcessFault::LoseDisk => "lose-disk",
    }
}

#[cfg(test)]
mod tests;
