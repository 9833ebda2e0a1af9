//! One line an event, for people.

mod cluster;
mod retries;
mod work;

use super::{BatchWhy, CommandFact, Event, Fact, KeyFact, Sent};
use crate::log::{Dictionary, KeyId};
use crate::wire::{Acks, Api, ErrorCode, Micros, OffsetSpec, PartitionId, ResetTo, SeekTo, TopicId};
use std::fmt::Write as _;
use std::sync::Arc;

/// The texts behind the numbers of a trace.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Keys.
    pub dictionary: &'a Dictionary,
    /// Topic names, by id.
    pub topics: &'a [Arc<str>],
}

impl Names<'_> {
    /// `orders-0`.
    #[must_use]
    pub fn partition(&self, partition: PartitionId) -> String {
        format!("{}-{}", self.topic(partition.topic), partition.index)
    }

    /// `orders`.
    #[must_use]
    pub fn topic(&self, topic: TopicId) -> &str {
        self.topics.get(usize::from(topic.0)).map_or("?", |name| name)
    }

    fn key(&self, key: Option<KeyId>) -> &str {
        key.map_or("null", |key| self.dictionary.key_text(key))
    }
}

/// Seconds with all six places: `12.350000`.
#[must_use]
pub fn readable_time(at: Micros) -> String {
    format!("{}.{:06}", at / 1_000_000, at % 1_000_000)
}

/// `12.350000 b1  append orders-0@7 1 record`.
#[must_use]
pub fn readable(event: &Event, names: &Names) -> String {
    let mut line = readable_time(event.at);
    let _ = match event.fact {
        Fact::Sent(sent) => write!(line, " {} → {}  {}", event.node, sent.to, sent_text(&sent, names)),
        fact => write!(line, " {}  {}", event.node, fact_text(&fact, names)),
    };
    line
}

fn records(n: u32) -> String {
    if n == 1 {
        "1 record".to_owned()
    } else {
        format!("{n} records")
    }
}

fn sent_text(sent: &Sent, names: &Names) -> String {
    let mut text = sent.api.name().to_owned();
    if sent.response {
        text.push_str(" response");
    }
    if let Some(partition) = sent.partition {
        let _ = write!(text, " {}", names.partition(partition));
    }
    match (sent.api, sent.response) {
        (Api::OffsetCommit, false) => {
            let _ = write!(text, " at {}", sent.offset);
        }
        (Api::Fetch | Api::FetchMetadataLog, false) => {
            let _ = write!(text, " from {}", sent.offset);
        }
        (Api::Fetch | Api::FetchMetadataLog, true) if sent.records == 0 && sent.error == ErrorCode::None => {
            text.push_str(" nothing new");
        }
        _ => {}
    }
    if sent.more > 0 {
        let _ = write!(text, " and {} more", sent.more);
    }
    if sent.records > 0 {
        let _ = write!(text, " {}", records(sent.records));
    }
    if let Some(acks) = sent.acks {
        let _ = write!(text, " acks={}", Acks::as_str(acks));
    }
    if sent.error != ErrorCode::None {
        let _ = write!(text, " {}", sent.error);
    }
    text
}

fn fact_text(fact: &Fact, n: &Names) -> String {
    match *fact {
        Fact::Sent(sent) => sent_text(&sent, n),
        Fact::Commanded(command) => command_text(&command, n),
        Fact::RecordLimitReached { records } => format!("limit of {records} records reached, producers stop"),
        Fact::KeyRuleRefused { keys } => format!("refused: no room for {keys} keys"),
        Fact::SourceQueued { subject } => format!("holds records about {} at the source", n.key(Some(subject))),
        Fact::SourceDropped { subject, sequence } => {
            format!("the source is full: drops {}#{sequence}", n.key(Some(subject)))
        }
        Fact::Disconnected { from } => format!("closes its connection to {from}"),
        Fact::Work(fact) => work::text(&fact, n),
        Fact::Share(fact) => work::share_text(&fact, n),
        Fact::ShareGroupChanged { epoch, members } => format!("share group epoch {epoch}, {members} members"),
        Fact::ShareFailed {
            partition,
            offset,
            subject,
            sequence,
            delivery_count,
            why,
        } => format!(
            "failed on {}@{offset} {}#{sequence}, delivery {delivery_count}: {}",
            n.partition(partition),
            n.key(Some(subject)),
            why.name()
        ),
        Fact::ShareProcessed {
            partition,
            offset,
            subject,
            sequence,
            delivery_count,
            ..
        } => format!(
            "processed {}@{offset} {}#{sequence}, delivery {delivery_count}",
            n.partition(partition),
            n.key(Some(subject))
        ),
        Fact::BrokerStarted | Fact::WorkerStarted => "started".to_owned(),
        Fact::BrokerRegistered { broker } => format!("registered {broker}, fenced"),
        Fact::BrokerUnfenced { broker } => format!("unfenced {broker}"),
        Fact::TopicCreated { topic, partitions } => {
            format!("created topic {} with {partitions} partitions", n.topic(topic))
        }
        Fact::LeaderElected {
            partition,
            leader,
            epoch,
            how,
        } => {
            let place = n.partition(partition);
            format!(
                "elected {leader} leader of {place} epoch {epoch}{}",
                cluster::election_text(how)
            )
        }
        Fact::MetadataApplied { offset } => format!("applied metadata up to {offset}"),
        Fact::BecameLeader { partition, epoch } => format!("leads {} epoch {epoch}", n.partition(partition)),
        Fact::BecameFollower {
            partition,
            leader,
            epoch,
        } => {
            format!("follows {leader} for {} epoch {epoch}", n.partition(partition))
        }
        Fact::RequestHeld { from, api } => {
            format!("holds {} of {from} behind its request before", api.name())
        }
        Fact::Appended {
            partition,
            base_offset,
            records: count,
            as_leader,
        } => {
            let role = if as_leader { "append" } else { "copy" };
            format!("{role} {}@{base_offset} {}", n.partition(partition), records(count))
        }
        Fact::HighWatermarkMoved { partition, to } => format!("high watermark {} → {to}", n.partition(partition)),
        Fact::AppendRefused { partition, error } => format!("refuse {} {error}", n.partition(partition)),
        Fact::ProduceParked { partition, until } => {
            format!(
                "park produce until high watermark {} is {until}",
                n.partition(partition)
            )
        }
        _ => client_text(fact, n),
    }
}

