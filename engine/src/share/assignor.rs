//! Who reads what: the simple assignor (`SimpleAssignor`).

use crate::wire::PartitionId;

/// The partitions of member `place` of `members`: partitions are dealt to the members in a circle, and where there are
/// fewer partitions than members they are dealt again, so that nobody is idle. Kafka's also keeps what members had
/// before; that costs nothing here, because nothing has to be given up before somebody else may read it.
#[must_use]
pub fn simple_assignment(partitions: &[PartitionId], members: usize, place: usize) -> Vec<PartitionId> {
    let deals = partitions.len().max(members);
    let mine = (0..deals).filter(|deal| members > 0 && deal % members == place);
    mine.filter_map(|deal| partitions.get(deal % partitions.len().max(1)).copied())
        .collect()
}
