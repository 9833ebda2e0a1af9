//! What can be done to a consumer and to a group: what may happen to a process, what an application may do, and what an
//! administrator may ask for.

use super::menus::{Does, Entry, Menu, Sub, entry, process};
use crate::stage::Target;
use crate::stage::consumer_box::number;
use crate::stage::label::{brief, grouped};
use crate::stage::member::Member;
use partitura_engine::trace::ProcessFault;
use partitura_engine::wire::{NodeId, OffsetSpec, ResetTo, SeekTo};
use partitura_engine::world::{Command, ConsumerView, GroupView, Limits, PartitionView, ProcessState, View, World};

const NOT_RUNNING: &str = "It is not running.";
const PAUSED: &str = "It stands still: let it go on first.";
const HAS_MEMBERS: &str = "Refused while the group has members: close all consumers first. One that has crashed is a member until \
                           session.timeout.ms is over.";
/// The same for those that stand below the first.
const HAS_MEMBERS_TOO: &str = "The group has members.";
const NOT_EMPTY: &str = "Only an empty group can be deleted.";

/// What can be done to a consumer. The opposite of what has happened stands in the same place.
pub(super) fn consumer_menu(wanted: u8, view: &View, world: &World) -> Option<Menu> {
    let consumer = view.consumers.iter().find(|consumer| number(consumer) == wanted)?;
    let node = NodeId::Consumer(wanted);
    let (gone, paused) = (Member::of(consumer).is_gone(), consumer.process == ProcessState::Paused);
    let id = instance(consumer, view);
    let first = if gone {
        let note = match &id {
            Some(id) => {
                format!("With the same group.instance.id, {id}: within session.timeout.ms it is the same member.")
            }
            None => "A new process, and to the group a new member: it rebalances.".to_owned(),
        };
        entry("Start again", note, process(node, ProcessFault::Start))
    } else {
        let note = "kill -9. It tells nobody: what it has not committed is read again by others.";
        entry("Crash", note, process(node, ProcessFault::Crash))
    };
    let leave = if id.is_some() {
        "close(): it commits. A static member does not leave: it is expected back."
    } else {
        "close(): it commits and leaves, and the group rebalances at once."
    };
    let pause = if paused {
        let note = "It goes on where it stood, and does not know that time has passed.";
        entry("Go on", note, process(node, ProcessFault::Resume))
    } else {
        let note = "The whole process: no heartbeats, no poll(). After session.timeout.ms it is out.";
        entry("Pause (no heartbeats)", note, process(node, ProcessFault::Pause))
    };
    let unable = |entry: Entry| entry.unless(paused, PAUSED).unless(gone, NOT_RUNNING);
    let mut entries = vec![
        first,
        unable(entry("Leave cleanly", leave, process(node, ProcessFault::Stop))),
        pause.unless(gone, NOT_RUNNING),
        unable(stall(wanted, consumer.stalled)),
        unable(slow(wanted, consumer.slow_us, world)),
    ];
    let note = "seek(): it reads on elsewhere. What is committed stays until its next commit.";
    let nothing = consumer.owned.is_empty();
    entries
        .push(unable(entry("Seek…", note, Does::More(Sub::Seek(wanted)))).unless(nothing && !gone, "It owns nothing."));
    let events = Does::Events(Target::Consumer(wanted));
    entries.push(entry("Events", "What happens at this consumer, and about it.", events));
    Some(Menu {
        title: format!("Consumer {wanted}"),
        entries,
    })
}

/// Its `group.instance.id`, as the group's coordinator has it.
fn instance(consumer: &ConsumerView, view: &View) -> Option<String> {
    let members = &view.group.member_list;
    let member = members.iter().find(|member| member.consumer == number(consumer))?;
    member.instance_id.as_ref().map(ToString::to_string)
}

fn stall(consumer: u8, stalled: bool) -> Entry {
    let act = |stalled| Does::Act(Command::Stall { consumer, stalled });
    if stalled {
        entry("Let the application go on", "It comes back to poll().", act(false))
    } else {
        let note = "It hangs in a record: heartbeats go on, until max.poll.interval.ms without a poll() is over.";
        entry("Stall (no poll)", note, act(true))
    }
}

/// Ten times as slow, at least 200 ms a record.
fn slow(consumer: u8, slow_us: Option<u64>, world: &World) -> Entry {
    let usual_us = world.setup().consumer.processing_us;
    let act = |processing_us| {
        Does::Act(Command::Slow {
            consumer,
            processing_us,
        })
    };
    match slow_us {
        Some(_) => entry(
            "As fast as before",
            "As long as processing.ms says on each record.",
            act(None),
        ),
        None => {
            let slow_us = (usual_us * 10).clamp(200_000, 60_000_000);
            let note = "Slow, not dead. Beyond max.poll.interval.ms for what one poll() brings, it is put out.";
            entry(
                format!("Slow down: {} ms a record", slow_us / 1_000),
                note,
                act(Some(slow_us)),
            )
        }
    }
}

