//! The group as `kafka-consumer-groups.sh` prints it with `--describe`, and with `--describe --members --verbose`.
//!
//! Columns, their order and their widths are those of `ConsumerGroupCommand` (KIP-1099 for the way in which an assignment is
//! written). The simulation has no addresses: a host is called like its process.

use super::lanes::with_number;
use crate::compare::lasted;
use partitura_engine::world::{GroupPartitionView, GroupView, MemberView};

/// What stands where there is no value.
const MISSING: &str = "-";

/// A table, as it is printed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Printed {
    /// The names of the columns.
    pub columns: &'static [&'static str],
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// What the tool says above it: that the group has no members, or rebalances.
    pub warning: Option<String>,
}

const OFFSETS: [&str; 9] = [
    "GROUP",
    "TOPIC",
    "PARTITION",
    "CURRENT-OFFSET",
    "LOG-END-OFFSET",
    "LAG",
    "CONSUMER-ID",
    "HOST",
    "CLIENT-ID",
];
const MEMBERS: [&str; 7] = [
    "GROUP",
    "CONSUMER-ID",
    "GROUP-INSTANCE-ID",
    "HOST",
    "CLIENT-ID",
    "#PARTITIONS",
    "ASSIGNMENT",
];

/// What it is asked for on the command line.
#[must_use]
pub fn command(group: &str, members: bool) -> String {
    let mut text = "kafka-consumer-groups --describe --group ".to_owned();
    text.push_str(group);
    if members {
        text.push_str(" --members --verbose");
    }
    text
}

/// How far the group is with each partition.
#[must_use]
pub fn offsets(group: &GroupView, topic: &str) -> Printed {
    let row = |part: &GroupPartitionView| {
        let owner = group
            .member_list
            .iter()
            .find(|member| member.assigned.contains(&part.partition));
        let number = |n: Option<u64>| n.map_or_else(|| MISSING.to_owned(), |n| n.to_string());
        let mut row = vec![
            group.id.clone(),
            topic.to_owned(),
            part.partition.to_string(),
            number(part.committed),
            number(part.end),
            number(part.committed.and(part.end).map(|_| part.lag)),
        ];
        row.extend(who(group, owner));
        row
    };
    Printed {
        columns: &OFFSETS,
        rows: group.partitions.iter().map(row).collect(),
        warning: warning(group),
    }
}

/// How far behind each partition is in time; in the order of [`offsets`].
#[must_use]
pub fn lags(group: &GroupView) -> Vec<String> {
    let lag = |part: &GroupPartitionView| match part.lag {
        0 => MISSING.to_owned(),
        _ => lasted(part.lag_us),
    };
    group.partitions.iter().map(lag).collect()
}

/// The members with what they are assigned.
#[must_use]
pub fn members(group: &GroupView, topic: &str) -> Printed {
    let row = |member: &MemberView| {
        let [id, host, client] = who(group, Some(member));
        let instance = member.instance_id.as_deref().unwrap_or(MISSING).to_owned();
        vec![
            group.id.clone(),
            id,
            instance,
            host,
            client,
            member.assigned.len().to_string(),
            assignment(&member.assigned, topic),
        ]
    };
    Printed {
        columns: &MEMBERS,
        rows: group.member_list.iter().map(row).collect(),
        warning: warning(group),
    }
}

/// `orders:0,1`
fn assignment(partitions: &[u16], topic: &str) -> String {
    if partitions.is_empty() {
        return MISSING.to_owned();
    }
    let mut text = topic.to_owned();
    for (place, partition) in partitions.iter().enumerate() {
        text.push(if place == 0 { ':' } else { ',' });
        text.push_str(&partition.to_string());
    }
    text
}

/// Its member id, its host, and its `client.id`.
fn who(group: &GroupView, member: Option<&MemberView>) -> [String; 3] {
    let Some(member) = member else {
        return [MISSING; 3].map(str::to_owned);
    };
    let mut client = "consumer-".to_owned();
    client.push_str(&group.id);
    [
        member.id.to_string(),
        with_number("/consumer-", member.consumer.into()),
        with_number(&(client + "-"), member.consumer.into()),
    ]
}

