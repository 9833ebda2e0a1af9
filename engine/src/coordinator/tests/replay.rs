//! Replays `classic_group.json`: Kafka's own coordinator, fed by scripted clients. Scenarios with static members are
//! left for later.

use super::desk::{Desk, GROUP, SECOND, TOPIC, protocol};
use crate::coordinator::GroupCoordinatorConfig;
use crate::wire::{
    Assignment, ErrorCode, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, MemberId, Micros, PartitionId,
    RequestBody, ResponseBody, Subscription, SyncGroupRequest, TopicId,
};
use serde_json::Value;
use std::collections::BTreeMap;

#[test]
fn the_coordinator_answers_as_kafkas_does() {
    let chosen = std::env::var("PARTITURA_VECTORS");
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors");
    let path = format!("{}/classic_group.json", chosen.as_deref().unwrap_or(own));
    // Other folders need not have this kind of case; the project's own one must.
    if chosen.is_ok() && !std::path::Path::new(&path).exists() {
        eprintln!("classic_group: not in this folder");
        return;
    }
    let text = std::fs::read_to_string(path).expect("classic_group.json is there");
    let mut cases: Vec<Value> = serde_json::from_str(&text).expect("it is JSON");
    let all = cases.len();
    cases.retain(|case| {
        list(&case["events"])
            .iter()
            .all(|event| event["group_instance_id"].is_null())
    });
    assert!(!cases.is_empty());
    let failed: Vec<String> = cases
        .iter()
        .filter_map(|case| Replay::of(case).run(list(&case["events"])).err())
        .collect();
    let left = all - cases.len();
    let matched = cases.len() - failed.len();
    let line = format!(
        "classic_group: {matched} of {}; {left} with static members left for later\n",
        cases.len()
    );
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

struct Replay {
    desk: Desk,
    /// Our member ids, by their names in the file.
    ids: BTreeMap<String, MemberId>,
    /// Our numbers of the requests.
    numbers: BTreeMap<u64, u32>,
}

impl Replay {
    fn of(case: &Value) -> Self {
        let config = GroupCoordinatorConfig {
            max_size: u32::try_from(number(&case["config"]["group.max.size"])).unwrap_or(u32::MAX),
            initial_rebalance_delay_us: number(&case["config"]["group.initial.rebalance.delay.ms"]) * 1000,
            min_session_timeout_us: SECOND,
            ..GroupCoordinatorConfig::default()
        };
        Self {
            desk: Desk::new(config),
            ids: BTreeMap::new(),
            numbers: BTreeMap::new(),
        }
    }

    fn run(&mut self, events: &[Value]) -> Result<(), String> {
        for (index, event) in events.iter().enumerate() {
            let at = number(&event["t"]) * 1000;
            self.adopt_leader(event);
            let is_timer = text(&event["event"]) == "timer_fired";
            self.desk.pass_to(if is_timer {
                at
            } else {
                at.saturating_sub(1).max(self.desk.now)
            });
            self.desk.now = at;
            let (wanted, got) = match text(&event["event"]) {
                "request" => self.request(event),
                "response" => self.response(event),
                _ => <(String, String)>::default(),
            };
            // Timers of one moment fire together here.
            let more = events[index + 1..]
                .iter()
                .take_while(|next| number(&next["t"]) * 1000 == at);
            let settled = !is_timer || more.filter(|next| text(&next["event"]) == "timer_fired").count() == 0;
            let (state_wanted, state) = if settled {
                self.state_after(event)
            } else {
                Default::default()
            };
            if (&wanted, &state_wanted) != (&got, &state) {
                return Err(format!(
                    "{event}\n  Kafka: {wanted} {state_wanted}\n  here:  {got} {state}"
                ));
            }
        }
        Ok(())
    }

    /// Kafka picks an arbitrary new leader when one is gone; here it is the one that the file names.
    fn adopt_leader(&mut self, event: &Value) {
        if let Some(leader) = event["group_after"]["leader"]
            .as_str()
            .and_then(|name| self.ids.get(name))
            && let Some(group) = self.desk.coordinator.groups.first_mut()
            && let Some(member) = group.members.iter().find(|member| member.id == *leader)
        {
            group.leader = Some(member.number);
        }
    }

    fn state_after(&self, event: &Value) -> (String, String) {
        let (after, got) = (&event["group_after"], self.desk.state());
        if after.is_null() || got == "none" {
            return <(String, String)>::default();
        }
        (
            format!("{} {} {}", text(&after["state"]), after["generation"], after["members"]),
            got,
        )
    }

    fn id(&self, name: &Value) -> MemberId {
        self.ids.get(text(name)).cloned().unwrap_or_else(|| text(name).into())
    }

    fn request(&mut self, event: &Value) -> (String, String) {
        let (group, member): (_, MemberId) = (GROUP.into(), self.id(&event["member"]));
        let generation = u32::try_from(number(&event["generation"])).unwrap_or(0);
        let client = u8::try_from(number(&event["client"])).unwrap_or(0);
        let body = match text(&event["api"]) {
            "JoinGroup" => RequestBody::JoinGroup(JoinGroupRequest {
                group,
                member,
                session_timeout_us: millis(&event["session_timeout_ms"]),
                rebalance_timeout_us: millis(&event["rebalance_timeout_ms"]),
                instance: None,
                protocols: list(&event["protocols"])
                    .iter()
                    .map(|name| protocol(text(name), Subscription::to([TOPIC])))
                    .collect(),
                client_id: "client".into(),
            }),
            "SyncGroup" => {
                let assignments = list(&event["assignment_for"])
                    .iter()
                    .zip(1..)
                    .map(|(name, index)| Assignment {
                        member: self.id(name),
                        partitions: [PartitionId {
                            topic: TopicId(0),
                            index,
                        }]
                        .into(),
                    })
                    .collect();
                RequestBody::SyncGroup(SyncGroupRequest {
                    group,
                    member,
                    instance: None,
                    generation,
                    assignments,
                })
            }
            "Heartbeat" => RequestBody::Heartbeat(HeartbeatRequest {
                group,
                member,
                instance: None,
                generation,
            }),
            _ => RequestBody::LeaveGroup(LeaveGroupRequest {
                group,
                member,
                instance: None,
            }),
        };
        let sent = self.desk.send(client, body);
        match event["response_error"].as_str() {
            Some(error) => (error.to_owned(), self.desk.error(sent).name().to_owned()),
            None => {
                self.numbers.insert(number(&event["request"]), sent);
                <(String, String)>::default()
            }
        }
    }

    fn response(&mut self, event: &Value) -> (String, String) {
        let Some(sent) = self.numbers.get(&number(&event["request"])) else {
            return <(String, String)>::default();
        };
        let error = text(&event["error"]).to_owned();
        match self.desk.answers.remove(sent) {
            None => (error, "no answer yet".to_owned()),
            Some(ResponseBody::JoinGroup(got)) if got.error == ErrorCode::MemberIdRequired => {
                self.ids.insert(text(&event["member"]).to_owned(), got.member);
                (error, got.error.name().to_owned())
            }
            Some(ResponseBody::JoinGroup(got)) if got.error == ErrorCode::None => {
                let mut members: Vec<MemberId> = list(&event["members"]).iter().map(|name| self.id(name)).collect();
                let mut got_members: Vec<MemberId> = got.members.into_iter().map(|member| member.member).collect();
                members.sort();
                got_members.sort();
                let (member, leader) = (self.id(&event["member"]), self.id(&event["leader"]));
                (
                    format!("{error} {} {member} {leader} {members:?}", event["generation"]),
                    format!("NONE {} {} {} {got_members:?}", got.generation, got.member, got.leader),
                )
            }
            Some(ResponseBody::SyncGroup(got)) if got.error == ErrorCode::None => {
                let number = got
                    .partitions
                    .first()
                    .map_or_else(String::new, |own| format!("#{}", own.index));
                (text(&event["assignment_bytes"]).to_owned(), number)
            }
            Some(got) => (error, got.error().name().to_owned()),
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

fn millis(value: &Value) -> Micros {
    number(value) * 1000
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
