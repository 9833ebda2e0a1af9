//! What the page is asked: why something happened, what became of the records, and what would have become of them with
//! another setting.

use super::{App, files, tab};
use crate::compare::Side;
use crate::lens::ledger::{self, Kept, Trial};
use crate::lens::why::{Link, Why, Words, chain};
use crate::lens::why_view::Asked;
use crate::session::Session;
use crate::session::desk::Desk;
use crate::session::intent::Intent;
use crate::stage::FlightHandle;
use partitura_engine::scenario::Setting;
use partitura_engine::trace::{Event, EventId};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::Context;

/// Why that happened, as far as the trace still knows.
fn asked(session: &Session, event: &Event) -> Asked {
    let world = session.world();
    let words = Words {
        names: world.names(),
        topic: world.topic_id(),
    };
    let why = Why::new(&chain(world.trace(), event), &words, |event| {
        super::shown::is_yours(event, session)
    });
    let causes = why.links.iter().filter_map(|link| match link {
        Link::Cause(cause) => Some(cause),
        Link::Fold { .. } => None,
    });
    let settings = causes
        .flat_map(|cause| cause.settings)
        .filter_map(|name| Setting::find(name));
    let values = settings.map(|setting| (setting.name, session.value(setting))).collect();
    Asked { why, values }
}

impl App {
    /// Tells why, in the panel.
    pub(super) fn why(&mut self, event: &Event) {
        let answer = asked(self.looked(&self.desk.borrow()), event);
        self.on_panel.asked = Some(Rc::new(answer));
        (self.look.tab, self.look.panel_folded) = (tab::EVENTS, false);
        self.refresh_panel();
    }

    /// The answer was read: the keyboard goes on at the tab of the events.
    pub(super) fn close_why(&mut self) {
        self.on_panel.asked = None;
        let tab = gloo::utils::document().get_element_by_id(&format!("panel-tab-{}", tab::EVENTS));
        if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
            let _ = tab.focus();
        }
    }

    /// The same for an event of which only the number is known.
    pub(super) fn why_of(&mut self, ctx: &Context<Self>, id: EventId) {
        let desk = self.desk.borrow();
        let session = self.looked(&desk);
        let kept = || session.account().milestones.newest_first().find(|event| event.id == id);
        let event = session.world().trace().get(id).or_else(kept).copied();
        drop(desk);
        match event {
            Some(event) => self.why(&event),
            None => self.say(
                ctx,
                "That event is no longer kept: a long run forgets its oldest events.".to_owned(),
            ),
        }
    }

    pub(super) fn why_leader(&mut self, partition: u16) {
        let event = self.looked(&self.desk.borrow()).account().election(partition).copied();
        if let Some(event) = event {
            self.why(&event);
        }
    }

    /// Opens the field of that setting.
    pub(super) fn seek_setting(&mut self, name: &'static str) {
        let times = self.look.sought.map_or(0, |(_, times)| times + 1);
        self.look.sought = Some((name, times));
        (self.look.tab, self.look.panel_folded) = (tab::CHANGE, false);
        self.refresh_panel();
    }

    /// The same run again with other settings; the first ledger is kept beside it.
    pub(super) fn try_with(&mut self, ctx: &Context<Self>, trial: Trial) {
        if self.desk.borrow().is_comparing() {
            return self.compare(ctx, Some(trial));
        }
        let kept = match &self.kept {
            Some((kept, _)) => kept.clone(),
            None => Rc::new(Kept::of(self.desk.borrow().session())),
        };
        match trial.plan(&kept.plan) {
            Ok(plan) => {
                let runs = self.desk.borrow().runs();
                self.want(ctx, Intent::Play(Box::new(plan), trial.title.clone()));
                if self.desk.borrow().runs() != runs {
                    self.kept = Some((kept, trial));
                    self.refresh_panel();
                }
            }
            Err(problem) => self.say(ctx, problem),
        }
    }

    /// Brings the ledger up to date.
    pub(super) fn refresh_ledger(&mut self) {
        let desk = self.desk.borrow();
        let session = self.looked(&desk);
        self.on_panel.figures = session.world().ledger();
        self.on_panel.effects = session.world().effects();
        let trials = ledger::trials(self.kept.as_ref().map_or(session.plan(), |(kept, _)| &kept.plan));
        if *self.on_panel.trials != *trials {
            self.on_panel.trials = trials.into();
        }
        self.on_panel.merged = ledger::merged(session, &self.stage_of(self.look.side).palette);
        self.on_panel.records = match self.look.column {
            Some(column) => ledger::rows(session, column, &self.stage_of(self.look.side).palette),
            None => Rc::new([]),
        };
    }

    /// A file was read: its run takes the place of the one that is open, or the page says what is wrong with it.
    pub(super) fn open_file(&mut self, name: String, text: Result<String, String>) {
        match files::open(&name, text) {
            Ok(desk) => {
                super::address::clear();
                self.put(desk, Some(name));
                self.problems = None;
                self.refresh(super::Due::All);
            }
            Err(problems) => self.problems = Some(problems),
        }
    }

    /// Another run is on the desk.
    pub(super) fn put(&mut self, desk: Desk, file: Option<String>) {
        *self.desk.borrow_mut() = desk;
        self.file = file;
        self.kept = None;
        self.on_keys.put();
        self.menu = None;
        self.on_panel.asked = None;
        self.look.about = None;
        self.look.reader_folded &= self.desk.borrow().step().is_none();
        self.look.side = Side::Left;
        self.refs.flights.iter().for_each(FlightHandle::clear);
        self.make_room();
        self.follow_step();
    }
}
