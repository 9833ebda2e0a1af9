//! Who falls behind leaves the ISR.

use crate::check::{Broken, Invariant, Moment};
use crate::world::Setup;

/// **A replica that has not caught up for long is not in the ISR**, or its leader has proposed so. A leader looks every
/// half of `replica.lag.time.max.ms` for replicas that have not caught up for that time (`ReplicaManager.maybeShrinkIsr`),
/// so after one and a half of it nobody is left; a little more is given for what the controller refuses once. Holds under
/// all settings.
#[derive(Debug)]
pub struct LaggingLeavesIsr {
    patience_us: u64,
}

impl LaggingLeavesIsr {
    /// With that `replica.lag.time.max.ms`.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        Self {
            patience_us: setup.broker.replica_lag_time_max_us * 5 / 2 + 1_000_000,
        }
    }
}

impl Invariant for LaggingLeavesIsr {
    fn name(&self) -> &'static str {
        "lagging-leaves-isr"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for broker in moment.touched_brokers() {
            for (id, replica) in broker.replicas() {
                let now = moment.world.now();
                if let Some(lagging) = super::super::snapshot::lagging(replica, now, self.patience_us) {
                    let partition = moment.world.names().partition(id);
                    return Err(Broken::new(format!(
                        "{lagging} is behind in {partition} for longer than {} ms, and {} has it in its ISR",
                        self.patience_us / 1000,
                        broker.id()
                    )));
                }
            }
        }
        Ok(())
    }
}
