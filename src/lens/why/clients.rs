//! What producers, consumers and the group's coordinator do.

use super::words::Word::{Error, Key, Node, Number, Place, Records, Text};
use super::words::Words;
use partitura_engine::trace::{BatchWhy, EpochWhy, Fact, ReconcileStep};

pub(super) fn producer(fact: &Fact, w: &Words) -> Option<String> {
    Some(match *fact {
        Fact::RecordSent {
            partition,
            subject,
            sequence,
            ..
        } => w.say(
            "called send() for record {} about {}: it goes to {}",
            &[Number(sequence.into()), Key(Some(subject)), Place(partition)],
        ),
        Fact::RecordTooLarge { bytes, .. } => w.say(
            "can never send a record of {} bytes: RecordTooLargeException",
            &[Number(bytes.into())],
        ),
        Fact::SendBlocked => "blocks in send(): no metadata, or no memory".to_owned(),
        Fact::SourceQueued { subject } => w.say(
            "holds records about {} at the source: more come than its own limit allows",
            &[Key(Some(subject))],
        ),
        Fact::SourceDropped { subject, sequence } => w.say(
            "dropped record {} about {}: the queue at the source is full",
            &[Number(sequence.into()), Key(Some(subject))],
        ),
        Fact::SendTimedOut => "gave up in send(): TimeoutException".to_owned(),
        Fact::BatchDrained {
            partition,
            records,
            why,
            ..
        } => {
            let why = match why {
                BatchWhy::Full => "it is full",
                BatchWhy::Linger => "linger.ms is over",
                BatchWhy::Retry => "the wait before a retry is over",
                BatchWhy::Split => "it is a part of one that was too large",
                BatchWhy::MemoryExhausted => "buffer.memory is used up",
                BatchWhy::Along => "another one goes to the same broker",
            };
            w.say(
                "lets a batch of {} for {} go: {}",
                &[Records(records), Place(partition), Text(why)],
            )
        }
        Fact::BatchAcknowledged {
            partition,
            base_offset,
            records,
            ..
        } => w.say(
            "knows, as far as acks tells, that {} of {} are stored, from offset {}",
            &[Records(records), Place(partition), Number(base_offset)],
        ),
        Fact::BatchRetried {
            partition,
            error,
            records,
            attempt,
            ..
        } => w.say(
            "will send {} of {} again, try {}: {}",
            &[Records(records), Place(partition), Number(attempt.into()), Error(error)],
        ),
        Fact::BatchSplit {
            partition,
            records,
            batches,
        } => w.say(
            "split {} of {} into {} batches: together they were too large",
            &[Records(records), Place(partition), Number(batches.into())],
        ),
        Fact::RecordsFailed {
            partition,
            error,
            records,
            ..
        } => w.say(
            "gave up on {} of {}, and told the application: {}",
            &[Records(records), Place(partition), Error(error)],
        ),
        Fact::ProducerIdAssigned { producer_id, epoch } => w.say(
            "has producer id {}, epoch {}: it numbers its batches from now on",
            &[Number(producer_id), Number(epoch.into())],
        ),
        Fact::ProducerEpochBumped { epoch } => w.say(
            "cannot close a gap in its sequence numbers: it counts from 0 again, in epoch {}",
            &[Number(epoch.into())],
        ),
        Fact::StickyPartitionChanged { partition } => {
            w.say("sends records without a key to {} from now on", &[Place(partition)])
        }
        _ => return None,
    })
}

fn epoch_why(why: EpochWhy) -> &'static str {
    match why {
        EpochWhy::MemberJoined => "a member has come",
        EpochWhy::SubscriptionChanged => "a member wants to read something else",
        EpochWhy::PartitionsChanged => "there is another number of partitions",
        EpochWhy::MemberLeft => "a member has said good bye",
        EpochWhy::SessionExpired => "a member was not heard of for its whole session",
        EpochWhy::RevocationTimedOut => "a member did not give up in time what it was told to",
    }
}

/// Of the member, the number of partitions, and its epoch.
fn reconcile_step(step: ReconcileStep) -> &'static str {
    match step {
        ReconcileStep::Revoke => "told {} to give {} partitions up, before it may leave epoch {}",
        ReconcileStep::Released => "heard from {} that it has given {} partitions up, which are free now: epoch {}",
        ReconcileStep::Assign => "told {} to take {} partitions that are free, in epoch {}",
        ReconcileStep::Enter => "let {} keep its {} partitions in epoch {}: nothing stops there",
    }
}

