//! What can be done to a thing on the stage: faults of brokers and controllers, elections and moves of partitions. What can
//! be done to consumers and groups is in `group_menus`.
//! And what else can be played.

use super::group_menus;
use crate::stage::Target;
use crate::stage::standing::{Standing, is_cut_off};
use crate::ui::format::shortened;
use partitura_engine::scenario::{BUILT_IN, CHAPTERS, Scenario};
use partitura_engine::trace::ProcessFault;
use partitura_engine::wire::{BrokerId, NodeId, NodeSet};
use partitura_engine::world::{Command, PartitionView, ProcessState, View, World};

/// A menu.
#[derive(Debug, Clone, PartialEq)]
pub struct Menu {
    /// What it is about.
    pub title: String,
    /// What can be chosen.
    pub entries: Vec<Entry>,
}

/// An entry of a menu.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What is done.
    pub label: String,
    /// What comes of it, in a line.
    pub note: String,
    /// Why it cannot be chosen, if it cannot.
    pub refused: Option<&'static str>,
    /// Whether it is what is open.
    pub current: bool,
    /// What stands above it, if it begins a group.
    pub heading: Option<&'static str>,
    /// What is done, for the page.
    pub does: Does,
}

/// What an entry does.
#[derive(Debug, Clone, PartialEq)]
pub enum Does {
    /// Something to the run.
    Act(Command),
    /// Shows the events about a thing.
    Events(Target),
    /// Tells why a partition has the leader that it has.
    WhyLeader(u16),
    /// Opens another menu in the same place.
    More(Sub),
    /// Shows that group beside the rows.
    ShowGroup(String),
    /// Opens the scenario of that id.
    Open(&'static str),
    /// Asks for a file with a scenario.
    File,
    /// Shows where that key goes, in the room of the keys.
    Where(String),
}

/// A menu that an entry of another one opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sub {
    /// Where that consumer can read on.
    Seek(u8),
    /// What the shown group's offsets can be set to.
    Reset,
}

pub(super) fn entry(label: impl Into<String>, note: impl Into<String>, does: Does) -> Entry {
    Entry {
        label: label.into(),
        note: note.into(),
        refused: None,
        current: false,
        heading: None,
        does,
    }
}

impl Entry {
    pub(super) fn unless(self, refused: bool, why: &'static str) -> Self {
        Self {
            refused: if refused { Some(why) } else { self.refused },
            ..self
        }
    }
}

/// What can be done to that thing; `None` when there is nothing to choose from.
#[must_use]
pub fn menu_of(target: Target, view: &View, world: &World) -> Option<Menu> {
    match target {
        Target::Broker(id) => broker_menu(id, view, slow_disk(world)),
        Target::Controller(number) => controller_menu(number, view),
        Target::Partition(index) => partition_menu(index, view, world),
        Target::Consumer(number) => group_menus::consumer_menu(number, view, world),
        Target::Group => Some(group_menus::group_menu(view, world)),
        _ => None,
    }
}

/// What that entry leads to.
#[must_use]
pub fn more(sub: Sub, view: &View) -> Option<Menu> {
    match sub {
        Sub::Seek(consumer) => group_menus::seek_menu(consumer, view),
        Sub::Reset => Some(group_menus::reset_menu(view)),
    }
}

/// A quarter of what the broker's disk has to take on average, in bytes a second.
fn slow_disk(world: &World) -> u64 {
    /// What a record needs beside its value, about.
    const AROUND: u64 = 40;
    let setup = world.setup();
    let copies = u64::from(setup.topic.replication_factor);
    let all = u64::from(world.rate()) * (u64::from(setup.workload.value_bytes) + AROUND) * copies;
    (all / u64::from(setup.brokers.max(1)) / 4).clamp(1_000, 10_000_000)
}

pub(super) fn process(node: NodeId, fault: ProcessFault) -> Does {
    Does::Act(Command::Process { node, fault })
}

const NOT_RUNNING: &str = "It is not running.";
const PAUSED: &str = "It stands still: let it go on first.";

/// Crash, stop, pause, or their opposites: in the same places, whatever state the process is in.
fn process_entries(node: NodeId, gone: bool, paused: bool, what: &str) -> Vec<Entry> {
    let first = if gone {
        let note = "The process starts anew: it registers, and catches up before it counts.";
        entry("Start again", note, process(node, ProcessFault::Start))
    } else {
        let note = format!("kill -9. It tells nobody: {what}");
        entry("Crash", note, process(node, ProcessFault::Crash))
    };
    let stop = entry(
        "Stop cleanly",
        "SIGTERM. It hands over what it leads before it ends.",
        process(node, ProcessFault::Stop),
    );
    let pause = if paused {
        entry(
            "Resume",
            "It goes on where it stood, and does not know that time has passed.",
            process(node, ProcessFault::Resume),
        )
    } else {
        entry(
            "Pause (long GC)",
            "It stands still: its connections stay open, and it answers nothing.",
            process(node, ProcessFault::Pause),
        )
    };
    vec![
        first,
        stop.unless(paused, PAUSED).unless(gone, NOT_RUNNING),
        pause.unless(gone, NOT_RUNNING),
    ]
}

