//! The run, its player, and where the reader is in the walkthrough: all that wishes can be made of.

use super::intent::Intent;
use super::link::Link;
use super::player::Player;
use super::{Change, Session};
use crate::lens::settings::SEED;
use partitura_engine::scenario::{Setting, Speed, Step};
use partitura_engine::short_map::ShortMap;
use partitura_engine::wire::Micros;

/// What stands on the desk of the person at the controls.
pub struct Desk {
    session: Session,
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
            session,
            player: Player::new(Speed::Permille(50)),
            step: 0,
            pause_at: None,
            seek: None,
            problems: ShortMap::new(),
            runs: 0,
        }
    }

    /// The run.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
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
        self.session.scenario().steps.get(self.step)
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
            if self.session.run(seek.to, may_go_on) {
                self.seek = None;
                self.player.set_playing(seek.play);
            }
            return true;
        }
        let now = self.session.now();
        let Some(target) = self.player.frame(wall_us, now) else {
            return false;
        };
        let target = self.pause_at.map_or(target, |pause| pause.max(now).min(target));
        self.session.run(target, may_go_on);
        if self.pause_at.is_some_and(|pause| self.session.now() >= pause) {
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
                if self.seek.is_none() && !self.session.step() {
                    return Answer::Said("Nothing will happen any more in this run.".to_owned());
                }
                self.session.settle();
            }
            Intent::Restart => {
                self.pause_at = None;
                self.go_to(0, self.is_playing());
            }
            Intent::Speed(speed) => self.player.set_speed(speed),
            Intent::NextStep => self.go_to_step(self.step + 1),
            Intent::PreviousStep => self.go_to_step(self.step.saturating_sub(1)),
            Intent::GoToStep(step) => self.go_to_step(step),
            Intent::Set(name, value) => return self.set(name, &value),
            Intent::Act(command) => return refused(self.session.act(command)),
            Intent::GoTo(at_us) => {
                self.pause_at = None;
                self.go_to(at_us, false);
            }
            Intent::Play(plan, what) => return self.change(|session| session.play(*plan), &format!("with {what}")),
            Intent::Settle => self.session.settle(),
            Intent::Forget => return self.change(Session::forget, "as the scenario has it"),
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
        }) = self.session.scenario().steps.get(step)
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
        if to < self.session.now() {
            self.session.restart();
            self.runs += 1;
        }
        self.player.set_playing(false);
        self.seek = Some(Seek {
            from: self.session.now(),
            to,
            play,
        });
    }

    fn set_playing(&mut self, playing: bool) {
        match &mut self.seek {
            Some(seek) => seek.play = playing,
            None => self.player.set_playing(playing),
        }
        if !playing && self.seek.is_none() {
            self.session.settle();
        }
    }

    fn set(&mut self, name: &'static str, value: &str) -> Answer {
        self.problems.remove(name);
        let said = format!("with {name} {}", value.trim());
        let answer = match Setting::find(name) {
            None if name == SEED => self.change(|session| session.set_seed(value), &said),
            None => Answer::Refused(format!("There is no setting {name}.")),
            Some(setting) => self.change(|session| session.set(setting, value), &said),
        };
        if let Answer::Refused(problem) = &answer {
            self.problems.insert(name, problem.clone());
        }
        answer
    }

    /// Changes the run. One that starts anew goes back to the moment that it was in: the same moment of another run.
    fn change(&mut self, change: impl FnOnce(&mut Session) -> Result<Change, String>, said: &str) -> Answer {
        let (now, playing) = (self.seek.map_or(self.session.now(), |seek| seek.to), self.is_playing());
        match change(&mut self.session) {
            Err(problem) => Answer::Refused(problem),
            Ok(Change::None | Change::Live) => Answer::Done,
            Ok(Change::Restarted) => {
                self.runs += 1;
                self.pause_at = None;
                self.problems.clear();
                self.go_to(now, playing);
                Answer::Said(format!("Replayed from 00:00 {said}."))
            }
        }
    }

    /// The link to this run, at this step and moment.
    #[must_use]
    pub fn link(&self) -> Link {
        let at_us = self.seek.map_or(self.session.now(), |seek| seek.to);
        Link::of_plan(self.session.plan(), self.step().map(|_| self.step), Some(at_us))
    }
}

fn refused(result: Result<(), String>) -> Answer {
    result.map_or_else(Answer::Refused, |()| Answer::Done)
}
