//! What stands still behind a failed record, and what was passed over: where the policy has no topics, that is what
//! happens instead.

use super::name::{Tile, seconds};
use crate::lens::why::node;
use crate::session::Session;
use crate::stage::Palette;
use crate::ui::format::{counted, moment};
use partitura_engine::application::FailurePolicy;
use partitura_engine::log::FailureWhy;
use partitura_engine::wire::Micros;
use partitura_engine::world::{ReplicaView, View};

/// A record that holds up what is behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct StandRow {
    /// The record.
    pub tile: Tile,
    /// `P1 @ 50`.
    pub place: String,
    /// What stands still, and where: the partition, or all that the consumer owns.
    pub what: String,
    /// Since when.
    pub since_us: Micros,
    /// How long that is.
    pub stood: String,
    /// Attempts so far.
    pub attempts: u32,
    /// Why the last one failed.
    pub error: &'static str,
    /// When it is tried again.
    pub next: String,
    /// Records that wait behind it.
    pub behind: u64,
}

/// A record that was passed over.
#[derive(Debug, Clone, PartialEq)]
pub struct SkippedRow {
    /// The record.
    pub tile: Tile,
    /// `P1 @ 50`.
    pub place: String,
    /// When.
    pub at_us: Micros,
}

/// Records of that partition that the group has not come to.
pub(super) fn unread(view: &View, index: u16) -> u64 {
    let Some(row) = view.partitions.iter().find(|partition| partition.index == index) else {
        return 0;
    };
    let leads = |replica: &&ReplicaView| replica.partition == index && Some(replica.broker) == row.leader;
    let high_watermark = view
        .replicas
        .iter()
        .find(leads)
        .map_or(0, |leader| leader.high_watermark);
    high_watermark.saturating_sub(row.position.or(row.committed).unwrap_or(0))
}

/// What stands still at that moment.
#[must_use]
pub fn stands(session: &Session, view: &View, palette: &Palette) -> Vec<StandRow> {
    let application = &session.world().setup().consumer.application;
    let now = session.now();
    let row = |stands: &super::tally::Standstill| {
        // Whoever has lost the partition does not hold it up any more.
        let owner = view.consumers.iter().find(|consumer| {
            consumer.node == stands.node
                && *consumer.group == *session.world().setup().consumer.group
                && consumer
                    .owned
                    .iter()
                    .any(|owned| owned.partition == stands.partition.index)
        })?;
        let (index, offset) = (stands.partition.index, stands.offset);
        let (what, behind) = if application.policy == FailurePolicy::InPlace {
            let owned = owner.owned.iter().map(|owned| unread(view, owned.partition));
            let partitions = counted(owner.owned.len() as u64, "partition");
            let who = node(stands.node);
            (
                format!("{who} stands still at P{index} @ {offset}, with {partitions}"),
                owned.sum::<u64>(),
            )
        } else {
            (format!("P{index} stands still at offset {offset}"), unread(view, index))
        };
        let wait_us = application
            .delays
            .after(stands.attempts)
            .filter(|_| application.jitter_percent == 0);
        let in_place = wait_us.map(|wait_us| stands.tried_us + wait_us);
        let next_us = stands.paused_until_us.or(in_place);
        Some(StandRow {
            tile: Tile::of(palette, stands.subject, stands.sequence),
            place: format!("P{} @ {}", stands.partition.index, stands.offset),
            what,
            since_us: stands.since_us,
            stood: seconds(now.saturating_sub(stands.since_us)),
            attempts: stands.attempts,
            error: stands.why.name(),
            next: match next_us.map(|next_us| next_us.saturating_sub(now)) {
                None => "soon".to_owned(),
                Some(0) => "now".to_owned(),
                Some(left) => format!("in {}", seconds(left)),
            },
            behind: behind.saturating_sub(1),
        })
    };
    session.account().retries.stands().iter().filter_map(row).collect()
}

/// The last records that were passed over, the newest first.
#[must_use]
pub fn skipped(session: &Session, palette: &Palette) -> Vec<SkippedRow> {
    let names = session.world().names();
    let row = |passed: &super::tally::PassedOver| SkippedRow {
        tile: Tile::of(palette, passed.subject, passed.sequence),
        place: format!("{} @ {}", names.partition(passed.partition), passed.offset),
        at_us: passed.at_us,
    };
    session.account().retries.skipped().rev().map(row).collect()
}

/// A failure's name, and what it means.
#[must_use]
pub fn failure_words(why: FailureWhy) -> &'static str {
    match why {
        FailureWhy::Poison => "nobody can process it",
        FailureWhy::Transient => "another attempt may succeed",
        FailureWhy::Outage => "the service that it calls is down",
        FailureWhy::Follows => "an earlier record of its key is in retry",
    }
}

impl StandRow {
    /// In one sentence, for those who hear the page.
    #[must_use]
    pub fn words(&self) -> String {
        format!(
            "{}: {} since {}",
            self.tile.name.words(),
            self.what,
            moment(self.since_us)
        )
    }
}
