//! What happens to processes: they are killed, stopped, paused, and started again; and what their peers hear of it.
//!
//! A consumer that is started again is a fresh one of the same number, in the same group, with the same
//! `group.instance.id`: nothing of its memory is left. Only its random stream goes on, so that no life repeats the draws of
//! the one before.

use super::link::Parcel;
use super::network::{Impairment, Network};
use super::processes::{Process, Reach, Resident, Waiting};
use super::queue::Due;
use super::start::bootstrap;
use super::{CutView, Node, ProcessState, World, post};
use crate::consumer::Consumer;
use crate::node::{Input, NodeCommand};
use crate::trace::{EventId, Fact, ProcessFault};
use crate::wire::{BrokerId, Channel, Message, NodeId, NodeSet, RequestBody};
use std::collections::VecDeque;

impl World {
    /// Does that to the process that `node` lives in, if there is one and if it makes sense: nobody is started twice.
    pub(super) fn fault(&mut self, node: NodeId, fault: ProcessFault, cause: EventId) {
        if let NodeId::Worker(_) = node {
            return self.fault_worker(node, fault, cause);
        }
        let Some(process) = self.processes.of(node) else { return };
        let (state, is_up) = (process.state, process.is_up());
        let residents = process.residents.iter().map(|resident| resident.node);
        self.touched = self.touched.union(residents.collect());
        self.processes.disturb();
        match fault {
            ProcessFault::Crash if is_up => self.kill(node, ProcessState::Crashed, cause),
            ProcessFault::LoseDisk if state != ProcessState::DiskLost => self.lose_disk(node, cause),
            ProcessFault::Stop if state == ProcessState::Paused => {
                self.change(node, |process| process.stop_waits = Some(cause));
            }
            ProcessFault::Stop if state == ProcessState::Running => self.stop(node, cause),
            ProcessFault::Pause if is_up && state != ProcessState::Paused => self.pause(node, cause),
            ProcessFault::Resume if state == ProcessState::Paused => self.resume(node, cause),
            ProcessFault::Start if !is_up => self.start_again(node, cause),
            _ => {}
        }
        self.account_for_availability();
    }

    fn change(&mut self, node: NodeId, change: impl FnOnce(&mut Process)) {
        if let Some(process) = self.processes.of_mut(node) {
            change(process);
        }
    }

    fn enter(&mut self, node: NodeId, state: ProcessState) {
        let now = self.now;
        self.change(node, |process| process.enter(state, now));
    }

    /// The nodes that are there in that node's process, the broker first.
    fn residents(&self, node: NodeId) -> Vec<NodeId> {
        let process = self.processes.of(node);
        let residents = process.into_iter().flat_map(|process| &process.residents);
        residents
            .filter(|resident| resident.is_there())
            .map(|resident| resident.node)
            .collect()
    }

    /// `kill -9`: what it has sent is on its way, and its sockets are closed by the operating system.
    fn kill(&mut self, node: NodeId, state: ProcessState, cause: EventId) {
        let residents = self.residents(node);
        self.enter(node, state);
        self.change(node, |process| {
            process.waiting.clear();
            process.stop_waits = None;
        });
        for resident in &residents {
            let died = self.trace.record(self.now, *resident, cause, Fact::ProcessCrashed);
            self.bury(*resident, died);
        }
        for resident in residents {
            self.close_sockets(resident);
            self.tell_killed(resident, false);
        }
    }

    /// All that the broker had stored is gone; a controller's metadata log has a disk of its own (`metadata.log.dir`).
    fn lose_disk(&mut self, node: NodeId, cause: EventId) {
        let broker = self.processes.of(node).and_then(|process| {
            let mut nodes = process.residents.iter().map(|resident| resident.node);
            nodes.find_map(broker_of)
        });
        if self.processes.of(node).is_some_and(Process::is_up) {
            self.kill(node, ProcessState::Crashed, cause);
        }
        let Some(id) = broker else { return };
        self.enter(node, ProcessState::DiskLost);
        let cause = self.processes.resident(id.into()).map_or(cause, |resident| {
            let died_of_it = resident.died > cause;
            if died_of_it { resident.died } else { cause }
        });
        self.trace.record(self.now, id.into(), cause, Fact::DiskLost);
        if let Some((Node::Broker(broker), _)) = self.nodes.get(id.into()) {
            broker.lose_disk();
        }
    }

