//! In which order members are served.

use super::MemberSubscription;
use std::cmp::Ordering;

/// Static members come first, by instance id, then the others by member id (`AbstractPartitionAssignor.MemberInfo`,
/// and the server's `RangeAssignor.sortMemberIds`).
pub(super) fn static_first<Topic>(a: &MemberSubscription<'_, Topic>, b: &MemberSubscription<'_, Topic>) -> Ordering {
    match (a.instance_id, b.instance_id) {
        (Some(a), Some(b)) => as_java(a, b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => as_java(a.member_id, b.member_id),
    }
}

/// `String.compareTo` goes by UTF-16 code units, which order characters outside the basic plane differently.
pub(super) fn as_java(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}
