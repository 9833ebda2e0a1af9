//! The replicas of one partition: leader, followers, ISR and high watermark.
//!
//! The replicas are the engine's. What the controller decides is read from the case, and told to the brokers that it can
//! reach.

use std::collections::{BTreeMap, VecDeque};

use partitura_engine::broker::{IsrProposal, Readable, Replica, Surroundings};
use partitura_engine::short_map::ShortMap;
use partitura_engine::wire::{
    AlteredPartition, BrokerEpoch, BrokerId, BrokerState, ErrorCode, FetchPartition, FetchingReplica, LeaderEpoch,
    LeaderRecovery, Offset, PartitionId, PartitionState, TopicId,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::tally::Tally;
use crate::{files, records};

const PARTITION: PartitionId = PartitionId {
    topic: TopicId(0),
    index: 0,
};

#[derive(Deserialize)]
struct Case {
    id: String,
    config: Config,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Config {
    replication_factor: u8,
    #[serde(rename = "min.insync.replicas")]
    min_insync_replicas: u8,
    #[serde(rename = "replica.lag.time.max.ms")]
    lag_time_max_ms: u64,
}

#[derive(Deserialize)]
struct Step {
    #[serde(flatten)]
    op: Op,
    expect: Option<Value>,
    state: Option<State>,
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum Op {
    AdvanceMs {
        ms: u64,
    },
    Produce {
        to: u8,
        acks: i8,
        records: u32,
    },
    FollowerFetch {
        follower: u8,
        leader: u8,
        current_leader_epoch: LeaderEpoch,
        fetch_offset: Offset,
        last_fetched_epoch: Option<LeaderEpoch>,
    },
    IsrExpirationCheck {
        leader: u8,
    },
    ControllerHandlesAlterPartition {
        from: u8,
        proposed_isr: Vec<u8>,
        sent_leader_epoch: LeaderEpoch,
        sent_partition_epoch: u32,
    },
    #[serde(rename = "controller_fences_broker_and_publishes")]
    Fence {},
    #[serde(rename = "broker_returns_unfenced_and_publishes")]
    Return {
        broker: u8,
    },
    #[serde(rename = "broker_stops_responding")]
    StopResponding {
        broker: u8,
    },
    #[serde(rename = "broker_isolated_from_brokers_and_controller_but_still_serving_clients")]
    Isolate {
        broker: u8,
    },
}

#[derive(Deserialize)]
struct State {
    controller: Decided,
    brokers: BTreeMap<u8, Shown>,
    alter_partition_in_flight: usize,
}

#[derive(Deserialize)]
struct Decided {
    leader: i16,
    leader_epoch: LeaderEpoch,
    partition_epoch: u32,
    isr: Vec<u8>,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Shown {
    fenced: bool,
    role: String,
    leader_epoch_known: LeaderEpoch,
    leo: Offset,
    hw: Offset,
    log_start: Offset,
    isr: Option<Vec<u8>>,
    maximal_isr: Option<Vec<u8>>,
    under_min_isr: Option<bool>,
}

/// What one step showed: its answer, the replicas after it, and how many proposals are not answered.
type Told = (usize, Option<Value>, Vec<(u8, Shown)>, usize);

#[test]
fn replicas_follow_their_leader_as_in_kafka() {
    if files::is_left_out("replication.json") {
        return;
    }
    let mut tally = Tally::new("replication");
    for case in files::json::<Case>("replication.json") {
        let (expected, got) = Cluster::new(&case.config).replay(case.steps);
        // The first step that differs says most.
        let first = expected
            .iter()
            .zip(&got)
            .position(|(expected, got)| expected != got)
            .unwrap_or(0);
        tally.case(&case.id, &expected.get(first), &got.get(first));
    }
    tally.finish();
}

struct Node {
    replica: Replica,
    /// The brokers as this one knows them.
    brokers: ShortMap<BrokerId, BrokerState>,
    alive: bool,
    isolated: bool,
}

struct Cluster {
    nodes: BTreeMap<u8, Node>,
    fenced: BTreeMap<u8, bool>,
    /// A broker that comes back has registered again (KIP-903).
    registrations: BTreeMap<u8, BrokerEpoch>,
    proposals: VecDeque<(u8, IsrProposal)>,
    now_ms: u64,
    min_insync_replicas: u8,
    lag_time_max_ms: u64,
}

impl Cluster {
    fn new(config: &Config) -> Self {
        let numbers = 1..=config.replication_factor;
        let node = |number| {
            let node = Node {
                replica: Replica::default(),
                brokers: ShortMap::new(),
                alive: true,
                isolated: false,
            };
            (number, node)
        };
        let mut cluster = Self {
            nodes: numbers.clone().map(node).collect(),
            fenced: numbers.clone().map(|number| (number, false)).collect(),
            registrations: numbers.clone().map(|number| (number, 0)).collect(),
            proposals: VecDeque::new(),
            now_ms: 0,
            min_insync_replicas: config.min_insync_replicas,
            lag_time_max_ms: config.lag_time_max_ms,
        };
        cluster.publish(&Decided {
            leader: 1,
            leader_epoch: 0,
            partition_epoch: 0,
            isr: numbers.collect(),
        });
        cluster
    }

    fn replay(mut self, steps: Vec<Step>) -> (Vec<Told>, Vec<Told>) {
        let (mut expected, mut got) = (Vec::new(), Vec::new());
        for (index, step) in steps.into_iter().enumerate() {
            let answer = self.perform(&step);
            let Some(state) = step.state else { continue };
            let brokers = state.brokers.into_iter().collect();
            expected.push((index, step.expect, brokers, state.alter_partition_in_flight));
            got.push((index, answer, self.show(), self.proposals.len()));
        }
        (expected, got)
    }

    fn perform(&mut self, step: &Step) -> Option<Value> {
        match &step.op {
            Op::AdvanceMs { ms } => {
                self.now_ms += ms;
                None
            }
            Op::Produce { to, acks, records } => Some(self.produce(*to, *acks, *records)),
            Op::FollowerFetch {
                follower,
                leader,
                current_leader_epoch,
                fetch_offset,
                last_fetched_epoch,
            } => {
                let wanted = self.wanted(*follower);
                let asked = (
                    wanted.current_leader_epoch,
                    wanted.fetch_offset,
                    wanted.last_fetched_epoch,
                );
                let expected = (*current_leader_epoch, *fetch_offset, *last_fetched_epoch);
                if asked != expected {
                    return Some(json!({ "asked": format!("{asked:?} instead of {expected:?}") }));
                }
                Some(self.fetch(*follower, *leader, &wanted))
            }
            Op::IsrExpirationCheck { leader } => {
                let proposal = self.with(*leader, Replica::shrink_isr);
                let proposed = proposal.as_ref().map(members);
                self.proposals.extend(proposal.map(|proposal| (*leader, proposal)));
                Some(json!({ "proposed_isr": proposed }))
            }
            Op::ControllerHandlesAlterPartition {
                from,
                proposed_isr,
                sent_leader_epoch,
                sent_partition_epoch,
            } => {
                let sent = (proposed_isr.clone(), *sent_leader_epoch, *sent_partition_epoch);
                Some(self.answer_proposal(*from, &sent, step))
            }
            Op::Fence {} => {
                self.learn(step);
                None
            }
            Op::Return { broker } => {
                let node = self.node(*broker);
                (node.alive, node.isolated) = (true, false);
                *self.registrations.entry(*broker).or_default() += 1;
                self.learn(step);
                None
            }
            Op::StopResponding { broker } => {
                self.node(*broker).alive = false;
                None
            }
            Op::Isolate { broker } => {
                self.node(*broker).isolated = true;
                None
            }
        }
    }

    fn node(&mut self, number: u8) -> &mut Node {
        self.nodes
            .get_mut(&number)
            .unwrap_or_else(|| panic!("no broker {number}"))
    }

    /// Asks a replica something that depends on its surroundings.
    fn with<T>(&mut self, number: u8, ask: impl FnOnce(&mut Replica, &Surroundings) -> T) -> T {
        let (now, lag_time_max_us) = (self.now_ms * 1000, self.lag_time_max_ms * 1000);
        let min_insync_replicas = self.min_insync_replicas;
        let node = self.node(number);
        let around = Surroundings {
            me: BrokerId(number),
            now,
            lag_time_max_us,
            min_insync_replicas,
            brokers: &node.brokers,
            bug: None,
        };
        ask(&mut node.replica, &around)
    }

    /// The controller has decided: reads what, and tells all brokers that hear it.
    fn learn(&mut self, step: &Step) {
        let state = step.state.as_ref().expect("a decision shows the state after it");
        for (number, shown) in &state.brokers {
            self.fenced.insert(*number, shown.fenced);
        }
        self.publish(&state.controller);
    }

    fn publish(&mut self, decided: &Decided) {
        let brokers = |numbers: &[u8]| numbers.iter().copied().map(BrokerId).collect::<Vec<_>>();
        let replicas: Vec<u8> = self.nodes.keys().copied().collect();
        let leader = u8::try_from(decided.leader).ok().map(BrokerId);
        let mut state = PartitionState::new(brokers(&replicas).into(), brokers(&decided.isr).into(), leader);
        state.leader_epoch = decided.leader_epoch;
        state.partition_epoch = decided.partition_epoch;
        let known: ShortMap<BrokerId, BrokerState> = self.brokers().collect();
        for number in replicas {
            let node = self.node(number);
            if node.alive && !node.isolated {
                node.brokers = known.clone();
                self.with(number, |replica, around| {
                    replica.apply(&state, around);
                    replica.advance(around);
                });
            }
        }
    }

    fn brokers(&self) -> impl Iterator<Item = (BrokerId, BrokerState)> {
        self.fenced.iter().map(|(number, fenced)| {
            let state = BrokerState {
                rack: None,
                fenced: *fenced,
                in_controlled_shutdown: false,
                epoch: self.registrations[number],
                incarnation: 1,
            };
            (BrokerId(*number), state)
        })
    }

    fn produce(&mut self, to: u8, acks: i8, records: u32) -> Value {
        let min_insync = self.min_insync_replicas;
        let replica = &self.node(to).replica;
        if acks == -1 && replica.is_under_min_isr(min_insync) {
            return json!({ "error": ErrorCode::NotEnoughReplicas.name() });
        }
        self.with(to, |replica, around| {
            let base_offset = replica.append(records::batch(records));
            let moved = replica.advance(around).is_some();
            let mut told =
                json!({ "base_offset": base_offset, "hw_changed": if moved { "INCREASED" } else { "SAME" } });
            if acks == -1 {
                let done = replica.is_replicated(base_offset + u64::from(records), min_insync);
                told["acks_all_satisfied_now"] = done.is_some().into();
                told["acks_all_error"] = done.unwrap_or(ErrorCode::None).name().into();
            }
            told
        })
    }

    /// What the follower would ask its leader.
    fn wanted(&mut self, follower: u8) -> FetchPartition {
        let replica = &self.node(follower).replica;
        FetchPartition {
            partition: PARTITION,
            fetch_offset: replica.log().end(),
            current_leader_epoch: replica.leader_epoch(),
            last_fetched_epoch: replica.log().latest_epoch(),
            max_bytes: u32::MAX,
        }
    }

    fn fetch(&mut self, follower: u8, leader: u8, wanted: &FetchPartition) -> Value {
        let reachable = |node: &Node| node.alive && !node.isolated;
        if !reachable(self.node(follower)) || !reachable(self.node(leader)) {
            return json!({ "error": "unreachable" });
        }
        let replica = &self.node(leader).replica;
        let readable = replica.readable(wanted, Some(BrokerId(follower)), None);
        let (high_watermark, end) = (replica.high_watermark(), replica.log().end());
        let mut told = json!({ "response_hw": high_watermark, "leader_leo_at_read": end });
        match readable {
            Err(error) => json!({ "error": error.name() }),
            Ok(Readable::Diverging(at)) => {
                told["diverging_epoch"] = json!({ "epoch": at.epoch, "end_offset": at.end_offset });
                let replica = &mut self.node(follower).replica;
                let to = replica.truncation_offset(at);
                replica.truncate_to(to, 0);
                told["follower_truncates_to"] = to.into();
                told
            }
            Ok(Readable::UpTo(up_to)) => {
                let entries = replica.log().read(wanted.fetch_offset, up_to, u32::MAX, true);
                if let Err(error) = self.note_fetch(follower, leader, wanted.fetch_offset) {
                    return json!({ "error": error.name() });
                }
                let replica = &mut self.node(follower).replica;
                told["records_appended"] = replica.append_as_follower(entries).into();
                replica.follow_high_watermark(high_watermark);
                told
            }
        }
    }

    fn note_fetch(&mut self, follower: u8, leader: u8, offset: Offset) -> Result<(), ErrorCode> {
        let (broker, epoch) = (BrokerId(follower), self.registrations[&follower]);
        let proposal = self.with(leader, |replica, around| {
            let by = FetchingReplica { broker, epoch };
            let is_news = replica.note_fetch(by, offset, 0, around)?;
            let proposal = replica.expand_isr(broker, around);
            if is_news {
                replica.advance(around);
            }
            Ok(proposal)
        })?;
        self.proposals.extend(proposal.map(|proposal| (leader, proposal)));
        Ok(())
    }

    /// The answer is the case's. Answers it, or what was sent instead.
    fn answer_proposal(&mut self, from: u8, sent: &(Vec<u8>, LeaderEpoch, u32), step: &Step) -> Value {
        let is_it = |(leader, proposal): &(u8, IsrProposal)| {
            *leader == from && (members(proposal), proposal.leader_epoch, proposal.partition_epoch) == *sent
        };
        let Some(index) = self.proposals.iter().position(is_it) else {
            return json!({ "sent": format!("{:?}", self.proposals) });
        };
        let (_, proposal) = self.proposals.remove(index).expect("it was found");
        let state = step.state.as_ref().expect("a decision shows the state after it");
        let expect = step.expect.clone().unwrap_or_default();
        let error = ErrorCode::ALL
            .iter()
            .find(|error| expect["result"] == error.name())
            .copied()
            .unwrap_or_else(|| panic!("unknown result {expect}"));
        let answer = AlteredPartition {
            partition: PARTITION,
            error,
            leader: u8::try_from(state.controller.leader).ok().map(BrokerId),
            leader_epoch: state.controller.leader_epoch,
            isr: state.controller.isr.iter().copied().map(BrokerId).collect(),
            recovery: LeaderRecovery::Recovered,
            partition_epoch: state.controller.partition_epoch,
        };
        self.with(from, |replica, around| {
            replica.on_altered(&proposal, &answer);
            replica.advance(around);
        });
        if error == ErrorCode::None {
            self.learn(step);
        }
        expect
    }

    fn show(&self) -> Vec<(u8, Shown)> {
        let nodes = self.nodes.iter();
        nodes
            .map(|(number, node)| {
                let replica = &node.replica;
                let leads = replica.is_leader();
                let shown = Shown {
                    fenced: self.fenced[number],
                    role: if leads { "leader" } else { "follower" }.to_owned(),
                    leader_epoch_known: replica.leader_epoch(),
                    leo: replica.log().end(),
                    hw: replica.high_watermark(),
                    log_start: replica.log().start(),
                    isr: replica.isr().map(|isr| sorted(isr.iter().copied())),
                    maximal_isr: replica.maximal_isr().map(|isr| sorted(isr.iter())),
                    under_min_isr: leads.then(|| replica.is_under_min_isr(self.min_insync_replicas)),
                };
                (*number, shown)
            })
            .collect()
    }
}

fn members(proposal: &IsrProposal) -> Vec<u8> {
    sorted(proposal.to().iter())
}

fn sorted(brokers: impl Iterator<Item = BrokerId>) -> Vec<u8> {
    let mut numbers: Vec<u8> = brokers.map(|broker| broker.0).collect();
    numbers.sort_unstable();
    numbers
}
