//! What a log remembers of idempotent producers: duplicates, gaps, epochs, expiry, truncation.
//!
//! There are no transactions yet. A scenario is replayed up to its first step that needs one; what is left of it is named.

use partitura_engine::log::{Batch, BatchBuilder, BatchSequence, Dictionary, LogEntry, ProducerStates, Record};
use partitura_engine::wire::{Micros, NodeId};
use serde::Deserialize;
use std::sync::Arc;

use crate::files;
use crate::tally::{Tally, say};

/// `producer.id.expiration.ms`, Kafka's default.
const EXPIRATION_US: Micros = 86_400_000_000;

#[derive(Deserialize)]
struct Scenario {
    id: String,
    ops: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    #[serde(flatten)]
    op: Op,
    state: State,
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum Op {
    Append(Append),
    SetHw,
    TruncateTo {
        offset: u64,
    },
    #[serde(rename = "advance_ms_then_expire_idle_producers")]
    Expire {
        ms: u64,
    },
    EndTxnMarker,
}

#[derive(Deserialize)]
struct Append {
    /// −1 for a producer without an id.
    pid: i64,
    epoch: i32,
    base_seq: i64,
    records: u32,
    transactional: bool,
    verification: Option<serde_json::Value>,
    result: Outcome,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Outcome {
    outcome: String,
    error: Option<String>,
    base_offset: Option<u64>,
    last_offset: Option<u64>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct State {
    leo: u64,
    producers: Vec<Producer>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Producer {
    pid: u64,
    epoch: u16,
    last_seq: i64,
    last_data_offset: i64,
    cached_batches: usize,
}

impl Op {
    fn needs_transactions(&self) -> bool {
        match self {
            Op::Append(append) => append.transactional || append.verification.is_some(),
            Op::EndTxnMarker => true,
            Op::SetHw | Op::TruncateTo { .. } | Op::Expire { .. } => false,
        }
    }
}

#[test]
fn a_log_knows_its_producers_as_kafkas_does() {
    if files::is_left_out("producer_state.json") {
        return;
    }
    let mut tally = Tally::new("producer_state");
    let (mut replayed, mut whole, mut left) = (0, 0, Vec::new());
    let (mut steps_left, mut scenarios_left) = (0, 0);
    for scenario in files::json::<Scenario>("producer_state.json") {
        let stands_alone = scenario.ops.iter().take_while(|step| !step.op.needs_transactions());
        let count = stands_alone.count();
        let rest = scenario.ops.len() - count;
        let mut log = LittleLog::default();
        for (place, step) in scenario.ops.iter().take(count).enumerate() {
            let (expected, got) = log.replay(&step.op);
            let step_id = format!("{} step {place}", scenario.id);
            tally.case(&step_id, &(expected, &step.state), &(got, &log.state()));
        }
        replayed += count;
        steps_left += rest;
        match (count, rest) {
            (_, 0) => whole += 1,
            (0, _) => {
                scenarios_left += 1;
                left.push(format!("{} all {rest}", scenario.id));
            }
            _ => left.push(format!("{} last {rest}", scenario.id)),
        }
    }
    say(&format!(
        "producer_state, left for transactions: {steps_left} steps, {scenarios_left} scenarios of them whole: {}\n",
        left.join(", ")
    ));
    let begun = left.len() - scenarios_left;
    tally.finish_with(&format!(
        " steps (of {} with those that need transactions; {whole} scenarios whole, {begun} begun)",
        replayed + steps_left
    ));
}

/// A log with nothing but its batches and what it knows of their producers.
#[derive(Default)]
struct LittleLog {
    now_us: Micros,
    entries: Vec<LogEntry>,
    end: u64,
    states: ProducerStates,
}

impl LittleLog {
    /// What was expected of an append, and what came of it; nothing for the other steps.
    fn replay(&mut self, op: &Op) -> (Option<Outcome>, Option<Outcome>) {
        match op {
            Op::Append(append) => return (Some(append.result.clone()), Some(self.append(append))),
            Op::SetHw | Op::EndTxnMarker => {}
            Op::Expire { ms } => {
                self.now_us += ms * 1000;
                self.states.expire(self.now_us, EXPIRATION_US);
            }
            // A batch that lies across the offset goes as a whole, but the log ends at the offset.
            Op::TruncateTo { offset } if *offset < self.end => {
                self.end = *offset;
                self.entries.retain(|entry| entry.end_offset() <= *offset);
                self.states.rebuild(self.entries.iter());
            }
            Op::TruncateTo { .. } => {}
        }
        (None, None)
    }

    fn append(&mut self, append: &Append) -> Outcome {
        let sequence = u64::try_from(append.pid).ok().map(|producer_id| BatchSequence {
            producer_id,
            epoch: append.epoch.try_into().expect("an epoch"),
            base: append.base_seq.try_into().expect("a sequence number"),
        });
        let found = sequence.map_or(Ok(None), |sequence| self.states.check(sequence, append.records));
        let (outcome, base_offset) = match found {
            Err(error) => {
                return Outcome {
                    outcome: "error".to_owned(),
                    error: Some(error.name().to_owned()),
                    base_offset: None,
                    last_offset: None,
                };
            }
            Ok(Some(kept)) => ("duplicate", kept.base_offset),
            Ok(None) => ("appended", self.push(sequence, append.records)),
        };
        Outcome {
            outcome: outcome.to_owned(),
            error: None,
            base_offset: Some(base_offset),
            last_offset: Some(base_offset + u64::from(append.records) - 1),
        }
    }

    fn push(&mut self, sequence: Option<BatchSequence>, records: u32) -> u64 {
        let base_offset = self.end;
        let batch = batch(sequence, records, self.now_us);
        self.states.note(&batch, base_offset);
        self.end += u64::from(records);
        self.entries.push(LogEntry {
            base_offset,
            leader_epoch: 0,
            batch,
        });
        base_offset
    }

    fn state(&self) -> State {
        let producers = self.states.iter().map(|(pid, state)| Producer {
            pid,
            epoch: state.epoch,
            last_seq: state.last().last_sequence.into(),
            last_data_offset: state.last().last_offset.cast_signed(),
            cached_batches: state.kept().len(),
        });
        State {
            leo: self.end,
            producers: producers.collect(),
        }
    }
}

fn batch(sequence: Option<BatchSequence>, records: u32, now_us: Micros) -> Arc<Batch> {
    let mut dictionary = Dictionary::default();
    let subject = dictionary.key("k").expect("there is room");
    let mut builder = BatchBuilder::new(now_us, u32::MAX);
    for number in 1..=records {
        let record = Record {
            key: None,
            subject,
            sequence: number,
            value: None,
            value_bytes: 1,
            timestamp_delta_us: 0,
        };
        assert!(builder.try_add(record, now_us, &dictionary));
    }
    builder.build(NodeId::Producer(1), 0, sequence)
}
