//! The run, or two of them side by side, the player, and where the reader is in the walkthrough: all that wishes can be
//! made of.

use super::intent::Intent;
use super::link::Link;
use super::player::Player;
use super::{Change, Plan, Session};
use crate::compare::{On, Side, Sides, pair};
use crate::lens::settings::SEED;
use partitura_engine::scenario::{Setting, Speed, Step};
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

    fn alike(&mut self, name: &'static str, side: Side) -> Answer {
        let session = self.sessions.or_left(side);
        let value = match Setting::find(name) {
            Some(setting) => session.value(setting),
            None => session.plan().seed.to_string(),
        };
        self.set(name, &value, On::from(side.other()))
    }

    fn set(&mut self, name: &'static str, value: &str, on: On) -> Answer {
        self.problems.remove(name);
        let said = format!("with {name} {}", value.trim());
        let answer = match Setting::find(name) {
            None if name == SEED => self.change(on, |session| session.set_seed(value), &said),
            None => Answer::Refused(format!("There is no setting {name}.")),
            Some(setting) => self.change(on, |session| session.set(setting, value), &said),
        };
        if let Answer::Refused(problem) = &answer {
            self.problems.insert(name, problem.clone());
        }
        answer
    }

    /// Changes the run, or those runs that are meant. One that starts anew goes back to the moment that it was in: the
    /// same moment of another run; and one beside it goes along. What only one side refuses is done on the other, and told.
    fn change(&mut self, on: On, change: impl Fn(&mut Session) -> Result<Change, String>, said: &str) -> Answer {
        let (now, playing) = (self.seek.map_or(self.now(), |seek| seek.to), self.is_playing());
        let comparing = self.is_comparing();
        let (mut restarted, mut done) = (false, false);
        let mut refusal: Option<(Side, String)> = None;
        for (side, session) in self.sessions.iter_mut().filter(|(side, _)| on.has(*side)) {
            match change(session) {
                Ok(change) => {
                    done = true;
                    restarted |= change == Change::Restarted;
                }
                Err(problem) => refusal = Some((side, problem)),
            }
        }
        if restarted {
            self.restart();
            self.pause_at = None;
            self.problems.clear();
            self.go_to(now, playing);
        }
        match refusal {
            Some((_, problem)) if !done => Answer::Refused(problem),
            Some((side, problem)) => {
                let other = side.other().word();
                Answer::Said(format!("Done on the {other} only. {}: {problem}", side.name()))
            }
            None if restarted && comparing => {
                Answer::Said(format!("Both replayed from 00:00, {}{said}.", where_of(on)))
            }
            None if restarted => Answer::Said(format!("Replayed from 00:00 {said}.")),
            None => Answer::Done,
        }
    }

    /// Puts another run beside this one: of that plan, or the same. One that was there makes way. Both are played from the
    /// start, so that they are in step.
    fn compare(&mut self, plan: Option<Plan>) -> Answer {
        let right = Session::open(plan.unwrap_or_else(|| self.session().plan().clone()));
        match right {
            Err(problem) => Answer::Refused(problem),
            Ok(right) => {
                let (now, playing) = (self.seek.map_or(self.now(), |seek| seek.to), self.is_playing());
                self.sessions.right = Some(right);
                self.on = On::Right;
                self.pause_at = None;
                self.restart();
                self.go_to(now, playing);
                Answer::Done
            }
        }
    }

    /// One run is enough: that one.
    fn keep(&mut self, side: Side) {
        if let Some(right) = self.sessions.right.take().filter(|_| side == Side::Right) {
            self.sessions.left = right;
            // Another run is where the left one was.
            self.runs += 1;
            self.problems.clear();
        }
    }

    /// Puts a run beside this one before anything is played, as a link has it: what is done is done to both.
    ///
    /// # Errors
    ///
    /// Says why that one cannot be played.
    pub fn with_right(mut self, plan: Plan) -> Result<Self, String> {
        self.sessions.right = Some(Session::open(plan)?);
        self.on = On::Both;
        Ok(self)
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

/// Of which side a change is told.
fn where_of(on: On) -> &'static str {
    match on {
        On::Left => "the left one ",
        On::Right => "the right one ",
        On::Both => "",
    }
}
