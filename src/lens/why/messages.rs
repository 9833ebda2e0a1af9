//! What nodes say to each other.

use super::words::Word::{Error, Node, Number, Place, Records, Text};
use super::words::Words;
use partitura_engine::trace::Sent;
use partitura_engine::wire::{Acks, Api, ErrorCode};

pub(super) fn sentence(sent: &Sent, w: &Words) -> String {
    let mut text = plain(sent, w);
    if sent.more > 0 {
        text += &w.say(", and {} more partitions", &[Number(sent.more.into())]);
    }
    text
}

fn plain(sent: &Sent, w: &Words) -> String {
    let to = Node(sent.to);
    let api = Text(sent.api.name());
    if sent.error != ErrorCode::None {
        return match sent.partition {
            Some(partition) => w.say(
                "answered {} of {} for {}: {}",
                &[api, to, Place(partition), Error(sent.error)],
            ),
            None => w.say("answered {} of {}: {}", &[api, to, Error(sent.error)]),
        };
    }
    match (sent.api, sent.response, sent.partition) {
        (Api::Produce, false, Some(partition)) => {
            let acks = Text(sent.acks.map_or("", Acks::as_str));
            let words = [Records(sent.records), Place(partition), to, acks];
            w.say("sent {} for {} to {}, acks={}", &words)
        }
        (Api::Produce, true, Some(partition)) => {
            w.say("told {} that its records for {} are stored", &[to, Place(partition)])
        }
        (Api::Fetch, false, Some(partition)) => w.say(
            "asked {} for records of {} from {}",
            &[to, Place(partition), Number(sent.offset)],
        ),
        (Api::Fetch, true, Some(partition)) if sent.records > 0 => {
            w.say("sent {} of {} to {}", &[Records(sent.records), Place(partition), to])
        }
        (Api::Fetch | Api::FetchMetadataLog, true, _) if sent.records == 0 => {
            w.say("told {} that there is nothing new", &[to])
        }
        (Api::FetchMetadataLog, false, _) => w.say("asked {} for the metadata log from {}", &[to, Number(sent.offset)]),
        (Api::FetchMetadataLog, true, _) => w.say("sent {} the next of the metadata log", &[to]),
        (Api::BrokerHeartbeat, false, _) => w.say("sent {} a heartbeat", &[to]),
        (Api::OffsetCommit, false, Some(partition)) => w.say(
            "asked {} to store offset {} of {}",
            &[to, Number(sent.offset), Place(partition)],
        ),
        (_, false, _) => w.say("sent {} to {}", &[api, to]),
        (_, true, _) => w.say("answered {} of {}", &[api, to]),
    }
}
