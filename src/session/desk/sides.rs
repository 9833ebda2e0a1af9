//! What a wish changes: one run, that on the left or the right, or both.

use super::{Answer, Desk};
use crate::compare::{On, Side};
use crate::lens::settings::SEED;
use crate::session::{Change, Plan, Session};
use partitura_engine::scenario::Setting;

impl Desk {
    pub(super) fn alike(&mut self, name: &'static str, side: Side) -> Answer {
        let session = self.sessions.or_left(side);
        let value = match Setting::find(name) {
            Some(setting) => session.value(setting),
            None => session.plan().seed.to_string(),
        };
        self.set(name, &value, On::from(side.other()))
    }

    pub(super) fn set(&mut self, name: &'static str, value: &str, on: On) -> Answer {
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
    pub(super) fn change(
        &mut self,
        on: On,
        change: impl Fn(&mut Session) -> Result<Change, String>,
        said: &str,
    ) -> Answer {
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
    pub(super) fn compare(&mut self, plan: Option<Plan>) -> Answer {
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
    pub(super) fn keep(&mut self, side: Side) {
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
}

/// Of which side a change is told.
fn where_of(on: On) -> &'static str {
    match on {
        On::Left => "the left one ",
        On::Right => "the right one ",
        On::Both => "",
    }
}
