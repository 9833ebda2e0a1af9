//! What is said of a partition: its share, whether it is hot and why, and all of it for the tooltip.

use super::drains;
use super::label::{grouped, seconds};
use super::metrics::metrics;
use super::palette::Palette;
use super::rows::Row;
use super::warmth::{Warmth, load};
use partitura_engine::world::{PartitionView, View};

/// A row is hot when it asks for most of what its leader can do; where that has no limit, when it gets well over twice its
/// even part of what was sent lately (with two rows: nine tenths).
#[must_use]
pub fn is_hot(partition: &PartitionView, rows: usize) -> bool {
    if partition.heat_permille.is_some() {
        return Warmth::of(partition.heat_permille).is_hot();
    }
    let even = 1000 / rows.max(1) as u32;
    rows > 1 && partition.sent >= 50 && partition.recent_permille >= (even * 11 / 5).min(900)
}

/// Which share a row shows: its part of the last seconds' records, as [`is_hot`] looks at it, so that a change is seen when
/// it comes; where nothing was sent lately, its part of all records.
pub fn share_of(view: &View) -> impl Fn(&PartitionView) -> u32 + Copy + use<> {
    let lately = view.partitions.iter().any(|partition| partition.recent_permille > 0);
    move |partition| {
        if lately {
            partition.recent_permille
        } else {
            partition.share_permille
        }
    }
}

/// `14 %`; below one percent, `<1 %`.
#[must_use]
pub fn percent(permille: u32) -> String {
    match permille {
        0 => "0\u{a0}%".to_owned(),
        1..10 => "<1\u{a0}%".to_owned(),
        _ => format!("{}\u{a0}%", (permille + 5) / 10),
    }
}

/// `hot: 1 key, 63 %`.
pub(super) fn why_hot(view: &PartitionView) -> String {
    let share = percent(view.recent_permille);
    match view.top.first() {
        Some((_, count)) if count * 10 >= view.sent * 8 => format!("hot: 1 key, {share}"),
        _ => format!("hot: {share}"),
    }
}

/// All of it.
pub(super) fn title(seen: &Row, hot: bool, palette: &Palette) -> String {
    let view = seen.partition;
    let keys: Vec<&str> = view.top.iter().take(4).map(|(key, _)| palette.text(*key)).collect();
    let leader = view.leader.map_or_else(
        || "no leader".to_owned(),
        |broker| format!("led by broker {}", broker.0),
    );
    let mut counted = String::new();
    for metric in metrics(view) {
        counted += &format!(" {}: {}.", metric.short_name(), metric.meaning);
    }
    if let Some(since) = view.unavailable_since_us {
        counted += &format!(" No writes for {}.", seconds(seen.now_us.saturating_sub(since)));
    }
    if view.heat_permille.is_some() {
        counted += &format!(" Asks for {} of what its leader can do.", load(view.heat_permille));
    }
    let lag = seen
        .drain
        .map_or_else(|| format!("lag {}", grouped(view.lag)), drains::said);
    format!(
        "Partition {}: {} of all records ({}), {} of the latest, {leader}, {} of {} replicas in sync, {lag}{}{}{}.{counted}",
        view.index,
        percent(view.share_permille),
        grouped(view.sent),
        percent(view.recent_permille),
        view.isr.len(),
        view.replicas.len(),
        if hot { ", hot" } else { "" },
        if keys.is_empty() { "" } else { ", most often " },
        keys.join(", "),
    )
}