/// Where a consumer can read on.
pub(super) fn seek_menu(consumer: u8, view: &View) -> Option<Menu> {
    let owner = view.consumers.iter().find(|one| number(one) == consumer)?;
    let act = |to| Does::Act(Command::Seek { consumer, to });
    let mut entries = vec![
        entry(
            "To the beginning",
            "seekToBeginning(), of all that it owns.",
            act(SeekTo::Earliest),
        ),
        entry(
            "To the end",
            "seekToEnd(): what lies between is skipped.",
            act(SeekTo::Latest),
        ),
    ];
    for owned in owner.owned.iter().take(MOST_ROWS) {
        let (partition, offset) = (owned.partition, owned.processed.saturating_sub(10));
        entries.push(entry(
            format!("Ten records back in P{partition}"),
            format!("seek(P{partition}, {}): they are processed again.", grouped(offset)),
            act(SeekTo::Offset { partition, offset }),
        ));
    }
    Some(Menu {
        title: format!("Consumer {consumer}: seek"),
        entries,
    })
}

/// How many partitions a menu names.
const MOST_ROWS: usize = 6;

/// What can be done to the group that is shown.
pub(super) fn group_menu(view: &View, world: &World) -> Menu {
    let group = &view.group;
    let leaving = |consumer: &&ConsumerView| consumer.process != ProcessState::ShuttingDown;
    let count = u8::try_from(view.consumers.iter().filter(leaving).count()).unwrap_or(u8::MAX);
    let mut entries = Vec::new();
    let others = view.groups.iter().filter(|other| other.id != group.id);
    entries.extend(others.map(|other| {
        entry(
            format!("Show {}", other.id),
            standing(other),
            Does::ShowGroup(other.id.clone()),
        )
    }));
    let members = |consumers| match *group.id == *world.setup().consumer.group {
        true => Does::Act(Command::Consumers(consumers)),
        false => Does::Act(Command::Group {
            group: group.id.clone(),
            consumers,
        }),
    };
    entries.extend([
        entry(
            "Add a member",
            "It joins, and the group rebalances.",
            members(count.saturating_add(1)),
        )
        .unless(count >= Limits::MAX_CONSUMERS, "The group has as many as it can."),
        entry(
            "Remove a member",
            "The last one commits, leaves and ends.",
            members(count.saturating_sub(1)),
        )
        .unless(count == 0, "It has none."),
        entry(
            "Close all consumers",
            "The group is then empty, and its offsets can be reset.",
            members(0),
        )
        .unless(count == 0, "It has none."),
        new_group(view),
        entry(
            "Reset offsets…",
            "kafka-consumer-groups --reset-offsets: earliest, latest, a time, an offset.",
            Does::More(Sub::Reset),
        ),
        entry(
            "Delete the group",
            "kafka-consumer-groups --delete: what it has committed is forgotten.",
            Does::Act(Command::DeleteGroup {
                group: group.id.clone(),
            }),
        )
        .unless(group.state != "Empty", NOT_EMPTY),
        entry("Events", "What happens to the group.", Does::Events(Target::Group)),
    ]);
    Menu {
        title: format!("Group {}", group.id),
        entries,
    }
}

/// `Stable, 2 members, lag 12`.
fn standing(group: &GroupView) -> String {
    let state = if group.state.is_empty() {
        "not yet known"
    } else {
        group.state
    };
    let lag: u64 = group.partitions.iter().map(|part| part.lag).sum();
    format!("{state}, {} members, lag {}.", group.members, grouped(lag))
}

/// A group that is not there yet reads all records for itself.
fn new_group(view: &View) -> Entry {
    const NAMES: [&str; 6] = ["billing", "audit", "search", "alerts", "reports", "archive"];
    let free = |name: &&str| view.groups.iter().all(|group| group.id != *name);
    let name = NAMES.into_iter().find(free).unwrap_or("billing");
    let act = Does::Act(Command::Group {
        group: name.to_owned(),
        consumers: 1,
    });
    let note = "One consumer. It reads the same records for itself, with offsets of its own.";
    let full = view.groups.len() > Limits::MAX_MORE_GROUPS;
    entry(format!("New group: {name}"), note, act).unless(full, "There are as many groups as there can be.")
}

