//! Which consumer sits along which rows.

use std::ops::Range;

/// Where a consumer sits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seat {
    /// Along these rows; some of its own may lie elsewhere.
    Rows(Range<usize>),
    /// On the bench, at that place.
    Bench(usize),
}

/// Gives each consumer a seat, from the rows that each owns, ascending. Owners sit along the longest run of their rows.
/// The others share the rows that nobody owns, as the range assignor would give them, so that a rebalance in which all
/// let go of everything moves nobody. Who then has none waits on the bench.
#[must_use]
pub fn seats(rows: usize, owned: &[Vec<usize>]) -> Vec<Seat> {
    let mut taken = vec![false; rows];
    let mut seats: Vec<Option<Seat>> = vec![None; owned.len()];
    for (seat, own) in seats.iter_mut().zip(owned) {
        let own: Vec<usize> = own.iter().copied().filter(|row| *row < rows && !taken[*row]).collect();
        let longest = own
            .chunk_by(|a, b| a + 1 == *b)
            .max_by_key(|run| (run.len(), rows - run[0]));
        if let Some([first, rest @ ..]) = longest {
            let end = first + rest.len() + 1;
            taken[*first..end].fill(true);
            *seat = Some(Seat::Rows(*first..end));
        }
    }
    for row in owned.iter().flatten() {
        if let Some(taken) = taken.get_mut(*row) {
            *taken = true;
        }
    }
    let free: Vec<usize> = (0..rows).filter(|row| !taken[*row]).collect();
    let waiting: Vec<usize> = (0..seats.len()).filter(|i| seats[*i].is_none()).collect();
    let (each, extra) = (free.len() / waiting.len().max(1), free.len() % waiting.len().max(1));
    let (mut next, mut benched) = (0, 0);
    for (i, consumer) in waiting.into_iter().enumerate() {
        let count = each + usize::from(i < extra);
        let share = &free[next..next + count];
        next += count;
        let run = share
            .chunk_by(|a, b| a + 1 == *b)
            .max_by_key(|run| (run.len(), rows - run[0]));
        seats[consumer] = Some(match run {
            Some(run) => Seat::Rows(run[0]..run[0] + run.len()),
            None => {
                benched += 1;
                Seat::Bench(benched - 1)
            }
        });
    }
    seats.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_sit_along_their_rows() {
        assert_eq!(
            seats(4, &[vec![0, 1], vec![2], vec![3]]),
            [Seat::Rows(0..2), Seat::Rows(2..3), Seat::Rows(3..4)]
        );
    }

    #[test]
    fn letting_go_of_everything_moves_nobody() {
        let owned = seats(7, &[vec![0, 1, 2], vec![3, 4], vec![5, 6]]);
        assert_eq!(seats(7, &[vec![], vec![], vec![]]), owned);
        assert_eq!(seats(7, &[vec![0, 1, 2], vec![], vec![]]), owned);
    }

    #[test]
    fn who_finds_no_row_waits_on_the_bench() {
        assert_eq!(
            seats(1, &[vec![], vec![0], vec![]]),
            [Seat::Bench(0), Seat::Rows(0..1), Seat::Bench(1)]
        );
        assert_eq!(seats(0, &[vec![]]), [Seat::Bench(0)]);
    }

    #[test]
    fn scattered_rows_are_seen_from_the_longest_run() {
        assert_eq!(
            seats(6, &[vec![0, 3, 4], vec![1, 2, 5]]),
            [Seat::Rows(3..5), Seat::Rows(1..3)]
        );
    }

    #[test]
    fn two_who_believe_to_own_the_same_row_do_not_sit_on_each_other() {
        assert_eq!(seats(2, &[vec![0, 1], vec![1]]), [Seat::Rows(0..2), Seat::Bench(0)]);
    }
}
