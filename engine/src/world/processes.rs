//! The processes that brokers, controllers and consumers run in: what each does, and which of its lives it is in.
//!
//! **Invariant:** this knows who is there and who is not; what follows from that, `faults` carries out.

use super::{ProcessState, Setup};
use crate::node::Input;
use crate::trace::EventId;
use crate::wire::{BrokerId, Micros, NodeId, NodeSet};
use std::collections::VecDeque;

/// Counts a node's lives and deaths: even while it is there, odd while it is not. What is meant for an earlier life is
/// void. A producer has only one.
pub(super) type Life = u32;

/// All processes that can be faulted: one for each broker, one for each controller that has its own, and one for each
/// consumer that has ever started.
#[derive(Debug, Clone)]
pub(super) struct Processes {
    all: Vec<Process>,
    brokers: u8,
    controllers: u8,
    consumers: u8,
    /// Before them.
    share_consumers: u8,
    /// Controller *n* lives with broker *n*.
    combined: bool,
    /// Nothing has happened to any of them yet, so nobody has to look.
    calm: bool,
}

/// One process.
#[derive(Debug, Clone)]
pub(super) struct Process {
    pub(super) state: ProcessState,
    pub(super) since_us: Micros,
    /// What it was doing when it was paused.
    pub(super) before_pause: ProcessState,
    /// It was told to stop while it was paused, by this event.
    pub(super) stop_waits: Option<EventId>,
    /// Who lives in it, the broker first.
    pub(super) residents: Vec<Resident>,
    /// What reached it while it was paused. Bounded by what its peers have in flight: when they give that up, they close
    /// the connection.
    pub(super) waiting: VecDeque<Waiting>,
}

/// A node in its process.
#[derive(Debug, Clone)]
pub(super) struct Resident {
    pub(super) node: NodeId,
    pub(super) life: Life,
    /// The event that ended its last life.
    pub(super) died: EventId,
}

/// Something that a paused process will handle when it goes on.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) node: NodeId,
    pub(super) life: Life,
    pub(super) input: Input,
    pub(super) cause: EventId,
}

/// What becomes of something that reaches a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// It is handled.
    Handled,
    /// It waits until the process goes on.
    Waits,
    /// It was meant for an earlier life.
    Void,
    /// Nobody listens, since this event.
    Refused(EventId),
}

impl Resident {
    pub(super) fn is_there(&self) -> bool {
        self.life.is_multiple_of(2)
    }
}

impl Process {
    fn new(residents: Vec<NodeId>) -> Self {
        let resident = |node| Resident { node, life: 0, died: 0 };
        Self {
            state: ProcessState::Running,
            since_us: 0,
            before_pause: ProcessState::Running,
            stop_waits: None,
            residents: residents.into_iter().map(resident).collect(),
            waiting: VecDeque::new(),
        }
    }

    pub(super) fn enter(&mut self, state: ProcessState, now: Micros) {
        self.state = state;
        self.since_us = now;
    }

    /// Whether there is a process at all.
    pub(super) fn is_up(&self) -> bool {
        matches!(
            self.state,
            ProcessState::Running | ProcessState::ShuttingDown | ProcessState::Paused
        )
    }
}

impl Processes {
    pub(super) fn new(setup: &Setup) -> Self {
        let with_broker = |n| setup.combined && n <= setup.controllers;
        let brokers = (1..=setup.brokers).map(|n| {
            let mate = with_broker(n).then_some(NodeId::Controller(n));
            [NodeId::Broker(n)].into_iter().chain(mate).collect()
        });
        let own = if setup.combined { 0 } else { setup.controllers };
        let controllers = (1..=own).map(|n| vec![NodeId::Controller(n)]);
        let sharing = setup
            .share_groups
            .iter()
            .map(|group| group.consumers)
            .fold(0, u8::saturating_add);
        let sharers = (1..=sharing).map(|n| vec![NodeId::ShareConsumer(n)]);
        Self {
            all: brokers.chain(controllers).chain(sharers).map(Process::new).collect(),
            share_consumers: sharing,
            brokers: setup.brokers,
            controllers: setup.controllers,
            consumers: 0,
            combined: setup.combined,
            calm: true,
        }
    }