pub(super) fn consumer(fact: &Fact, w: &Words) -> Option<String> {
    Some(match *fact {
        Fact::GroupState {
            state,
            generation,
            members,
            ..
        } => w.say(
            "has the group in state {}: generation {}, {} members",
            &[Text(state.name()), Number(generation.into()), Number(members.into())],
        ),
        Fact::MemberRemoved { consumer } => w.say(
            "removed {} from the group: it did not answer in time",
            &[Node(consumer)],
        ),
        Fact::StaticMemberReplaced { consumer, .. } => w.say(
            "knows {} by its group.instance.id: it has its old place and its partitions again",
            &[Node(consumer)],
        ),
        Fact::InstanceFenced { consumer, by, .. } => w.say(
            "refused {}: {} came later with the same group.instance.id, and two must not read the same partitions",
            &[Node(consumer), Node(by)],
        ),
        Fact::StaticMemberAwaited { consumer } => w.say(
            "keeps {} in the group, though it did not join: it is static, and its partitions wait for it until its session ends",
            &[Node(consumer)],
        ),
        Fact::GroupProtocolChosen { protocol } => w.say(
            "had the members vote for an assignor that all of them know: {}",
            &[Text(protocol)],
        ),
        Fact::OffsetCommitted { partition, offset } => w.say(
            "stored the group's offset {} of {}",
            &[Number(offset), Place(partition)],
        ),
        Fact::AssignmentComputed { members, partitions } => w.say(
            "leads its group, and shared {} partitions out to {} members",
            &[Number(partitions.into()), Number(members.into())],
        ),
        Fact::PartitionAssigned { partition, generation } => w.say(
            "owns {} now, generation {}",
            &[Place(partition), Number(generation.into())],
        ),
        Fact::ConsumerStarted => "began: it looks for its group's coordinator".to_owned(),
        Fact::ApplicationStalled => {
            "has an application that hangs in the middle of a record: it does not poll, but its heartbeats go on"
                .to_owned()
        }
        Fact::ApplicationGoesOn => "has an application that goes on with its record".to_owned(),
        Fact::SeekRefused { partition } => w.say(
            "could not move its position in partition {}: that is not assigned to it",
            &[Number(partition.into())],
        ),
        Fact::OffsetResetRefused { error, .. } => w.say(
            "could not reset the group's offsets, {}: a group with members keeps its own",
            &[Error(error)],
        ),
        Fact::GroupDeletionRefused { error, .. } => w.say(
            "could not delete the group, {}: one with members stays, and one that is not there cannot go",
            &[Error(error)],
        ),
        Fact::OffsetsReset { partitions, .. } => w.say(
            "has reset the group's offsets in {} partitions",
            &[Number(partitions.into())],
        ),
        Fact::PartitionRevoked { partition } => w.say("gave {} up", &[Place(partition)]),
        Fact::PartitionLost { partition } => w.say(
            "found that {} is not its own any more: the group went on without it",
            &[Place(partition)],
        ),
        Fact::NothingAssigned { generation } => {
            w.say("gets nothing more in generation {}", &[Number(generation.into())])
        }
        Fact::GroupEpochBumped { epoch, why } => w.say(
            "raised the group's epoch to {}: {}",
            &[Number(epoch.into()), Text(epoch_why(why))],
        ),
        Fact::TargetAssignmentComputed {
            epoch,
            members,
            partitions,
        } => w.say(
            "computed who should have what in epoch {}: {} partitions for {} members, each of which it leads there by its \
             own heartbeats",
            &[Number(epoch.into()), Number(partitions.into()), Number(members.into())],
        ),
        Fact::MemberReconciles {
            consumer,
            step,
            epoch,
            partitions,
        } => w.say(
            reconcile_step(step),
            &[Node(consumer), Number(partitions.into()), Number(epoch.into())],
        ),
        Fact::PositionSet {
            partition,
            offset,
            committed,
        } => {
            let by = if committed {
                "the group's committed offset"
            } else {
                "auto.offset.reset"
            };
            w.say("reads {} from {}, by {}", &[Place(partition), Number(offset), Text(by)])
        }
        Fact::LogTruncationDetected { partition, to } => w.say(
            "found that the log of {} went another way than it has read: it reads on from {}",
            &[Place(partition), Number(to)],
        ),
        Fact::RecordsFetched {
            partition,
            base_offset,
            records,
        } => w.say(
            "got {} of {} from offset {}",
            &[Records(records), Place(partition), Number(base_offset)],
        ),
        Fact::Polled { records } => w.say("gave {} to its application: poll()", &[Records(records)]),
        Fact::RecordProcessed {
            partition,
            offset,
            subject,
            sequence,
            latency_us,
        } => w.say(
            "processed record {} about {}, {} at {}, {} ms after send()",
            &[
                Number(sequence.into()),
                Key(Some(subject)),
                Place(partition),
                Number(offset),
                Number(latency_us / 1000),
            ],
        ),
        Fact::CoordinatorRefused { api, error } => {
            w.say("had its {} request refused: {}", &[Text(api.name()), Error(error)])
        }
        Fact::ConsumerClosed => "left".to_owned(),
        _ => return super::retries::application(fact, w),
    })
}
