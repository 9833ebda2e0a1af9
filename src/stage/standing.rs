//! How a broker stands: what its process does, what the controller takes it for, and whether anybody hears it.

use super::badge::{Badge, Kind};
use partitura_engine::wire::{BrokerId, NodeSet};
use partitura_engine::world::{BrokerView, ProcessState, View};

/// How a broker stands. What its process does comes before what others think of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It runs and counts.
    Up,
    /// It runs, and is about to stop.
    ShuttingDown,
    /// It runs, and what it sends does not arrive, or the other way round.
    CutOff,
    /// It runs, and the controller counts on it no more.
    Fenced,
    /// It stands still.
    Paused,
    /// It was stopped in order.
    Stopped,
    /// It was killed.
    Crashed,
    /// It was killed, and its log directories are lost.
    DiskLost,
}

impl Standing {
    /// How that broker stands at that moment.
    #[must_use]
    pub fn of(broker: &BrokerView, view: &View) -> Self {
        match broker.process {
            ProcessState::Crashed => Standing::Crashed,
            ProcessState::DiskLost => Standing::DiskLost,
            ProcessState::Stopped => Standing::Stopped,
            ProcessState::Paused => Standing::Paused,
            _ if is_cut_off(view, broker.id) => Standing::CutOff,
            _ if !broker.unfenced => Standing::Fenced,
            ProcessState::ShuttingDown => Standing::ShuttingDown,
            ProcessState::Running => Standing::Up,
        }
    }

    /// There is no process.
    #[must_use]
    pub fn is_gone(self) -> bool {
        matches!(self, Standing::Stopped | Standing::Crashed | Standing::DiskLost)
    }

    /// In a word or two; `None` for one that stands as it should.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        Some(match self {
            Standing::Up => return None,
            Standing::ShuttingDown => "stopping",
            Standing::CutOff => "cut off",
            Standing::Fenced => "fenced",
            Standing::Paused => "paused",
            Standing::Stopped => "stopped",
            Standing::Crashed => "crashed",
            Standing::DiskLost => "disk lost",
        })
    }

    /// What the page's styles know it by.
    #[must_use]
    pub fn class(self) -> Option<&'static str> {
        Some(match self {
            Standing::Up => return None,
            Standing::ShuttingDown => "leaving",
            Standing::CutOff => "cut",
            Standing::Fenced => "fenced",
            Standing::Paused => "paused",
            Standing::Stopped | Standing::Crashed | Standing::DiskLost => "gone",
        })
    }
}

/// Whether a cut of the network stands between that broker and others, and it is on the side with fewer brokers.
#[must_use]
pub fn is_cut_off(view: &View, id: BrokerId) -> bool {
    let count = |set: NodeSet| view.brokers.iter().filter(|b| set.contains(b.id.into())).count();
    view.cuts.iter().any(|cut| {
        let fewer = if count(cut.to) < count(cut.from) {
            cut.to
        } else {
            cut.from
        };
        fewer.contains(id.into())
    })
}

