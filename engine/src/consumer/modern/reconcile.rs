//! Taking over what the coordinator assigns (`AbstractMembershipManager.maybeReconcile`).

use super::State;
use crate::consumer::Consumer;
use crate::node::Ctx;
use crate::trace::Fact;

impl Consumer {
    /// `onPartitionsRevoked` for what is not assigned any more, then `onPartitionsAssigned` for what is new, even if that is
    /// nothing. What is kept is read on.
    pub(super) fn reconcile(&mut self, ctx: &mut Ctx) {
        let Some(target) = self.modern.as_ref().map(|modern| modern.target.clone()) else {
            return;
        };
        // With `enable.auto.commit` what was returned is committed before anything is given up.
        if self.auto_commits_first(ctx) {
            return;
        }
        self.auto_commit_is_over();
        for owned in &self.fetcher.owned {
            if !target.contains(&owned.id) {
                ctx.record(Fact::PartitionRevoked { partition: owned.id });
            }
        }
        let mut new = target.to_vec();
        new.retain(|partition| self.fetcher.slot(*partition).is_none());
        self.membership.round += 1;
        self.fetcher.take_over(&target, self.membership.round);
        if let Some(image) = self.metadata.image() {
            self.fetcher.follow_leaders(image);
        }
        let generation = self.membership.generation.unwrap_or(0);
        for &partition in &new {
            ctx.record(Fact::PartitionAssigned { partition, generation });
        }
        if new.is_empty() {
            ctx.record(Fact::NothingAssigned { generation });
        }
        if let Some(modern) = &mut self.modern {
            modern.state = State::Acknowledging;
        }
    }
}
