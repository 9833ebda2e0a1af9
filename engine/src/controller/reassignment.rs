//! Moving a partition to other replicas (KIP-455, `PartitionReassignmentReplicas`).

use super::partition_change::PartitionChange;
use crate::short_sort::sort_short_by_key;
use crate::wire::BrokerId;

impl PartitionChange<'_> {
    /// The partition shall have these replicas, the preferred leader first. Those that are new catch up first; then
    /// those that are not wanted any more go.
    ///
    /// An election that comes with it is never unclean.
    #[must_use]
    pub fn reassign(mut self, target: &[BrokerId]) -> Self {
        let removing = in_order(self.before.replicas.iter(), |replica| !target.contains(replica));
        let adding = in_order(target.iter(), |replica| !self.before.replicas.contains(replica));
        self.replicas = [target, &removing].concat();
        // An empty list leaves what an earlier reassignment, still under way, has there (`changePartitionReassignment`).
        if !removing.is_empty() {
            self.removing = removing;
        }
        if !adding.is_empty() {
            self.adding = adding;
        }
        self.clean()
    }

    /// Once all replicas that stay are in sync, the others go, from replicas and ISR (`maybeCompleteReassignment`).
    pub(super) fn complete_reassignment(&mut self) {
        if self.adding.is_empty() && self.removing.is_empty() {
            return;
        }
        let stays = |replica: &BrokerId| !self.removing.contains(replica);
        let isr: Vec<BrokerId> = self.isr.iter().copied().filter(stays).collect();
        let replicas: Vec<BrokerId> = self.replicas.iter().copied().filter(stays).collect();
        let complete = !isr.is_empty() && !replicas.is_empty() && replicas.iter().all(|replica| isr.contains(replica));
        if complete {
            self.isr = isr;
            self.replicas = replicas;
            self.removing.clear();
            self.adding.clear();
        }
    }
}

fn in_order<'a>(brokers: impl Iterator<Item = &'a BrokerId>, wanted: impl Fn(&BrokerId) -> bool) -> Vec<BrokerId> {
    let mut chosen: Vec<BrokerId> = brokers.copied().filter(wanted).collect();
    sort_short_by_key(&mut chosen, |broker| *broker);
    chosen
}
