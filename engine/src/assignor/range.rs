//! Who gets which partition under `partition.assignment.strategy=range`, Kafka's default.

use super::{MemberSubscription, Shares, order};
use crate::short_sort::sort_short_by;

/// Assigns each topic by itself: its subscribers in order take equal runs of consecutive partitions, and what is left
/// over goes, one each, to the first ones (`RangeAssignor`).
///
/// Static members come first, so they keep their place over a restart. Members near the front collect the extras of every topic.
///
/// `topics` gives each topic once, with its number of partitions. The answer has one list for each of `members`, in
/// their order: topics as in `topics`, partitions ascending. A subscription to another topic is skipped, as Kafka does
/// with one that it has no metadata for.
#[must_use]
pub fn assign<Topic: Copy + Eq>(topics: &[(Topic, u32)], members: &[MemberSubscription<'_, Topic>]) -> Shares<Topic> {
    let mut in_order: Vec<usize> = (0..members.len()).collect();
    sort_short_by(&mut in_order, |&a, &b| order::static_first(&members[a], &members[b]));

    let mut assignment = vec![Vec::new(); members.len()];
    for &(topic, partitions) in topics {
        let subscribers = || {
            in_order
                .iter()
                .copied()
                .filter(|&member| members[member].topics.contains(&topic))
        };
        let count = subscribers().count() as u32;
        if count == 0 {
            continue;
        }
        let (each, extras) = (partitions / count, partitions % count);
        let mut next = 0;
        for (place, member) in (0..).zip(subscribers()) {
            let end = next + each + u32::from(place < extras);
            assignment[member].extend((next..end).map(|partition| (topic, partition)));
            next = end;
        }
    }
    assignment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member<'a>(member_id: &'a str, instance_id: Option<&'a str>) -> MemberSubscription<'a, char> {
        MemberSubscription {
            member_id,
            instance_id,
            topics: &['x', 'y'],
            owned: &[],
            generation: None,
        }
    }

    #[test]
    fn the_first_member_collects_the_extras_of_every_topic() {
        let assignment = assign(&[('x', 3), ('y', 3)], &[member("b", None), member("a", None)]);
        assert_eq!(
            assignment,
            [vec![('x', 2), ('y', 2)], vec![('x', 0), ('x', 1), ('y', 0), ('y', 1)]]
        );
    }

    #[test]
    fn static_members_come_before_the_others_and_by_instance_id() {
        let members = [member("a", None), member("c", Some("i1")), member("b", Some("i2"))];
        assert_eq!(assign(&[('x', 3)], &members), [[('x', 2)], [('x', 0)], [('x', 1)]]);
    }

    #[test]
    fn members_beyond_the_partitions_stay_idle() {
        let assignment = assign(&[('x', 1)], &[member("a", None), member("b", None)]);
        assert_eq!(assignment, [vec![('x', 0)], vec![]]);
    }

    proptest::proptest! {
        #[test]
        fn every_partition_has_one_owner_and_nobody_has_two_more_than_another(
            names in proptest::collection::btree_set("[a-z]{1,4}", 1..14),
            partitions in 0u32..70,
        ) {
            let names: Vec<String> = names.into_iter().collect();
            let members: Vec<_> = names.iter().map(|name| member(name, None)).collect();
            let assignment = assign(&[('x', partitions)], &members);
            let mut all: Vec<u32> = assignment.iter().flatten().map(|(_, partition)| *partition).collect();
            all.sort_unstable();
            proptest::prop_assert_eq!(all, (0..partitions).collect::<Vec<_>>());
            let shares: Vec<usize> = assignment.iter().map(Vec::len).collect();
            let (most, least) = (shares.iter().max().unwrap(), shares.iter().min().unwrap());
            proptest::prop_assert!(most - least <= 1);
            let blocks = |owned: &Vec<(char, u32)>| owned.windows(2).all(|pair| pair[0].1 + 1 == pair[1].1);
            proptest::prop_assert!(assignment.iter().all(blocks), "consecutive blocks");
        }
    }
}
