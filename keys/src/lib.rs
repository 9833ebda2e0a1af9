//! What somebody's own keys would do on Kafka: read them from a file, see where they land, and what each change of the
//! keys or of the partitions would do. No I/O, no clock, no browser: the page and the command line both use it.
//!
//! The way through: [`detect`] looks at the first bytes and guesses a [`Layout`]; an [`Importer`] takes the bytes in
//! chunks of any size and ends in an [`Import`]: the [`Keys`] with their weights, and what was wrong with the other
//! rows. From the keys follow the [`Shares`] of the partitions, what would be [`Moved`] to another number of them, what
//! [`Salted`] keys would do, and a [`Workload`] for a run.
//!
//! Weights are integers (millionths), and ratios are thousandths: the same everywhere, to the last digit.

mod clients;
mod detect;
mod import;
mod keys;
mod layout;
mod moved;
mod salt;
mod shares;
mod skew;
mod workload;

pub use clients::{ClientPlace, Disagreement, clients, disagreement};
pub use detect::{FieldGuess, Guess, detect, detect_as, detect_with_header};
pub use import::{
    BadKind, BadRow, BadRows, Import, Importer, MAX_ARENA_BYTES, MAX_DISTINCT_KEYS, MAX_ROW_BYTES, MAX_SHOWN, Progress,
    TimeSpan,
};
pub use keys::{KeyAt, Keys, ONE, Tally, Weight};
pub use layout::{Field, Format, Layout, SEPARATORS};
pub use moved::{Move, Moved, moved};
pub use partitura_engine::producer::key_hash::ClientHash;
pub use partitura_engine::scenario::MAX_KEY_BYTES;
pub use salt::{SaltWhich, Salted, salted};
pub use shares::{Hottest, PartitionShare, Shares, shares};
pub use skew::Skew;
pub use workload::{LeftOut, Workload, workload};
