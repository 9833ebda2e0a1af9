//! Replays `classic_group.json`: Kafka's own coordinator, fed by scripted clients. Every response, every timer and the
//! group after every event are compared.

use super::desk::{Desk, GROUP, SECOND, TOPIC, protocol};
use crate::coordinator::GroupCoordinatorConfig;
use crate::node::Timer;
use crate::wire::{
    Assignment, ErrorCode, HeartbeatRequest, InstanceId, JoinGroupRequest, LeaveGroupRequest, MemberId, Micros,
    PartitionId, RequestBody, ResponseBody, Subscription, SyncGroupRequest, TopicId,
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
    let cases: Vec<Value> = serde_json::from_str(&text).expect("it is JSON");
    assert!(!cases.is_empty());
    let failed: Vec<String> = cases
        .iter()
        .filter_map(|case| Replay::of(case).run(list(&case["events"])).err())
        .collect();
    let matched = cases.len() - failed.len();
    let line = format!("classic_group: {matched} of {}\n", cases.len());
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
            if at > self.desk.now {
                self.end_of_moment(event)?;
                self.desk.pass_to(at - 1);
                self.desk.now = at;
            }
            self.adopt_leader(event);
            let (wanted, got) = match text(&event["event"]) {
                "request" => self.request(event, &events[index..]),
                "response" => self.response(event),
                "timer_fired" => self.timer(text(&event["timer"])),
                _ => <(String, String)>::default(),
            };
            // Kafka's group was looked at after all timers of a moment.
            let next = events.get(index + 1).filter(|next| number(&next["t"]) * 1000 == at);
            let more_to_fire = next.is_some_and(|next| !next["timer"].is_null()) && !event["timer"].is_null();
            let (state_wanted, state) = if more_to_fire {
                Default::default()
            } else {
                self.state_after(event)
            };
            if (&wanted, &state_wanted) != (&got, &state) {
                return Err(format!(
                    "{event}\n  Kafka: {wanted} {state_wanted}\n  here:  {got} {state}"
                ));
            }
        }
        let answered = self
            .numbers
            .values()
            .filter(|sent| self.desk.answers.contains_key(sent));
        match answered.count() {
            0 => Ok(()),
            more => Err(format!("{more} requests are answered here that Kafka does not answer")),
        }
    }

    /// Kafka's timers of this moment have fired, in their order. Ours that are left are of sessions that were extended, of
    /// join phases that are over and the like: they change nothing.
    fn end_of_moment(&mut self, next: &Value) -> Result<(), String> {
        let before = (self.state(), self.desk.answers.len());
        self.desk.pass_to(self.desk.now);
        let after = (self.state(), self.desk.answers.len());
        if before == after {
            return Ok(());
        }
        Err(format!(
            "before {next}\n  Kafka: {before:?}\n  here:  {after:?} by a timer that Kafka does not have"
        ))
    }

    /// Fires our timer of that name. An id that was replaced has none here any more, and in Kafka one without effect.
    fn timer(&mut self, name: &str) -> (String, String) {
        let Some(group) = self.desk.coordinator.groups.first() else {
            return (name.to_owned(), "no group".to_owned());
        };
        let fires = match name.strip_prefix("heartbeat-grp-") {
            None if name == "join-grp" => {
                let wanted = group.rounds;
                let goes_on = group.join_phase.is_some();
                self.desk
                    .fire(move |timer| goes_on && matches!(timer, Timer::JoinPhase { round, .. } if *round == wanted))
            }
            None => {
                let wanted = group.generation;
                self.desk
                    .fire(move |timer| matches!(timer, Timer::SyncPhase { generation, .. } if *generation == wanted))
            }
            Some(who) => {
                let id = self.id(&Value::from(who));
                let members = group.members.iter().map(|member| (member.number, &member.id));
                let pending = group.pending.iter().map(|pending| (pending.number, &pending.id));
                let found = members.chain(pending).find(|(_, other)| **other == id);
                let Some((wanted, _)) = found else {
                    let is_known = self.ids.values().any(|known| *known == id);
                    return (name.to_owned(), if is_known { name } else { "no such id" }.to_owned());
                };
                self.desk
                    .fire(move |timer| matches!(timer, Timer::Session { member, .. } if *member == wanted))
            }
        };
        (name.to_owned(), if fires { name } else { "no such timer" }.to_owned())
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

    /// State, generation, members, those that wait for the join phase to end, leader, protocol.
    fn state(&self) -> String {
        let Some(group) = self.desk.coordinator.groups.first() else {
            return "none".to_owned();
        };
        let leader = group.leader().map_or("", |leader| &leader.id);
        let protocol = group.protocol.as_deref().unwrap_or("");
        format!("{} {} {leader} {protocol}", self.desk.state(), group.joined())
    }

    fn state_after(&self, event: &Value) -> (String, String) {
        let after = &event["group_after"];
        if after.is_null() {
            return <(String, String)>::default();
        }
        let wanted = format!(
            "{} {} {} {} {} {}",
            text(&after["state"]),
            after["generation"],
            after["members"],
            after["awaiting_join"],
            self.id(&after["leader"]),
            text(&after["protocol"]),
        );
        (wanted, self.state())
    }

    fn id(&self, name: &Value) -> MemberId {
        self.ids.get(text(name)).cloned().unwrap_or_else(|| text(name).into())
    }

    fn request(&mut self, event: &Value, following: &[Value]) -> (String, String) {
        let (group, member): (_, MemberId) = (GROUP.into(), self.id(&event["member"]));
        let generation = u32::try_from(number(&event["generation"])).unwrap_or(0);
        let instance: Option<InstanceId> = event["group_instance_id"].as_str().map(InstanceId::from);
        let client = u8::try_from(number(&event["client"])).unwrap_or(0);
        let body = match text(&event["api"]) {
            "JoinGroup" => RequestBody::JoinGroup(Box::new(JoinGroupRequest {
                group,
                member,
                session_timeout_us: millis(&event["session_timeout_ms"]),
                rebalance_timeout_us: millis(&event["rebalance_timeout_ms"]),
                instance: instance.clone(),
                protocols: list(&event["protocols"])
                    .iter()
                    .map(|name| protocol(text(name), Subscription::to([TOPIC])))
                    .collect(),
                client_id: "client".into(),
            })),
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
                    instance: instance.clone(),
                    generation,
                    assignments,
                })
            }
            "Heartbeat" => RequestBody::Heartbeat(HeartbeatRequest {
                group,
                member,
                instance: instance.clone(),
                generation,
            }),
            _ => RequestBody::LeaveGroup(LeaveGroupRequest {
                group,
                member,
                instance: instance.clone(),
            }),
        };
        let sent = self.desk.send(client, body);
        self.learn_id(event, following);
        match event["response_error"].as_str() {
            Some(error) => (error.to_owned(), self.desk.error(sent).name().to_owned()),
            None => {
                self.numbers.insert(number(&event["request"]), sent);
                <(String, String)>::default()
            }
        }
    }

    /// A static member has its id before it is answered. The file names it in the answer.
    fn learn_id(&mut self, request: &Value, following: &[Value]) {
        let answer = following
            .iter()
            .find(|event| text(&event["event"]) == "response" && event["request"] == request["request"]);
        let name = answer.map_or("", |answer| text(&answer["member"]));
        let instance = request["group_instance_id"].as_str().map(InstanceId::from);
        if text(&request["member"]).is_empty()
            && !name.is_empty()
            && let Some(instance) = instance
            && let Some(group) = self.desk.coordinator.groups.first()
            && let Some(member) = group.static_member(&instance)
        {
            self.ids.insert(name.to_owned(), member.id.clone());
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
                    format!(
                        "{error} {} {member} {leader} {members:?} {} {}",
                        event["generation"],
                        text(&event["protocol"]),
                        event["skip_assignment"]
                    ),
                    format!(
                        "NONE {} {} {} {got_members:?} {} {}",
                        got.generation,
                        got.member,
                        got.leader,
                        got.protocol.unwrap_or_default(),
                        got.skip_assignment
                    ),
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
