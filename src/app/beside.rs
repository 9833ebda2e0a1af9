//! Two runs side by side on the page: how one gets there and away again, and what is shown of both.

use super::shown::OnStage;
use super::{App, Msg, address, is_narrower, tab};
use crate::compare::differs::{Difference, differences, titles};
use crate::compare::table::Table;
use crate::compare::view::{TablePart, choice};
use crate::compare::{On, Side, Sides};
use crate::lens::ledger::Trial;
use crate::session::Session;
use crate::session::desk::Desk;
use crate::session::intent::Intent;
use crate::session::room::Room;
use std::rc::Rc;
use yew::{Context, Html, html};

/// What is shown where there is room for one thing only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// The left stage.
    #[default]
    Left,
    /// The right one.
    Right,
    /// The table.
    Table,
}

impl Pane {
    const ALL: [(Pane, &str); 3] = [(Pane::Left, "left"), (Pane::Right, "right"), (Pane::Table, "table")];
}

/// What is shown while two runs are compared, beside what is shown of one.
#[derive(Default)]
pub(crate) struct Beside {
    /// The right stage.
    pub(super) on_stage: OnStage,
    /// What differs.
    pub(super) differences: Rc<[Difference]>,
    titles: Sides<String>,
    digests: Sides<u64>,
    table: Option<Rc<Table>>,
}

/// Narrower than this, two stages need the room of the reader or of the panel.
const WIDE: f64 = 1700.0;

