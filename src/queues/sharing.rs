//! The band of a share group (KIP-932): which record is out, done, or to be tried again.

use super::hand::{Hand, Stands};
use crate::retries::name::{Tile, seconds};
use crate::stage::Palette;
use crate::ui::format::counted;
use partitura_engine::share::RecordState;
use partitura_engine::wire::{Micros, NodeId, Offset};
use partitura_engine::world::{ShareGroupView, ShareMemberView, SharePartitionView, SharedRecordView, World};

/// A share group at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareBand {
    /// `group.id`.
    pub id: String,
    /// Its first partitions.
    pub rows: Vec<ShareRow>,
    /// How many it has read from.
    pub partitions: usize,
    /// Its members.
    pub hands: Vec<Hand>,
    /// Records that are not finished.
    pub lag: u64,
    /// The age of the oldest of them.
    pub oldest_us: Micros,
    /// Records that members have who do not run, and how long the last lock takes.
    pub stuck: (usize, Micros),
    /// Records that nobody takes: only members who do not run are assigned to their partition.
    pub unread: u64,
}

/// A partition as the group sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareRow {
    /// Which.
    pub index: u16,
    /// All before it is finished.
    pub start: Offset,
    /// How many wait, are out, and are finished out of their turn.
    pub counts: (u64, u32, u32),
    /// Some before the start, the window, and what nobody has had yet.
    pub cells: Vec<ShareCell>,
}

/// A record as the group sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareCell {
    /// The record.
    pub tile: Option<Tile>,
    /// Where it lies.
    pub offset: Offset,
    /// What the group has done with it.
    pub does: ShareDoes,
    /// How often it was delivered.
    pub delivered: u16,
}

/// What a share group has done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareDoes {
    /// It lies before the start: it is finished.
    Passed,
    /// Anybody may have it.
    Available,
    /// That member has it, for so long.
    Acquired(u8, Micros),
    /// It is done, and the window waits for one before it.
    Acknowledged,
    /// Nobody gets it any more.
    Archived,
}

/// How many records of a partition are shown,
pub const CELLS: usize = 24;
/// of which so many lie before the start.
pub const PASSED: u64 = 4;
/// How many partitions of a group, and how many groups are shown.
pub const ROWS: usize = 6;
/// How many groups.
pub const GROUPS: usize = 3;

/// The share groups of the run; none when it has none.
#[must_use]
pub fn bands(world: &World, palette: &Palette) -> Vec<ShareBand> {
    let groups = world.share_groups();
    groups
        .iter()
        .take(GROUPS)
        .map(|group| band(world, palette, group))
        .collect()
}

fn band(world: &World, palette: &Palette, group: &ShareGroupView) -> ShareBand {
    let row = |partition: &SharePartitionView| row(world, palette, partition);
    let records = || group.partitions.iter().flat_map(|partition| &partition.records);
    let is_gone = |node: NodeId| {
        let mut members = group.members.iter();
        let member = members.find(|member| member.node == node);
        member.is_some_and(|member| matches!(stands(member), Stands::Down | Stands::Paused))
    };
    let has_reader = |index: u16| {
        let mut running = group.members.iter().filter(|member| !is_gone(member.node));
        running.any(|member| member.partitions.contains(&index))
    };
    let unread = group
        .partitions
        .iter()
        .filter(|partition| !has_reader(partition.partition));
    let stuck = || records().filter(|record| record.state == RecordState::Acquired && is_gone(record.member));
    let left = |record: &SharedRecordView| record.locked_until_us.unwrap_or(0).saturating_sub(world.now());
    let oldest = group.partitions.iter().filter(|partition| partition.lag > 0);
    let oldest = oldest.filter_map(|partition| world.record_at(partition.partition, partition.start));
    ShareBand {
        id: group.id.clone(),
        rows: group.partitions.iter().take(ROWS).map(row).collect(),
        partitions: group.partitions.len(),
        hands: group.members.iter().map(hand).collect(),
        lag: group.partitions.iter().map(|partition| partition.lag).sum(),
        oldest_us: oldest
            .map(|record| world.now().saturating_sub(record.sent_us))
            .max()
            .unwrap_or(0),
        stuck: (stuck().count(), stuck().map(left).max().unwrap_or(0)),
        unread: unread
            .map(|partition| partition.lag.saturating_sub(partition.acquired.into()))
            .sum(),
    }
}

