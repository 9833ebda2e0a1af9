//! One run on the screen: a scenario, a seed, what was changed of its settings, what the person did and when, and the
//! world that came of it.
//!
//! **Invariant:** nothing here knows of pixels, or of the wall clock. The same scenario, seed, settings and actions
//! give the same run, however it is watched.

pub mod account;
pub mod desk;
pub mod history;
pub mod intent;
pub mod lag;
pub mod link;
pub mod plan;
pub mod player;
pub mod room;
pub mod speed;

use partitura_engine::short_sort::sort_short_by_key;
pub use plan::{Action, Plan};

use account::Account;
use partitura_engine::scenario::{Scenario, Setting, check_command, check_nodes};
use partitura_engine::wire::Micros;
use partitura_engine::world::{Command, Setup, World};
use std::rc::Rc;

/// One run on the screen.
pub struct Session {
    plan: Plan,
    setup: Setup,
    world: World,
    /// How many of the plan's actions are done.
    done: usize,
    account: Account,
}

/// How many inputs the world handles between two looks at the wall clock, and at what happened.
const SLICE: u32 = 256;

impl Session {
    /// The run of that plan, at its start.
    ///
    /// # Errors
    ///
    /// Says why it cannot be played.
    pub fn open(plan: Plan) -> Result<Self, String> {
        let setup = plan.setup()?;
        let world = World::new(&setup);
        Ok(Self {
            plan,
            setup,
            world,
            done: 0,
            account: Account::default(),
        })
    }

    /// What the run is made from.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The scenario.
    #[must_use]
    pub fn scenario(&self) -> &Rc<Scenario> {
        &self.plan.scenario
    }

    /// The world as it is.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What is kept of the run.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The moment.
    #[must_use]
    pub fn now(&self) -> Micros {
        self.world.now()
    }

    /// Back to the start. What was done will be done again, at its time.
    pub fn restart(&mut self) {
        self.world = World::new(&self.setup);
        self.done = 0;
        self.account = Account::default();
    }

    /// Lets the run go on until `target`, that included, as long as `may_go_on` says so. Answers whether it got there.
    pub fn run(&mut self, target: Micros, mut may_go_on: impl FnMut() -> bool) -> bool {
        loop {
            let stop = self.next_action().map_or(target, |at| at.min(target));
            let reached = self.world.run_some(stop, SLICE);
            self.account.absorb(&self.world, false);
            if reached && !self.do_next_action(target) {
                return true;
            }
            if !may_go_on() {
                return false;
            }
        }
    }

    /// Lets the next thing happen of which there is something to tell. `false` when nothing ever will.
    pub fn step(&mut self) -> bool {
        /// Timers that nobody needs any more leave no trace; after so many of them a step is over anyway.
        const MOST_SILENT: u32 = 10_000;
        let before = self.world.trace().count();
        for _ in 0..MOST_SILENT {
            let next = self.world.next_event_at();
            let action = self.next_action();
            if action.is_some_and(|at| next.is_none_or(|next| next > at)) {
                self.run(action.unwrap_or_default(), || false);
            } else if !self.world.step() {
                return false;
            }
            if self.world.trace().count() > before {
                break;
            }
        }
        self.account.absorb(&self.world, false);
        true
    }

    /// Does that now, for good: it becomes a part of the run.
    ///
    /// # Errors
    ///
    /// Says why it cannot be done. Nothing has changed then.
    pub fn act(&mut self, command: Command) -> Result<(), String> {
        check_command(&command).map_err(|problem| problem.message)?;
        check_nodes(&command, &self.setup).map_err(|problem| problem.message)?;
        // An action comes after all else that happens in its microsecond, so that a replay finds its place again.
        self.settle();
        let action = Action {
            at_us: self.now(),
            command,
        };
        self.plan.insert(self.done, action)?;
        self.do_next_action(self.now());
        Ok(())
    }

    /// Gives a setting another value: while the run goes on if that is possible, else by starting it anew.
    ///
    /// # Errors
    ///
    /// Says why not. Nothing has changed then.
    pub fn set(&mut self, setting: &'static Setting, value: &str) -> Result<Change, String> {
        if setting.live {
            self.act(setting.command(value)?)?;
            return Ok(Change::Live);
        }
        let mut plan = self.plan.clone();
        plan.set(setting, value)?;
        self.replace(plan)
    }

