//! The band of the topic: the last records of each partition, all of them kept, and how far each group is.

use super::hand::{Hand, Stands};
use crate::retries::name::Tile;
use crate::session::Session;
use crate::stage::Palette;
use crate::ui::format::{counted, grouped};
use partitura_engine::wire::{Micros, NodeId, Offset};
use partitura_engine::world::{ConsumerView, GroupPartitionView, GroupView, PartitionView, View, World};

/// The topic at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicBand {
    /// Its name.
    pub topic: String,
    /// Records that it keeps.
    pub kept: u64,
    /// Its first partitions.
    pub rows: Vec<PartitionRow>,
    /// How many there are.
    pub partitions: usize,
    /// The groups, the main one first, with what each has processed.
    pub groups: Vec<(String, u64)>,
    /// The main group's consumers.
    pub hands: Vec<Hand>,
    /// Records of the main group that nobody reads, because nobody that runs owns their partition.
    pub held: u64,
    /// The longest that a partition had no owner.
    pub unowned_us: Micros,
    /// The age of the oldest record that the main group has not committed.
    pub oldest_us: Micros,
    /// How many of the main group's consumers own something.
    pub owners: usize,
}

/// A partition.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionRow {
    /// Which.
    pub index: u16,
    /// The offset of the first cell.
    pub from: Offset,
    /// The first offset that is kept.
    pub start: Offset,
    /// Log end offset.
    pub end: Offset,
    /// The last records.
    pub cells: Vec<Option<Tile>>,
    /// Of each group, how far it is.
    pub reaches: Vec<Reach>,
}

/// How far a group is with a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// What it would read next after a restart.
    pub committed: Offset,
    /// What its owner processes next, if somebody owns it.
    pub position: Option<Offset>,
    /// Who owns it.
    pub owner: Option<u8>,
    /// That less than the high watermark.
    pub lag: u64,
    /// Cells up to what is committed, and up to the position.
    pub cells: (usize, usize),
}

/// How many of a partition's records are shown.
pub const CELLS: usize = 24;
/// How many partitions are shown.
pub const ROWS: usize = 6;
/// How many groups are shown.
pub const GROUPS: usize = 4;

impl TopicBand {
    /// The topic as it is. The view is that of the main group.
    #[must_use]
    pub fn of(session: &Session, view: &View, palette: &Palette) -> Self {
        let world = session.world();
        let main = &*world.setup().consumer.group;
        let groups: Vec<&GroupView> = groups(view, main);
        let consumers = || view.consumers.iter().filter(|consumer| *consumer.group == *main);
        let ends = |index: u16| {
            let leader = view.replicas.iter().find(|r| r.partition == index && r.is_leader);
            leader.map_or((0, 0), |replica| (replica.log_start, replica.log_end))
        };
        let row =
            |partition: &PartitionView| row(world, view, palette, partition.index, &groups, ends(partition.index));
        let kept = view.partitions.iter().map(|partition| ends(partition.index));
        let of_main = || groups.first().into_iter().flat_map(|group| &group.partitions);
        let processed = |group: &GroupView| match group.id == *main {
            true => world.trace().counters().processed,
            false => group.processed,
        };
        Self {
            topic: world.setup().topic.name.clone(),
            kept: kept.map(|(start, end)| end.saturating_sub(start)).sum(),
            rows: view.partitions.iter().take(ROWS).map(row).collect(),
            partitions: view.partitions.len(),
            groups: groups
                .iter()
                .map(|group| (group.id.clone(), processed(group)))
                .collect(),
            hands: consumers().map(hand).collect(),
            held: of_main().filter(|part| !is_read(part, view)).map(|part| part.lag).sum(),
            unowned_us: of_main().map(|part| part.unowned_us).max().unwrap_or(0),
            oldest_us: of_main().map(|part| part.lag_us).max().unwrap_or(0),
            owners: consumers().filter(|consumer| !consumer.owned.is_empty()).count(),
        }
    }
}