fn row(world: &World, palette: &Palette, shared: &SharePartitionView) -> ShareRow {
    let first = shared.start.saturating_sub(PASSED);
    let cell = |offset: Offset| {
        let record = world.record_at(shared.partition, offset)?;
        let known = shared.records.iter().find(|record| record.offset == offset);
        let left = |record: &SharedRecordView| record.locked_until_us.unwrap_or(0).saturating_sub(world.now());
        let does = match known {
            Some(known) => match known.state {
                RecordState::Available => ShareDoes::Available,
                RecordState::Acquired => ShareDoes::Acquired(known.member.number(), left(known)),
                RecordState::Acknowledged => ShareDoes::Acknowledged,
                RecordState::Archived => ShareDoes::Archived,
            },
            None if offset < shared.start => ShareDoes::Passed,
            None => ShareDoes::Available,
        };
        Some(ShareCell {
            tile: Some(Tile::of(palette, record.subject, record.sequence)),
            offset,
            does,
            delivered: known.map_or(0, |known| known.delivery_count),
        })
    };
    let out = u64::from(shared.acquired);
    ShareRow {
        index: shared.partition,
        start: shared.start,
        counts: (shared.lag.saturating_sub(out), shared.acquired, shared.finished),
        cells: (first..first + CELLS as u64).map_while(cell).collect(),
    }
}

fn stands(member: &ShareMemberView) -> Stands {
    Stands::of(member.process, member.busy || member.holds > 0)
}

fn hand(member: &ShareMemberView) -> Hand {
    let stands = stands(member);
    let note = match (member.is_member, member.holds) {
        _ if matches!(stands, Stands::Down) => String::new(),
        (false, _) => "joins".to_owned(),
        (true, holds) => {
            let mut note = String::new();
            for partition in member.partitions.iter().take(3) {
                note.push('P');
                note.push_str(&partition.to_string());
                note.push(' ');
            }
            if holds > 0 {
                note.push_str("has ");
                note.push_str(&holds.to_string());
            }
            note
        }
    };
    Hand {
        node: member.node,
        stands,
        note,
        has: None,
    }
}

impl ShareCell {
    /// For the tooltip.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::from("offset ");
        words.push_str(&self.offset.to_string());
        if let Some(tile) = &self.tile {
            words.push_str(", ");
            words.push_str(&tile.name.words());
        }
        words.push_str(match self.does {
            ShareDoes::Passed => ": finished, before the start",
            ShareDoes::Available => ": available",
            ShareDoes::Acquired(..) => ": acquired by s",
            ShareDoes::Acknowledged => ": acknowledged",
            ShareDoes::Archived => ": archived",
        });
        if let ShareDoes::Acquired(member, left_us) = self.does {
            words.push_str(&member.to_string());
            words.push_str(", for ");
            words.push_str(&seconds(left_us));
        }
        if self.delivered > 0 {
            words.push_str(", delivered ");
            words.push_str(&counted(self.delivered.into(), "time"));
        }
        words
    }
}

impl ShareRow {
    /// For those who hear the page.
    #[must_use]
    pub fn words(&self) -> String {
        let (waits, out, finished) = self.counts;
        let mut words = String::from("Partition ");
        words.push_str(&self.index.to_string());
        words.push_str(": start offset ");
        words.push_str(&self.start.to_string());
        for (what, count) in [
            (", available: ", waits),
            (", acquired: ", out.into()),
            (", finished behind the start: ", finished.into()),
        ] {
            words.push_str(what);
            words.push_str(&count.to_string());
        }
        words
    }
}
