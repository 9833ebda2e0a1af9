//! Taking over what the coordinator assigns (`AbstractMembershipManager.maybeReconcile`).

use super::State;
use crate::consumer::Consumer;
use crate::node::Ctx;
use crate::trace::Fact;

impl Consumer {
    /// `onPartitionsRevoked` for what is not assigned any more, then `onPartitionsAssigned` for what is new, even if that is
    /// nothing. What is kept is read on. Before it an application has committed what it has read, as it always does before it
    /// polls; with `enable.auto.commit` the consumer does it here, if something is given up.
    pub(super) fn reconcile(&mut self, ctx: &mut Ctx) {
        let Some(target) = self.modern.as_ref().map(|modern| modern.target.clone()) else {
            return;
        };
        let gives_up = self.fetcher.owned.iter().any(|owned| !target.contains(&owned.id));
        if gives_up && self.auto_commits_first(ctx) {
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
