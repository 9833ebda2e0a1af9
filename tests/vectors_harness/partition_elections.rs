//! The controller's choice of leaders, ISR and ELR.

use partitura_engine::controller::partition_change::{Changed, ElectionRules, PartitionChange};
use partitura_engine::wire::{BrokerId, LeaderRecovery, PartitionState};
use serde::Deserialize;

use crate::files;
use crate::tally::Tally;

#[derive(Deserialize)]
struct Case {
    id: String,
    config: Config,
    initial: Partition,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Config {
    elr_enabled: bool,
    min_insync_replicas_effective: usize,
    unclean_leader_election: bool,
}

/// A partition as the file writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Partition {
    replicas: Vec<u8>,
    isr: Vec<u8>,
    leader: i32,
    leader_epoch: u32,
    partition_epoch: u32,
    elr: Vec<u8>,
    last_known_leader: Vec<u8>,
    recovery: String,
}

#[derive(Deserialize)]
struct Step {
    event: String,
    broker: Option<u8>,
    new_isr: Option<Vec<u8>>,
    active_brokers_after: Vec<u8>,
    changed: bool,
    partition: Partition,
}

#[test]
fn leaders_are_elected_as_in_kafka() {
    const FILE: &str = "partition_elections.json";
    if files::is_left_out(FILE) {
        return;
    }
    let mut tally = Tally::new("partition_elections");
    let mut steps = 0;
    for case in files::json::<Case>(FILE) {
        let rules = ElectionRules {
            min_isr: case.config.min_insync_replicas_effective,
            elr: case.config.elr_enabled,
            unclean: case.config.unclean_leader_election,
            bug: None,
        };
        let mut state = case.initial.state();
        let (mut expected, mut got) = (Vec::new(), Vec::new());
        for (number, step) in case.steps.iter().enumerate() {
            let changed = step.take(&state, rules);
            expected.push((number, &step.event, step.changed, step.partition.clone()));
            got.push((
                number,
                &step.event,
                changed.is_some(),
                Partition::after(&state, changed.as_ref()),
            ));
            state = changed.map_or(state, |changed| changed.state);
            steps += 1;
        }
        // Of a case that differs, the first difference and what follows.
        let agreed = expected.iter().zip(&got).take_while(|(a, b)| a == b).count();
        tally.case(&case.id, &expected.split_off(agreed), &got.split_off(agreed));
    }
    tally.finish_with(&format!(", {steps} steps"));
}

impl Step {
    /// What the controller does about the event, as `ReplicationControlManager` does: it looks at the partition only
    /// if the event concerns it.
    fn take(&self, state: &PartitionState, rules: ElectionRules) -> Option<Changed> {
        let change = PartitionChange::new(state, rules);
        let broker = BrokerId(self.broker.unwrap_or_default());
        let (in_sync, eligible) = (state.isr.contains(&broker), state.elr.contains(&broker));
        let change = match self.event.as_str() {
            "broker_fenced" if in_sync => change.without(broker),
            "broker_unfenced" if state.leader.is_none() => change,
            "broker_registers_after_unclean_shutdown" if in_sync || eligible => change.after_unclean_shutdown(broker),
            "alter_partition_shrink" | "alter_partition_expand" => {
                let isr = self.new_isr.iter().flatten().copied().map(BrokerId).collect();
                // The proposals of the file say nothing about recovery.
                change.with_isr(isr, state.recovery)
            }
            "preferred_election" if state.leader != state.replicas.first().copied() => change.preferred(),
            "operator_unclean_election" if state.leader.is_none() => change.unclean(),
            "broker_fenced"
            | "broker_unfenced"
            | "broker_registers_after_unclean_shutdown"
            | "preferred_election"
            | "operator_unclean_election" => return None,
            other => panic!("no such event: {other}"),
        };
        change.build(|broker| self.active_brokers_after.contains(&broker.0))
    }
}

impl Partition {
    fn state(&self) -> PartitionState {
        let brokers = |ids: &[u8]| ids.iter().copied().map(BrokerId).collect::<Vec<_>>().into();
        let leader = u8::try_from(self.leader).ok().map(BrokerId);
        PartitionState {
            elr: brokers(&self.elr),
            last_known_leader: self.last_known_leader.first().copied().map(BrokerId),
            recovery: match self.recovery.as_str() {
                "RECOVERED" => LeaderRecovery::Recovered,
                "RECOVERING" => LeaderRecovery::Recovering,
                other => panic!("no such state of recovery: {other}"),
            },
            leader_epoch: self.leader_epoch,
            partition_epoch: self.partition_epoch,
            ..PartitionState::new(brokers(&self.replicas), brokers(&self.isr), leader)
        }
    }

    /// The state after the step, as the file writes it.
    fn after(before: &PartitionState, changed: Option<&Changed>) -> Self {
        let state = changed.map_or(before, |changed| &changed.state);
        let ids = |brokers: &[BrokerId]| brokers.iter().map(|broker| broker.0).collect();
        Self {
            replicas: ids(&state.replicas),
            isr: ids(&state.isr),
            leader: state.leader.map_or(-1, |leader| i32::from(leader.0)),
            leader_epoch: state.leader_epoch,
            partition_epoch: state.partition_epoch,
            elr: ids(&state.elr),
            last_known_leader: state.last_known_leader.iter().map(|broker| broker.0).collect(),
            recovery: match state.recovery {
                LeaderRecovery::Recovered => "RECOVERED".to_owned(),
                LeaderRecovery::Recovering => "RECOVERING".to_owned(),
            },
        }
    }
}