impl App {
    /// The run that the panel looks at.
    pub(super) fn looked<'a>(&self, desk: &'a Desk) -> &'a Session {
        desk.sessions().or_left(self.look.side)
    }

    /// What is shown of that side's stage.
    pub(super) fn stage_of(&self, side: Side) -> &OnStage {
        match (&self.beside, side) {
            (Some(beside), Side::Right) => &beside.on_stage,
            _ => &self.on_stage,
        }
    }

    /// Puts another run beside this one, or takes it away.
    pub(super) fn compare(&mut self, ctx: &Context<Self>, trial: Option<Trial>) {
        let comparing = self.desk.borrow().is_comparing();
        let plan = match trial {
            None if comparing => return self.want(ctx, Intent::Keep(Side::Left)),
            None => Ok(None),
            Some(trial) => trial.plan(self.desk.borrow().session().plan()).map(Some),
        };
        match plan {
            Err(problem) => self.say(ctx, problem),
            Ok(plan) => {
                if !comparing && self.file.is_none() {
                    // The browser's way back leads to the one run.
                    let _ = address::write(&self.desk.borrow(), self.place());
                    address::keep();
                }
                self.kept = None;
                // Two runs are looked at side by side.
                if !self.look.room.is_of_the_run() {
                    self.look.room = Room::Score;
                }
                let is_tried = plan.is_some();
                self.want(ctx, Intent::Compare(plan.map(Box::new)));
                // Where there is room for one of them, it is the one that was asked for.
                if is_tried && self.beside.is_some() {
                    self.look.pane = Pane::Right;
                }
                (self.look.tab, self.look.panel_folded) = (tab::CHANGE, false);
                self.look.reader_folded |= is_narrower(WIDE);
                self.refresh_panel();
            }
        }
    }

    /// Makes room for two runs that a link has opened: what is to be read stays.
    pub(super) fn make_room(&mut self) {
        if self.desk.borrow().is_comparing() && is_narrower(WIDE) {
            let has_steps = self.desk.borrow().step().is_some();
            self.look.panel_folded |= has_steps;
            self.look.reader_folded |= !has_steps;
        }
    }

    /// Brings the right stage and the titles up to date.
    pub(super) fn refresh_beside(&mut self) {
        let desk = self.desk.borrow();
        let Sides { left, right } = desk.sessions();
        let Some(right) = right else {
            self.beside = None;
            (self.look.side, self.look.pane) = (Side::Left, Pane::Left);
            return;
        };
        let before = self.beside.take().unwrap_or_default();
        let differences = differences(left, right);
        let digest = |session: &Session| session.world().trace().digest();
        self.beside = Some(Beside {
            on_stage: OnStage::of(&desk, Side::Right, &before.on_stage),
            titles: titles(left, right, &differences),
            digests: Sides {
                left: digest(left),
                right: Some(digest(right)),
            },
            differences: if *before.differences == differences {
                before.differences
            } else {
                differences.into()
            },
            table: before.table.or_else(|| Some(Rc::new(Table::of(left, right)))),
        });
    }

    /// Brings the table up to date.
    pub(super) fn refresh_table(&mut self) {
        let desk = self.desk.borrow();
        if let (Some(beside), Some(right)) = (&mut self.beside, &desk.sessions().right) {
            let table = Table::of(desk.session(), right);
            if beside.table.as_deref() != Some(&table) {
                beside.table = Some(Rc::new(table));
            }
        }
    }

    /// Both sides, and the table.
    pub(super) fn both_stages(&self, ctx: &Context<Self>, beside: &Beside) -> Html {
        let pane = self.look.pane;
        let name = |pane| Pane::ALL.iter().find(|(one, _)| *one == pane).map(|(_, name)| *name);
        let panes = Pane::ALL.map(|(one, name)| (name, one == pane, ctx.link().callback(move |_| Msg::Pane(one))));
        html! {
            <div class="pair" data-pane={name(pane)} data-testid="pair">
                <div class="panes">{ choice("What is shown", "pane", &panes) }</div>
                { for Side::ALL.into_iter().map(|side| self.side(ctx, beside, side)) }
                if let Some(table) = &beside.table { <TablePart table={table.clone()} /> }
            </div>
        }
    }

    fn side(&self, ctx: &Context<Self>, beside: &Beside, side: Side) -> Html {
        let title = beside.titles.or_left(side);
        let keep = format!("Leave the comparison, and keep the {} run", side.word());
        html! {
            <section
                key={side.word()}
                class="side"
                data-side={side.word()}
                data-testid={format!("side-{}", side.word())}
                data-digest={format!("{:016x}", beside.digests.or_left(side))}
                aria-label={format!("{}: {title}", side.name())}
            >
                <header class="side-title">
                    <span class="eyebrow">{ side.name() }</span>
                    <h2 class="mono" title={title.clone()} data-testid={format!("title-{}", side.word())}>{ title.clone() }</h2>
                    <button
                        type="button"
                        class="ghost"
                        title={keep.clone()}
                        aria-label={keep}
                        data-testid={format!("keep-{}", side.word())}
                        onclick={ctx.link().callback(move |_| Msg::Intent(Intent::Keep(side)))}
                    >
                        { "Keep" }
                    </button>
                </header>
                <div class="stage-frame">{ self.scene(ctx, side) }</div>
            </section>
        }
    }

    /// On which side settings are changed, or which side the panel looks at.
    pub(super) fn choice_of_side(&self, ctx: &Context<Self>, desk: &Desk) -> Html {
        if !desk.is_comparing() {
            return Html::default();
        }
        let link = ctx.link();
        if self.look.tab == tab::CHANGE {
            let on = |name, on| {
                (
                    name,
                    desk.on() == on,
                    link.callback(move |_| Msg::Intent(Intent::On(on))),
                )
            };
            let all = [on("left", On::Left), on("both", On::Both), on("right", On::Right)];
            return html! { <div class="of-side"><span>{ "Change" }</span>{ choice("Where a setting is changed", "on", &all) }</div> };
        }
        let look = |side: Side| {
            (
                side.word(),
                self.look.side == side,
                link.callback(move |_| Msg::Look(side)),
            )
        };
        html! { <div class="of-side"><span>{ "Look at" }</span>{ choice("Which run is looked at", "look", &Side::ALL.map(look)) }</div> }
    }
}
