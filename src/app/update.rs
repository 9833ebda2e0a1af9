//! What happens on the page when something is wanted.

use super::frames::Due;
use super::keys::Key;
use super::shown::{self, OnStage, OnTimeline};
use super::{App, Msg, address, tab};
use crate::compare::Side;
use crate::lens::events_view::Listed;
use crate::lens::reading::Reading;
use crate::lens::settings::Values;
use crate::session::desk::Answer;
use crate::session::intent::Intent;
use crate::session::room::Room;
use crate::session::speed;
use crate::stage::Target;
use gloo::timers::callback::Timeout;
use std::rc::Rc;
use yew::Context;

/// How long a toast stays.
const TOAST_MS: u32 = 4_000;
/// How often the address bar follows the run.
const WRITTEN_EVERY_MS: u32 = 1_500;
/// While the run is played, the panel is brought up to date each so many times that the rest is.
const PANEL_EVERY: u32 = 3;

impl App {
    pub(super) fn handle(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Due(due) => {
                self.refresh(due);
                self.write_soon(ctx);
            }
            Msg::Intent(intent) => self.want(ctx, intent),
            Msg::Key(key) => return self.key(ctx, key),
            Msg::Share => self.share(ctx),
            Msg::Shared(true) => self.say(ctx, "Link copied: it replays exactly this run.".to_owned()),
            Msg::Shared(false) => self.say(ctx, "The link is in the address bar: copy it from there.".to_owned()),
            Msg::Theme(theme) => {
                self.look.theme = theme;
                theme.store();
                theme.apply();
                self.refresh(Due::All);
            }
            Msg::SystemTheme => {
                self.look.theme.apply();
                self.refresh(Due::All);
            }
            Msg::Help(open) => self.look.help = open,
            Msg::FoldReader(folded) => self.look.reader_folded = folded,
            Msg::FoldPanel(folded) => {
                self.look.panel_folded = folded;
                self.refresh_panel();
            }
            Msg::Tab(tab) => {
                self.look.tab = tab;
                self.refresh_panel();
            }
            Msg::Listed(listed) => {
                self.look.listed = listed;
                self.refresh_panel();
            }
            Msg::Select(target) => {
                self.look.about = target.filter(|_| self.look.about != target);
                self.on_panel.asked = None;
                if self.look.about.is_some() {
                    (self.look.tab, self.look.listed, self.look.panel_folded) =
                        (tab::EVENTS, Listed::Everything, false);
                }
                self.refresh_panel();
                if let Some(Target::Replica(partition, _)) = self.look.about.filter(|about| self.has_crown(*about)) {
                    self.why_leader(partition);
                }
            }
            Msg::ReadAbout(subject) => {
                self.look.read_about = subject;
                self.refresh_panel();
            }
            Msg::Menu(None) => self.menu = None,
            Msg::Menu(Some((of, at))) => self.open_menu(of, at),
            Msg::Does(does) => self.does(ctx, does),
            Msg::Why(event) => self.why(&event),
            Msg::WhyOf(id) => self.why_of(ctx, id),
            Msg::CloseWhy => self.close_why(),
            Msg::Setting(name) => self.seek_setting(name),
            Msg::Column(column) => {
                self.look.column = column;
                self.refresh_panel();
            }
            Msg::Try(trial) => self.try_with(ctx, trial),
            Msg::CloseTrial => self.kept = None,
            Msg::File(name, text) => self.open_file(name, text),
            Msg::CloseProblems => self.problems = None,
            Msg::ToastOver => self.toast = None,
            Msg::Compare(trial) => self.compare(ctx, trial),
            Msg::Look(side) => {
                self.look.side = side;
                self.refresh_panel();
            }
            Msg::Pane(pane) => self.look.pane = pane,
            Msg::Address => self.open_address(ctx),
            Msg::Room(room) => self.enter(ctx, room),
            Msg::Groups(wish) => self.groups_room(ctx, wish),
            Msg::Retries(wish) => return self.retries_room(ctx, wish),
            Msg::Where(_) | Msg::KeyTyped(_) | Msg::OnStage(_) | Msg::Load(_) => {
                return self.keys_room(ctx, msg);
            }
            Msg::Written => {
                self.written = None;
                if self.file.is_some() {
                    return false;
                }
                // A run that does not fit in a link says so when it is shared.
                let _ = address::write(&self.desk.borrow(), self.place());
                return false;
            }
        }
        true
    }

    fn key(&mut self, ctx: &Context<Self>, key: Key) -> bool {
        let speed = self.desk.borrow().speed();
        let intent = match key {
            Key::TogglePlay => Intent::TogglePlay,
            Key::Step => Intent::StepEvent,
            Key::Next => Intent::NextStep,
            Key::Back => Intent::PreviousStep,
            Key::Faster => Intent::Speed(speed::faster(speed)),
            Key::Slower => Intent::Speed(speed::slower(speed)),
            Key::Help => {
                self.look.help = true;
                return true;
            }
        };
        self.want(ctx, intent);
        true
    }

    pub(super) fn want(&mut self, ctx: &Context<Self>, intent: Intent) {
        self.touched = true;
        let step = self.desk.borrow().step_number();
        // What is wrong with a setting stands beside it.
        let is_setting = matches!(intent, Intent::Set(..));
        let answer = self.desk.borrow_mut().fulfil(intent);
        match answer {
            Answer::Said(text) => self.say(ctx, text),
            Answer::Refused(text) if !is_setting => self.say(ctx, text),
            Answer::Done | Answer::Refused(_) => {}
        }
        if self.desk.borrow().step_number() != step {
            self.follow_step();
            self.follow_to_room();
        }
        self.refresh(Due::All);
        self.write_soon(ctx);
    }

    /// Opens the tab that the open step points at; the reader's page with the key that it points at, if it does.
    pub(super) fn follow_step(&mut self) {
        self.on_stage = OnStage::of(&self.desk.borrow(), Side::Left, &self.on_stage);
        let pointed = &self.on_stage.pointed;
        if pointed.page {
            self.look.tab = tab::PAGE;
            let key = pointed.stage.iter().find_map(|target| match target {
                Target::Key(key) => Some(*key),
                _ => None,
            });
            self.look.read_about = key.filter(|key| key.index() < Reading::SUBJECTS);
        } else if pointed.ledger {
            self.look.tab = tab::LEDGER;
        } else if !pointed.settings.is_empty() {
            self.look.tab = tab::CHANGE;
        }
    }

    pub(super) fn say(&mut self, ctx: &Context<Self>, text: String) {
        let link = ctx.link().clone();
        self.toast = Some((text, Timeout::new(TOAST_MS, move || link.send_message(Msg::ToastOver))));
    }

    /// Brings what is shown up to date.
    pub(super) fn refresh(&mut self, due: Due) {
        if matches!(due, Due::All | Due::Stage(Side::Left)) {
            self.on_stage = OnStage::of(&self.desk.borrow(), Side::Left, &self.on_stage);
            self.refresh_menu();
            self.refresh_groups(Side::Left);
            self.refresh_retries(Side::Left);
            self.refresh_queues(Side::Left);
        }
        if matches!(due, Due::All | Due::Stage(Side::Right)) {
            self.refresh_beside();
            self.refresh_groups(Side::Right);
            self.refresh_retries(Side::Right);
            self.refresh_queues(Side::Right);
        }
        if matches!(due, Due::Stage(_)) {
            return;
        }
        self.on_timeline = OnTimeline::of(
            &self.desk.borrow(),
            self.on_retries.chosen().filter(|_| self.look.room == Room::Retries),
        );
        self.refs.span.set(self.on_timeline.span_us);
        self.refresh_keys_room();
        self.on_panel.passed += 1;
        // Table and panel take turns.
        if due == Due::All || self.on_panel.passed == 1 {
            self.refresh_table();
        }
        if due == Due::All || self.on_panel.passed >= PANEL_EVERY {
            self.refresh_panel();
        }
    }

    pub(super) fn refresh_panel(&mut self) {
        self.on_panel.passed = 0;
        if self.look.panel_folded {
            return;
        }
        if self.look.tab == tab::LEDGER {
            return self.refresh_ledger();
        }
        let desk = self.desk.borrow();
        let session = self.looked(&desk);
        let palette = self.stage_of(self.look.side).palette.clone();
        match self.look.tab {
            tab::CHANGE => {
                let values = Values::of(desk.sessions().or_left(desk.on().shown()));
                if *self.on_panel.values != values {
                    self.on_panel.values = Rc::new(values);
                }
            }
            tab::PAGE => {
                let reading = &session.account().reading;
                (self.on_panel.processed, self.on_panel.late) = (reading.processed(), reading.late());
                self.on_panel.drains = self.stage_of(self.look.side).captions.drains.iter().copied().collect();
                self.on_panel.rows = shown::read_rows(session, &palette, self.look.read_about);
                self.on_panel.subjects = shown::subjects(session, &palette, self.look.read_about);
            }
            _ => self.on_panel.events = shown::event_rows(session, self.look.listed, self.look.about),
        }
    }

    fn share(&mut self, ctx: &Context<Self>) {
        self.touched = true;
        if let Some(file) = &self.file {
            let text = format!("No link can carry a file: send {file} itself, the run is in it.");
            return self.say(ctx, text);
        }
        self.desk.borrow_mut().fulfil(Intent::Settle);
        self.refresh(Due::All);
        let written = address::write(&self.desk.borrow(), self.place());
        match written {
            Ok(()) => address::copy(ctx.link().callback(Msg::Shared)),
            Err(problem) => self.say(ctx, format!("No link: {problem}.")),
        }
    }

    /// The address bar follows what the person does at once, and a run that is played now and then. Before anything is
    /// done it is left alone.
    pub(super) fn write_soon(&mut self, ctx: &Context<Self>) {
        if !self.touched || self.file.is_some() {
            return;
        }
        if !self.desk.borrow().is_playing() {
            self.written = None;
            let _ = address::write(&self.desk.borrow(), self.place());
        } else if self.written.is_none() {
            let link = ctx.link().clone();
            self.written = Some(Timeout::new(WRITTEN_EVERY_MS, move || link.send_message(Msg::Written)));
        }
    }

    /// Whether that is the replica that leads, as the controller sees it.
    fn has_crown(&self, target: Target) -> bool {
        let Target::Replica(index, broker) = target else {
            return false;
        };
        let partitions = &self.stage_of(self.look.side).view.partitions;
        partitions.iter().any(|p| p.index == index && p.leader == Some(broker))
    }

    pub(super) fn open_address(&mut self, ctx: &Context<Self>) {
        let opened = address::opened();
        // A link that could not be opened makes way for that of the run which stays.
        self.touched = opened.desk.is_none();
        if let Some(desk) = opened.desk {
            self.put(desk, None);
        }
        self.problems = opened.problems;
        self.go_to(opened.room);
        self.let_step_lead();
        self.refresh(Due::All);
        self.write_soon(ctx);
    }
}
