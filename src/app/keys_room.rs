//! The room of the keys: what it is shown, and what it asks of the run.

use super::{App, Msg};
use crate::lens::keys::room::KeysRoom;
use crate::lens::keys::run_load::{MadeFor, RunLoad};
use crate::session::Plan;
use crate::session::desk::Desk;
use crate::session::intent::Intent;
use crate::session::room::Room;
use crate::stage::Palette;
use partitura_engine::scenario::Setting;
use std::rc::Rc;
use yew::{Context, Html, html};

/// What the room is shown.
pub(super) struct OnKeys {
    run: Rc<RunLoad>,
    /// The key that is typed there.
    key: String,
    /// The key that was asked for last, and the how manyeth time that was.
    asked: (String, u32),
    /// Counts the desks: each counts its runs from 0.
    desks: u32,
}

impl OnKeys {
    /// The room at the start, with that key, or else with the hottest of the run.
    pub(super) fn of(desk: &Desk, key: &str) -> Self {
        let world = desk.session().world();
        let palette = Palette::new(world.dictionary(), world.known_keys());
        let made_for = MadeFor::of(desk.session(), desk.runs(), u32::from(world.setup().topic.partitions));
        let run = Rc::new(RunLoad::of(&palette, made_for));
        let hottest = run.keys.top(1).first().map(|at| run.keys.key(*at).to_owned());
        let given = (!key.is_empty()).then(|| key.to_owned());
        let typed = given.or(hottest).unwrap_or_default();
        Self {
            run,
            asked: (typed.clone(), 0),
            key: typed,
            desks: 0,
        }
    }

    /// The key that is typed in it.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Another run is on the desk, which has nothing in common with the one before.
    pub(super) fn put(&mut self) {
        self.desks += 1;
    }

    fn number(&self, runs: u64) -> u64 {
        u64::from(self.desks) << 32 | runs
    }

    /// That key is looked at.
    pub(super) fn ask(&mut self, key: String) {
        self.key.clone_from(&key);
        self.asked = (key, self.asked.1 + 1);
    }
}

impl App {
    pub(super) fn keys_room(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        self.touched = true;
        match msg {
            Msg::Where(key) => {
                self.look.room = Room::Keys;
                self.on_keys.ask(key);
            }
            Msg::KeyTyped(key) => {
                self.on_keys.key = key;
                self.write_soon(ctx);
                return false;
            }
            Msg::OnStage(intent) => {
                self.look.room = Room::Score;
                self.want(ctx, intent);
                if !self.desk.borrow().is_playing() {
                    self.want(ctx, Intent::TogglePlay);
                }
            }
            Msg::Load(settings) => self.play_load(ctx, &settings),
            _ => return false,
        }
        self.refresh(super::Due::All);
        self.write_soon(ctx);
        true
    }

    /// Plays the run from its start with somebody's own keys; the one beside it, too, if two are compared.
    fn play_load(&mut self, ctx: &Context<Self>, settings: &[(&'static str, String)]) {
        let plans: Result<Vec<Plan>, String> = {
            let desk = self.desk.borrow();
            desk.sessions()
                .iter()
                .map(|(_, session)| with_load(session.plan(), settings))
                .collect()
        };
        let mut plans = match plans {
            Ok(plans) => plans.into_iter(),
            Err(problem) => return self.say(ctx, problem),
        };
        let runs = self.desk.borrow().runs();
        if let Some(plan) = plans.next() {
            self.want(ctx, Intent::Play(Box::new(plan), "your keys".to_owned()));
        }
        if let Some(right) = plans.next() {
            self.want(ctx, Intent::Compare(Some(Box::new(right))));
        }
        if self.desk.borrow().runs() != runs {
            self.look.room = Room::Score;
        }
    }

    /// Brings the run's load up to date while it is looked at.
    pub(super) fn refresh_keys_room(&mut self) {
        if self.look.room != Room::Keys {
            return;
        }
        let desk = self.desk.borrow();
        let partitions = self.on_stage.view.partitions.len() as u32;
        let made_for = MadeFor::of(desk.session(), self.on_keys.number(desk.runs()), partitions);
        if self.on_keys.run.made_for != made_for {
            self.on_keys.run = Rc::new(RunLoad::of(&self.on_stage.palette, made_for));
        }
    }

    /// The room; what is in it stays while the score is open.
    pub(super) fn keys_part(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        html! {
            <KeysRoom
                open={self.look.room == Room::Keys}
                run={self.on_keys.run.clone()}
                asked={self.on_keys.asked.clone()}
                on_key={link.callback(Msg::KeyTyped)}
                on_play={link.callback(Msg::OnStage)}
                on_use={link.callback(Msg::Load)}
            />
        }
    }
}

/// That run with other settings, whatever was done to these while it went on: that would undo them.
///
/// # Errors
///
/// Says which one cannot have that value.
fn with_load(plan: &Plan, settings: &[(&'static str, String)]) -> Result<Plan, String> {
    let mut plan = plan.clone();
    plan.actions.retain(|action| {
        let changed = Setting::of_command(&action.command);
        changed.is_none_or(|(changed, _)| !settings.iter().any(|(name, _)| *name == changed.name))
    });
    for (name, value) in settings {
        let set = Setting::named(name).and_then(|setting| plan.set(setting, value));
        set.map_err(|problem| format!("{name}: {problem}."))?;
    }
    Ok(plan)
}