    /// There is a consumer more, with the next number. Who lives in its process, the consumer first.
    pub(super) fn add_consumer(&mut self, residents: Vec<NodeId>) {
        self.consumers = self.consumers.saturating_add(1);
        self.all.push(Process::new(residents));
    }

    /// Something is about to happen to one of them.
    pub(super) fn disturb(&mut self) {
        self.calm = false;
    }

    /// The place of a node: its process, and its number in it. `None` for producers, and for nodes that do not exist.
    fn place(&self, node: NodeId) -> Option<(usize, usize)> {
        let index = |n: u8, most: u8| (1..=most).contains(&n).then(|| usize::from(n) - 1);
        let clients = || self.all.len() - usize::from(self.consumers);
        match node {
            NodeId::Broker(n) => Some((index(n, self.brokers)?, 0)),
            NodeId::Controller(n) if self.combined => Some((index(n, self.controllers)?, 1)),
            NodeId::Controller(n) => Some((index(n, self.controllers)? + usize::from(self.brokers), 0)),
            NodeId::ShareConsumer(n) => {
                let first = clients() - usize::from(self.share_consumers);
                Some((index(n, self.share_consumers)? + first, 0))
            }
            NodeId::Consumer(n) => Some((index(n, self.consumers)? + clients(), 0)),
            NodeId::Relay(n) => Some((index(n, self.consumers)? + clients(), 1)),
            _ => None,
        }
    }

    /// The process that a node lives in, if it is one that can be faulted.
    pub(super) fn of(&self, node: NodeId) -> Option<&Process> {
        self.place(node).map(|(process, _)| &self.all[process])
    }

    /// As [`Processes::of`].
    pub(super) fn of_mut(&mut self, node: NodeId) -> Option<&mut Process> {
        self.place(node).map(|(process, _)| &mut self.all[process])
    }

    pub(super) fn resident(&self, node: NodeId) -> Option<&Resident> {
        self.place(node)
            .and_then(|(process, place)| self.all[process].residents.get(place))
    }

    pub(super) fn resident_mut(&mut self, node: NodeId) -> Option<&mut Resident> {
        let (process, place) = self.place(node)?;
        self.all[process].residents.get_mut(place)
    }

    /// The life that a node is in.
    pub(super) fn life(&self, node: NodeId) -> Life {
        if self.calm {
            return 0;
        }
        self.resident(node).map_or(0, |resident| resident.life)
    }

    /// What becomes of something that was sent or set in that `life` of the node, and comes now. A connection that is asked
    /// for while nobody is there is made when somebody is there at its arrival, or else refused.
    pub(super) fn reach(&self, node: NodeId, life: Life, is_request: bool) -> Reach {
        if self.calm {
            return Reach::Handled;
        }
        let Some((process, place)) = self.place(node) else {
            return Reach::Handled;
        };
        let process = &self.all[process];
        let Some(resident) = process.residents.get(place) else {
            return Reach::Void;
        };
        let for_nobody = is_request && !life.is_multiple_of(2);
        match (resident.is_there(), resident.life == life || for_nobody) {
            (true, true) if process.state == ProcessState::Paused => Reach::Waits,
            (true, true) => Reach::Handled,
            (false, true) if is_request => Reach::Refused(resident.died),
            _ => Reach::Void,
        }
    }

    /// Whether a node handles what reaches it.
    pub(super) fn is_running(&self, node: NodeId) -> bool {
        self.reach(node, self.life(node), false) == Reach::Handled
    }

    /// Whether a node is there: it runs, or it stands still.
    pub(super) fn is_there(&self, node: NodeId) -> bool {
        self.calm || self.resident(node).is_none_or(Resident::is_there)
    }

