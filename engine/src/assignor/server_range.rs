//! Who gets which partition under `group.remote.assignor=range`.

use super::{MemberSubscription, Shares, range};

/// As the client's range: since 4.0 the server's is not sticky any more, and deals as the client does, so that partitions of
/// the same number meet at the same member (KIP-848, `assignor.RangeAssignor`).
#[must_use]
pub fn assign<Topic: Copy + Eq>(topics: &[(Topic, u32)], members: &[MemberSubscription<'_, Topic>]) -> Shares<Topic> {
    range::assign(topics, members)
}