fn client_text(fact: &Fact, n: &Names) -> String {
    match *fact {
        Fact::RecordSent {
            partition,
            key,
            subject,
            sequence,
        } => {
            let about = n.key(Some(subject));
            format!(
                "send key={} {about}#{sequence} to {}",
                n.key(key),
                n.partition(partition)
            )
        }
        Fact::RecordTooLarge { key, bytes } => {
            format!("RecordTooLargeException for key={}: {bytes} bytes", n.key(key))
        }
        Fact::BatchSplit {
            partition,
            records: count,
            batches,
        } => {
            format!(
                "split {} {} into {batches} {}",
                n.partition(partition),
                records(count),
                if batches == 1 { "batch" } else { "batches" }
            )
        }
        Fact::SendBlocked => "send() blocks".to_owned(),
        Fact::SendTimedOut => "send() gives up after max.block.ms".to_owned(),
        Fact::BatchDrained {
            partition,
            records: count,
            bytes,
            why,
        } => {
            let why = match why {
                BatchWhy::Full => "full",
                BatchWhy::Linger => "linger.ms is over",
                BatchWhy::Retry => "retry",
                BatchWhy::Split => "was split",
                BatchWhy::MemoryExhausted => "buffer.memory is exhausted",
                BatchWhy::Along => "goes along",
            };
            format!(
                "drain batch {} {}, {bytes} bytes: {why}",
                n.partition(partition),
                records(count)
            )
        }
        Fact::BatchAcknowledged {
            partition,
            base_offset,
            records: count,
            ..
        } => {
            format!(
                "acknowledged {}@{base_offset} {}",
                n.partition(partition),
                records(count)
            )
        }
        Fact::BatchRetried {
            partition,
            error,
            records: count,
            attempt,
            ..
        } => {
            format!(
                "retry {} {} {error}, attempt {attempt}",
                n.partition(partition),
                records(count)
            )
        }
        Fact::RecordsFailed {
            partition,
            error,
            records: count,
            ..
        } => {
            format!("failed {} {} {error}", n.partition(partition), records(count))
        }
        Fact::StickyPartitionChanged { partition } => format!("sticks to {} from now on", n.partition(partition)),
        _ => group_text(fact, n),
    }
}

