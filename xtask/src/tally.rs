//! How many checks passed and failed, read from the closing lines of those that ran them.

use std::fmt;

/// A count of checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// One check.
    pub(crate) fn one(passed: bool) -> Self {
        Self {
            passed: passed.into(),
            failed: (!passed).into(),
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Adds what a line such as `test result: ok. 12 passed; 1 failed; …` says. Other lines say nothing.
    pub(crate) fn add_line(&mut self, line: &str) {
        let Some((_, counts)) = line.split_once("test result: ") else {
            return;
        };
        let counts = counts.split_once(". ").map_or("", |(_, counts)| counts);
        for count in counts.split(';') {
            match count.trim().split_once(' ') {
                Some((n, "passed")) => self.passed += n.parse().unwrap_or(0),
                Some((n, "failed")) => self.failed += n.parse().unwrap_or(0),
                _ => {}
            }
        }
    }

    /// The tally of a runner that has ended: one that went wrong without saying where, or ran nothing, counts as failed.
    pub(crate) fn closed(mut self, success: bool) -> Self {
        let silent_failure = !success && self.failed == 0;
        let nothing_ran = self == Self::default();
        if silent_failure || nothing_ran {
            self.failed = 1;
        }
        self
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn closing_lines_are_added_up_and_others_ignored() {
        let mut sum = Tally::default();
        for line in [
            "running 3 tests",
            "test a_test_result: ok",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
            "test result: ok. 4 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.10s",
        ] {
            sum.add_line(line);
        }
        assert_eq!(sum, tally(19, 2));
    }

    #[test]
    fn a_runner_that_fails_silently_or_runs_nothing_counts_as_failed() {
        assert_eq!(tally(5, 0).closed(true), tally(5, 0));
        assert_eq!(tally(5, 2).closed(false), tally(5, 2));
        assert_eq!(tally(5, 0).closed(false), tally(5, 1));
        assert_eq!(tally(0, 0).closed(true), tally(0, 1));
    }

    #[test]
    fn it_reads_as_the_last_line_does() {
        assert_eq!(tally(7, 1).to_string(), "7 passed, 1 failed");
    }
}
