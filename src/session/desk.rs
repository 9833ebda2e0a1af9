//! The run, or two of them side by side, the player, and where the reader is in the walkthrough: all that wishes can be
//! made of.

mod sides;

use super::intent::Intent;
use super::link::Link;
use super::player::Player;
use super::{Change, Session};
use crate::compare::{On, Sides, pair};
use partitura_engine::scenario::{Speed, Step};
use partitura_engine::short_map::ShortMap;
use partitura_engine::wire::Micros;

/// What stands on the desk of the person at the controls.
pub struct Desk {
    /// The run; with another one to its right while they are compared. Both are always at the same moment.
    sessions: Sides<Session>,
    /// What a changed setting changes.
    on: On,
    player: Player,
    /// The open step, from 0.
    step: usize,
    /// Where the step wants the run to pause.
    pause_at: Option<Micros>,
    seek: Option<Seek>,
    /// Why settings could not be changed, by their names.
    problems: ShortMap<&'static str, String>,
    /// Counts the runs: a new one has nothing in common with what the stage has drawn.
    runs: u64,
}

/// Running ahead to a moment, as fast as it goes, in slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seek {
    /// From where.
    pub from: Micros,
    /// To where.
    pub to: Micros,
    /// Whether the run is played from there on.
    pub play: bool,
}

/// What came of a wish, to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It can be seen.
    Done,
    /// It is done, and this is worth saying.
    Said(String),
    /// It cannot be done.
    Refused(String),
}

impl Desk {
    /// A run on the desk: with steps, it goes to the first one's moment, and else stands at its start.
    #[must_use]
    pub fn new(session: Session) -> Self {
        let mut desk = Self::empty(session);
        desk.go_to_step(0);
        desk
    }

    /// A run on the desk as a link has it: at a step, and standing still at a moment, as far as these are given.
    #[must_use]
    pub fn at(session: Session, step: Option<usize>, at_us: Option<Micros>) -> Self {
        let mut desk = Self::empty(session);
        desk.go_to_step(step.unwrap_or(0));
        if let Some(at_us) = at_us {
            desk.pause_at = None;
            desk.go_to(at_us, false);
        }
        desk
    }

    fn empty(session: Session) -> Self {
        Self {
            sessions: Sides::alone(session),
            on: On::Both,
            player: Player::new(Speed::Permille(50)),
            step: 0,
            pause_at: None,
            seek: None,
            problems: ShortMap::new(),
            runs: 0,
        }
    }

