//! The menus of the page: of things on the stage, and of walkthroughs.

use super::frames::Due;
use super::{App, Msg, address, files, tab};
use crate::lens::events_view::Listed;
use crate::lens::menu_view::MenuPart;
use crate::lens::menus::{Does, Menu, Sub, menu_of, more, walkthroughs};
use crate::session::intent::Intent;
use crate::stage::Target;
use gloo::timers::callback::Timeout;
use std::rc::Rc;
use yew::{Context, Html, html};

/// A menu that is open.
pub(super) struct OpenMenu {
    of: MenuOf,
    /// Where, in the window.
    at: (f64, f64),
    shown: Rc<Menu>,
}

/// What a menu is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MenuOf {
    /// A thing on the stage.
    Thing(Target),
    /// What an entry of such a menu leads to.
    More(Sub),
    /// What can be played.
    Walkthroughs,
}

impl App {
    pub(super) fn open_menu(&mut self, of: MenuOf, at: (f64, f64)) {
        self.menu = self.made(of).map(|menu| OpenMenu {
            of,
            at,
            shown: Rc::new(menu),
        });
    }

    fn made(&self, of: MenuOf) -> Option<Menu> {
        let desk = self.desk.borrow();
        match of {
            MenuOf::Thing(target) => {
                let side = self.look.side;
                menu_of(target, &self.stage_of(side).view, self.looked(&desk).world())
            }
            MenuOf::More(sub) => more(sub, &self.stage_of(self.look.side).view),
            MenuOf::Walkthroughs => {
                let id = desk.session().scenario().id.as_str();
                Some(walkthroughs(Some(id).filter(|_| self.file.is_none())))
            }
        }
    }

    /// What the menu says follows the run.
    pub(super) fn refresh_menu(&mut self) {
        let Some(OpenMenu {
            of: of @ (MenuOf::Thing(_) | MenuOf::More(_)),
            ..
        }) = self.menu
        else {
            return;
        };
        let made = self.made(of);
        match (&mut self.menu, made) {
            (Some(menu), Some(made)) if *menu.shown != made => menu.shown = Rc::new(made),
            (_, None) => self.menu = None,
            _ => {}
        }
    }

    pub(super) fn walks_open(&self) -> bool {
        self.menu.as_ref().is_some_and(|menu| menu.of == MenuOf::Walkthroughs)
    }

    pub(super) fn menu_part(&self, ctx: &Context<Self>) -> Html {
        let Some(menu) = &self.menu else {
            return Html::default();
        };
        html! {
            <MenuPart
                menu={menu.shown.clone()}
                at={menu.at}
                on_choose={ctx.link().callback(Msg::Does)}
                on_close={ctx.link().callback(|()| Msg::Menu(None))}
            />
        }
    }

    /// That group stands beside the rows, on both stages.
    pub(super) fn show_group(&mut self, group: String) {
        if let Some(beside) = &mut self.beside {
            beside.on_stage.group.clone_from(&group);
        }
        self.on_stage.group = group;
        self.refresh(Due::All);
    }

    pub(super) fn does(&mut self, ctx: &Context<Self>, does: Does) {
        let at = self.menu.take().map(|menu| menu.at).unwrap_or_default();
        match does {
            Does::More(sub) => {
                // When the first one is gone, and the focus is back where it was.
                let link = ctx.link().clone();
                let open = move || link.send_message(Msg::Menu(Some((MenuOf::More(sub), at))));
                Timeout::new(0, open).forget();
            }
            Does::ShowGroup(group) => {
                self.show_group(group);
                self.touched = true;
                self.write_soon(ctx);
            }
            Does::Act(command) => self.want(ctx, Intent::Act(command)),
            Does::Events(target) => {
                self.look.about = Some(target);
                (self.look.tab, self.look.listed, self.look.panel_folded) = (tab::EVENTS, Listed::Everything, false);
                self.on_panel.asked = None;
                self.refresh_panel();
            }
            Does::WhyLeader(partition) => self.why_leader(partition),
            Does::Open(id) => {
                if !address::go_to(id) {
                    self.open_address(ctx);
                }
            }
            Does::File => files::ask(&self.refs.file),
            Does::Where(key) => drop(self.keys_room(ctx, Msg::Where(key))),
        }
    }
}
