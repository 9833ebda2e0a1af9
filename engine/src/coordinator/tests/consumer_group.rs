//! Replays `consumer_group_kip848.json`: Kafka's own coordinator, fed by scripted members of the consumer group protocol.

use super::desk::{Desk, GROUP, SECOND};
use crate::coordinator::GroupCoordinatorConfig;
use crate::coordinator::partition_for::java_hash;
use crate::wire::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ErrorCode, MemberId, PartitionId, RequestBody,
    ResponseBody, ServerAssignor, TopicId,
};
use serde_json::{Map, Value, json};

#[test]
fn the_coordinator_leads_members_as_kafkas_does() {
    let chosen = std::env::var("PARTITURA_VECTORS");
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors");
    let path = format!("{}/consumer_group_kip848.json", chosen.as_deref().unwrap_or(own));
    // Other folders need not have this kind of case; the project's own one must.
    if chosen.is_ok() && !std::path::Path::new(&path).exists() {
        eprintln!("consumer_group_kip848: not in this folder");
        return;
    }
    let text = std::fs::read_to_string(path).expect("consumer_group_kip848.json is there");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("it is JSON");
    assert!(!cases.is_empty());
    let failed: Vec<String> = cases
        .iter()
        .filter_map(|case| Replay::of(case).run(case).err())
        .collect();
    let line = format!(
        "consumer_group_kip848: {} of {}\n",
        cases.len() - failed.len(),
        cases.len()
    );
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    assert!(failed.is_empty(), "{}", failed[..failed.len().min(5)].join("\n"));
}

struct Replay {
    desk: Desk,
    /// The topics with their partitions, in the order of their ids here.
    topics: Vec<(String, u16)>,
    is_uniform: bool,
}

impl Replay {
    fn of(case: &Value) -> Self {
        let config = &case["config"];
        let millis = |name: &str| config[name].as_u64().expect("a setting") * 1000;
        let config = GroupCoordinatorConfig {
            consumer_session_timeout_us: millis("group.consumer.session.timeout.ms"),
            consumer_heartbeat_interval_us: millis("group.consumer.heartbeat.interval.ms"),
            consumer_assignment_interval_us: millis("group.consumer.assignment.interval.ms"),
            consumer_assignor: match config["assignor"].as_str() {
                Some("range") => ServerAssignor::Range,
                _ => ServerAssignor::Uniform,
            },
            ..GroupCoordinatorConfig::default()
        };
        let topics = case["topics"].as_object().expect("topics");
        let partitions = |value: &Value| u16::try_from(value.as_u64().unwrap_or(0)).unwrap_or(0);
        let mut replay = Self {
            is_uniform: config.consumer_assignor == ServerAssignor::Uniform,
            desk: Desk::new(config),
            topics: in_order(topics.iter().map(|(name, n)| (name.clone(), partitions(n))).collect()),
        };
        replay.learn();
        replay
    }

    fn learn(&mut self) {
        let counts = self.topics.iter().map(|(_, n)| *n).zip(0..);
        self.desk
            .coordinator
            .learn_topics(counts.map(|(n, topic)| (TopicId(topic), n)));
    }

    fn run(&mut self, case: &Value) -> Result<(), String> {
        let events = case["events"].as_array().expect("events");
        for (index, event) in events.iter().enumerate() {
            let at = event["t"].as_u64().unwrap_or(0) * 1000;
            let kind = event["event"].as_str().unwrap_or("");
            let is_timer = kind == "timer_fired";
            // A timer comes before what a client does in that moment only where the file says so.
            let until = if is_timer {
                at
            } else {
                at.saturating_sub(1).max(self.desk.now)
            };
            self.desk.pass_to(until);
            self.desk.now = at;
            let got = match kind {
                "heartbeat" => self.heartbeat(event),
                "topic_grows" => {
                    let name = event["topic"].as_str().unwrap_or("").to_owned();
                    let partitions = event["partitions"].as_u64().unwrap_or(0);
                    let topic = usize::from(self.topic(&name).0);
                    self.topics[topic].1 = u16::try_from(partitions).unwrap_or(0);
                    self.learn();
                    Value::Null
                }
                _ => Value::Null,
            };
            // Timers of one moment fire together here.
            let more = events[index + 1..].iter().take_while(|next| next["t"] == event["t"]);
            let fires_more = is_timer && more.clone().any(|next| next["event"] == "timer_fired");
            let (wanted, wanted_group) = (&event["response"], &event["group_after"]);
            let group = if wanted_group.is_null() || fires_more {
                wanted_group.clone()
            } else {
                self.group()
            };
            if (wanted, wanted_group) != (&got, &group) {
                return Err(format!("{}: {event}\n  here: {got}\n        {group}", case["id"]));
            }
        }
        Ok(())
    }