/// The groups that read the topic: those of the retry topics read others.
fn groups<'v>(view: &'v View, main: &str) -> Vec<&'v GroupView> {
    let of_retries = |group: &&GroupView| {
        let rest = group.id.strip_prefix(main);
        rest.is_some_and(|rest| rest.starts_with("-retry-") || rest == "-dlq")
    };
    let groups = view.groups.iter().filter(|group| !of_retries(group));
    groups.take(GROUPS).collect()
}

/// Somebody who runs owns it.
fn is_read(part: &GroupPartitionView, view: &View) -> bool {
    part.owner.is_some_and(|owner| {
        let mut consumers = view.consumers.iter();
        let owner = consumers.find(|consumer| consumer.node == NodeId::Consumer(owner));
        owner.is_some_and(|owner| !owner.stalled && matches!(Stands::of(owner.process, true), Stands::Busy))
    })
}

fn row(
    world: &World,
    view: &View,
    palette: &Palette,
    index: u16,
    groups: &[&GroupView],
    (start, end): (Offset, Offset),
) -> PartitionRow {
    let from = end.saturating_sub(CELLS as u64).max(start);
    let cell = |offset| {
        let record = world.record_at(index, offset)?;
        Some(Tile::of(palette, record.subject, record.sequence))
    };
    let reach = |group: &&GroupView| reach(group, view, index, (from, end));
    PartitionRow {
        index,
        from,
        start,
        end,
        cells: (from..end).map(cell).collect(),
        reaches: groups.iter().map(reach).collect(),
    }
}

fn reach(group: &GroupView, view: &View, index: u16, (from, end): (Offset, Offset)) -> Reach {
    let part = group.partitions.iter().find(|part| part.partition == index);
    let committed = part.and_then(|part| part.committed).unwrap_or(0);
    let owner = part.and_then(|part| part.owner);
    let mut owners = view
        .consumers
        .iter()
        .filter(|one| Some(one.node) == owner.map(NodeId::Consumer));
    let mut owned = owners.next().into_iter().flat_map(|owner| &owner.owned);
    let position = owned
        .find(|owned| owned.partition == index)
        .map(|owned| owned.processed);
    let cells = |offset: Offset| usize::try_from(offset.clamp(from, end) - from).unwrap_or(0);
    let upto = position.unwrap_or(committed).max(committed);
    Reach {
        committed,
        position,
        owner,
        lag: part.map_or(0, |part| part.lag),
        cells: (cells(committed), cells(upto)),
    }
}

fn hand(consumer: &ConsumerView) -> Hand {
    let mut note = String::new();
    for owned in consumer.owned.iter().take(3) {
        note.push_str(if note.is_empty() { "P" } else { " P" });
        note.push_str(&owned.partition.to_string());
    }
    if consumer.owned.len() > 3 {
        note.push('…');
    }
    let stands = Stands::of(consumer.process, consumer.busy);
    if consumer.owned.is_empty() && stands != Stands::Down {
        note.push_str(if consumer.state == "stable" {
            "owns nothing"
        } else {
            consumer.state
        });
    }
    Hand {
        node: consumer.node,
        stands,
        note,
        has: None,
    }
}

impl PartitionRow {
    /// For those who hear the page.
    #[must_use]
    pub fn words(&self, groups: &[(String, u64)]) -> String {
        let mut words = String::from("Partition ");
        words.push_str(&self.index.to_string());
        words.push_str(": ");
        words.push_str(&counted(self.end.saturating_sub(self.start), "record"));
        words.push_str(" kept");
        for (reach, (group, _)) in self.reaches.iter().zip(groups) {
            for part in [
                ", ",
                group,
                " has committed ",
                &grouped(reach.committed),
                ", lag ",
                &grouped(reach.lag),
            ] {
                words.push_str(part);
            }
        }
        words
    }
}
