//! How many bytes a message takes, for the links' bandwidth and the byte counters.
//!
//! Record batches have Kafka's exact size (`log::size`). The frames around them are counted as a header and a fixed
//! size for each element, close to the protocol's but not its varints and optional fields.

use super::produce_fetch::{FetchResponse, FetchedPartition, ProduceRequest};
use super::share::{SharePartitionRequest, SharePartitionResponse};
use super::{Message, RequestBody, ResponseBody, Subscription};

/// Request or response header, size prefix included.
const FRAME: u32 = 40;
/// A partition with a few fields.
const ELEMENT: u32 = 28;
/// A member, broker or topic with its strings.
const NAMED: u32 = 64;

impl Message {
    /// Bytes on the wire.
    #[must_use]
    pub fn wire_bytes(&self) -> u32 {
        FRAME
            + match self {
                Message::Request(request) => request_bytes(&request.body),
                Message::Response(response) => response_bytes(&response.body),
                Message::Disconnect(_) => 0,
                Message::Work(message) => message.wire_bytes(),
            }
    }
}

impl ProduceRequest {
    /// Bytes on the wire, as a quota counts them (`RequestChannel.Request.sizeInBytes`).
    #[must_use]
    pub fn wire_bytes(&self) -> u32 {
        FRAME + produce_bytes(self)
    }
}

impl FetchResponse {
    /// Bytes on the wire, as a quota counts them (`FetchContext.getResponseSize`).
    #[must_use]
    pub fn wire_bytes(&self) -> u64 {
        u64::from(FRAME) + u64::from(fetched_bytes(self))
    }
}

fn produce_bytes(r: &ProduceRequest) -> u32 {
    r.batches.iter().map(|(_, batch)| ELEMENT + batch.size_bytes()).sum()
}

fn fetched_bytes(r: &FetchResponse) -> u32 {
    let entries = |p: &FetchedPartition| p.entries.iter().map(|e| e.batch.size_bytes()).sum::<u32>();
    r.partitions.iter().map(|p| ELEMENT + entries(p)).sum()
}

fn elements(count: usize, each: u32) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(each)
}

/// A member or a protocol with what it says of a member: as much as ever, and four bytes for each partition owned.
fn named_bytes(metadata: &Subscription) -> u32 {
    NAMED + elements(metadata.owned.len(), 4)
}

fn request_bytes(body: &RequestBody) -> u32 {
    match body {
        RequestBody::Produce(r) => produce_bytes(r),
        RequestBody::Fetch(r) => elements(r.partitions.len(), ELEMENT),
        RequestBody::ListOffsets(r) => elements(r.partitions.len(), ELEMENT),
        RequestBody::ShareFetch(r) => {
            let said = |p: &SharePartitionRequest| ELEMENT + elements(p.acknowledgements.len(), 20);
            NAMED + r.partitions.iter().map(said).sum::<u32>()
        }
        RequestBody::ShareGroupHeartbeat(_) => NAMED,
        RequestBody::OffsetCommit(r) => NAMED + elements(r.offsets.len(), ELEMENT),
        RequestBody::SyncGroup(r) => {
            NAMED
                + r.assignments
                    .iter()
                    .map(|a| NAMED + elements(a.partitions.len(), 4))
                    .sum::<u32>()
        }
        RequestBody::JoinGroup(r) => r.protocols.iter().map(|p| named_bytes(&p.metadata)).sum(),
        RequestBody::Heartbeat(_)
        | RequestBody::LeaveGroup(_)
        | RequestBody::FindCoordinator(_)
        | RequestBody::DeleteGroups(_)
        | RequestBody::OffsetFetch(_)
        | RequestBody::CreateTopics { .. }
        | RequestBody::BrokerRegistration(_) => NAMED,
        RequestBody::AlterPartition(r) => elements(r.partitions.len(), NAMED),
        RequestBody::ConsumerGroupHeartbeat(r) => {
            let topics = r.subscription.as_ref().map_or(0, |topics| topics.len());
            let owned = r.owned.as_ref().map_or(0, |owned| owned.len());
            NAMED + elements(topics, 16) + elements(owned, 4)
        }
        RequestBody::Metadata
        | RequestBody::BrokerHeartbeat(_)
        | RequestBody::FetchMetadataLog(_)
        | RequestBody::InitProducerId
        | RequestBody::AllocateProducerIds(_)
        | RequestBody::Vote(_)
        | RequestBody::BeginQuorumEpoch(_)
        | RequestBody::EndQuorumEpoch(_) => ELEMENT,
    }
}

fn response_bytes(body: &ResponseBody) -> u32 {
    match body {
        ResponseBody::Produce(r) => elements(r.partitions.len(), ELEMENT),
        ResponseBody::Fetch(r) => fetched_bytes(r),
        ResponseBody::ShareFetch(r) => {
            let entries = |p: &SharePartitionResponse| p.entries.iter().map(|e| e.batch.size_bytes()).sum::<u32>();
            let part = |p: &SharePartitionResponse| ELEMENT + entries(p) + elements(p.acquired.len(), 20);
            r.partitions.iter().map(part).sum()
        }
        ResponseBody::ShareGroupHeartbeat(r) => ELEMENT + elements(r.assignment.len(), 4),
        ResponseBody::ListOffsets(r) => elements(r.partitions.len(), ELEMENT),
        ResponseBody::Metadata(image) => {
            elements(image.brokers.len() + image.topics.len(), NAMED) + elements(image.partitions.len(), ELEMENT)
        }
        ResponseBody::JoinGroup(r) => NAMED + r.members.iter().map(|m| named_bytes(&m.metadata)).sum::<u32>(),
        ResponseBody::SyncGroup(r) => elements(r.partitions.len(), 4),
        ResponseBody::OffsetFetch(r) => elements(r.offsets.len(), ELEMENT),
        ResponseBody::ConsumerGroupHeartbeat(r) => {
            NAMED + elements(r.assignment.as_ref().map_or(0, |assigned| assigned.len()), 4)
        }
        ResponseBody::FetchMetadataLog(r) => ELEMENT + elements(r.records.len(), NAMED),
        ResponseBody::AlterPartition(r) => elements(r.partitions.len(), NAMED),
        ResponseBody::FindCoordinator(_) => NAMED,
        ResponseBody::Heartbeat(_)
        | ResponseBody::LeaveGroup(_)
        | ResponseBody::OffsetCommit(_)
        | ResponseBody::CreateTopics(_)
        | ResponseBody::DeleteGroups(_)
        | ResponseBody::BrokerRegistration(_)
        | ResponseBody::BrokerHeartbeat(_)
        | ResponseBody::InitProducerId(_)
        | ResponseBody::AllocateProducerIds(_)
        | ResponseBody::Vote(_)
        | ResponseBody::BeginQuorumEpoch(_)
        | ResponseBody::EndQuorumEpoch(_) => 8,
    }
}
