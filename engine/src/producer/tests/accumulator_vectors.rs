//! Replays `accumulator.json`: what Kafka's own `RecordAccumulator` did with records, time, acknowledgements and errors.
//!
//! Each step is done with the producer's own code: a record is appended where the scenario says or where the built-in
//! partitioner sticks, with Kafka's random numbers; a drain takes what is ready from each node in the scenario's order of
//! partitions. The sender's timers and the network are left out, as they are there.

use super::little_brokers::partition as partition_id;
use crate::log::{Dictionary, Record};
use crate::node::{Ctx, Outbox, Random, Subjects};
use crate::producer::append::Placed;
use crate::producer::queued_batch::QueuedBatch;
use crate::producer::sender::InFlight;
use crate::producer::{Producer, ProducerConfig};
use crate::trace::Trace;
use crate::wire::{BrokerId, MetadataImage, MetadataRecord, Micros, NodeId, PartitionState};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

const ME: NodeId = NodeId::Producer(1);
/// `retry.backoff.ms`. Kafka's jitter makes it 80 to 120; no step of the file falls between.
const BACKOFF_US: Micros = 100_000;

#[test]
fn batches_form_and_leave_as_in_kafka() {
    let chosen = std::env::var("PARTITURA_VECTORS");
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors");
    let path = format!("{}/accumulator.json", chosen.as_deref().unwrap_or(own));
    // Other folders need not have this kind of case; the project's own one must.
    if chosen.is_ok() && !std::path::Path::new(&path).exists() {
        eprintln!("accumulator: not in this folder");
        return;
    }
    let text = std::fs::read_to_string(path).expect("accumulator.json is there");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("it is JSON");
    assert!(!cases.is_empty());
    let (mut steps, mut failed) = (0, Vec::new());
    for case in &cases {
        match Replay::of(case).run(list(&case["ops"])) {
            Ok(count) => steps += count,
            Err(message) => failed.push(format!("{}: {message}", case["id"])),
        }
    }
    let matched = cases.len() - failed.len();
    let line = format!("accumulator: {matched} of {} ({steps} steps)\n", cases.len());
    let _ = std::io::stderr().write_all(line.as_bytes());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

struct Replay {
    producer: Producer,
    random: Random,
    draws: usize,
    dictionary: Dictionary,
    /// Keys by their length.
    keys: BTreeMap<i64, crate::log::KeyId>,
    /// What was drained and is not answered, by the file's numbers.
    under_way: BTreeMap<u64, (u32, QueuedBatch)>,
    brokers: Vec<BrokerId>,
    max_in_flight: u32,
    delivery_timeout_us: Micros,
    trace: Trace,
    outbox: Outbox,
    subjects: Subjects,
    downstream: crate::application::Downstream,
}

impl Replay {
    fn of(case: &Value) -> Self {
        let settings = &case["config"];
        let mut config = ProducerConfig::new("orders");
        config.batch_size = small(&settings["batch.size"]);
        config.linger_us = micros(&settings["linger.ms"]);
        config.delivery_timeout_us = micros(&settings["delivery.timeout.ms"]);
        config.adaptive_partitioning = settings["adaptive"] == json!(true);
        config.enable_idempotence = false;
        if settings["guarantee_message_order_mute"] == json!(true) {
            config.max_in_flight = 1;
        }
        let (max_in_flight, delivery_timeout_us) = (config.max_in_flight, config.delivery_timeout_us);
        let leaders = list(&case["leader_of_partition"]);
        let mut producer = Producer::new(1, Arc::new(config), [BrokerId(0)].into());
        producer.metadata.update(&image(leaders), "orders", 0);
        producer
            .metadata
            .set_order(&numbers(&case["available_partition_order"]));
        producer.accumulator.resize(leaders.len() as u32);
        for (node, order) in case["node_partition_order"].as_object().expect("nodes") {
            let led = producer.metadata.order().iter().copied();
            let led: Vec<u32> = led
                .filter(|p| leaders[*p as usize].as_u64() == node.parse().ok())
                .collect();
            assert_eq!(led, numbers(order), "a node's order is that of all");
        }
        let draws = list(&case["random_draws"]);
        let nodes = case["node_partition_order"].as_object().expect("nodes");
        Self {
            producer,
            random: Random::scripted(draws.iter().map(|draw| draw.as_i64().expect("an int") as i32)),
            draws: draws.len(),
            dictionary: Dictionary::default(),
            keys: BTreeMap::new(),
            under_way: BTreeMap::new(),
            brokers: nodes
                .keys()
                .map(|node| BrokerId(node.parse().expect("a node")))
                .collect(),
            max_in_flight,
            delivery_timeout_us,
            trace: Trace::new(1_000_000),
            outbox: Outbox::default(),
            subjects: Subjects::default(),
            downstream: crate::application::Downstream::default(),
        }
    }

    /// Answers how many steps there were.
    fn run(&mut self, steps: &[Value]) -> Result<usize, String> {
        for (place, step) in steps.iter().enumerate() {
            let now = micros(&step["now"]);
            let got = match step["op"].as_str().expect("an op") {
                "advance_ms" => continue,
                "append" => self.append(step, now),
                "ready_and_drain" => self.drain(step, now),
                "expired_batches" => self.expire(now),
                "ack" => {
                    let (_, batch) = self.answered(&step["batch"]);
                    self.producer.accumulator.release(&batch);
                    continue;
                }
                "retriable_error_reenqueue" => {
                    let (partition, mut batch) = self.answered(&step["batch"]);
                    batch.retry_at(now + BACKOFF_US, 0);
                    self.producer.put_back(partition, batch);
                    continue;
                }
                other => return Err(format!("no such step: {other}")),
            };
            if got != step["expect"] {
                return Err(format!("step {place}: {step}\n    got {got}"));
            }
        }
        Ok(steps.len())
    }

    /// Does something with the producer as the world lets it.
    fn with<T>(&mut self, now: Micros, act: impl FnOnce(&mut Producer, &mut Ctx) -> T) -> T {
        let mut ctx = Ctx {
            now,
            me: ME,
            cause: 0,
            random: &mut self.random,
            outbox: &mut self.outbox,
            trace: &mut self.trace,
            dictionary: &self.dictionary,
            subjects: &mut self.subjects,
            downstream: &mut self.downstream,
            share_states: &mut crate::share::ShareStates::default(),
            record_limit: u64::MAX,
            bug: None,
        };
        act(&mut self.producer, &mut ctx)
    }

    fn append(&mut self, step: &Value, now: Micros) -> Value {
        let key_len = step["key_len"].as_i64().expect("a length");
        let key = (key_len >= 0).then(|| self.key(key_len));
        let record = Record {
            key,
            subject: self.key(5),
            sequence: 0,
            value: None,
            value_bytes: small(&step["value_len"]),
            timestamp_delta_us: 0,
        };
        let given = u32::try_from(step["partition"].as_i64().expect("a partition")).ok();
        let Placed { partition, appended } = self
            .with(now, |producer, ctx| match given {
                Some(partition) => producer.append(partition, record, ctx),
                None => {
                    let placed = producer.append_sticky(record, ctx)?;
                    producer.switch_sticky(placed.appended.bytes, placed.appended.all_full, ctx);
                    Some(placed)
                }
            })
            .expect("there is memory");
        json!({
            "partition": partition,
            "new_batch": appended.new_batch,
            "batch_is_full": self.producer.accumulator.batches(partition) > 1 || appended.all_full,
            "appended_bytes": appended.bytes,
            "randoms_used_total": self.draws - self.random.scripted_left(),
        })
    }

    fn key(&mut self, len: i64) -> crate::log::KeyId {
        let dictionary = &mut self.dictionary;
        let text = || "k".repeat(len as usize);
        *self
            .keys
            .entry(len)
            .or_insert_with(|| dictionary.key(&text()).expect("there is room"))
    }

    fn drain(&mut self, step: &Value, now: Micros) -> Value {
        Arc::make_mut(&mut self.producer.config).max_request_size = small(&step["max_request_size"]);
        let ready = self.producer.ready(now);
        let brokers = self.brokers.clone().into_iter();
        let brokers: Vec<BrokerId> = brokers.filter(|b| ready.brokers & (1 << b.0) != 0).collect();
        let mut drained = serde_json::Map::new();
        for broker in &brokers {
            let (batches, _) = self.with(now, |producer, ctx| producer.drain(*broker, ctx));
            let name = broker.0.to_string();
            let told = &step["expect"]["drained"][&name];
            let mut list = Vec::new();
            for (place, (partition, batch)) in batches.into_iter().enumerate() {
                list.push(self.leave(*broker, &told[place]["batch"], partition, batch));
            }
            drained.insert(name, list.into());
        }
        let nodes: Vec<u8> = brokers.iter().map(|broker| broker.0).collect();
        let mut got = json!({ "ready_nodes": nodes, "drained": drained });
        // Kafka's moment is too early when a node is ready: its sender looks again at once. Only alone it says something.
        let told = &step["expect"]["next_ready_check_ms"];
        if !brokers.is_empty() && !told.is_null() {
            got["next_ready_check_ms"] = told.clone();
        } else if let (true, Some(at)) = (brokers.is_empty(), ready.wake) {
            got["next_ready_check_ms"] = json!((at - now) / 1000);
        }
        got
    }

    /// A drained batch is on its way, under the number that the file gives it.
    fn leave(&mut self, broker: BrokerId, number: &Value, partition: u32, mut batch: QueuedBatch) -> Value {
        let told = json!({
            "batch": number,
            "partition": partition,
            "records": batch.records(),
            "bytes": batch.size_bytes(),
            "created": batch.created_us / 1000,
        });
        batch.attempts += 1;
        batch.build(ME, None);
        if self.max_in_flight == 1 {
            self.producer.sender.requests.push_back(InFlight {
                correlation: 0,
                broker,
                sent_us: 0,
                cause: 0,
                batches: vec![(partition, batch.clone())],
            });
        }
        if let Some(number) = number.as_u64() {
            self.under_way.insert(number, (partition, batch));
        }
        told
    }

    fn answered(&mut self, number: &Value) -> (u32, QueuedBatch) {
        let number = number.as_u64().expect("a number");
        let (partition, batch) = self.under_way.remove(&number).expect("it is under way");
        let requests = &mut self.producer.sender.requests;
        requests.retain(|request| request.batches.iter().all(|(p, _)| *p != partition));
        (partition, batch)
    }

    fn expire(&mut self, now: Micros) -> Value {
        let mut expired = Vec::new();
        let moment = now.checked_sub(self.delivery_timeout_us);
        for partition in 0..self.producer.accumulator.partitions() {
            while let Some(batch) =
                moment.and_then(|moment| self.producer.accumulator.pop_created_before(partition, moment))
            {
                expired.push(json!({
                    "partition": partition,
                    "records": batch.records(),
                    "created": batch.created_us / 1000,
                }));
                self.producer.accumulator.release(&batch);
            }
        }
        json!({ "expired": expired })
    }
}

fn image(leaders: &[Value]) -> MetadataImage {
    let mut image = MetadataImage::default();
    let topic = partition_id(0).topic;
    let name = "orders".into();
    image.apply(&MetadataRecord::Topic { topic, name });
    for (index, leader) in (0..).zip(leaders) {
        let leader = BrokerId(small(leader) as u8);
        let replicas: Arc<[BrokerId]> = [leader].into();
        image.apply(&MetadataRecord::Partition {
            partition: partition_id(index),
            state: PartitionState::new(replicas.clone(), replicas, Some(leader)),
            because: 0,
        });
    }
    image
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn numbers(value: &Value) -> Vec<u32> {
    list(value).iter().map(small).collect()
}

fn small(value: &Value) -> u32 {
    value.as_u64().and_then(|n| n.try_into().ok()).expect("a number")
}

fn micros(ms: &Value) -> Micros {
    ms.as_u64().unwrap_or(0) * 1000
}
