//! Partitions to members of a group.

use std::collections::BTreeMap;

use partitura_engine::consumer::range_assignor::{self, MemberSubscription};
use serde::Deserialize;

use crate::files;
use crate::tally::Tally;

#[derive(Deserialize)]
struct Case {
    id: String,
    assignor: String,
    #[serde(default)]
    topics: BTreeMap<String, u32>,
    members: Vec<Member>,
    assignment: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Member {
    id: String,
    group_instance_id: Option<String>,
    subscribed: Vec<String>,
}

#[test]
fn range_assigns_as_in_kafka() {
    if files::is_left_out("assignors.json") {
        return;
    }
    let mut tally = Tally::new("assignors");
    let mut left: BTreeMap<String, usize> = BTreeMap::new();
    for mut case in files::json::<Case>("assignors.json") {
        if case.assignor != "range" {
            *left.entry(case.assignor).or_default() += 1;
            continue;
        }
        // Kafka lists topics in the order of a hash map.
        case.assignment.values_mut().for_each(|partitions| partitions.sort());
        tally.case(&case.id, &case.assignment, &range(&case));
    }
    let left: Vec<String> = left
        .iter()
        .map(|(assignor, cases)| format!("{assignor} {cases}"))
        .collect();
    tally.finish_with(&format!(" of range (left for later: {})", left.join(", ")));
}

fn range(case: &Case) -> BTreeMap<String, Vec<String>> {
    let topics: Vec<(&str, u32)> = case
        .topics
        .iter()
        .map(|(name, &partitions)| (name.as_str(), partitions))
        .collect();
    let subscribed: Vec<Vec<&str>> = case
        .members
        .iter()
        .map(|member| member.subscribed.iter().map(String::as_str).collect())
        .collect();
    let members: Vec<MemberSubscription<'_, &str>> = case
        .members
        .iter()
        .zip(&subscribed)
        .map(|(member, topics)| MemberSubscription {
            member_id: &member.id,
            instance_id: member.group_instance_id.as_deref(),
            topics,
        })
        .collect();
    let lists = range_assignor::assign(&topics, &members);
    case.members
        .iter()
        .map(|member| member.id.clone())
        .zip(lists.into_iter().map(names))
        .collect()
}

fn names(assigned: Vec<(&str, u32)>) -> Vec<String> {
    let mut names: Vec<String> = assigned
        .into_iter()
        .map(|(topic, partition)| format!("{topic}:{partition}"))
        .collect();
    names.sort();
    names
}
