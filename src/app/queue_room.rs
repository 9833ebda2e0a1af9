//! The room *Queue or stream*: what it is shown, and what it asks of the run.

use super::{App, Msg};
use crate::compare::{On, Side};
use crate::queues::Scene;
use crate::queues::view::room;
use crate::session::intent::Intent;
use crate::session::room::Room;
use std::rc::Rc;
use yew::{Context, Html};

/// The moment on either side; nothing while another room is open.
pub(super) type OnQueues = [Option<Rc<Scene>>; 2];

impl App {
    /// Brings that side up to date while the room is looked at.
    pub(super) fn refresh_queues(&mut self, side: Side) {
        let place = usize::from(side == Side::Right);
        if self.look.room != Room::Queue {
            self.on_queues[place] = None;
            return;
        }
        let desk = self.desk.borrow();
        let session = desk.sessions().or_left(side);
        let stage = self.stage_of(side);
        // The stage may look at another group.
        let own = (!stage.group.is_empty()).then(|| session.world().view());
        let view = own.as_ref().unwrap_or(&stage.view);
        self.on_queues[place] = Some(Rc::new(Scene::of(session, view, &stage.palette)));
    }

    /// The room on that side.
    pub(super) fn queues_part(&self, ctx: &Context<Self>, side: Side) -> Html {
        // Of two runs, the one beside whose band it stands gets what it lacks.
        let is_pair = self.beside.is_some();
        let on = ctx.link().batch_callback(move |intent| {
            let on = match side {
                Side::Left => On::Left,
                Side::Right => On::Right,
            };
            let one = (is_pair && matches!(intent, Intent::Set(..))).then_some(Msg::Intent(Intent::On(on)));
            let all = [Some(Msg::Look(side)), one, Some(Msg::Intent(intent))];
            all.into_iter().flatten().collect::<Vec<Msg>>()
        });
        match &self.on_queues[usize::from(side == Side::Right)] {
            Some(scene) => room(scene, self.on_stage.pointed.share_groups, &on),
            None => Html::default(),
        }
    }
}