    /// SIGTERM: the broker first, then the controller of the same process (`KafkaRaftServer.shutdown`). A consumer's
    /// application calls `close()`.
    fn stop(&mut self, node: NodeId, cause: EventId) {
        self.enter(node, ProcessState::ShuttingDown);
        if let Some(first) = self.residents(node).first() {
            let command = match first {
                NodeId::Consumer(_) | NodeId::ShareConsumer(_) => NodeCommand::Close,
                _ => NodeCommand::ShutDown,
            };
            self.order(*first, command, cause);
        }
    }

    /// A node has called `exit()`. Its sockets close; the next one of its process is told to stop, or the process ends.
    pub(super) fn exited(&mut self, node: NodeId, cause: EventId) {
        self.processes.disturb();
        if !self.processes.resident(node).is_some_and(Resident::is_there) {
            return;
        }
        let stopped = self.trace.record(self.now, node, cause, Fact::ProcessStopped);
        self.bury(node, stopped);
        self.close_sockets(node);
        self.tell_killed(node, true);
        if self.residents(node).is_empty() {
            self.enter(node, ProcessState::Stopped);
        } else {
            self.stop(node, stopped);
        }
        self.account_for_availability();
    }

    /// SIGSTOP, or a long collection of garbage: nobody hears of it.
    fn pause(&mut self, node: NodeId, cause: EventId) {
        self.change(node, |process| process.before_pause = process.state);
        self.enter(node, ProcessState::Paused);
        for resident in self.residents(node) {
            self.trace.record(self.now, resident, cause, Fact::ProcessPaused);
        }
    }

    /// SIGCONT: what has come in the meantime is handled now, in its order.
    fn resume(&mut self, node: NodeId, cause: EventId) {
        let Some(process) = self.processes.of_mut(node) else {
            return;
        };
        let state = process.before_pause;
        let (waiting, stop_waits): (VecDeque<Waiting>, _) =
            (std::mem::take(&mut process.waiting), process.stop_waits.take());
        self.enter(node, state);
        for resident in self.residents(node) {
            self.trace.record(self.now, resident, cause, Fact::ProcessResumed);
        }
        // Whoever wakes up reads what has come before it looks at the clock: an answer that is there is not late
        // (`NetworkClient.poll`: completed receives come before requests that have timed out).
        let (messages, others): (VecDeque<Waiting>, VecDeque<Waiting>) = waiting
            .into_iter()
            .partition(|waiting| matches!(waiting.input, Input::Message { .. }));
        for Waiting {
            node,
            life,
            input,
            cause,
        } in messages.into_iter().chain(others)
        {
            if self.processes.reach(node, life, false) == Reach::Handled {
                self.hand_over(node, input, cause);
            }
        }
        // It may have ended meanwhile, if it was about to stop before.
        let runs = self
            .processes
            .of(node)
            .is_some_and(|process| process.state == ProcessState::Running);
        if let Some(cause) = stop_waits.filter(|_| runs) {
            self.stop(node, cause);
        }
    }

    /// Started again: a new life. The controller first, as in `KafkaRaftServer.startup`.
    fn start_again(&mut self, node: NodeId, cause: EventId) {
        self.enter(node, ProcessState::Running);
        self.back_in_group(node);
        let Some(process) = self.processes.of_mut(node) else {
            return;
        };
        for resident in &mut process.residents {
            resident.life += 1;
        }
        let residents: Vec<NodeId> = process.residents.iter().rev().map(|resident| resident.node).collect();
        for node in residents {
            self.hand_over(node, Input::Start, cause);
            match node {
                NodeId::Controller(_) if self.topic_id().is_none() => {
                    for topic in self.topics_wanted() {
                        self.order(node, topic, cause);
                    }
                }
                NodeId::Broker(n) => {
                    if let Some(slow) = self.disk_of(BrokerId(n)) {
                        self.order(node, NodeCommand::SetDisk(Some(slow)), cause);
                    }
                }
                _ => {}
            }
        }
    }

    /// The node's life is over.
    fn bury(&mut self, node: NodeId, died: EventId) {
        if let Some(resident) = self.processes.resident_mut(node) {
            resident.life += 1;
            resident.died = died;
        }
    }

    fn tell_killed(&mut self, node: NodeId, clean: bool) {
        if let NodeId::Controller(_) = node {
            self.remember_image();
        }
        if let NodeId::Relay(number) = node {
            return self.forget_relay(number);
        }
        let bootstrap = bootstrap(&self.setup);
        match self.nodes.get(node) {
            Some((Node::Broker(broker), _)) => broker.killed(clean),
            Some((Node::Controller(controller), _)) => controller.killed(),
            Some((Node::Consumer(consumer), _)) => {
                *consumer = Consumer::new(node.number(), consumer.config().clone(), bootstrap);
            }
            Some((Node::ShareConsumer(consumer), _)) => *consumer = consumer.restarted(node.number(), bootstrap),
            _ => {}
        }
    }

