//! The epoch cache of a log.

use partitura_engine::log::Log;
use partitura_engine::wire::{LeaderEpoch, Offset};
use serde::Deserialize;

use crate::tally::Tally;
use crate::{files, records};

#[derive(Deserialize)]
struct Case {
    id: String,
    ops: Vec<Op>,
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum Op {
    BecomeLeader {
        epoch: LeaderEpoch,
        start_offset: Offset,
    },
    Append {
        records: u32,
        epoch: LeaderEpoch,
    },
    TruncateTo {
        offset: Offset,
    },
    DeleteRecordsBefore {
        offset: Offset,
    },
    Query {
        leo: Offset,
        log_start: Offset,
        epoch_cache: Vec<(LeaderEpoch, Offset)>,
        end_offset_for_epoch: Vec<Asked>,
    },
}

/// Without `epoch` and `end_offset` the answer is undefined.
#[derive(Deserialize)]
struct Asked {
    requested_epoch: i64,
    epoch: Option<LeaderEpoch>,
    end_offset: Option<Offset>,
}

/// What a query shows.
#[derive(Debug, PartialEq)]
struct Shown {
    ends: (Offset, Offset),
    epochs: Vec<(LeaderEpoch, Offset)>,
    answers: Vec<Option<(LeaderEpoch, Offset)>>,
}

#[test]
fn epochs_begin_and_end_as_in_kafka() {
    if files::is_left_out("leader_epochs.json") {
        return;
    }
    let mut tally = Tally::new("leader_epochs");
    for case in files::json::<Case>("leader_epochs.json") {
        let (expected, got) = replay(&case.ops);
        tally.case(&case.id, &expected, &got);
    }
    tally.finish();
}

fn replay(ops: &[Op]) -> (Vec<Shown>, Vec<Shown>) {
    let mut log = Log::default();
    let (mut expected, mut got) = (Vec::new(), Vec::new());
    for op in ops {
        match op {
            Op::BecomeLeader { epoch, start_offset } => {
                assert_eq!(*start_offset, log.end(), "an epoch begins at the end of the log");
                log.assign_epoch(*epoch);
            }
            Op::Append { records, epoch } => {
                log.append(records::batch(*records), *epoch);
            }
            Op::TruncateTo { offset } => {
                log.truncate_to(*offset);
            }
            Op::DeleteRecordsBefore { offset } => log.delete_records_before(*offset),
            Op::Query {
                leo,
                log_start,
                epoch_cache,
                end_offset_for_epoch,
            } => {
                expected.push(Shown {
                    ends: (*log_start, *leo),
                    epochs: epoch_cache.clone(),
                    answers: end_offset_for_epoch.iter().map(|a| a.epoch.zip(a.end_offset)).collect(),
                });
                got.push(show(&log, end_offset_for_epoch));
            }
        }
    }
    (expected, got)
}

fn show(log: &Log, asked: &[Asked]) -> Shown {
    let answer = |asked: &Asked| {
        // −1 stands for no epoch, of which nothing is known.
        let epoch = LeaderEpoch::try_from(asked.requested_epoch).ok()?;
        log.end_offset_for(epoch).map(|end| (end.epoch, end.end_offset))
    };
    Shown {
        ends: (log.start(), log.end()),
        epochs: log.epochs().starts().to_vec(),
        answers: asked.iter().map(answer).collect(),
    }
}
