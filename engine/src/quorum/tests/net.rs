//! A quorum in a nutshell: voters, the messages between them, and what must be true of them at every moment.

use crate::log::Dictionary;
use crate::node::{Bug, Ctx, Outbox, Random, Subjects, Timer};
use crate::quorum::{Quorum, QuorumConfig, Return};
use crate::trace::Trace;
use crate::wire::{Channel, Message, MetadataRecord, Micros, NodeId, Offset, QuorumEpoch, QuorumRole};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const MILLI: Micros = 1_000;
pub(super) const SECOND: Micros = 1_000_000;
pub(super) const CONFIG: QuorumConfig = QuorumConfig {
    election_timeout_us: SECOND,
    fetch_timeout_us: 2 * SECOND,
    election_backoff_max_us: SECOND,
    request_timeout_us: 2 * SECOND,
};

enum Due {
    Message {
        from: u8,
        to: u8,
        lives: (u32, u32),
        message: Message,
    },
    Timer {
        voter: u8,
        life: u32,
        timer: Timer,
    },
}

struct Voter {
    quorum: Quorum,
    random: Random,
    alive: bool,
    life: u32,
}

/// A record by its epoch and its number; the first of an epoch has none.
type Written = (QuorumEpoch, Option<u64>);

pub(super) struct Net {
    pub(super) now: Micros,
    pub(super) bug: Option<Bug>,
    /// What these send to those is lost.
    pub(super) cut: BTreeSet<(u8, u8)>,
    /// Of a thousand messages so many are lost.
    pub(super) loss_permille: u32,
    /// What is committed, as the voters have said.
    pub(super) committed: Vec<Written>,
    pub(super) broken: Option<String>,
    voters: Vec<Voter>,
    due: BTreeMap<(Micros, u64), Due>,
    last_arrival: BTreeMap<(u8, u8), Micros>,
    leaders: BTreeMap<QuorumEpoch, u8>,
    sequence: u64,
    written: u64,
    weather: Random,
    trace: Trace,
    outbox: Outbox,
    dictionary: Dictionary,
    subjects: Subjects,
    downstream: crate::application::Downstream,
}

impl Net {
    pub(super) fn new(voters: u8, seed: u64) -> Self {
        let voter = |number| Voter {
            quorum: Quorum::new(number, voters, CONFIG),
            random: Random::named(seed, &format!("ctrl{number}")),
            alive: false,
            life: 0,
        };
        let mut net = Self {
            now: 0,
            bug: None,
            cut: BTreeSet::new(),
            loss_permille: 0,
            committed: Vec::new(),
            broken: None,
            voters: (1..=voters).map(voter).collect(),
            due: BTreeMap::new(),
            last_arrival: BTreeMap::new(),
            leaders: BTreeMap::new(),
            sequence: 0,
            written: 0,
            weather: Random::named(seed, "weather"),
            trace: Trace::new(1_000),
            outbox: Outbox::default(),
            dictionary: Dictionary::default(),
            subjects: Subjects::default(),
            downstream: crate::application::Downstream::default(),
        };
        (1..=voters).for_each(|number| net.start(number));
        net
    }

    pub(super) fn voter(&self, number: u8) -> &Quorum {
        &self.voters[usize::from(number) - 1].quorum
    }

    pub(super) fn numbers(&self) -> std::ops::RangeInclusive<u8> {
        1..=u8::try_from(self.voters.len()).unwrap()
    }

    /// The living leader of the highest epoch.
    pub(super) fn leader(&self) -> Option<u8> {
        let leads = |n: &u8| self.voters[usize::from(*n) - 1].alive && self.voter(*n).role() == QuorumRole::Leader;
        self.numbers().filter(leads).max_by_key(|n| self.voter(*n).epoch())
    }

    pub(super) fn roles(&self) -> Vec<QuorumRole> {
        self.numbers().map(|n| self.voter(n).role()).collect()
    }

    pub(super) fn start(&mut self, number: u8) {
        let voter = &mut self.voters[usize::from(number) - 1];
        if !voter.alive {
            voter.alive = true;
            self.act(number, Quorum::start);
        }
    }

    /// The process dies. The others' next words to it are answered by a closed connection.
    pub(super) fn kill(&mut self, number: u8) {
        let voter = &mut self.voters[usize::from(number) - 1];
        voter.alive = false;
        voter.life += 1;
        voter.quorum.killed();
    }

    pub(super) fn isolate(&mut self, number: u8) {
        for other in self.numbers() {
            self.cut.insert((number, other));
            self.cut.insert((other, number));
        }
    }

    /// The leader writes a record. Answers its offset.
    pub(super) fn write(&mut self) -> Option<Offset> {
        let leader = self.leader()?;
        self.written += 1;
        let next = self.written;
        let offset = self.voter(leader).log_end();
        self.act(leader, |quorum, _| {
            quorum.append(MetadataRecord::ProducerIds { next }, 0);
        });
        Some(offset)
    }

    pub(super) fn shut_down(&mut self, number: u8) {
        self.act(number, Quorum::shut_down);
    }

