//! How a consumer stands: what its process does, whether its application comes back to `poll()`, and whether it has been told
//! what to read.

use super::label::Tone;
use partitura_engine::wire::Micros;
use partitura_engine::world::{ConsumerView, ProcessState};

/// How a consumer stands. What its process does comes before what its application does, and that before its membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// It was killed.
    Crashed,
    /// It has left, and its process has ended.
    Closed,
    /// It commits what it has processed, and leaves.
    Leaving,
    /// Its process stands still: no heartbeats.
    Paused,
    /// Its application hangs: heartbeats, and no `poll()`.
    Stalled,
    /// It is not told yet what to read: it starts, or the group rebalances.
    Waiting(&'static str),
    /// It works so long on each record, by somebody's wish.
    Slow(Micros),
    /// As it should be.
    Well,
}

impl Member {
    /// How that one stands.
    #[must_use]
    pub fn of(consumer: &ConsumerView) -> Self {
        match consumer.process {
            ProcessState::Crashed | ProcessState::DiskLost => Member::Crashed,
            ProcessState::Stopped => Member::Closed,
            ProcessState::Paused => Member::Paused,
            ProcessState::ShuttingDown => Member::Leaving,
            ProcessState::Running if consumer.stalled => Member::Stalled,
            ProcessState::Running => match (consumer.state, consumer.slow_us) {
                ("closing" | "closed", _) => Member::Leaving,
                ("stable", None) => Member::Well,
                ("stable", Some(us)) => Member::Slow(us),
                (state, _) => Member::Waiting(state),
            },
        }
    }

    /// There is no process.
    #[must_use]
    pub fn is_gone(self) -> bool {
        matches!(self, Member::Crashed | Member::Closed)
    }

    /// In a few words; `None` for one that stands as it should.
    #[must_use]
    pub fn words(self) -> Option<String> {
        Some(match self {
            Member::Well => return None,
            Member::Crashed => "crashed".to_owned(),
            Member::Closed => "closed".to_owned(),
            Member::Leaving => "leaving".to_owned(),
            Member::Paused => "paused".to_owned(),
            Member::Stalled => "no poll()".to_owned(),
            Member::Waiting(state) => state.to_owned(),
            Member::Slow(us) => {
                let mut text = (us / 1_000).to_string();
                text.push_str(" ms each");
                text
            }
        })
    }

    /// The same in one short word.
    #[must_use]
    pub fn short(self) -> Option<String> {
        match self {
            Member::Stalled => Some("hangs".to_owned()),
            Member::Waiting(state) if state.len() > 8 => Some("waiting".to_owned()),
            Member::Slow(_) => self.words().map(|words| words.replace(" each", "")),
            _ => self.words(),
        }
    }

    /// The same where there is room for a sign only.
    #[must_use]
    pub fn sign(self) -> Option<&'static str> {
        Some(match self {
            Member::Well | Member::Slow(_) => return None,
            Member::Crashed => "✕",
            Member::Closed => "■",
            Member::Paused => "‖",
            Member::Stalled | Member::Waiting(_) | Member::Leaving => "…",
        })
    }

    /// What that means, for who wants to know.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Member::Well | Member::Slow(_) => "",
            Member::Crashed => " It told nobody: what it owned waits until session.timeout.ms is over.",
            Member::Closed => " It can be started again.",
            Member::Leaving => " It commits what it has processed, and leaves the group.",
            Member::Paused => " The whole process stands still, and sends no heartbeats.",
            Member::Stalled => {
                " Its application hangs in a record; heartbeats go on until max.poll.interval.ms is over."
            }
            Member::Waiting(_) => " It is not told yet what to read.",
        }
    }

    /// The colour of these words.
    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Member::Crashed => Tone::Bad,
            Member::Closed | Member::Well => Tone::Soft,
            _ => Tone::Warn,
        }
    }

    /// What the page's styles know it by.
    #[must_use]
    pub fn class(self) -> Option<&'static str> {
        Some(match self {
            Member::Crashed => "gone crashed",
            Member::Closed => "gone",
            Member::Paused => "paused",
            Member::Stalled => "stalled",
            Member::Leaving | Member::Waiting(_) => "waiting",
            Member::Slow(_) | Member::Well => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_the_process_does_comes_first_then_the_application_then_the_group() {
        let mut one = sample::view(2, 2, 1, 2, &sample::keys().1).consumers.remove(0);
        assert_eq!(Member::of(&one), Member::Well);
        one.slow_us = Some(200_000);
        assert_eq!(Member::of(&one).words().as_deref(), Some("200 ms each"));
        one.state = "joining";
        assert_eq!(Member::of(&one), Member::Waiting("joining"));
        one.stalled = true;
        assert_eq!(Member::of(&one), Member::Stalled);
        one.process = ProcessState::Paused;
        assert_eq!(Member::of(&one), Member::Paused);
        one.process = ProcessState::Crashed;
        assert!(Member::of(&one).is_gone());
    }
}