    /// The run: the left one, where there are two.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.sessions.left
    }

    /// The run, and the one beside it while they are compared.
    #[must_use]
    pub fn sessions(&self) -> &Sides<Session> {
        &self.sessions
    }

    /// Whether two runs are compared.
    #[must_use]
    pub fn is_comparing(&self) -> bool {
        self.sessions.right.is_some()
    }

    /// What a changed setting changes.
    #[must_use]
    pub fn on(&self) -> On {
        if self.is_comparing() { self.on } else { On::Left }
    }

    /// How fast it is played.
    #[must_use]
    pub fn speed(&self) -> Speed {
        self.player.speed()
    }

    /// Whether it is played, or will be when it is where it runs ahead to.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.seek.map_or(self.player.is_playing(), |seek| seek.play)
    }

    /// Where it runs ahead to, if it does.
    #[must_use]
    pub fn seek(&self) -> Option<Seek> {
        self.seek
    }

    /// The open step's number, from 0.
    #[must_use]
    pub fn step_number(&self) -> usize {
        self.step
    }

    /// The open step, if the scenario has any.
    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        self.session().scenario().steps.get(self.step)
    }

    /// Why settings could not be changed, by their names.
    #[must_use]
    pub fn problems(&self) -> &ShortMap<&'static str, String> {
        &self.problems
    }

    /// Counts the runs: when it changes, nothing on the screen goes on from before.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// A frame is drawn at `wall_us`: lets the run go on as far as it should and `may_go_on` allows. Answers whether
    /// it may have moved.
    pub fn frame(&mut self, wall_us: u64, may_go_on: impl FnMut() -> bool) -> bool {
        if let Some(seek) = self.seek {
            if self.run(seek.to, may_go_on) {
                self.seek = None;
                self.player.set_playing(seek.play);
            }
            return true;
        }
        let now = self.now();
        let Some(target) = self.player.frame(wall_us, now) else {
            return false;
        };
        let target = self.pause_at.map_or(target, |pause| pause.max(now).min(target));
        self.run(target, may_go_on);
        if self.pause_at.is_some_and(|pause| self.now() >= pause) {
            self.pause_at = None;
            self.player.set_playing(false);
        }
        true
    }

    /// Fulfils a wish, or says why not.
    pub fn fulfil(&mut self, intent: Intent) -> Answer {
        match intent {
            Intent::TogglePlay => {
                let play = !self.is_playing();
                self.set_playing(play);
                if play && self.seek.is_none() {
                    // Whoever presses play does not want the step's own pause.
                    self.pause_at = None;
                }
            }
            Intent::StepEvent => {
                self.set_playing(false);
                if self.seek.is_none() && !self.step_event() {
                    return Answer::Said("Nothing will happen any more in this run.".to_owned());
                }
                self.settle();
            }
            Intent::Restart => {
                self.pause_at = None;
                self.go_to(0, self.is_playing());
            }
            Intent::Speed(speed) => self.player.set_speed(speed),
            Intent::NextStep => self.go_to_step(self.step + 1),
            Intent::PreviousStep => self.go_to_step(self.step.saturating_sub(1)),
            Intent::GoToStep(step) => self.go_to_step(step),
            Intent::Set(name, value) => return self.set(name, &value, self.on()),
            Intent::Act(command) => {
                let act = |session: &mut Session| session.act(command.clone()).map(|()| Change::Live);
                return self.change(On::Both, act, "");
            }
            Intent::GoTo(at_us) => {
                self.pause_at = None;
                self.go_to(at_us, false);
            }
            Intent::Play(plan, what) => {
                let play = |session: &mut Session| session.play((*plan).clone());
                return self.change(On::Left, play, &format!("with {what}"));
            }
            Intent::Compare(plan) => return self.compare(plan.map(|plan| *plan)),
            Intent::Keep(side) => self.keep(side),
            Intent::On(on) => self.on = on,
            Intent::Alike(name, side) => return self.alike(name, side),
            Intent::Settle => self.settle(),
            Intent::Forget => return self.change(self.on(), Session::forget, "as the scenario has it"),
            Intent::StopSeeking => {
                self.seek = None;
                self.player.set_playing(false);
            }
        }
        Answer::Done
    }

    /// Opens a step: its moment, its speed, and whether it plays on from there. Past the last step there is none.
    fn go_to_step(&mut self, step: usize) {
        let Some(Step {
            at_us, run_us, speed, ..
        }) = self.session().scenario().steps.get(step)
        else {
            return;
        };
        let (at, run, speed) = (*at_us, *run_us, *speed);
        self.step = step;
        self.pause_at = run.map(|run| at + run);
        if let Some(speed) = speed {
            self.player.set_speed(speed);
        }
        self.go_to(at, run.is_some());
    }

    /// Goes to a moment: ahead, or by starting anew.
    pub fn go_to(&mut self, to: Micros, play: bool) {
        if to < self.now() {
            self.restart();
        }
        self.player.set_playing(false);
        self.seek = Some(Seek {
            from: self.now(),
            to,
            play,
        });
    }

    fn restart(&mut self) {
        self.sessions.iter_mut().for_each(|(_, session)| session.restart());
        self.runs += 1;
    }

    /// The moment: one for both sides.
    fn now(&self) -> Micros {
        self.sessions.left.now()
    }

    fn run(&mut self, target: Micros, may_go_on: impl FnMut() -> bool) -> bool {
        let Sides { left, right } = &mut self.sessions;
        match right {
            Some(right) => pair::run(left, right, target, may_go_on),
            None => left.run(target, may_go_on),
        }
    }

    fn step_event(&mut self) -> bool {
        let Sides { left, right } = &mut self.sessions;
        match right {
            Some(right) => pair::step(left, right),
            None => left.step(),
        }
    }

    fn settle(&mut self) {
        self.sessions.iter_mut().for_each(|(_, session)| session.settle());
    }

    fn set_playing(&mut self, playing: bool) {
        match &mut self.seek {
            Some(seek) => seek.play = playing,
            None => self.player.set_playing(playing),
        }
        if !playing && self.seek.is_none() {
            self.settle();
        }
    }

    /// The link to this run, or to both, at this step and moment.
    #[must_use]
    pub fn link(&self) -> Link {
        let at_us = self.seek.map_or(self.now(), |seek| seek.to);
        let link = Link::of_plan(self.session().plan(), self.step().map(|_| self.step), Some(at_us));
        match &self.sessions.right {
            Some(right) => link.beside(right.plan()),
            None => link,
        }
    }
}
