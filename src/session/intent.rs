//! What a person can want of the run on the screen.

use super::Plan;
use crate::compare::{On, Side};
use partitura_engine::scenario::Speed;
use partitura_engine::wire::Micros;
use partitura_engine::world::Command;

/// One wish. The page makes it out of clicks and keys, and the desk fulfils it or says why not.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Play when it stands still, stand still when it plays.
    TogglePlay,
    /// Stand still, and go one event further.
    StepEvent,
    /// Back to the start of the run; what was done to it happens again.
    Restart,
    /// Play at another speed.
    Speed(Speed),
    /// The walkthrough's next step.
    NextStep,
    /// The one before.
    PreviousStep,
    /// The one of that number, from 0, from its moment on, again if it is the open one.
    GoToStep(usize),
    /// Give a setting, by its name, the value that is written there.
    Set(&'static str, String),
    /// Do that now.
    Act(Command),
    /// Go to that moment and stand still there.
    GoTo(Micros),
    /// Play that run from its start to this moment; the text says what is different in it.
    Play(Box<Plan>, String),
    /// Put another run beside this one: of that plan, or the same again.
    Compare(Option<Box<Plan>>),
    /// One run is enough: that one.
    Keep(Side),
    /// Settings that are changed from now on are changed there.
    On(On),
    /// Give the setting of that name the value of that side on the other one, too.
    Alike(&'static str, Side),
    /// Let happen what is due in this very microsecond, so that a link to this moment finds the same.
    Settle,
    /// Take back all changes and actions: the run as the scenario has it.
    Forget,
    /// Stop running ahead to a moment.
    StopSeeking,
}
