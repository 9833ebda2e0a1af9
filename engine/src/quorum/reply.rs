//! Where an answer goes.

use crate::node::Ctx;
use crate::wire::{Channel, NodeId, ResponseBody};

/// Where an answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Return {
    /// Who asked.
    pub to: NodeId,
    /// On which connection.
    pub channel: Channel,
    /// The number of the question.
    pub correlation: u32,
}

impl Return {
    /// Answers.
    pub fn answer(self, body: ResponseBody, ctx: &mut Ctx) {
        ctx.respond(self.to, self.channel, self.correlation, body);
    }
}