    /// All connections of a dead node are closed; whoever is at their other ends hears of it, behind what was sent before.
    fn close_sockets(&mut self, node: NodeId) {
        let died = self.processes.resident(node).map_or(0, |resident| resident.died);
        for (peer, channel) in self.network.close(node) {
            self.close_connection(node, peer, channel, died);
        }
    }

    fn close_connection(&mut self, from: NodeId, to: NodeId, channel: Channel, cause: EventId) {
        let message = Message::Disconnect(channel);
        let bytes = message.wire_bytes();
        let parcel = Parcel {
            from,
            to,
            message,
            cause,
            sent: self.now,
            life: self.processes.life(to),
        };
        post(&mut self.network, &mut self.queue, parcel, bytes, Network::hold);
    }

    /// A message has arrived.
    pub(super) fn arrive(&mut self, parcel: Parcel) {
        let Parcel {
            from,
            to,
            message,
            cause,
            life,
            ..
        } = parcel;
        let is_request = matches!(message, Message::Request(_));
        match self.processes.reach(to, life, is_request) {
            Reach::Handled => self.hand_over(to, Input::Message { from, message }, cause),
            Reach::Waits => self.wait(to, Input::Message { from, message }, cause),
            Reach::Void => {
                if let Message::Disconnect(channel) = message {
                    self.network.never_heard(from, to, channel);
                }
            }
            Reach::Refused(died) => {
                if let Message::Request(request) = message
                    && self.network.refuse(from, to, request.channel)
                {
                    self.close_connection(to, from, request.channel, died);
                }
            }
        }
    }

    /// What a person, or the world, wants of a node. Nobody hears it where nobody is.
    pub(super) fn order(&mut self, node: NodeId, command: NodeCommand, cause: EventId) {
        let input = Input::Command(command);
        match self.processes.reach(node, self.processes.life(node), false) {
            Reach::Handled => self.tell(node, input, cause),
            Reach::Waits => self.wait(node, input, cause),
            Reach::Void | Reach::Refused(_) => {}
        }
    }

    /// It reached a process that stands still.
    pub(super) fn wait(&mut self, node: NodeId, input: Input, cause: EventId) {
        let life = self.processes.life(node);
        self.change(node, |process| {
            process.waiting.push_back(Waiting {
                node,
                life,
                input,
                cause,
            });
        });
    }

    /// A node handles something; what the world keeps account of is noted on the way.
    pub(super) fn hand_over(&mut self, to: NodeId, input: Input, cause: EventId) {
        if let Input::Message { from, message } = &input {
            match (message, to) {
                (Message::Disconnect(channel), _) => self.network.heard(*from, to, *channel),
                (Message::Request(request), NodeId::Controller(controller)) => {
                    let is_sign_of_life = matches!(
                        request.body,
                        RequestBody::BrokerHeartbeat(_) | RequestBody::BrokerRegistration(_)
                    );
                    if is_sign_of_life {
                        self.note_heard(controller, *from);
                    }
                }
                _ => {}
            }
        }
        match (to, input) {
            (NodeId::User, Input::Message { from, message }) => self.administrator_hears(from, message, cause),
            (_, input) => self.tell(to, input, cause),
        }
    }

    /// Cuts the network: what is on its way into the cut is held, too.
    pub(super) fn cut(&mut self, from: NodeSet, to: NodeSet) {
        let (whole_from, whole_to) = (self.processes.whole(from), self.processes.whole(to));
        self.network.cut(CutView { from, to }, whole_from, whole_to);
        let network = &self.network;
        let caught = self
            .queue
            .take_out(|due| matches!(due, Due::Message(parcel) if network.is_cut(parcel.from, parcel.to)));
        for due in caught {
            if let Due::Message(parcel) = due {
                self.network.hold(parcel);
            }
        }
        self.account_for_availability();
    }

    /// Makes the links between these and those worse.
    pub(super) fn impair(&mut self, impairment: Impairment) {
        self.network.impair(Impairment {
            from: self.processes.whole(impairment.from),
            to: self.processes.whole(impairment.to),
            ..impairment
        });
    }

    /// The network is whole again: what was held arrives.
    pub(super) fn heal(&mut self) {
        for (at, parcel) in self.network.heal(self.now) {
            self.queue.push(at, Due::Message(parcel));
        }
        self.account_for_availability();
    }
}

fn broker_of(node: NodeId) -> Option<BrokerId> {
    match node {
        NodeId::Broker(n) => Some(BrokerId(n)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
