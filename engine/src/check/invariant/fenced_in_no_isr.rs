//! A fenced broker is in no ISR.

use crate::check::{Broken, Invariant, Moment};

/// **A fenced broker is in no ISR**, nor leads, as the controller has it. Holds under all settings but one: without
/// eligible leader replicas an ISR never becomes empty, so its last member stays in it, fenced or not
/// (`ReplicationControlManager.handleBrokerFenced`).
#[derive(Debug)]
pub struct FencedInNoIsr;

impl Invariant for FencedInNoIsr {
    fn name(&self) -> &'static str {
        "fenced-in-no-isr"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        if !moment.history.image_changed() {
            return Ok(());
        }
        let image = moment.world.authoritative_image();
        let last_may_stay = !moment.world.setup().controller.eligible_leader_replicas;
        for (id, state) in image.partitions.iter() {
            let fenced = |broker| image.brokers.get(broker).is_none_or(|state| state.fenced);
            let in_isr = state.isr.iter().find(|broker| fenced(broker));
            let in_isr = in_isr.filter(|_| !(last_may_stay && state.isr.len() == 1));
            let leads = state.leader.as_ref().filter(|leader| fenced(leader));
            if let Some(broker) = leads.or(in_isr) {
                let what = if leads.is_some() { "leads" } else { "is in the ISR of" };
                let partition = moment.world.names().partition(*id);
                return Err(Broken::new(format!("{broker} is fenced, and {what} {partition}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;
    use crate::node::Bug;
    use crate::trace::ProcessFault;
    use crate::wire::NodeId;
    use crate::world::Command;

    #[test]
    fn a_dead_broker_that_stays_in_the_isr_is_noticed() {
        let crash = Command::Process {
            node: NodeId::Broker(1),
            fault: ProcessFault::Crash,
        };
        let sick = |bug| {
            Patient::sick(|setup| {
                setup.bug = bug;
                setup.controller.broker_session_timeout_us = 2_500_000;
                setup.commands = vec![(4_000_000, crash.clone())];
            })
        };
        assert_eq!(sick(Some(Bug::FencedStaysInIsr)), Some(FencedInNoIsr.name()));
        assert_eq!(sick(None), None);
    }
}
