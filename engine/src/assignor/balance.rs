//! Two ends of a row of members sorted by load: whom to give to, and whom to take from
//! (`UniformHeterogeneousAssignmentBuilder.MemberAssignmentBalancer`).

use crate::short_sort::sort_short_by_key;

/// The least loaded members fill up from the left, the most loaded are taken from at the right; each end takes in its
/// neighbours as it reaches their level.
#[derive(Debug)]
pub(super) struct Balance {
    /// By load when it began, then by member.
    row: Vec<usize>,
    least_end: usize,
    /// What each of the least loaded had before this turn.
    least: i64,
    next_least: usize,
    most_start: usize,
    /// Members behind it have nothing to give.
    most_end: usize,
    /// What each of the most loaded had before this turn.
    most: i64,
    next_most: i64,
}

impl Balance {
    /// `members` ascending, at least one.
    pub(super) fn new(mut members: Vec<usize>, loads: &[usize]) -> Self {
        sort_short_by_key(&mut members, |&member| loads[member]);
        let load = |member: Option<&usize>| member.map_or(0, |&member| loads[member] as i64);
        let (least, most, count) = (load(members.first()), load(members.last()), members.len());
        Self {
            row: members,
            least_end: 0,
            least: least - 1,
            next_least: 0,
            most_start: count,
            most_end: count,
            most: most + 1,
            next_most: count as i64 - 1,
        }
    }

    /// By how much the most loaded differs from the least loaded.
    pub(super) fn imbalance(&self, loads: &[usize]) -> usize {
        match (self.row.first(), self.row.last()) {
            (Some(&least), Some(&most)) => loads[most] - loads[least],
            _ => 0,
        }
    }

    /// Who gets the next partition. It counts as given.
    pub(super) fn next_least_loaded(&mut self, loads: &[usize]) -> usize {
        if self.next_least >= self.least_end {
            self.least += 1;
            while self.least_end < self.row.len() && loads[self.row[self.least_end]] as i64 == self.least {
                self.least_end += 1;
            }
            self.next_least = 0;
        }
        self.next_least += 1;
        self.row[self.next_least - 1]
    }

    /// Who gives up the next partition. It counts as given up. `None` when nobody is left.
    pub(super) fn next_most_loaded(&mut self, loads: &[usize]) -> Option<usize> {
        if self.next_most < self.most_start as i64 {
            if self.most_end <= self.most_start && self.most_start > 0 {
                // All of this level had nothing to give: on to the next level.
                self.most = loads[self.row[self.most_start - 1]] as i64;
            } else {
                self.most -= 1;
            }
            while self.most_start > 0 && loads[self.row[self.most_start - 1]] as i64 == self.most {
                self.most_start -= 1;
            }
            self.next_most = self.most_end as i64 - 1;
        }
        let member = *self.row.get(usize::try_from(self.next_most).ok()?)?;
        self.next_most -= 1;
        Some(member)
    }

    /// The last one that was asked has nothing to give.
    pub(super) fn exclude_most_loaded(&mut self) {
        if let Some(end) = self.most_end.checked_sub(1)
            && let Ok(place) = usize::try_from(self.next_most + 1)
        {
            self.row.swap(place, end);
            self.most_end = end;
        }
    }

    /// Whether the two ends differ by one at most.
    pub(super) fn is_even(&self) -> bool {
        self.most - self.least <= 1
    }
}