/// What a broker is besides a broker: a controller, the group's coordinator, one with a slow disk.
#[must_use]
pub(super) fn offices(broker: &BrokerView, view: &View) -> Vec<(Kind, [&'static str; 3], String)> {
    let mut offices = Vec::new();
    if let Some(number) = broker.controller {
        let active = view.active_controller == Some(number);
        let kind = if active { Kind::Active } else { Kind::Standby };
        offices.push((kind, ["controller", "ctrl", "K"], controller_title(view, number)));
    }
    if broker.coordinates {
        let title = "Its replica of __consumer_offsets leads: the group's coordinator lives here.".to_owned();
        offices.push((Kind::Office, ["coordinator", "coord.", "C"], title));
    }
    if let Some(bytes) = broker.disk_bytes_per_s {
        let title = format!("Its disk takes {} bytes a second.", super::label::grouped(bytes));
        offices.push((Kind::Slow, ["slow disk", "disk", "D"], title));
    }
    offices
}

/// A controller in words: `Controller 1 is the active controller: Leader of the quorum, epoch 3.`
#[must_use]
pub(super) fn controller_title(view: &View, number: u8) -> String {
    let Some(controller) = view.controllers.iter().find(|c| c.number == number) else {
        return format!("Controller {number}.");
    };
    if !matches!(controller.process, ProcessState::Running | ProcessState::ShuttingDown) {
        let process = match controller.process {
            ProcessState::Paused => "paused",
            ProcessState::Stopped => "stopped",
            _ => "not running",
        };
        return format!("Controller {number} is {process}.");
    }
    let active = if view.active_controller == Some(number) {
        "is the active controller: "
    } else {
        "is "
    };
    format!(
        "Controller {number} {active}{} in quorum epoch {}. Its metadata log ends at {}, committed up to {}.",
        controller.role.name(),
        controller.epoch,
        controller.log_end,
        controller.high_watermark,
    )
}

/// The badges that fit between `left` and `right`, in the longest words that do.
#[must_use]
pub(super) fn place_badges(
    offices: &[(Kind, [&'static str; 3], String)],
    left: f64,
    right: f64,
    baseline: f64,
    shortest: usize,
) -> Vec<Badge> {
    let mut lengths = vec![shortest.min(2); offices.len()];
    let width = |lengths: &[usize]| -> f64 {
        let each = offices
            .iter()
            .zip(lengths)
            .map(|((_, words, _), l)| Badge::width(words[*l]) + Badge::GAP);
        each.sum::<f64>() - Badge::GAP
    };
    // The first may become long first, and the last has to be short first.
    for place in 0..offices.len() {
        while lengths[place] > 0 {
            lengths[place] -= 1;
            if width(&lengths) > right - left {
                lengths[place] += 1;
                break;
            }
        }
    }
    let mut x = left;
    let mut badges = Vec::with_capacity(offices.len());
    for ((kind, words, title), length) in offices.iter().zip(lengths) {
        let badge = Badge::new(x, baseline, *kind, words[length], title.clone());
        if badge.rect.right() > right + 0.5 {
            break;
        }
        x = badge.rect.right() + Badge::GAP;
        badges.push(badge);
    }
    badges
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use partitura_engine::wire::NodeId;
    use partitura_engine::world::CutView;

    fn standings(view: &View) -> Vec<Standing> {
        view.brokers.iter().map(|broker| Standing::of(broker, view)).collect()
    }

    #[test]
    fn what_the_process_does_comes_before_what_the_controller_thinks() {
        let mut view = sample::view(2, 4, 0, 3, &sample::keys().1);
        assert_eq!(standings(&view)[2], Standing::Fenced);
        view.brokers[2].process = ProcessState::Crashed;
        view.brokers[0].process = ProcessState::Paused;
        assert_eq!(
            standings(&view),
            [Standing::Paused, Standing::Up, Standing::Crashed, Standing::Up]
        );
    }

    #[test]
    fn the_few_are_cut_off_from_the_many_and_not_the_other_way_round() {
        let mut view = sample::view(2, 3, 0, 3, &sample::keys().1);
        view.brokers[2].unfenced = true;
        let set = |ids: &[u8]| ids.iter().map(|id| NodeId::Broker(*id)).collect::<NodeSet>();
        for (from, to) in [(&[3][..], &[1, 2][..]), (&[1, 2], &[3])] {
            view.cuts = vec![CutView {
                from: set(from),
                to: set(to),
            }];
            assert_eq!(standings(&view), [Standing::Up, Standing::Up, Standing::CutOff]);
        }
        view.cuts = vec![CutView {
            from: NodeSet::ALL,
            to: set(&[2]),
        }];
        assert_eq!(standings(&view), [Standing::Up, Standing::CutOff, Standing::Up]);
        view.cuts = vec![CutView {
            from: set(&[1]),
            to: set(&[2]),
        }];
        assert_eq!(standings(&view), [Standing::CutOff, Standing::Up, Standing::Up]);
    }

    #[test]
    fn badges_get_shorter_before_they_go() {
        let offices = [
            (Kind::Active, ["controller", "ctrl", "K"], String::new()),
            (Kind::Office, ["coordinator", "coord.", "C"], String::new()),
        ];
        let words = |room: f64| -> Vec<String> {
            let badges = place_badges(&offices, 0.0, room, 0.0, 2);
            badges.into_iter().map(|badge| badge.label.text).collect()
        };
        assert_eq!(words(200.0), ["controller", "coordinator"]);
        assert_eq!(words(124.0), ["controller", "coord."]);
        assert_eq!(words(60.0), ["ctrl", "C"]);
        assert_eq!(words(20.0), ["K"]);
    }
}
