//! A group in numbers: members by id, topics in order, and all partitions in one row.

use super::{MemberSubscription, Shares, order};
use crate::short_sort::{sort_short_by, sort_short_by_key};

/// The owner of each partition, by number; `None` while there is none.
pub(super) type Owners = Vec<Option<usize>>;

/// A group in numbers, so that the rules need not know what a topic is.
#[derive(Debug)]
pub(super) struct Numbered {
    /// The number of each topic's first partition, and behind them the number of partitions.
    first: Vec<usize>,
    /// By member id.
    pub(super) members: Vec<Claimant>,
    /// Whether all subscribe to the same topics.
    pub(super) alike: bool,
}

/// A member in numbers.
#[derive(Debug)]
pub(super) struct Claimant {
    /// Its place in the list that was given.
    place: usize,
    /// Ascending; those that exist.
    pub(super) topics: Vec<usize>,
    /// What it says that it owns, ascending; what exists of it.
    pub(super) owned: Vec<usize>,
    pub(super) generation: Option<u32>,
}

impl Numbered {
    /// Numbers a group. Topics that nobody subscribes to are left out.
    pub(super) fn new<Topic: Copy + Ord>(
        topics: &[(Topic, u32)],
        members: &[MemberSubscription<'_, Topic>],
    ) -> (Self, Vec<Topic>) {
        let mut wanted: Vec<(Topic, u32)> = topics
            .iter()
            .copied()
            .filter(|(topic, _)| members.iter().any(|member| member.topics.contains(topic)))
            .collect();
        sort_short_by_key(&mut wanted, |(topic, _)| *topic);
        let mut first = vec![0];
        let mut total = 0;
        for (_, partitions) in &wanted {
            total += *partitions as usize;
            first.push(total);
        }
        let mut places: Vec<usize> = (0..members.len()).collect();
        sort_short_by(&mut places, |&a, &b| {
            order::as_java(members[a].member_id, members[b].member_id)
        });
        let number = |topic: &Topic| wanted.iter().position(|(known, _)| known == topic);
        let claimant = |place: usize| {
            let member = &members[place];
            let mut topics: Vec<usize> = member.topics.iter().filter_map(number).collect();
            sort_short_by_key(&mut topics, |topic| *topic);
            let claim = |(topic, index): &(Topic, u32)| {
                let topic = number(topic)?;
                (*index < wanted[topic].1).then(|| first[topic] + *index as usize)
            };
            let mut owned: Vec<usize> = member.owned.iter().filter_map(claim).collect();
            sort_short_by_key(&mut owned, |partition| *partition);
            owned.dedup();
            Claimant {
                place,
                topics,
                owned,
                generation: member.generation,
            }
        };
        let alike = members.windows(2).all(|pair| {
            pair[0].topics.len() == pair[1].topics.len()
                && pair[0].topics.iter().all(|topic| pair[1].topics.contains(topic))
        });
        let members = places.into_iter().map(claimant).collect();
        let names = wanted.iter().map(|(topic, _)| *topic).collect();
        (Self { first, members, alike }, names)
    }

    pub(super) fn partitions(&self) -> usize {
        self.first.last().copied().unwrap_or(0)
    }

    pub(super) fn topics(&self) -> std::ops::Range<usize> {
        0..self.first.len() - 1
    }

    /// A topic's partitions.
    pub(super) fn of(&self, topic: usize) -> std::ops::Range<usize> {
        self.first[topic]..self.first[topic + 1]
    }

    /// A partition's topic.
    pub(super) fn topic(&self, partition: usize) -> usize {
        self.first.partition_point(|first| *first <= partition) - 1
    }

    /// A partition's index within its topic.
    pub(super) fn index(&self, partition: usize) -> usize {
        partition - self.first[self.topic(partition)]
    }

    pub(super) fn subscribes(&self, member: usize, topic: usize) -> bool {
        self.members[member].topics.contains(&topic)
    }

    /// Members that subscribe to a topic.
    pub(super) fn subscribers(&self, topic: usize) -> impl Iterator<Item = usize> {
        (0..self.members.len()).filter(move |&member| self.subscribes(member, topic))
    }

    /// How many partitions a member could have.
    pub(super) fn most(&self, member: usize) -> usize {
        self.members[member]
            .topics
            .iter()
            .map(|&topic| self.of(topic).len())
            .sum()
    }

    /// The answer as it is given.
    pub(super) fn shares<Topic: Copy>(&self, names: &[Topic], owners: &Owners) -> Shares<Topic> {
        let mut shares = vec![Vec::new(); self.members.len()];
        for (partition, owner) in owners.iter().enumerate() {
            if let Some(owner) = *owner {
                let index = u32::try_from(self.index(partition)).unwrap_or(u32::MAX);
                shares[self.members[owner].place].push((names[self.topic(partition)], index));
            }
        }
        shares
    }
}

/// How many partitions each of so many members owns.
pub(super) fn loads(owners: &Owners, members: usize) -> Vec<usize> {
    let mut loads = vec![0; members];
    for owner in owners.iter().flatten() {
        loads[*owner] += 1;
    }
    loads
}