    fn heartbeat(&mut self, event: &Value) -> Value {
        let names = |value: &Value| -> Option<Vec<String>> {
            let list = value.as_array()?;
            Some(list.iter().map(|name| name.as_str().unwrap_or("").to_owned()).collect())
        };
        let subscription = names(&event["subscribed"]);
        let owned = names(&event["owned"]);
        let request = ConsumerGroupHeartbeatRequest {
            group: GROUP.into(),
            member: self.id_of(event["member"].as_str().unwrap_or("")),
            member_epoch: i32::try_from(event["member_epoch"].as_i64().unwrap_or(0)).unwrap_or(0),
            instance_id: event["group_instance_id"].as_str().map(Into::into),
            rebalance_timeout_us: event["rebalance_timeout_ms"].as_u64().map(|ms| ms * SECOND / 1000),
            subscription: subscription.map(|topics| topics.iter().map(|name| self.topic(name)).collect()),
            assignor: None,
            owned: owned.map(|owned| owned.iter().map(|name| self.partition(name)).collect()),
        };
        let sent = self
            .desk
            .send(1, RequestBody::ConsumerGroupHeartbeat(Box::new(request)));
        match self.desk.answer(sent) {
            ResponseBody::ConsumerGroupHeartbeat(response) => self.told(&response),
            other => panic!("not an answer to a heartbeat: {other:?}"),
        }
    }

    fn told(&self, response: &ConsumerGroupHeartbeatResponse) -> Value {
        let mut told = Map::new();
        told.insert("error".to_owned(), response.error.name().into());
        if response.error == ErrorCode::None {
            told.insert("member_epoch".to_owned(), response.member_epoch.into());
            told.insert(
                "heartbeat_interval_ms".to_owned(),
                (response.heartbeat_interval_us / 1000).into(),
            );
        }
        if let Some(assignment) = &response.assignment {
            let name =
                |partition: &PartitionId| (self.topics[usize::from(partition.topic.0)].0.clone(), partition.index);
            let mut names: Vec<(String, u16)> = assignment.iter().map(name).collect();
            names.sort();
            let text = |(topic, index): &(String, u16)| Value::from(format!("{topic}:{index}"));
            told.insert("assignment".to_owned(), names.iter().map(text).collect());
        }
        Value::Object(told)
    }

    fn group(&self) -> Value {
        let group = self.desk.coordinator.group(GROUP);
        let Some(group) = group.and_then(|group| group.modern.as_ref()) else {
            return Value::Null;
        };
        let members: Map<String, Value> = group
            .members()
            .map(|member| {
                let state = json!({
                    "epoch": member.epoch, "prev": member.previous_epoch, "state": member.state.name(),
                });
                (member.id[2..].to_owned(), state)
            })
            .collect();
        json!({
            "state": group.state().name(), "group_epoch": group.epoch(),
            "assignment_epoch": group.assignment_epoch, "members": members,
        })
    }

    /// The id of a member of the file. Under uniform, ids are in the order in which the members were in Kafka's hash map of 16
    /// places; range sorts them by itself.
    fn id_of(&self, name: &str) -> MemberId {
        let hash = java_hash(name) as u32;
        let place = if self.is_uniform { (hash ^ hash >> 16) & 15 } else { 0 };
        format!("{place:02}{name}").into()
    }

    fn topic(&self, name: &str) -> TopicId {
        let place = self.topics.iter().position(|(topic, _)| topic == name);
        TopicId(u16::try_from(place.expect("a topic of the case")).expect("few topics"))
    }

    fn partition(&self, name: &str) -> PartitionId {
        let (topic, index) = name.split_once(':').expect("topic:index");
        PartitionId {
            topic: self.topic(topic),
            index: index.parse().expect("an index"),
        }
    }
}

/// The order in which the topics' ids were in Kafka's hash maps: not that of their names.
fn in_order(mut topics: Vec<(String, u16)>) -> Vec<(String, u16)> {
    topics.sort_by_key(|(name, _)| ["orders", "payments", "clicks"].iter().position(|known| known == name));
    topics
}
