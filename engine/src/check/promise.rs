//! What Kafka promises of a partition, after what has happened to it.

use crate::trace::{Election, Event, Fact};
use crate::wire::{BrokerSet, NodeId, Offset};

/// What may have been lost of a partition, by Kafka's own rules.
///
/// **Nothing committed is lost**, unless a leader was elected uncleanly, or disks were lost: with eligible leader replicas
/// (KIP-966), fewer than `min.insync.replicas` disks may be, between two moments of full replication. Kafka cannot tell a
/// lost disk from a killed process whose disk is whole: both come back from an *unclean shutdown*, and lose their place
/// in ISR and ELR (`ReplicationControlManager.handleUncleanBrokerShutdown`). When all that could lead are gone in that
/// way, the last known leader leads, whatever it has. So once a disk is lost the killed processes count, too. Without
/// eligible leader replicas no disk may be lost: the last replica of an ISR stays in it, and leads when it comes back
/// empty.
///
/// `min.insync.replicas` is the effective one, and what the controller takes for it: it asks the topic's first partition
/// how many replicas there are (`getTopicEffectiveMinIsr`). When it is changed, brokers and controller hear of it one after
/// the other, and disagree in between on whether the high watermark stands still; so until all replicas have everything
/// again, nothing is promised. The same goes when a leader takes back what it has proposed for the ISR
/// ([`crate::broker::Replica::taken_back`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// Eligible leader replicas are on.
    eligible_leaders: bool,
    /// The smallest `min.insync.replicas` that was effective since all replicas had everything.
    min_isr: u8,
    /// Brokers with a replica that were killed since then, or lost their disk.
    killed: BrokerSet,
    /// A disk was lost since then.
    disk_lost: bool,
    /// `min.insync.replicas` was changed since then, in the metadata before this offset.
    reconfigured: Option<Offset>,
    /// An unclean election took place, or something was lost that could be.
    void: bool,
}

impl Promise {
    pub(super) fn new(eligible_leaders: bool, min_isr: u8) -> Self {
        Self {
            eligible_leaders,
            min_isr,
            killed: BrokerSet::default(),
            disk_lost: false,
            reconfigured: None,
            void: false,
        }
    }

    /// Whether nothing that was committed may be missing in a leader.
    #[must_use]
    pub fn holds(&self) -> bool {
        let few = self.eligible_leaders && self.killed.len() < u32::from(self.min_isr);
        !self.void && self.reconfigured.is_none() && (!self.disk_lost || few)
    }

    /// Whether something was lost, or may have been, for good.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.void
    }

    /// Whether full replication, with that `min.insync.replicas`, would change nothing.
    pub(super) fn is_as_new(&self, min_isr: u8) -> bool {
        !self.disk_lost && self.reconfigured.is_none() && self.killed.is_empty() && self.min_isr == min_isr
    }

    /// All replicas have everything, and run.
    pub(super) fn renew(&mut self, min_isr: u8) {
        self.killed = BrokerSet::default();
        self.disk_lost = false;
        self.reconfigured = None;
        self.min_isr = min_isr;
    }

    /// `min.insync.replicas` is being changed, in the metadata before that offset.
    pub(super) fn reconfigure(&mut self, known_at: Offset) {
        self.reconfigured = Some(known_at);
    }

    /// Who has not applied the metadata up to there may not know the present `min.insync.replicas`.
    pub(super) fn known_at(&self) -> Offset {
        self.reconfigured.unwrap_or(0)
    }

    /// Something was lost, as it could be.
    pub(super) fn break_off(&mut self) {
        self.void = true;
    }

    /// `min.insync.replicas` is another one.
    pub(super) fn lower(&mut self, min_isr: u8) {
        self.min_isr = self.min_isr.min(min_isr);
    }

    /// Takes note of what happens to the brokers of the partition's replicas, and to the partition.
    pub(super) fn note(&mut self, event: &Event, replicas: BrokerSet) {
        let NodeId::Broker(number) = event.node else {
            if let Fact::LeaderElected {
                how: Election::Unclean, ..
            } = event.fact
            {
                self.void = true;
            }
            return;
        };
        let broker = crate::wire::BrokerId(number);
        match event.fact {
            Fact::ProcessCrashed if replicas.contains(broker) => {
                self.killed = self.killed.iter().chain([broker]).collect();
            }
            Fact::DiskLost if replicas.contains(broker) => {
                self.killed = self.killed.iter().chain([broker]).collect();
                self.disk_lost = true;
            }
            _ => {}
        }
    }
}