/// Cut it off from all others, or heal the network.
fn cut_entry(node: NodeId, is_cut: bool) -> Entry {
    if is_cut {
        let note = "All cuts and delays of the network end.";
        return entry("Heal the network", note, Does::Act(Command::Heal));
    }
    let cut = Command::Cut {
        from: NodeSet::only(node),
        to: NodeSet::ALL,
        both_ways: true,
    };
    entry(
        "Cut from the network",
        "Nothing gets to it or from it, and nobody is told. It goes on by itself.",
        Does::Act(cut),
    )
}

fn broker_menu(id: BrokerId, view: &View, slow: u64) -> Option<Menu> {
    let broker = view.brokers.iter().find(|broker| broker.id == id)?;
    let node = NodeId::from(id);
    let gone = Standing::of(broker, view).is_gone();
    let paused = broker.process == ProcessState::Paused;
    let what = match broker.controller {
        Some(_) => "the controller in the same process is gone as well.",
        None => "the controller only misses its heartbeats.",
    };
    let mut entries = process_entries(node, gone, paused, what);
    entries.push(cut_entry(node, is_cut_off(view, id)));
    let disk = |bytes_per_s| {
        Does::Act(Command::SlowDisk {
            broker: id,
            bytes_per_s,
        })
    };
    entries.push(match broker.disk_bytes_per_s {
        Some(_) => entry("Fast disk", "It takes as many bytes as come.", disk(None)),
        None => entry(
            "Slow disk",
            format!(
                "It takes {} bytes a second: a quarter of what comes.",
                crate::ui::format::grouped(slow)
            ),
            disk(Some(slow)),
        ),
    });
    entries.push(
        entry(
            "Lose the disk",
            "Crash, and all its logs are gone. It starts again with nothing.",
            process(node, ProcessFault::LoseDisk),
        )
        .unless(broker.process == ProcessState::DiskLost, "It is lost already."),
    );
    entries.push(entry(
        "Events",
        "What happens at this broker, and about it.",
        Does::Events(Target::Broker(id)),
    ));
    Some(Menu {
        title: format!("Broker {}", id.0),
        entries,
    })
}

fn controller_menu(number: u8, view: &View) -> Option<Menu> {
    let controller = view.controllers.iter().find(|controller| controller.number == number)?;
    let node = NodeId::Controller(number);
    let gone = !matches!(
        controller.process,
        ProcessState::Running | ProcessState::ShuttingDown | ProcessState::Paused
    );
    let mut entries = process_entries(
        node,
        gone,
        controller.process == ProcessState::Paused,
        "the others elect another one, while they are a majority.",
    );
    let is_cut = view
        .cuts
        .iter()
        .any(|cut| cut.from == NodeSet::only(node) || cut.to == NodeSet::only(node));
    entries.push(cut_entry(node, is_cut));
    let events = Does::Events(Target::Controller(number));
    entries.push(entry("Events", "What happens at this controller.", events));
    Some(Menu {
        title: format!("Controller {number}"),
        entries,
    })
}

fn partition_menu(index: u16, view: &View, world: &World) -> Option<Menu> {
    let partition = view.partitions.iter().find(|partition| partition.index == index)?;
    let preferred = view.partitions.iter().all(|p| p.leader == p.replicas.first().copied());
    let offline = view.partitions.iter().any(|p| p.leader.is_none());
    let mut entries = vec![
        entry(
            match partition.leader {
                Some(leader) => format!("Why does broker {} lead it?", leader.0),
                None => "Why does nobody lead it?".to_owned(),
            },
            "Back to the first cause.",
            Does::WhyLeader(index),
        ),
        entry(
            "Elect the preferred leaders",
            "Of all partitions: the first in the order of assignment, where it is in sync.",
            Does::Act(Command::ElectLeaders { unclean: false }),
        )
        .unless(preferred, "They lead already."),
        entry(
            "Unclean election",
            "Of all partitions without a leader: whoever is alive. What it lacks is lost.",
            Does::Act(Command::ElectLeaders { unclean: true }),
        )
        .unless(!offline, "All partitions have a leader."),
    ];
    entries.extend(moves(partition, view));
    if let Some((key, _)) = partition.top.first() {
        let key = world.dictionary().key_text(*key);
        entries.push(entry(
            format!("Where does {} go, and why?", shortened(key, 24)),
            "The heaviest key here: from its bytes to its partition, and what makes a partition hot.",
            Does::Where(key.to_string()),
        ));
    }
    let events = Does::Events(Target::Partition(index));
    entries.push(entry("Events", "What happens to this partition.", events));
    Some(Menu {
        title: format!("P{index}"),
        entries,
    })
}