    pub(super) fn act(&mut self, number: u8, act: impl FnOnce(&mut Quorum, &mut Ctx)) {
        let voter = &mut self.voters[usize::from(number) - 1];
        if !voter.alive {
            return;
        }
        let mut ctx = Ctx {
            now: self.now,
            me: NodeId::Controller(number),
            cause: 0,
            random: &mut voter.random,
            outbox: &mut self.outbox,
            trace: &mut self.trace,
            dictionary: &self.dictionary,
            subjects: &mut self.subjects,
            downstream: &mut self.downstream,
            share_states: &mut crate::share::ShareStates::default(),
            record_limit: u64::MAX,
            bug: self.bug,
        };
        act(&mut voter.quorum, &mut ctx);
        voter.quorum.poll(&mut ctx);
        voter.quorum.settle(&mut ctx);
        let life = voter.life;
        for (at, timer, _) in std::mem::take(&mut self.outbox.timers) {
            self.push(
                at,
                Due::Timer {
                    voter: number,
                    life,
                    timer,
                },
            );
        }
        for (to, message, ..) in std::mem::take(&mut self.outbox.messages) {
            if let NodeId::Controller(to) = to {
                self.send(number, to, message);
            }
        }
        self.check(number);
    }

    fn push(&mut self, at: Micros, due: Due) {
        self.sequence += 1;
        self.due.insert((at.max(self.now), self.sequence), due);
    }

    fn life(&self, number: u8) -> u32 {
        self.voters[usize::from(number) - 1].life
    }

    fn send(&mut self, from: u8, to: u8, message: Message) {
        let lost = self.cut.contains(&(from, to)) || self.weather.below(1000) < self.loss_permille;
        if lost {
            return;
        }
        let takes = 500 + self.weather.below_u64(200);
        let last = self.last_arrival.entry((from, to)).or_default();
        *last = (self.now + takes).max(*last);
        let (at, lives) = (*last, (self.life(from), self.life(to)));
        self.push(
            at,
            Due::Message {
                from,
                to,
                lives,
                message,
            },
        );
    }

    fn deliver(&mut self, from: u8, to: u8, lives: (u32, u32), message: Message) {
        let refused = !self.voters[usize::from(to) - 1].alive || self.life(to) != lives.1;
        if self.life(from) != lives.0 {
            return;
        }
        let back = NodeId::Controller(to);
        if refused {
            self.act(from, |quorum, ctx| quorum.on_disconnect(back, ctx));
            return;
        }
        let from = NodeId::Controller(from);
        self.act(to, |quorum, ctx| match message {
            Message::Request(request) => {
                let to = Return {
                    to: from,
                    channel: Channel::Data,
                    correlation: request.correlation,
                };
                quorum.on_request(to, &request.body, ctx);
            }
            Message::Response(response) => quorum.on_response(from, response, ctx),
            Message::Disconnect(_) => quorum.on_disconnect(from, ctx),
            Message::Work(_) => {}
        });
    }

    pub(super) fn run(&mut self, span: Micros) {
        let until = self.now + span;
        while let Some(first) = self.due.first_entry().filter(|first| first.key().0 <= until) {
            self.now = first.key().0;
            match first.remove() {
                Due::Message {
                    from,
                    to,
                    lives,
                    message,
                } => self.deliver(from, to, lives, message),
                Due::Timer { voter, life, timer } if self.life(voter) == life => {
                    self.act(voter, |quorum, ctx| quorum.on_timer(timer, ctx));
                }
                Due::Timer { .. } => {}
            }
        }
        self.now = until;
    }

    pub(super) fn written(&self, number: u8) -> Vec<Written> {
        let entries = self.voter(number).entries().iter();
        let number_of = |record: &MetadataRecord| match record {
            MetadataRecord::ProducerIds { next } => Some(*next),
            _ => None,
        };
        entries.map(|entry| (entry.epoch, number_of(&entry.record))).collect()
    }

    /// One leader in an epoch, who has all that is committed; and what is committed is the same for all.
    fn check(&mut self, number: u8) {
        let log = self.written(number);
        let quorum = &self.voters[usize::from(number) - 1].quorum;
        let below = usize::try_from(quorum.high_watermark()).unwrap();
        let epoch = quorum.epoch();
        let known = below.min(self.committed.len());
        let mut problem = None;
        if log.len() < below || log[..known] != self.committed[..known] {
            problem = Some("committed records differ");
        } else if below > self.committed.len() {
            self.committed = log[..below].to_vec();
        }
        if let Some(epoch) = quorum.leads() {
            let leader = *self.leaders.entry(epoch).or_insert(number);
            if leader != number {
                problem = Some("two leaders in one epoch");
            } else if log.len() < self.committed.len() || log[..self.committed.len()] != self.committed[..] {
                // One that was deposed and does not know may lack what is committed since.
                let newest = self.leaders.keys().next_back() == Some(&epoch);
                problem = newest.then_some("a leader lacks what is committed").or(problem);
            }
        }
        if let Some(problem) = problem {
            let said = format!(
                "{problem}: ctrl{number} epoch {epoch} {log:?} hw {below}, {:?}",
                self.committed
            );
            self.broken.get_or_insert(said);
        }
    }
}
