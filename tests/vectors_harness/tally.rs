//! Counts the cases of a file that came out as in Kafka.

use std::fmt::Debug;
use std::io::Write;

const SHOWN: usize = 5;

/// One file's count.
pub(crate) struct Tally {
    file: &'static str,
    cases: usize,
    agreed: usize,
    differences: Vec<String>,
}

impl Tally {
    pub(crate) fn new(file: &'static str) -> Self {
        Self {
            file,
            cases: 0,
            agreed: 0,
            differences: Vec::new(),
        }
    }

    /// Counts a case; it agrees when all of what it expects was got.
    pub(crate) fn case<Value: PartialEq + Debug>(&mut self, id: &str, expected: &Value, got: &Value) {
        self.cases += 1;
        if expected == got {
            self.agreed += 1;
        } else if self.differences.len() < SHOWN {
            self.differences
                .push(format!("  {id}\n    expected {expected:?}\n    got      {got:?}"));
        }
    }

    /// Says how many agreed and fails unless it was all of them, and at least one.
    pub(crate) fn finish(self) {
        self.finish_with("");
    }

    /// [`Tally::finish`], with a remark behind the count.
    pub(crate) fn finish_with(self, remark: &str) {
        say(&format!("{}: {} of {}{remark}\n", self.file, self.agreed, self.cases));
        assert!(self.cases > 0, "{}: no cases", self.file);
        let different = self.cases - self.agreed;
        let differences = self.differences.join("\n");
        assert!(
            different == 0,
            "{}: {different} different from Kafka, the first ones:\n{differences}",
            self.file
        );
    }
}

/// Not `eprintln!`, which the test runner keeps to itself unless a test fails.
pub(crate) fn say(line: &str) {
    std::io::stderr().write_all(line.as_bytes()).expect("stderr is open");
}
