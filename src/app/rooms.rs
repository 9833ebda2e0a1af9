//! The rooms: which one is open, and what it shows of a run.

use super::{App, Due};
use crate::compare::Side;
use crate::session::room::Room;
use yew::{Context, Html};

impl App {
    /// What the link says of where one looks: the room, and the key in that of the keys.
    pub(super) fn place(&self) -> (Room, String) {
        let room = self.look.room;
        let key = match room {
            Room::Score | Room::Groups => String::new(),
            Room::Keys => self.on_keys.key().to_owned(),
            Room::Retries => self.on_retries.in_link(),
        };
        (room, key)
    }

    /// A link was opened.
    pub(super) fn go_to(&mut self, (room, key): (Room, String)) {
        self.look.room = room;
        match room {
            Room::Retries => self.on_retries.go_to(&key),
            _ if !key.is_empty() => self.on_keys.ask(key),
            _ => {}
        }
    }

    /// Opens that room.
    pub(super) fn enter(&mut self, ctx: &Context<Self>, room: Room) {
        self.touched = true;
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
        }
    }
}
