//! Whose word counts among the controllers.

use super::World;
use crate::controller::Controller;
use crate::wire::{MetadataImage, NodeId, Offset, QuorumEpoch};
use std::sync::Arc;

/// How far a controller is: its epoch, and how much of its log it knows to be committed.
fn standing(controller: &Controller) -> (QuorumEpoch, Offset) {
    (controller.epoch(), controller.high_watermark())
}

impl World {
    /// The controller that leads the quorum, if there is one that runs and knows it. Of two that believe it, the one of the
    /// higher epoch.
    #[must_use]
    pub fn active_controller(&self) -> Option<u8> {
        let running = self.controllers().filter(|controller| {
            controller.is_active() && self.processes.is_running(NodeId::Controller(controller.number()))
        });
        running
            .max_by_key(|controller| controller.epoch())
            .map(Controller::number)
    }

    /// The controller whose word counts: the active one, or the one that knows most of what was committed.
    pub(super) fn authority(&self) -> &Controller {
        let active = self.active_controller();
        let chosen = self.controllers().max_by_key(|controller| {
            let number = controller.number();
            let first_of_equals = u8::MAX - number;
            // Who only stands for election is in a later epoch, and knows no more for that.
            let (epoch, knows) = standing(controller);
            (
                active == Some(number),
                self.processes.is_there(NodeId::Controller(number)),
                knows,
                epoch,
                first_of_equals,
            )
        });
        chosen.unwrap_or(&self.nodes.controllers[0].0)
    }

    /// The cluster as the controllers have it; while none of them knows, as one of them knew it last.
    pub(super) fn image(&self) -> &MetadataImage {
        let known = self.authority().image();
        match &self.last_image {
            Some(last) if self.active_controller().is_none() && last.offset > known.offset => last,
            _ => known,
        }
    }

    /// A controller is about to forget what it knows.
    pub(super) fn remember_image(&mut self) {
        let image = self.image();
        if self.last_image.as_ref().is_none_or(|last| last.offset < image.offset) {
            self.last_image = Some(Arc::new(image.clone()));
        }
    }

    /// The controllers, ascending.
    pub(crate) fn controllers(&self) -> impl Iterator<Item = &Controller> {
        self.nodes.controllers.iter().map(|(controller, _)| controller)
    }
}