/// Moves the replica that is worst off to a broker that has none.
fn moves(partition: &PartitionView, view: &View) -> Option<Entry> {
    let standing = |id: BrokerId| view.brokers.iter().find(|b| b.id == id).map(|b| Standing::of(b, view));
    let is_up = |id: BrokerId| standing(id) == Some(Standing::Up);
    let (replicas, brokers) = (&partition.replicas, view.brokers.iter().map(|broker| broker.id));
    let from = replicas
        .iter()
        .copied()
        .find(|id| !is_up(*id))
        .or(replicas.last().copied())?;
    let to = brokers.into_iter().find(|id| is_up(*id) && !replicas.contains(id))?;
    let replicas = replicas.iter().map(|id| if *id == from { to } else { *id }).collect();
    Some(
        entry(
            format!("Move a replica: broker {} → {}", from.0, to.0),
            "Reassignment: the new one catches up before the old one goes.",
            Does::Act(Command::Reassign {
                partition: partition.index,
                replicas,
            }),
        )
        .unless(partition.reassigning, "It is being moved already."),
    )
}

/// The scenarios that come with Partitura. `open` is the id of the one that is open, unless a file is.
#[must_use]
pub fn walkthroughs(open: Option<&str>) -> Menu {
    let built_in = BUILT_IN
        .iter()
        .filter_map(|(id, _)| Some((*id, Scenario::built_in(id)?)));
    let mut entries: Vec<Entry> = built_in
        .map(|(id, scenario)| Entry {
            current: open == Some(id),
            heading: CHAPTERS
                .iter()
                .find(|(_, first)| *first == id)
                .map(|(heading, _)| *heading),
            ..entry(scenario.title, scenario.summary.to_string(), Does::Open(id))
        })
        .collect();
    let note = "A scenario of your own, such as one that a storm has found. Or drop it on the page.";
    entries.push(entry("Open a file…", note, Does::File));
    Menu {
        title: "Walkthroughs".to_owned(),
        entries,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::world::{CutView, Setup};

    fn world() -> World {
        let mut setup = Setup::new(7, "worldcup");
        setup.brokers = 4;
        let mut world = World::new(&setup);
        world.run_until(3_000_000);
        world
    }

    fn labels(menu: &Menu) -> Vec<(&str, bool)> {
        menu.entries
            .iter()
            .map(|entry| (entry.label.as_str(), entry.refused.is_none()))
            .collect()
    }

    #[test]
    fn each_fault_has_its_place_and_its_opposite_stands_there_when_it_has_happened() {
        let world = world();
        let mut view = world.view();
        let menu = |view: &View| menu_of(Target::Broker(BrokerId(3)), view, &world).unwrap();
        let names = [
            "Crash",
            "Stop cleanly",
            "Pause (long GC)",
            "Cut from the network",
            "Slow disk",
            "Lose the disk",
            "Events",
        ];
        assert_eq!(labels(&menu(&view)), names.map(|name| (name, true)));
        view.brokers[2].process = ProcessState::Crashed;
        assert_eq!(
            labels(&menu(&view))[..3],
            [
                ("Start again", true),
                ("Stop cleanly", false),
                ("Pause (long GC)", false)
            ]
        );
        view.brokers[2].process = ProcessState::Paused;
        assert_eq!(labels(&menu(&view))[2], ("Resume", true));
        let Does::Act(Command::Cut { from, to, .. }) = &menu(&view).entries[3].does else {
            panic!("a cut")
        };
        view.cuts = vec![CutView { from: *from, to: *to }];
        assert_eq!(labels(&menu(&view))[3], ("Heal the network", true));
    }

    #[test]
    fn a_partition_can_be_moved_off_a_dead_broker() {
        let world = world();
        let mut view = world.view();
        let dead = view.partitions[0].replicas[1];
        view.brokers[usize::from(dead.0) - 1].process = ProcessState::Crashed;
        let menu = menu_of(Target::Partition(0), &view, &world).unwrap();
        let moved = menu.entries.iter().find_map(|entry| match &entry.does {
            Does::Act(Command::Reassign { replicas, .. }) => Some(replicas.clone()),
            _ => None,
        });
        let moved = moved.expect("broker 4 has none");
        assert!(!moved.contains(&dead) && moved.len() == 3, "{moved:?}");
        assert!(labels(&menu).contains(&("Unclean election", false)));
    }

    #[test]
    fn the_open_walkthrough_is_marked_and_a_file_can_always_be_opened() {
        let menu = walkthroughs(Some("world-cup"));
        assert!(menu.entries[0].current && !menu.entries[0].note.is_empty());
        assert_eq!(menu.entries.last().unwrap().does, Does::File);
    }
}
