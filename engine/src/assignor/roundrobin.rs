//! Who gets which partition under `partition.assignment.strategy=roundrobin`.

use super::{MemberSubscription, Shares, order};
use crate::short_sort::{sort_short_by, sort_short_by_key};

/// Deals the partitions of all topics, in order, to the members in turn, static ones first; a member that does not subscribe
/// to the topic is passed over (`RoundRobinAssignor`). Even over all topics, unlike range; but one member more or less moves
/// nearly everything.
#[must_use]
pub fn assign<Topic: Copy + Ord>(topics: &[(Topic, u32)], members: &[MemberSubscription<'_, Topic>]) -> Shares<Topic> {
    let mut topics = topics.to_vec();
    sort_short_by_key(&mut topics, |(topic, _)| *topic);
    let mut in_order: Vec<usize> = (0..members.len()).collect();
    sort_short_by(&mut in_order, |&a, &b| order::static_first(&members[a], &members[b]));

    let mut shares = vec![Vec::new(); members.len()];
    let mut next = 0;
    for (topic, partitions) in topics {
        let wants = |member: usize| members[member].topics.contains(&topic);
        if !in_order.iter().any(|&member| wants(member)) {
            continue;
        }
        for partition in 0..partitions {
            while !wants(in_order[next % in_order.len()]) {
                next += 1;
            }
            shares[in_order[next % in_order.len()]].push((topic, partition));
            next += 1;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_over_topics_and_skips_who_does_not_subscribe() {
        let member = |member_id, topics| MemberSubscription {
            member_id,
            instance_id: None,
            topics,
            owned: &[],
            generation: None,
        };
        let members = [
            member("c0", &['x'][..]),
            member("c1", &['x', 'y']),
            member("c2", &['x', 'y', 'z']),
        ];
        assert_eq!(
            assign(&[('z', 3), ('x', 1), ('y', 2)], &members),
            [
                vec![('x', 0)],
                vec![('y', 0)],
                vec![('y', 1), ('z', 0), ('z', 1), ('z', 2)]
            ]
        );
    }
}
