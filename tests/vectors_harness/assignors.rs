//! Partitions to members of a group.
//!
//! A case whose answer hangs on the order of a hash map inside Kafka is compared with all outcomes that Kafka has, and
//! otherwise by what they have in common: how many partitions are owned, the largest and the smallest share, how many
//! partitions were lost by their owners, and that everything is legal.

use std::collections::{BTreeMap, BTreeSet};

use partitura_engine::assignor::{MemberSubscription, Strategy, server_range, server_uniform};
use serde::Deserialize;

use crate::files;
use crate::tally::Tally;

type Assignment = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
struct Case {
    id: String,
    assignor: String,
    #[serde(default)]
    topics: BTreeMap<String, u32>,
    members: Vec<Member>,
    assignment: Assignment,
    order_independent: bool,
    #[serde(default)]
    other_valid_outcomes: Vec<Assignment>,
    metrics: Metrics,
}

#[derive(Deserialize)]
struct Member {
    id: String,
    group_instance_id: Option<String>,
    subscribed: Vec<String>,
    owned: Vec<String>,
    generation: i64,
}

#[derive(Deserialize)]
struct Metrics {
    assigned_total: usize,
    max: usize,
    min: usize,
    lost_by_previous_owner: usize,
    lost_same_in_all_outcomes: bool,
    spread_same_in_all_outcomes: bool,
}

#[test]
fn all_assignors_assign_as_in_kafka() {
    if files::is_left_out("assignors.json") {
        return;
    }
    let mut tally = Tally::new("assignors");
    let (mut among, mut alike) = (0, 0);
    for mut case in files::json::<Case>("assignors.json") {
        // Kafka lists topics in the order of a hash map.
        let outcomes = std::iter::once(&mut case.assignment).chain(&mut case.other_valid_outcomes);
        for outcome in outcomes {
            outcome.values_mut().for_each(|partitions| partitions.sort());
        }
        let got = assign(&case);
        if case.order_independent {
            tally.case(&case.id, &case.assignment, &got);
        } else if case.assignment == got || case.other_valid_outcomes.contains(&got) {
            among += 1;
            tally.case(&case.id, &true, &true);
        } else {
            alike += 1;
            tally.case(&case.id, &expected_figures(&case), &figures(&case, &got));
        }
    }
    tally.finish_with(&format!(
        " ({among} of those that hang on a hash map are an outcome of Kafka's, {alike} have the same figures)"
    ));
}

fn assign(case: &Case) -> Assignment {
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
    let owned: Vec<Vec<(&str, u32)>> = case
        .members
        .iter()
        .map(|member| member.owned.iter().map(|name| partition(name)).collect())
        .collect();
    let members: Vec<MemberSubscription<'_, &str>> = case
        .members
        .iter()
        .zip(subscribed.iter().zip(&owned))
        .map(|(member, (topics, owned))| MemberSubscription {
            member_id: &member.id,
            instance_id: member.group_instance_id.as_deref(),
            topics,
            owned,
            generation: u32::try_from(member.generation).ok(),
        })
        .collect();
    let shares = match case.assignor.as_str() {
        "server-range" => server_range::assign(&topics, &members),
        "server-uniform" => server_uniform::assign(&topics, &members),
        client => Strategy::named(client)
            .unwrap_or_else(|| panic!("{}: no assignor {client}", case.id))
            .assign(&topics, &members),
    };
    case.members
        .iter()
        .map(|member| member.id.clone())
        .zip(shares.into_iter().map(names))
        .collect()
}

fn partition(name: &str) -> (&str, u32) {
    let (topic, index) = name.rsplit_once(':').expect("topic:index");
    (topic, index.parse().expect("an index"))
}

fn names(assigned: Vec<(&str, u32)>) -> Vec<String> {
    let mut names: Vec<String> = assigned
        .into_iter()
        .map(|(topic, partition)| format!("{topic}:{partition}"))
        .collect();
    names.sort();
    names
}

/// What all outcomes of a case have in common, in words.
fn expected_figures(case: &Case) -> Vec<String> {
    let metrics = &case.metrics;
    let spread = (metrics.max, metrics.min);
    describe(
        case,
        metrics.assigned_total,
        spread,
        metrics.lost_by_previous_owner,
        true,
    )
}

fn figures(case: &Case, got: &Assignment) -> Vec<String> {
    let shares = || got.values().map(Vec::len);
    let lost = case
        .members
        .iter()
        .flat_map(|member| member.owned.iter().filter(|owned| !got[&member.id].contains(owned)));
    let spread = (shares().max().unwrap_or(0), shares().min().unwrap_or(0));
    describe(case, shares().sum(), spread, lost.count(), is_legal(case, got))
}

fn describe(case: &Case, total: usize, spread: (usize, usize), lost: usize, legal: bool) -> Vec<String> {
    let mut figures = vec![format!("{total} assigned"), format!("legal: {legal}")];
    if case.metrics.spread_same_in_all_outcomes {
        figures.push(format!("{} to {}", spread.1, spread.0));
    }
    if case.metrics.lost_same_in_all_outcomes {
        figures.push(format!("{lost} lost"));
    }
    figures
}

/// Each partition has one owner at most, who subscribes to its topic.
fn is_legal(case: &Case, got: &Assignment) -> bool {
    let mut seen = BTreeSet::new();
    case.members.iter().all(|member| {
        got[&member.id]
            .iter()
            .all(|name| seen.insert(name) && member.subscribed.iter().any(|topic| topic == partition(name).0))
    })
}
