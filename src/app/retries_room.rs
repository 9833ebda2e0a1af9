//! The room of what could not be processed: what it is shown, and what it asks of the run.

use super::{App, Msg};
use crate::compare::Side;
use crate::lens::menus::Does;
use crate::retries::view::{Wish, room};
use crate::retries::{RecordName, Scene};
use crate::session::room::Room;
use std::rc::Rc;
use yew::{Context, Html};

/// What the room is shown.
#[derive(Default)]
pub(super) struct OnRetries {
    /// The record that is followed.
    chosen: Option<RecordName>,
    /// The moment on either side; nothing while another room is open.
    sides: [Option<Rc<Scene>>; 2],
}

impl OnRetries {
    /// The record that is followed.
    pub(super) fn chosen(&self) -> Option<&RecordName> {
        self.chosen.as_ref()
    }

    /// For the link.
    pub(super) fn in_link(&self) -> String {
        self.chosen.as_ref().map(RecordName::to_link).unwrap_or_default()
    }

    /// A step points at that record.
    pub(super) fn follow(&mut self, record: RecordName) {
        self.chosen = Some(record);
    }

    /// A link was opened. What it names was read before.
    pub(super) fn go_to(&mut self, record: &str) {
        self.chosen = RecordName::parse(record).ok();
    }
}

impl App {
    pub(super) fn retries_room(&mut self, ctx: &Context<Self>, wish: Wish) -> bool {
        match wish {
            Wish::Run(intent) => self.want(ctx, intent),
            Wish::Why(event) => self.why_of(ctx, event),
            Wish::Compare(trial) => self.compare(ctx, Some(trial)),
            Wish::Open(id) => self.does(ctx, Does::Open(id)),
            Wish::Follow(record) => {
                self.touched = true;
                self.on_retries.chosen = record;
                self.refresh(super::Due::All);
                self.write_soon(ctx);
            }
        }
        true
    }

    /// Brings that side up to date while the room is looked at.
    pub(super) fn refresh_retries(&mut self, side: Side) {
        let place = usize::from(side == Side::Right);
        if self.look.room != Room::Retries {
            self.on_retries.sides[place] = None;
            return;
        }
        let desk = self.desk.borrow();
        let session = desk.sessions().or_left(side);
        let stage = self.stage_of(side);
        // The stage may look at another group than the one whose records fail.
        let own = (!stage.group.is_empty()).then(|| session.world().view());
        let view = own.as_ref().unwrap_or(&stage.view);
        let scene = Scene::of(session, view, &stage.palette, self.on_retries.chosen.as_ref());
        self.on_retries.sides[place] = Some(Rc::new(scene));
    }

    /// The room on that side.
    pub(super) fn retries_part(&self, ctx: &Context<Self>, side: Side) -> Html {
        // The panel answers for the side where it was asked.
        let on = ctx
            .link()
            .batch_callback(move |wish| vec![Msg::Look(side), Msg::Retries(wish)]);
        match &self.on_retries.sides[usize::from(side == Side::Right)] {
            Some(scene) => room(scene, self.beside.is_none(), &on),
            None => Html::default(),
        }
    }
}