/// What the offsets of the group that is shown can be set to.
pub(super) fn reset_menu(view: &View) -> Menu {
    let group = &view.group.id;
    let mut entries = vec![
        reset(
            view,
            "To earliest",
            "All is read again.".to_owned(),
            ResetTo::All(OffsetSpec::Earliest),
        ),
        reset(
            view,
            "To latest",
            "What has not been read is skipped.".to_owned(),
            ResetTo::All(OffsetSpec::Latest),
        ),
    ];
    for seconds in [10, 60] {
        let since = view.now_us.saturating_sub(seconds * 1_000_000);
        let title = format!("To a time: {seconds} s ago");
        let note = "The first record of each partition that is not older.".to_owned();
        entries.push(reset(view, &title, note, ResetTo::All(OffsetSpec::Timestamp(since))));
    }
    for row in view.partitions.iter().take(MOST_ROWS) {
        entries.extend(skip(row, view));
    }
    Menu {
        title: format!("Reset offsets of {group}"),
        entries,
    }
}

/// One record on: how one gets past a record that nobody can process. `None` where there is nothing to skip.
fn skip(row: &PartitionView, view: &View) -> Option<Entry> {
    let (partition, offset) = (row.index, row.committed.filter(|_| row.lag > 0)? + 1);
    let title = format!("P{partition} to offset {}", grouped(offset));
    let note = format!("One record is skipped, lag {}.", brief(row.lag.saturating_sub(1)));
    Some(reset(view, &title, note, ResetTo::Offset { partition, offset }))
}

fn reset(view: &View, title: &str, note: String, to: ResetTo) -> Entry {
    let group = view.group.id.clone();
    let why = match to {
        ResetTo::All(OffsetSpec::Earliest) => HAS_MEMBERS,
        _ => HAS_MEMBERS_TOO,
    };
    entry(title, note, Does::Act(Command::ResetOffsets { group, to })).unless(view.group.members > 0, why)
}

#[cfg(test)]
mod tests {
    use super::super::menus::{menu_of, more};
    use super::*;
    use partitura_engine::world::{Setup, World};

    fn world() -> World {
        let mut world = World::new(&Setup::new(7, "worldcup"));
        world.run_until(3_000_000);
        world
    }

    fn labels(menu: &Menu) -> Vec<(&str, bool)> {
        let entries = menu.entries.iter();
        entries
            .map(|entry| (entry.label.as_str(), entry.refused.is_none()))
            .collect()
    }

    #[test]
    fn what_has_happened_to_a_consumer_has_its_opposite_in_the_same_place() {
        let world = world();
        let mut view = world.view();
        let menu = |view: &View| menu_of(Target::Consumer(1), view, &world).expect("a menu");
        let names = |view: &View| -> Vec<String> { menu(view).entries.into_iter().map(|entry| entry.label).collect() };
        assert_eq!(
            names(&view),
            [
                "Crash",
                "Leave cleanly",
                "Pause (no heartbeats)",
                "Stall (no poll)",
                "Slow down: 200 ms a record",
                "Seek…",
                "Events"
            ]
        );
        (view.consumers[0].stalled, view.consumers[0].slow_us) = (true, Some(200_000));
        assert_eq!(names(&view)[3..5], ["Let the application go on", "As fast as before"]);
        view.consumers[0].process = ProcessState::Paused;
        assert_eq!(names(&view)[2], "Go on");
        view.consumers[0].process = ProcessState::Crashed;
        let crashed = menu(&view);
        assert_eq!(
            labels(&crashed)[..3],
            [
                ("Start again", true),
                ("Leave cleanly", false),
                ("Pause (no heartbeats)", false)
            ]
        );
    }

    #[test]
    fn offsets_are_reset_only_when_nobody_is_a_member() {
        let world = world();
        let mut view = world.view();
        let menu = more(Sub::Reset, &view).expect("a menu");
        assert_eq!(menu.entries[0].refused, Some(HAS_MEMBERS));
        assert!(menu.entries.iter().all(|entry| entry.refused.is_some()));
        view.group.members = 0;
        let menu = more(Sub::Reset, &view).expect("a menu");
        assert_eq!(labels(&menu)[..2], [("To earliest", true), ("To latest", true)]);
        let Does::Act(Command::ResetOffsets { group, to }) = &menu.entries[2].does else {
            panic!("a reset")
        };
        assert_eq!(
            (group.as_str(), *to),
            ("readers", ResetTo::All(OffsetSpec::Timestamp(0)))
        );
    }

    #[test]
    fn a_group_has_one_more_or_one_less_and_another_one_beside_it() {
        let world = world();
        let view = world.view();
        let menu = menu_of(Target::Group, &view, &world).expect("a menu");
        let acts: Vec<&Does> = menu.entries.iter().map(|entry| &entry.does).collect();
        assert_eq!(*acts[0], Does::Act(Command::Consumers(4)));
        assert_eq!(*acts[1], Does::Act(Command::Consumers(2)));
        assert_eq!(*acts[2], Does::Act(Command::Consumers(0)));
        assert_eq!(menu.entries[3].label, "New group: billing");
    }
}
