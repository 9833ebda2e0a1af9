//! The administrator: a client that asks the active controller, and asks again while there is none.

use super::World;
use super::queue::Due;
use crate::node::NodeCommand;
use crate::trace::{EventId, Fact};
use crate::wire::{AdminRequest, ErrorCode, Micros, NodeId};

/// `retry.backoff.ms` of the admin client.
const RETRY_US: Micros = 100_000;
/// `default.api.timeout.ms` of the admin client.
const GIVES_UP_AFTER_US: Micros = 60_000_000;

/// What an administrator asks for.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    request: AdminRequest,
    cause: EventId,
    until_us: Micros,
}

impl World {
    /// An administrator asks for that, because of the command `cause`.
    pub(super) fn ask_controller(&mut self, request: AdminRequest, cause: EventId) {
        self.administer(Wish {
            request,
            cause,
            until_us: self.now + GIVES_UP_AFTER_US,
        });
    }

    /// Tells the active controller, or tries again later.
    pub(super) fn administer(&mut self, wish: Wish) {
        if let Some(controller) = self.active_controller() {
            let request = NodeCommand::Admin(wish.request);
            self.order(NodeId::Controller(controller), request, wish.cause);
        } else if self.now < wish.until_us {
            self.queue.push(self.now + RETRY_US, Due::Admin(Box::new(wish)));
        } else {
            let error = ErrorCode::RequestTimedOut;
            self.trace
                .record(self.now, NodeId::User, wish.cause, Fact::AdminRefused { error });
        }
    }
}