fn group_text(fact: &Fact, n: &Names) -> String {
    match *fact {
        Fact::GroupState {
            group,
            state,
            generation,
            members,
        } => {
            let name = group.map_or("?", |group| n.dictionary.key_text(group));
            format!(
                "group {name} {} generation {generation}, {members} members",
                state.name()
            )
        }
        Fact::ConsumerStarted => "started".to_owned(),
        Fact::ApplicationStalled => "application hangs".to_owned(),
        Fact::ApplicationGoesOn => "application goes on".to_owned(),
        Fact::SeekRefused { partition } => format!("seek refused: partition {partition} is not assigned"),
        Fact::OffsetResetRefused { group, error } => {
            format!(
                "offsets of {} not reset: {}",
                n.dictionary.key_text(group),
                error.name()
            )
        }
        Fact::GroupDeletionRefused { group, error } => {
            format!("{} not deleted: {}", n.dictionary.key_text(group), error.name())
        }
        Fact::OffsetsReset { group, partitions } => {
            format!(
                "offsets of {} reset: {partitions} partitions",
                n.dictionary.key_text(group)
            )
        }
        Fact::MemberRemoved { consumer } => format!("removed {consumer} from the group"),
        Fact::StaticMemberReplaced { consumer, was } if consumer == was => {
            format!("{consumer} is back, the same member as before")
        }
        Fact::StaticMemberReplaced { consumer, was } => format!("{consumer} takes the place of {was}"),
        Fact::InstanceFenced { consumer, by, api } => {
            format!("fenced {consumer}, which asks {}: {by} has its place", api.name())
        }
        Fact::StaticMemberAwaited { consumer } => format!("{consumer} is away and stays a member"),
        Fact::GroupProtocolChosen { protocol } => format!("the group uses {protocol}"),
        Fact::OffsetCommitted { partition, offset } => format!("committed {} at {offset}", n.partition(partition)),
        Fact::AssignmentComputed { members, partitions } => {
            format!("assigned {partitions} partitions to {members} members")
        }
        Fact::PartitionAssigned { partition, generation } => {
            format!("owns {} generation {generation}", n.partition(partition))
        }
        Fact::PartitionRevoked { partition } => format!("gave up {}", n.partition(partition)),
        Fact::PartitionLost { partition } => format!("lost {}", n.partition(partition)),
        Fact::NothingAssigned { generation } => format!("gets nothing more generation {generation}"),
        Fact::PositionSet {
            partition,
            offset,
            committed,
        } => {
            let source = if committed {
                "committed offset"
            } else {
                "auto.offset.reset"
            };
            format!("reads {} from {offset} by {source}", n.partition(partition))
        }
        Fact::RecordsFetched {
            partition,
            base_offset,
            records: count,
        } => {
            format!("fetched {}@{base_offset} {}", n.partition(partition), records(count))
        }
        Fact::Polled { records: count } => format!("poll() returned {}", records(count)),
        Fact::RecordProcessed {
            partition,
            offset,
            subject,
            sequence,
            latency_us,
        } => {
            let about = n.key(Some(subject));
            format!(
                "processed {}@{offset} {about}#{sequence} after {latency_us} µs",
                n.partition(partition)
            )
        }
        Fact::CoordinatorRefused { api, error } => format!("{} refused: {error}", api.name()),
        Fact::ConsumerClosed => "closed".to_owned(),
        _ => retries::text(fact, n).unwrap_or_else(|| cluster::text(fact, n)),
    }
}

fn seek_text(to: SeekTo) -> String {
    match to {
        SeekTo::Earliest => "the beginning".to_owned(),
        SeekTo::Latest => "the end".to_owned(),
        SeekTo::Offset { partition, offset } => format!("{offset} of partition {partition}"),
    }
}

fn reset_text(to: ResetTo) -> String {
    match to {
        ResetTo::All(OffsetSpec::Earliest) => "the beginning".to_owned(),
        ResetTo::All(OffsetSpec::Latest) => "the end".to_owned(),
        ResetTo::All(OffsetSpec::Timestamp(us)) => format!("what came from {us} µs on"),
        ResetTo::Offset { partition, offset } => format!("{offset} of partition {partition}"),
    }
}

fn command_text(command: &CommandFact, n: &Names) -> String {
    match *command {
        CommandFact::Rate(rate) => format!("rate {rate} records/s"),
        CommandFact::Keys => "other keys".to_owned(),
        CommandFact::Key(key) => match key {
            KeyFact::None => "records have no key".to_owned(),
            KeyFact::Subject => "records have their subject as key".to_owned(),
            KeyFact::Salt { shards, only: 0 } => {
                format!("records have their subject and one of {shards} numbers as key")
            }
            KeyFact::Salt { shards, only } => {
                format!("records about {only} subjects have them and one of {shards} numbers as key")
            }
            KeyFact::Compound { count } => format!("records have their subject and one of {count} second parts as key"),
        },
        CommandFact::SendLimits { count } => format!("limits of the source for {count} subjects"),
        CommandFact::Consumers(count) => format!("{count} consumers"),
        CommandFact::Send { key } => format!("send one record with key {}", n.key(key)),
        CommandFact::SendTo { key, partition } => {
            format!("send one record with key {} to partition {partition}", n.key(key))
        }
        CommandFact::Group { group, consumers } => format!("group {} of {consumers} consumers", n.key(group)),
        CommandFact::Stall {
            consumer,
            stalled: true,
        } => format!("the application of c{consumer} hangs"),
        CommandFact::Stall { consumer, .. } => format!("the application of c{consumer} goes on"),
        CommandFact::Slow {
            consumer,
            processing_us,
        } => match processing_us {
            Some(us) => format!("c{consumer} works {us} µs on each record"),
            None => format!("c{consumer} works on records as its setting says"),
        },
        CommandFact::Seek { consumer, to } => format!("c{consumer} reads on at {}", seek_text(to)),
        CommandFact::DeleteGroup { group } => format!("delete group {}", n.key(group)),
        CommandFact::ResetOffsets { group, to } => format!("reset offsets of {} to {}", n.key(group), reset_text(to)),
        _ => retries::command_text(command).unwrap_or_else(|| cluster::command_text(command)),
    }
}
