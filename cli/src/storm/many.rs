//! Many storms, on all cores.

use crate::end::Failure;
use crate::table;
use partitura_engine::check::Storm;
use partitura_engine::check::storm::Outcome;
use partitura_engine::node::Bug;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How often the progress is told.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// So many failures are told in full.
const TOLD: usize = 5;

/// What all storms together came to.
#[derive(Debug, Default)]
struct Sum {
    storms: u64,
    events: u64,
    records: u64,
    faults: u64,
    by_theme: BTreeMap<&'static str, u64>,
    failures: Vec<Outcome>,
}

impl Sum {
    fn add(&mut self, outcome: Outcome) {
        self.storms += 1;
        self.events += outcome.events;
        self.records += outcome.records;
        self.faults += outcome.faults as u64;
        *self.by_theme.entry(outcome.theme.name()).or_default() += 1;
        if outcome.violation.is_some() {
            self.failures.push(outcome);
        }
    }
}

/// Plays them all, says how it goes, and sums up.
pub(super) fn play_many(seeds: Range<u64>, minutes: Option<u64>, bug: Option<Bug>) -> Result<(), Failure> {
    // A panic is a failure like any other, and told as one.
    std::panic::set_hook(Box::new(|_| {}));
    let began = Instant::now();
    let deadline = minutes.map(|minutes| began + Duration::from_secs(60 * minutes));
    let (next, sum) = (AtomicU64::new(seeds.start), Mutex::new(Sum::default()));
    let count = seeds.end - seeds.start;
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while deadline.is_none_or(|deadline| Instant::now() < deadline) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    let outcome = Storm::run(seed, bug);
                    tell_failure(&outcome, &sum);
                    lock(&sum).add(outcome);
                }
            });
        }
        scope.spawn(|| {
            let mut told = began;
            while lock(&sum).storms < count && deadline.is_none_or(|deadline| Instant::now() < deadline) {
                thread::sleep(Duration::from_millis(50));
                if told.elapsed() >= TELL_EVERY {
                    told = Instant::now();
                    tell_progress(&lock(&sum), count);
                }
            }
        });
    });
    let mut sum = sum.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    sum.failures.sort_by_key(|outcome| outcome.seed);
    io::stdout()
        .write_all(summary(&sum, began.elapsed()).as_bytes())
        .map_err(Failure::stdout)?;
    if sum.failures.is_empty() {
        Ok(())
    } else {
        Err(Failure::NotAsPromised)
    }
}

fn lock(sum: &Mutex<Sum>) -> std::sync::MutexGuard<'_, Sum> {
    sum.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn tell_failure(outcome: &Outcome, sum: &Mutex<Sum>) {
    let Some(violation) = &outcome.violation else { return };
    if lock(sum).failures.len() < TOLD {
        eprintln!("{violation}\n");
    }
}

fn tell_progress(sum: &Sum, count: u64) {
    if io::stderr().is_terminal() || !sum.failures.is_empty() {
        eprintln!(
            "{} of {count} storms, {} events, {} failures",
            sum.storms,
            sum.events,
            sum.failures.len()
        );
    }
}

fn summary(sum: &Sum, took: Duration) -> String {
    let rows = [
        ("storms", sum.storms),
        ("events", sum.events),
        ("records", sum.records),
        ("faults", sum.faults),
        ("failures", sum.failures.len() as u64),
        ("seconds", took.as_secs()),
    ];
    let mut text: String = rows.iter().map(|(name, n)| format!("{name:<10}{n:>14}\n")).collect();
    let themes = sum.by_theme.iter().map(|(theme, n)| format!("{n} {theme}"));
    text.push_str(&format!("themes    {}\n", themes.collect::<Vec<_>>().join(", ")));
    if !sum.failures.is_empty() {
        let rows = sum.failures.iter().filter_map(|outcome| {
            let violation = outcome.violation.as_ref()?;
            let message = violation.message.lines().next().unwrap_or_default().to_owned();
            Some(vec![
                format!("{}  {}  {message}", outcome.seed, violation.invariant),
                outcome.theme.name().to_owned(),
            ])
        });
        text.push('\n');
        text.push_str(&table::render(&["seed", "theme"], &rows.collect::<Vec<_>>()));
        text.push_str("\nSee one with: partitura storm --seed SEED; make it smaller with --shrink\n");
    }
    text
}
