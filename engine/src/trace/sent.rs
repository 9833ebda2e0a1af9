//! A message in short, as the trace keeps it.

use crate::wire::{
    Acks, Api, ErrorCode, FetchedPartition, Message, NodeId, Offset, PartitionId, RequestBody, ResponseBody,
};

/// A message on its way, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sent {
    /// To whom.
    pub to: NodeId,
    /// What kind.
    pub api: Api,
    /// The answer, or the question.
    pub response: bool,
    /// The first partition that it is about and carries records or an error for, or else the first that it names.
    pub partition: Option<PartitionId>,
    /// How many more partitions it names.
    pub more: u16,
    /// For Produce: the acks asked for.
    pub acks: Option<Acks>,
    /// The offset asked for, or of the first record.
    pub offset: Offset,
    /// How many records it carries.
    pub records: u32,
    /// The first error that it reports.
    pub error: ErrorCode,
    /// Its size on the wire.
    pub bytes: u32,
}

impl Sent {
    /// The short form of `message`.
    #[must_use]
    pub(crate) fn of(to: NodeId, message: &Message, bytes: u32) -> Self {
        let mut sent = Sent {
            to,
            api: Api::Metadata,
            response: false,
            partition: None,
            more: 0,
            acks: None,
            offset: 0,
            records: 0,
            error: ErrorCode::None,
            bytes,
        };
        match message {
            Message::Request(request) => {
                sent.api = request.body.api();
                sent.describe_request(&request.body);
            }
            Message::Disconnect(_) | Message::Work(_) => {}
            Message::Response(response) => {
                sent.api = response.body.api();
                sent.response = true;
                sent.error = response.body.error();
                sent.describe_response(&response.body);
            }
        }
        sent
    }

    fn describe_request(&mut self, body: &RequestBody) {
        match body {
            RequestBody::Produce(produce) => {
                self.acks = Some(produce.acks);
                self.partition = produce.batches.first().map(|(partition, _)| *partition);
                self.more = others(produce.batches.len());
                self.records = produce.batches.iter().map(|(_, batch)| batch.len()).sum();
            }
            RequestBody::Fetch(fetch) => {
                if let Some(first) = fetch.partitions.first() {
                    self.partition = Some(first.partition);
                    self.offset = first.fetch_offset;
                }
                self.more = others(fetch.partitions.len());
            }
            RequestBody::OffsetCommit(commit) => {
                if let Some((partition, offset)) = commit.offsets.first() {
                    self.partition = Some(*partition);
                    self.offset = *offset;
                }
                self.more = others(commit.offsets.len());
            }
            RequestBody::ShareFetch(request) => {
                self.partition = request.partitions.first().map(|p| p.partition);
                self.more = others(request.partitions.len());
            }
            RequestBody::FetchMetadataLog(request) => self.offset = request.from,
            _ => {}
        }
    }

    fn describe_response(&mut self, body: &ResponseBody) {
        match body {
            ResponseBody::Produce(produced) => {
                let failed = produced.partitions.iter().find(|p| p.error != ErrorCode::None);
                if let Some(first) = failed.or_else(|| produced.partitions.first()) {
                    self.partition = Some(first.partition);
                    self.offset = first.base_offset;
                }
                self.more = others(produced.partitions.len());
            }
            ResponseBody::Fetch(fetched) => {
                let tells = |p: &&FetchedPartition| !p.entries.is_empty() || p.error != ErrorCode::None;
                let mut telling = fetched.partitions.iter().filter(tells);
                if let Some(first) = telling.next() {
                    self.partition = Some(first.partition);
                    self.offset = first.entries.first().map_or(0, |e| e.base_offset);
                    self.more = others(telling.count() + 1);
                }
                self.records = fetched
                    .partitions
                    .iter()
                    .flat_map(|p| &p.entries)
                    .map(|e| e.batch.len())
                    .sum();
            }
            ResponseBody::ShareFetch(fetched) => {
                let with_records = fetched.partitions.iter().filter(|p| !p.acquired.is_empty());
                let first = with_records.clone().next().or_else(|| fetched.partitions.first());
                if let Some(first) = first {
                    self.partition = Some(first.partition);
                    self.offset = first.acquired.first().map_or(0, |range| range.first);
                }
                self.more = others(fetched.partitions.len());
                let ranges = with_records.flat_map(|p| &p.acquired);
                let records: u64 = ranges.map(|range| range.last - range.first + 1).sum();
                self.records = u32::try_from(records).unwrap_or(u32::MAX);
            }
            ResponseBody::FetchMetadataLog(fetched) => {
                self.offset = fetched.from;
                self.records = u32::try_from(fetched.records.len()).unwrap_or(u32::MAX);
            }
            _ => {}
        }
    }
}

fn others(count: usize) -> u16 {
    u16::try_from(count.saturating_sub(1)).unwrap_or(u16::MAX)
}
