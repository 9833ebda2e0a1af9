//! What the plain work queue beside the topic and its workers do.

use super::words::Word::{Key, Number};
use super::words::Words;
use partitura_engine::trace::{Fact, WorkStep};

pub(super) fn sentence(fact: &Fact, w: &Words) -> Option<String> {
    let work = match fact {
        Fact::Work(work) => work,
        Fact::WorkerStarted => return Some("started, and asks the work queue for a message".to_owned()),
        _ => return None,
    };
    let record = [Number(work.sequence.into()), Key(Some(work.subject))];
    let delivered = |sentence| {
        let [number, key] = record;
        w.say(
            sentence,
            &[number, key, Number(work.worker.into()), Number(work.receives.into())],
        )
    };
    Some(match work.step {
        WorkStep::Queued => w.say("took record {} about {}: it waits for a worker", &record),
        WorkStep::Refused => w.say("has no room for record {} about {}, and drops it", &record),
        WorkStep::Delivered => {
            delivered("gave record {} about {} to worker {}, delivery {}, and hides it from the others")
        }
        WorkStep::Deleted => w.say(
            "deleted record {} about {}: it is acknowledged, and nobody reads it again",
            &record,
        ),
        WorkStep::AcknowledgedLate => delivered(
            "heard too late that record {} about {} is done, from worker {}, of delivery {}: it had come back before",
        ),
        WorkStep::Reappeared => delivered(
            "shows record {} about {} again: worker {} has not acknowledged delivery {} within queue.visibility.timeout.ms",
        ),
        WorkStep::DeadLettered => {
            delivered("gave record {} about {} up, which worker {} had last: queue.max.receives allows {} deliveries")
        }
        WorkStep::Processed => w.say("processed record {} about {}, and acknowledges it", &record),
        WorkStep::Failed => w.say(
            "failed on record {} about {}: it says nothing, and the message comes back",
            &record,
        ),
    })
}