    /// The nodes of the set, and those that live in one process with them: the network of a machine is cut for all of it.
    pub(super) fn whole(&self, set: NodeSet) -> NodeSet {
        let in_it = self
            .all
            .iter()
            .filter(|process| process.residents.iter().any(|resident| set.contains(resident.node)));
        let nodes = in_it.flat_map(|process| process.residents.iter().map(|resident| resident.node));
        set.union(nodes.collect())
    }

    /// The controller that shares a broker's process.
    pub(super) fn controller_of(&self, broker: BrokerId) -> Option<u8> {
        (self.combined && broker.0 <= self.controllers).then_some(broker.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const B1: NodeId = NodeId::Broker(1);
    const C1: NodeId = NodeId::Controller(1);

    fn processes(controllers: u8, combined: bool) -> Processes {
        Processes::new(&Setup {
            controllers,
            combined,
            ..Setup::new(1, "topic")
        })
    }

    #[test]
    fn a_controller_lives_alone_or_with_the_broker_of_its_number() {
        let apart = processes(3, false);
        assert_eq!(
            (apart.all.len(), apart.place(B1), apart.place(C1)),
            (6, Some((0, 0)), Some((3, 0)))
        );
        let together = processes(1, true);
        assert_eq!((together.all.len(), together.place(C1)), (3, Some((0, 1))));
        assert_eq!(together.place(NodeId::Broker(2)), Some((1, 0)));
        assert_eq!([1, 2].map(|n| together.controller_of(BrokerId(n))), [Some(1), None]);
        assert_eq!(together.whole(NodeSet::only(B1)), [B1, C1].into_iter().collect());
        assert_eq!(apart.whole(NodeSet::only(B1)), NodeSet::only(B1));
    }

    #[test]
    fn a_consumer_has_a_process_from_when_it_starts() {
        let mut processes = processes(3, true);
        let c = NodeId::Consumer;
        processes.add_consumer(vec![c(1)]);
        processes.add_consumer(vec![c(2)]);
        assert_eq!(
            [c(1), c(2), c(3)].map(|c| processes.place(c)),
            [Some((3, 0)), Some((4, 0)), None]
        );
        assert_eq!(processes.whole(NodeSet::only(c(2))), NodeSet::only(c(2)));
    }

    #[test]
    fn nobody_is_where_nobody_was_asked_for() {
        let processes = processes(1, false);
        for node in [
            NodeId::Broker(9),
            NodeId::Controller(2),
            NodeId::Broker(0),
            NodeId::Consumer(1),
            NodeId::User,
        ] {
            assert!(processes.of(node).is_none() && processes.resident(node).is_none());
        }
    }

    #[test]
    fn what_was_meant_for_an_earlier_life_is_void() {
        let mut processes = processes(1, false);
        processes.disturb();
        let live = |processes: &mut Processes, life| processes.resident_mut(B1).unwrap().life = life;
        assert_eq!(processes.reach(B1, 0, true), Reach::Handled);
        live(&mut processes, 1);
        processes.resident_mut(B1).unwrap().died = 7;
        assert_eq!(
            processes.reach(B1, 0, true),
            Reach::Void,
            "its sender is told by the closing"
        );
        assert_eq!(processes.reach(B1, 1, true), Reach::Refused(7));
        assert_eq!(processes.reach(B1, 1, false), Reach::Void);
        live(&mut processes, 2);
        assert_eq!(processes.reach(B1, 0, true), Reach::Void);
        assert_eq!(processes.reach(B1, 1, true), Reach::Handled, "it came up in time");
        assert_eq!(processes.reach(B1, 1, false), Reach::Void, "an answer to who is gone");
        processes.of_mut(B1).unwrap().state = ProcessState::Paused;
        assert_eq!(processes.reach(B1, 2, false), Reach::Waits);
        assert_eq!(processes.reach(NodeId::Producer(1), 0, true), Reach::Handled);
    }
}