    /// Draws all chance from another seed, which starts the run anew.
    ///
    /// # Errors
    ///
    /// Says why not. Nothing has changed then.
    pub fn set_seed(&mut self, seed: &str) -> Result<Change, String> {
        let mut plan = self.plan.clone();
        plan.seed = seed
            .trim()
            .parse()
            .map_err(|_| "seed must be a whole number from 0 to 18446744073709551615".to_owned())?;
        self.replace(plan)
    }

    /// Another run of the same scenario, from its start.
    ///
    /// # Errors
    ///
    /// Says why it cannot be played. Nothing has changed then.
    pub fn play(&mut self, plan: Plan) -> Result<Change, String> {
        self.replace(plan)
    }

    /// Takes back all changes and actions, which starts the run anew.
    ///
    /// # Errors
    ///
    /// Never: the scenario's own run can be played.
    pub fn forget(&mut self) -> Result<Change, String> {
        self.replace(Plan::of(self.plan.scenario.clone()))
    }

    /// Lets happen what is due in this very microsecond, so that the moment is one that a replay can find.
    pub fn settle(&mut self) {
        let now = self.now();
        while !self.run(now, || true) {}
    }

    /// A setting's value at this moment: as the run started, and as commands have changed it since.
    #[must_use]
    pub fn value(&self, setting: &'static Setting) -> String {
        let yours = self.plan.actions[..self.done]
            .iter()
            .map(|action| (action.at_us, &action.command));
        let mut commands: Vec<(Micros, &Command)> = scripted(&self.setup, self.now()).chain(yours).collect();
        sort_short_by_key(&mut commands, |(at, _)| *at);
        last_value(setting, &commands).unwrap_or_else(|| setting.read(&self.setup))
    }

    /// What the value would be at this moment if the person had done nothing.
    #[must_use]
    pub fn original_value(&self, setting: &'static Setting) -> String {
        let own = &self.plan.scenario.setup;
        let commands: Vec<(Micros, &Command)> = scripted(own, self.now()).collect();
        last_value(setting, &commands).unwrap_or_else(|| setting.read(own))
    }

    /// When the next thing happens or is done; `None` when nothing ever will be.
    #[must_use]
    pub fn next_at(&self) -> Option<Micros> {
        let event = self.world.next_event_at();
        self.next_action()
            .map_or(event, |action| Some(event.map_or(action, |event| event.min(action))))
    }

    fn replace(&mut self, plan: Plan) -> Result<Change, String> {
        if plan == self.plan {
            return Ok(Change::None);
        }
        self.setup = plan.setup()?;
        self.plan = plan;
        self.restart();
        Ok(Change::Restarted)
    }

    fn next_action(&self) -> Option<Micros> {
        self.plan.actions.get(self.done).map(|action| action.at_us)
    }

    /// Does the next action if its time has come by `target`. Answers whether there was one.
    fn do_next_action(&mut self, target: Micros) -> bool {
        let Some(action) = self.plan.actions.get(self.done).filter(|action| action.at_us <= target) else {
            return false;
        };
        self.account.absorb(&self.world, false);
        self.world.command(&action.command);
        self.account.absorb(&self.world, true);
        self.done += 1;
        true
    }
}

/// What the script has done until then.
fn scripted(setup: &Setup, now: Micros) -> impl Iterator<Item = (Micros, &Command)> {
    let done = setup.commands.iter().filter(move |(at, _)| *at <= now);
    done.map(|(at, command)| (*at, command))
}

fn last_value(setting: &'static Setting, commands: &[(Micros, &Command)]) -> Option<String> {
    let mut changes = commands
        .iter()
        .rev()
        .filter_map(|(_, command)| Setting::of_command(command));
    changes.find(|(changed, _)| *changed == setting).map(|(_, value)| value)
}

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was so already.
    None,
    /// The run goes on with it.
    Live,
    /// The run is at its start.
    Restarted,
}

#[cfg(test)]
mod tests;
