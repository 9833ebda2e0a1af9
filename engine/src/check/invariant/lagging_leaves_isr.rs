//! Who falls behind leaves the ISR.

use crate::check::{Broken, Invariant, Moment};
use crate::trace::Fact;
use crate::wire::{BrokerId, Micros, PartitionId};
use crate::world::Setup;
use std::collections::BTreeMap;

/// **A replica that has not caught up for `replica.lag.time.max.ms` leaves the ISR, or its leader has proposed so.** A
/// leader looks every half of that time (`ReplicaManager.maybeShrinkIsr`), so that it may take as long again, for a
/// process that does not stand still. Holds under all settings.
#[derive(Debug)]
pub struct LaggingLeavesIsr {
    lag_time_max_us: Micros,
    /// Who is behind, unnoticed, since when.
    behind: BTreeMap<(BrokerId, PartitionId), (BrokerId, Micros)>,
}

impl LaggingLeavesIsr {
    /// With that `replica.lag.time.max.ms`.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        Self {
            lag_time_max_us: setup.broker.replica_lag_time_max_us,
            behind: BTreeMap::new(),
        }
    }
}

impl Invariant for LaggingLeavesIsr {
    fn name(&self) -> &'static str {
        "lagging-leaves-isr"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        let now = moment.world.now();
        for event in moment.events() {
            if matches!(event.fact, Fact::ProcessResumed | Fact::BrokerStarted) {
                self.behind
                    .retain(|(leader, _), _| crate::wire::NodeId::from(*leader) != event.node);
            }
        }
        let running = moment.touched_brokers();
        for broker in running.filter(|broker| moment.world.is_running(broker.id().into())) {
            let me = broker.id();
            for (id, replica) in broker.replicas() {
                let lagging = replica.lagging_member(me, now, self.lag_time_max_us);
                // One proposal a partition: the next one waits for its answer, however old it is.
                let Some(lagging) = lagging.filter(|_| !broker.has_proposed(id)) else {
                    self.behind.remove(&(me, id));
                    continue;
                };
                let (who, since) = *self.behind.entry((me, id)).or_insert((lagging, now));
                if who != lagging {
                    self.behind.insert((me, id), (lagging, now));
                } else if now - since > self.lag_time_max_us / 2 + 1_000 {
                    let partition = moment.world.names().partition(id);
                    return Err(Broken::new(format!(
                        "{lagging} is behind in {partition} for more than {} ms, and {me} has it in its ISR",
                        (self.lag_time_max_us + now - since) / 1000,
                    )));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::check::doctored::Patient;
    use crate::node::Bug;
    use crate::trace::ProcessFault;
    use crate::wire::NodeId;
    use crate::world::Command;

    #[test]
    fn a_follower_that_is_kept_although_it_lags_is_noticed() {
        let pause = Command::Process {
            node: NodeId::Broker(1),
            fault: ProcessFault::Pause,
        };
        let sick = |bug| {
            Patient::sick(|setup| {
                setup.bug = bug;
                setup.broker.replica_lag_time_max_us = 1_000_000;
                setup.topic.partitions = 3;
                setup.commands = vec![(4_000_000, pause.clone())];
            })
        };
        assert_eq!(sick(Some(Bug::IsrNeverShrinks)), Some("lagging-leaves-isr"));
        assert_eq!(sick(None), None);
    }
}
