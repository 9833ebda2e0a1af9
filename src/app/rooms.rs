//! The rooms: which one is open, and what it shows of a run.

use super::{App, Due};
use crate::compare::Side;
use crate::session::room::Room;
use yew::{Context, Html};

impl App {
    /// What the link says of where one looks: the room, and the key, record or group that is looked at in it.
    pub(super) fn place(&self) -> (Room, String) {
        let room = self.look.room;
        let key = match room {
            Room::Score | Room::Queue => String::new(),
            Room::Groups => self.group_in_link(),
            Room::Keys => self.on_keys.key().to_owned(),
            Room::Retries => self.on_retries.in_link(),
        };
        (room, key)
    }

    /// The group that is shown, if it is not the main one.
    fn group_in_link(&self) -> String {
        let desk = self.desk.borrow();
        let main = &desk.session().world().setup().consumer.group;
        let shown = &self.on_stage.group;
        if **shown == **main {
            String::new()
        } else {
            shown.clone()
        }
    }

    /// A link was opened.
    pub(super) fn go_to(&mut self, (room, key): (Room, String)) {
        self.look.room = room;
        match room {
            Room::Retries => self.on_retries.go_to(&key),
            Room::Groups => self.show_group(key),
            _ if !key.is_empty() => self.on_keys.ask(key),
            _ => {}
        }
    }

    /// Opens the room that the open step points at; the score again, when a step before has led away from it.
    pub(super) fn follow_to_room(&mut self) {
        let wanted = self.on_stage.pointed.room.and_then(|name| Room::named(name).ok());
        match wanted {
            Some(room) => (self.look.room, self.look.led) = (room, true),
            None if std::mem::take(&mut self.look.led) => self.look.room = Room::Score,
            None => {}
        }
        if let Some(record) = self.on_stage.pointed.record.clone() {
            self.on_retries.follow(record);
        }
    }

    /// A link was opened that names no room: its step may.
    pub(super) fn let_step_lead(&mut self) {
        self.look.led = false;
        if self.look.room == Room::Score {
            self.follow_to_room();
        }
    }

    /// Opens that room.
    pub(super) fn enter(&mut self, ctx: &Context<Self>, room: Room) {
        self.touched = true;
        self.look.led = false;
        self.look.room = room;
        self.refresh(Due::All);
        self.write_soon(ctx);
    }

    /// What the open room shows of the run on that side.
    pub(super) fn scene(&self, ctx: &Context<Self>, side: Side) -> Html {
        match self.look.room {
            Room::Score | Room::Keys => self.stage(ctx, side),
            Room::Groups => self.groups_part(ctx, side),
            Room::Retries => self.retries_part(ctx, side),
            Room::Queue => self.queues_part(ctx, side),
        }
    }
}
