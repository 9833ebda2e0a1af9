//! The walkthroughs of failures as traces on file: what happened to the cluster, and what the clients noticed, line by line.
//!
//!     UPDATE=1 cargo test -p partitura-engine --test walkthrough_traces
//!
//! writes the files in `tests/walkthroughs` anew. Messages, records and the group are left out, and so is the topic of the
//! offsets; lines of the same kind that follow each other are counted.

use partitura_engine::scenario::{BUILT_IN, Scenario};
use partitura_engine::trace::{Event, Fact, readable};
use partitura_engine::wire::{NodeId, PartitionId};
use partitura_engine::world::World;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The partition that it is about, of those facts that belong into a story.
fn of_the_story(fact: &Fact) -> Option<Option<PartitionId>> {
    match *fact {
        Fact::Commanded(_)
        | Fact::ProcessCrashed
        | Fact::ProcessStopped
        | Fact::ProcessPaused
        | Fact::ProcessResumed
        | Fact::DiskLost
        | Fact::BrokerStarted
        | Fact::ControlledShutdownStarted
        | Fact::BrokerRegistered { .. }
        | Fact::BrokerUnfenced { .. }
        | Fact::BrokerFenced { .. }
        | Fact::BrokerShuttingDown { .. }
        | Fact::QuorumChanged { .. }
        | Fact::TopicConfigured { .. }
        | Fact::AdminRefused { .. }
        | Fact::ConnectionLost { .. }
        | Fact::ProducerIdAssigned { .. }
        | Fact::ProducerEpochBumped { .. }
        | Fact::QuotaAltered { .. }
        | Fact::Throttled { .. }
        | Fact::SendBlocked
        | Fact::SendTimedOut
        | Fact::SourceQueued { .. }
        | Fact::SourceDropped { .. } => Some(None),
        Fact::LeaderElected { partition, .. }
        | Fact::LeaderLost { partition, .. }
        | Fact::IsrChanged { partition, .. }
        | Fact::AlterPartitionRefused { partition, .. }
        | Fact::BecameLeader { partition, .. }
        | Fact::BecameFollower { partition, .. }
        | Fact::BecameLeaderless { partition, .. }
        | Fact::IsrProposed { partition, .. }
        | Fact::IsrUpdated { partition, .. }
        | Fact::Diverged { partition, .. }
        | Fact::Truncated { partition, .. }
        | Fact::AppendRefused { partition, .. }
        | Fact::DuplicateDropped { partition, .. }
        | Fact::BatchRetried { partition, .. }
        | Fact::RecordsFailed { partition, .. }
        | Fact::LogTruncationDetected { partition, .. } => Some(Some(partition)),
        _ => None,
    }
}

/// Lines of a story; those of the same kind at the same place are counted after the first. Of connections that are tried
/// again and again only the first failure is told, until somebody does something.
#[derive(Default)]
struct Story {
    text: String,
    lost: BTreeSet<(NodeId, NodeId)>,
    last: Option<(std::mem::Discriminant<Fact>, Event)>,
    more: u32,
}

impl Story {
    fn add(&mut self, event: &Event, line: &str) {
        match event.fact {
            Fact::Commanded(_) => self.lost.clear(),
            Fact::ConnectionLost { with } if !self.lost.insert((event.node, with)) => return,
            _ => {}
        }
        let kind = std::mem::discriminant(&event.fact);
        let same = self
            .last
            .as_ref()
            .is_some_and(|(last_kind, last)| *last_kind == kind && last.node == event.node);
        let counted = matches!(
            event.fact,
            Fact::AppendRefused { .. }
                | Fact::BatchRetried { .. }
                | Fact::DuplicateDropped { .. }
                | Fact::RecordsFailed { .. }
                | Fact::Throttled { .. }
                | Fact::SendBlocked
        );
        if same && counted {
            self.more += 1;
        } else {
            self.close();
            let _ = writeln!(self.text, "{line}");
        }
        self.last = Some((kind, *event));
    }

    fn close(&mut self) {
        if self.more > 0 {
            let _ = writeln!(self.text, "         … and {} more of this kind", self.more);
            self.more = 0;
        }
    }
}

fn tell(scenario: &Scenario) -> String {
    let mut world = World::new(&scenario.setup);
    let (mut story, mut seen) = (Story::default(), 0);
    let mut step = 0;
    while world.now() < scenario.until_us {
        world.run_until((world.now() + 50_000).min(scenario.until_us));
        while scenario.steps.get(step).is_some_and(|s| s.at_us <= world.now()) {
            story.close();
            story.last = None;
            let _ = writeln!(story.text, "# {}. {}", step + 1, scenario.steps[step].title);
            step += 1;
        }
        let topic = world.topic_id();
        for event in world.trace().since(seen) {
            seen = event.id;
            let tells = of_the_story(&event.fact);
            if tells.is_some_and(|partition| partition.is_none_or(|p| Some(p.topic) == topic)) {
                story.add(event, &readable(event, &world.names()));
            }
        }
    }
    story.close();
    let ledger = world.ledger();
    let _ = writeln!(story.text, "----\n{ledger:#?}");
    story.text
}

#[test]
fn the_walkthroughs_go_as_on_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/walkthroughs");
    let update = std::env::var_os("UPDATE").is_some();
    let mut different = Vec::new();
    for (id, _) in BUILT_IN.iter().filter(|(id, _)| *id != "world-cup") {
        let scenario = Scenario::built_in(id).unwrap();
        let told = tell(&scenario);
        let file = folder.join(format!("{id}.txt"));
        if update {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&file, told).unwrap();
        } else if fs::read_to_string(&file).ok().as_ref() != Some(&told) {
            different.push(*id);
        }
    }
    assert!(
        different.is_empty(),
        "other than on file: {different:?}; UPDATE=1 rewrites the files, for those who can explain the difference"
    );
}
