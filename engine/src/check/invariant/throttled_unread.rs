//! Who is over a quota is not heard.

use crate::check::{Broken, Invariant, Moment};

/// **Nothing is read from a connection whose client is held back**: it is muted until the time is over, or it is closed
/// (KIP-219, `ClientQuotaManager.throttle`, `ThrottledChannel`).
#[derive(Debug)]
pub struct ThrottledUnread;

impl Invariant for ThrottledUnread {
    fn name(&self) -> &'static str {
        "throttled-unread"
    }

    fn check(&mut self, moment: &Moment) -> Result<(), Broken> {
        for broker in moment.touched_brokers() {
            if let Some((client, until)) = broker.throttled_but_read(moment.world.now()) {
                let message = format!(
                    "{} reads from {client}, which it holds back until {until} µs",
                    broker.id()
                );
                return Err(Broken::new(message));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::doctored::Patient;

    #[test]
    fn a_connection_that_is_read_too_early_is_noticed() {
        let mut patient = Patient::with(|setup| setup.broker.producer_byte_rate = 200);
        assert_eq!(patient.diagnosis(), None);
        let leader = patient.leader();
        patient.world.doctor_broker(leader).doctor_throttled();
        assert_eq!(patient.diagnosis(), Some(ThrottledUnread.name()));
    }
}
