//! The room of the groups: what it is shown, and what it asks of the run.

use super::{App, MenuOf, Msg, address};
use crate::compare::Side;
use crate::groups::view::{Wish, room};
use crate::groups::{Reading, Scene, Window};
use crate::lens::menus::Does;
use crate::session::room::Room;
use crate::stage::Target;
use std::rc::Rc;
use yew::{Context, Html};

/// What the room is shown.
#[derive(Default)]
pub(super) struct OnGroups {
    reading: Reading,
    window: Window,
    /// The moment on either side; nothing while another room is open.
    sides: [Option<Rc<Scene>>; 2],
}

impl App {
    pub(super) fn groups_room(&mut self, ctx: &Context<Self>, wish: Wish) {
        match wish {
            Wish::Why(event) => self.why_of(ctx, event),
            Wish::Menu(target, at) => self.open_menu(MenuOf::Thing(target), at),
            Wish::Show(group) => self.does(ctx, Does::ShowGroup(group)),
            Wish::Compare(trial) => self.compare(ctx, Some(trial)),
            Wish::Copy(text) => {
                address::copy_text(&text, ctx.link().callback(|done| Msg::Groups(Wish::Copied(done))));
            }
            Wish::Copied(done) => {
                let said = if done {
                    "Copied."
                } else {
                    "The browser does not let this page copy: select the text."
                };
                self.say(ctx, said.to_owned());
            }
            Wish::Reading(reading) => {
                self.on_groups.reading = reading;
                self.refresh_both_groups();
            }
            Wish::Window(window) => {
                self.on_groups.window = window;
                self.refresh_both_groups();
            }
        }
    }

    fn refresh_both_groups(&mut self) {
        Side::ALL.into_iter().for_each(|side| self.refresh_groups(side));
    }

    /// Brings that side up to date while the room is looked at.
    pub(super) fn refresh_groups(&mut self, side: Side) {
        let desk = self.desk.borrow();
        let session = desk.sessions().get(side).filter(|_| self.look.room == Room::Groups);
        let (reading, window) = (self.on_groups.reading, self.on_groups.window);
        let stage = self.stage_of(side);
        let pointed = stage.pointed.stage.iter().filter_map(|target| match target {
            Target::Consumer(number) => Some(*number),
            _ => None,
        });
        let scene = session.map(|session| Scene {
            pointed: pointed.collect(),
            ..Scene::of(session, &stage.view, reading, window)
        });
        let scene = scene.map(Rc::new);
        self.on_groups.sides[usize::from(side == Side::Right)] = scene;
    }

    /// The room on that side.
    pub(super) fn groups_part(&self, ctx: &Context<Self>, side: Side) -> Html {
        // The panel answers for the side where it was asked.
        let on = ctx
            .link()
            .batch_callback(move |wish| vec![Msg::Look(side), Msg::Groups(wish)]);
        match &self.on_groups.sides[usize::from(side == Side::Right)] {
            Some(scene) => room(scene, &on),
            None => Html::default(),
        }
    }
}
