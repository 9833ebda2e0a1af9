//! Whether the parts of a setup agree with each other. Each on its own is checked by its setting's range.

mod command;
mod keying;

pub use command::{MAX_SENT_BYTES, check_command, check_nodes};

use super::decimal;
use super::setting::{Kind, LEAST_LATENCY_US, Setting};
use crate::wire::Micros;
use crate::workload::KeySampler;
use crate::world::{Command, Limits, LinkConfig, Setup};
use std::fmt;

/// Why a setup cannot be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupProblem {
    /// The settings that do not agree; the one that is most likely wrong comes first.
    pub settings: Vec<&'static str>,
    /// What is wrong, with the settings' names.
    pub message: String,
}

impl fmt::Display for SetupProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SetupProblem {}

fn problem<const N: usize>(settings: [&'static str; N], message: String) -> Result<(), SetupProblem> {
    Err(SetupProblem {
        settings: settings.to_vec(),
        message,
    })
}

/// Whether that setup can be played.
///
/// # Errors
///
/// The first thing that is wrong with it, by the names of its settings.
pub fn validate(setup: &Setup) -> Result<(), SetupProblem> {
    ranges(setup)?;
    cluster(setup)?;
    producers(setup)?;
    group(setup)?;
    further_groups(setup)?;
    workload(setup)?;
    keying::keying(&setup.workload)?;
    links(setup)
}

/// A setup that was not read through the catalogue has not met its ranges yet.
fn ranges(setup: &Setup) -> Result<(), SetupProblem> {
    for setting in Setting::all().filter(|setting| setting.kind != Kind::Keys) {
        if let Err(message) = setting.canonical(&setting.read(setup)) {
            return problem([setting.name], message);
        }
    }
    Ok(())
}

fn further_groups(setup: &Setup) -> Result<(), SetupProblem> {
    let main = &*setup.consumer.group;
    if setup.more_groups.iter().any(|group| group.name == *main) {
        let message = format!("more.groups names {main}, which is the main group already");
        return problem(["more.groups", "group.id"], message);
    }
    let mut names: Vec<&str> = setup.more_groups.iter().map(|group| group.name.as_str()).collect();
    for (_, command) in &setup.commands {
        if let Command::Group { group, .. } = command
            && *group != *main
            && !names.contains(&group.as_str())
        {
            names.push(group);
        }
    }
    let most = Limits::MAX_MORE_GROUPS;
    if names.len() > most {
        let message = format!(
            "there can be {most} groups beside the main one, not {}: {}",
            names.len(),
            names.join(", ")
        );
        return problem(["more.groups"], message);
    }
    Ok(())
}

fn cluster(setup: &Setup) -> Result<(), SetupProblem> {
    let (copies, brokers) = (setup.topic.replication_factor, setup.brokers);
    if copies > brokers {
        let message = format!(
            "replication.factor is {copies}, but there {}: each copy needs its own",
            if brokers == 1 {
                "is only 1 broker".to_owned()
            } else {
                format!("are only {brokers} brokers")
            }
        );
        return problem(["replication.factor", "brokers"], message);
    }
    let racks = setup.racks.len();
    if racks != 0 && racks != usize::from(brokers) {
        let message = format!("{racks} brokers have a rack, but there are {brokers}: all or none must have one");
        return problem(["racks", "brokers"], message);
    }
    controllers(setup)
}

fn controllers(setup: &Setup) -> Result<(), SetupProblem> {
    let (controllers, brokers) = (setup.controllers, setup.brokers);
    if setup.combined && controllers > brokers {
        let message = format!(
            "process.roles is broker,controller, but there are {controllers} controllers and {}: each needs a broker to \
             live with",
            if brokers == 1 {
                "only 1 broker".to_owned()
            } else {
                format!("only {brokers} brokers")
            }
        );
        return problem(["process.roles", "controllers", "brokers"], message);
    }
    Ok(())
}

fn producers(setup: &Setup) -> Result<(), SetupProblem> {
    let producer = &setup.producer;
    let least = producer.linger_us.saturating_add(producer.request_timeout_us);
    if producer.delivery_timeout_us < least {
        let message = format!(
            "delivery.timeout.ms is {}, but must be at least linger.ms + request.timeout.ms = {}",
            millis(producer.delivery_timeout_us),
            millis(least)
        );
        return problem(["delivery.timeout.ms", "request.timeout.ms", "linger.ms"], message);
    }
    Ok(())
}

fn group(setup: &Setup) -> Result<(), SetupProblem> {
    let groups = &setup.broker.groups;
    let (min, max) = (groups.min_session_timeout_us, groups.max_session_timeout_us);
    if min > max {
        let message = format!(
            "group.min.session.timeout.ms is {}, above group.max.session.timeout.ms, which is {}",
            millis(min),
            millis(max)
        );
        return problem(
            ["group.min.session.timeout.ms", "group.max.session.timeout.ms"],
            message,
        );
    }
    let session = setup.consumer.session_timeout_us;
    if !(min..=max).contains(&session) {
        let message = format!(
            "session.timeout.ms is {}, but the brokers allow {} to {} (group.min.session.timeout.ms, \
             group.max.session.timeout.ms)",
            millis(session),
            millis(min),
            millis(max)
        );
        return problem(
            [
                "session.timeout.ms",
                "group.min.session.timeout.ms",
                "group.max.session.timeout.ms",
            ],
            message,
        );
    }
    let heartbeat = setup.consumer.heartbeat_interval_us;
    if heartbeat >= session {
        let message = format!(
            "heartbeat.interval.ms is {}, but must be below session.timeout.ms, which is {}",
            millis(heartbeat),
            millis(session)
        );
        return problem(["heartbeat.interval.ms", "session.timeout.ms"], message);
    }
    Ok(())
}

fn workload(setup: &Setup) -> Result<(), SetupProblem> {
    let workload = &setup.workload;
    let most = decimal::grouped(KeySampler::MAX_KEYS as u64);
    if workload.keys.len() > KeySampler::MAX_KEYS {
        return problem(["own.keys"], format!("own.keys must be at most {most} keys"));
    }
    let rates = workload.rate.bursts.iter().map(|burst| burst.per_second);
    let highest = rates.chain([workload.rate.per_second]).max().unwrap_or(0);
    if highest > 0 && workload.keys.is_empty() {
        let message = format!("rate is {highest}, but own.keys is empty: there is nothing to send records about");
        return problem(["own.keys", "rate"], message);
    }
    if highest > Limits::MAX_RATE {
        return problem(
            ["rate"],
            format!(
                "a burst's rate must be at most {}",
                decimal::grouped(Limits::MAX_RATE.into())
            ),
        );
    }
    if workload.rate.bursts.iter().any(|burst| burst.from_us >= burst.until_us) {
        return problem(["rate"], "a burst must end after it has begun".to_owned());
    }
    let too_large = |event: &&crate::workload::ListedEvent| event.value.len() > Limits::MAX_VALUE_BYTES as usize;
    if let Some(event) = workload.listed.iter().find(too_large) {
        let most = decimal::grouped(Limits::MAX_VALUE_BYTES.into());
        let message = format!(
            "an event about {} is longer than {most} bytes",
            decimal::shorten(&event.key)
        );
        return problem(["value.bytes"], message);
    }
    setup
        .commands
        .iter()
        .try_for_each(|(_, command)| check_command(command).and_then(|()| check_nodes(command, setup)))
}

fn links(setup: &Setup) -> Result<(), SetupProblem> {
    let network = &setup.network;
    let too_fast = |link: &LinkConfig| link.latency_us < LEAST_LATENCY_US || link.bytes_per_s == 0;
    if [network.client, network.broker, network.controller]
        .iter()
        .any(too_fast)
    {
        let message = format!(
            "network.latency.ms must be at least {}, on every link",
            millis(LEAST_LATENCY_US)
        );
        return problem(["network.latency.ms"], message);
    }
    Ok(())
}

fn millis(us: Micros) -> String {
    decimal::format(us, 3)
}

#[cfg(test)]
mod tests;
