//! Logs match.

use crate::broker::Replica;
use crate::check::{Broken, Invariant, Moment, PartitionHistory};
use crate::wire::{BrokerId, Offset, PartitionId};
use std::collections::BTreeMap;

/// **Logs match up to the high watermark**: below its own high watermark every replica has what is committed, batch for
/// batch and epoch for epoch. Holds as long as nothing committed is lost ([`crate::check::Promise`]). After that, a replica
/// that matches once matches from then on, but for those that live in an earlier epoch: what their leader commits may be
/// nobody else's.
#[derive(Debug, Default)]
pub struct LogMatching {
    /// Up to where a replica was seen to match, and how much was committed then; `None` when it need not match.
    matched: BTreeMap<(BrokerId, PartitionId), Option<Offset>>,
}

impl Invariant for LogMatching {
    fn name(&self) -> &'static str {
        "log-matching"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for change in moment.changes() {
            let (broker, id) = (change.broker, change.partition);
            let Some(history) = moment.history.partition(id) else {
                continue;
            };
            if history.was_cut() {
                let of_partition = self.matched.iter_mut().filter(|((_, of), _)| *of == id);
                of_partition.for_each(|(_, matched)| *matched = None);
            }
            let Some(replica) = moment.replica(broker, id) else {
                continue;
            };
            let void = history.promise().is_void();
            let matched = self.matched.entry((broker, id)).or_insert((!void).then_some(0));
            let is_new_epoch = change.before.is_none_or(|before| before.epoch != change.now.epoch);
            if void && (is_new_epoch || change.now.epoch < history.epoch()) {
                *matched = None;
            }
            // What is cut off is not looked at, and what comes instead is.
            let from = matched.unwrap_or(0).min(replica.log.end());
            match mismatch(history, replica, from) {
                None => *matched = Some(replica.high_watermark.min(replica.log.end())),
                Some(_) if matched.is_none() => {}
                Some(offset) => {
                    return Err(Broken::new(format!(
                        "{broker} has something else at {}@{offset}, below its high watermark {}, than what is committed",
                        moment.world.names().partition(id),
                        replica.high_watermark
                    )));
                }
            }
        }
        Ok(())
    }
}

/// The first offset from there on, below the replica's high watermark, where it has not what is committed.
fn mismatch(history: &PartitionHistory, replica: &Replica, from: Offset) -> Option<Offset> {
    let below = replica.high_watermark.min(replica.log.end());
    let mut at = from;
    for entry in replica.log.entries_from(from) {
        if entry.end_offset() > below {
            break;
        }
        let same = history
            .committed_at(entry.base_offset)
            .is_some_and(|committed| crate::check::history::is_same(committed, entry));
        if !same {
            return Some(at);
        }
        at = entry.end_offset();
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::check::doctored::Patient;
    use crate::log::Log;

    #[test]
    fn two_batches_that_have_changed_places_are_noticed() {
        let mut patient = Patient::healthy();
        let follower = patient.follower();
        let mut entries = patient.batches(follower);
        assert_eq!(patient.first_impression(), None);
        let place = (1..entries.len() - 1).find(|n| entries[*n].batch.len() == entries[n - 1].batch.len());
        let place = place.expect("two batches of a size");
        entries.swap(place - 1, place);
        let mut log = Log::default();
        for entry in entries {
            log.append(entry.batch, entry.leader_epoch);
        }
        patient.replica(follower).log = log;
        assert_eq!(patient.first_impression(), Some("log-matching"));
    }
}