/// What the tool prints above the table, in its own words.
fn warning(group: &GroupView) -> Option<String> {
    let (before, after) = match group.state {
        "Dead" => ("Error: Consumer group '", "' does not exist."),
        "Empty" => ("Consumer group '", "' has no active members."),
        "PreparingRebalance" | "CompletingRebalance" | "Assigning" | "Reconciling" => {
            ("Warning: Consumer group '", "' is rebalancing.")
        }
        _ => return None,
    };
    Some([before, &group.id, after].concat())
}

impl Printed {
    /// As the tool prints it: columns beside each other, with a space between.
    #[must_use]
    pub fn text(&self) -> String {
        let wide = |column: usize| {
            let cells = self
                .rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count());
            let least = match self.columns[column] {
                "PARTITION" => 10,
                "CURRENT-OFFSET" | "LOG-END-OFFSET" | "LAG" | "#PARTITIONS" => 15,
                name => name.len(),
            };
            cells.max().unwrap_or(0).max(least)
        };
        let mut text = String::new();
        if let Some(warning) = &self.warning {
            text.push_str(warning);
            text.push_str("\n\n");
        }
        let last = self.columns.len() - 1;
        let mut line = |cells: &mut dyn Iterator<Item = &str>| {
            for (column, cell) in cells.enumerate() {
                text.push_str(cell);
                let pad = if column < last {
                    wide(column) + 1 - cell.chars().count()
                } else {
                    0
                };
                text.extend(std::iter::repeat_n(' ', pad));
            }
            text.push('\n');
        };
        line(&mut self.columns.iter().copied());
        for row in &self.rows {
            line(&mut row.iter().map(String::as_str));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group() -> GroupView {
        let part = |partition, committed: Option<u64>, lag| GroupPartitionView {
            partition,
            committed,
            end: Some(41),
            lag,
            lag_us: 2_850_000,
            owner: None,
            unowned_us: 0,
        };
        GroupView {
            id: "readers".to_owned(),
            state: "Stable",
            member_list: vec![MemberView {
                consumer: 2,
                id: "consumer-readers-2-0a".into(),
                instance_id: None,
                assigned: vec![0],
            }],
            partitions: vec![part(0, Some(38), 3), part(1, None, 41)],
            ..GroupView::default()
        }
    }

    #[test]
    fn the_table_is_that_of_the_tool() {
        let printed = offsets(&group(), "orders").text();
        let expected = "\
GROUP   TOPIC  PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID           HOST        CLIENT-ID
readers orders 0          38              41              3               consumer-readers-2-0a /consumer-2 consumer-readers-2
readers orders 1          -               41              -               -                     -           -
";
        assert_eq!(printed, expected);
        assert_eq!(lags(&group()), ["2.85 s", "2.85 s"]);
    }

    #[test]
    fn members_are_printed_with_what_they_have() {
        let mut group = group();
        group.member_list[0].instance_id = Some("worker-2".into());
        group.member_list[0].assigned = vec![0, 2];
        let printed = members(&group, "orders");
        assert_eq!(
            printed.rows[0],
            [
                "readers",
                "consumer-readers-2-0a",
                "worker-2",
                "/consumer-2",
                "consumer-readers-2",
                "2",
                "orders:0,2"
            ]
        );
        assert_eq!(assignment(&[], "orders"), "-");
    }

    #[test]
    fn without_a_leader_nobody_knows_where_the_log_ends() {
        let mut group = group();
        group.partitions[0].end = None;
        let row = &offsets(&group, "orders").rows[0];
        assert_eq!(row[3..6], ["38", "-", "-"]);
    }

    #[test]
    fn the_tool_says_when_a_group_rebalances_or_is_empty() {
        let mut group = group();
        group.state = "PreparingRebalance";
        let text = offsets(&group, "orders").text();
        assert!(
            text.starts_with("Warning: Consumer group 'readers' is rebalancing.\n"),
            "{text}"
        );
        group.state = "Dead";
        assert_eq!(
            warning(&group).unwrap(),
            "Error: Consumer group 'readers' does not exist."
        );
        group.state = "Empty";
        assert!(warning(&group).unwrap().ends_with("has no active members."));
    }
}
