//! What a run comes to, in whole numbers: the figures that two runs are compared by.

use super::moved::Moved;
use crate::groups::stops;
use crate::session::Session;
use partitura_engine::log::KeyId;
use partitura_engine::trace::LedgerFigures;
use partitura_engine::wire::Micros;
use partitura_engine::world::{EffectFigures, Latency, World};

/// What a merge step has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repair {
    /// How long it has held a record, in the mean.
    pub mean_delay_us: Micros,
    /// Records that went out after a later one all the same.
    pub out_of_order: u64,
}

/// The figures of one run at its moment, over the run so far.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// The records of the busiest partition over the mean of all, in thousandths; `None` while nothing was sent.
    pub skew_permille: Option<u64>,
    /// From `send()` to the end of processing.
    pub latency: Latency,
    /// The group's lag at this moment.
    pub lag: u64,
    /// Records that were processed after a later one about the same subject.
    pub out_of_order: u64,
    /// The subject with the most of them.
    pub worst: Option<(String, u64)>,
    /// Partitions that hold records about the one subject that is asked for: whoever counts all of them reads so many.
    pub reads: Option<u64>,
    /// Columns of the ledger.
    pub ledger: LedgerFigures,
    /// The longest that a partition could not be written to.
    pub unavailable_us: Micros,
    /// How long `send()` has blocked, over all producers.
    pub blocked_us: Micros,
    /// How long brokers told clients to wait because of quotas, over all clients.
    pub throttled_us: Micros,
    /// Records that wait at the source, in front of `send()`, at this moment.
    pub backlog: u64,
    /// The merge step that puts records back in order, if there is one.
    pub repair: Option<Repair>,
    /// Batches that left producers.
    pub batches: u64,
    /// Requests and responses.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What the main group's rebalances have cost.
    pub group: GroupCost,
    /// What the main group has processed twice, or never.
    pub effects: EffectFigures,
    /// What has moved against the run beside it; on the right only.
    pub moved: Option<Moved>,
}

impl Figures {
    /// The figures of that run; `subject` is the one whose partitions are counted.
    #[must_use]
    pub fn of(session: &Session, subject: Option<&str>) -> Self {
        let world = session.world();
        let counters = world.trace().counters();
        let partitions = partitions(world);
        let worst = counters
            .subjects
            .iter()
            .enumerate()
            .filter(|(_, about)| about.out_of_order > 0);
        let worst = worst.max_by_key(|(index, about)| (about.out_of_order, std::cmp::Reverse(*index)));
        let text = |index| {
            Some(
                world
                    .dictionary()
                    .key_text(world.dictionary().key_at(index)?)
                    .to_string(),
            )
        };
        Self {
            skew_permille: skew_permille(world, partitions),
            latency: world.latency(),
            lag: session.account().lag(),
            out_of_order: counters.out_of_order,
            worst: worst.and_then(|(index, about)| Some((text(index)?, about.out_of_order))),
            reads: subject
                .and_then(|text| world.dictionary().find_key(text))
                .map(|key| reads(world, key)),
            ledger: world.ledger(),
            unavailable_us: (0..partitions)
                .map(|index| world.longest_unavailable_us(index))
                .max()
                .unwrap_or(0),
            blocked_us: world.blocked_us(),
            throttled_us: counters.throttled_ms * 1_000,
            backlog: world.view().producers.iter().map(|producer| producer.backlog).sum(),
            repair: repair(world),
            batches: counters.batches,
            messages: counters.messages,
            bytes: counters.bytes,
            group: GroupCost::of(world),
            effects: world.effects(),
            moved: None,
        }
    }
}

/// What the rebalances of the main group have cost so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupCost {
    /// How many there were.
    pub rebalances: u64,
    /// The generation, or the group epoch, that they have led to.
    pub generation: u64,
    /// The longest that a partition had no owner, all its times together.
    pub unowned_us: Micros,
    /// Partitions that got another owner.
    pub moved: u64,
    /// How long members that had work have stood still for them, all together.
    pub stopped_us: Micros,
}

impl GroupCost {
    fn of(world: &World) -> Self {
        let (now, Some(history)) = (world.now(), world.trace().groups().main()) else {
            return Self::default();
        };
        Self {
            rebalances: history.rebalanced,
            generation: history
                .rebalances()
                .next_back()
                .map_or(0, |last| last.generation.into()),
            unowned_us: history.most_unowned_us(now),
            moved: history.rebalances().map(|one| u64::from(one.moved)).sum(),
            stopped_us: stops::sum_us(history, now),
        }
    }
}

/// The subject with the most records, and the earlier of equals.
#[must_use]
pub fn busiest(world: &World) -> Option<KeyId> {
    let about = world.trace().counters().subjects.iter().enumerate();
    let sent = about.filter(|(_, about)| about.sent > 0);
    let (index, _) = sent.max_by_key(|(index, about)| (about.sent, std::cmp::Reverse(*index)))?;
    world.dictionary().key_at(index)
}

fn repair(world: &World) -> Option<Repair> {
    let merge = world.merge();
    merge.repairs.then_some(Repair {
        mean_delay_us: merge.mean_delay_us,
        out_of_order: merge.figures.out_of_order,
    })
}

fn reads(world: &World, key: KeyId) -> u64 {
    let partitions = &world.trace().counters().partitions;
    partitions.iter().filter(|partition| partition.about(key) > 0).count() as u64
}

/// Partitions that never got a record count for the mean.
fn skew_permille(world: &World, partitions: u16) -> Option<u64> {
    let counters = world.trace().counters();
    let most = counters.partitions.iter().map(|partition| partition.sent).max()?;
    let permille = u128::from(most) * u128::from(partitions) * 1000;
    u64::try_from(permille.checked_div(u128::from(counters.sent))?).ok()
}

/// How many partitions the topic has: there can be more than there were at first, once a record has gone there.
fn partitions(world: &World) -> u16 {
    let counted = world.trace().counters().partitions.len() as u16;
    world.setup().topic.partitions.max(counted)
}
