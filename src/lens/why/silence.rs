//! Behind a silence: a controller that fences a broker, or a client that gives a connection up, knows only that nothing
//! came. Whoever sees the whole run knows what broke.

use partitura_engine::trace::{CommandFact, Event, Fact, FenceWhy, Trace};
use partitura_engine::wire::{ErrorCode, NodeId};

/// The chain of `event`, the event first; where it comes to a silence, it goes on with what broke, if the trace still
/// has that.
#[must_use]
pub fn chain(trace: &Trace, event: &Event) -> Vec<Event> {
    let mut chain = trace.chain(event.id);
    if chain.is_empty() {
        chain.push(*event);
    }
    for place in 0..chain.len() {
        let heard_last = chain.get(place + 1);
        let broke = silent(&chain[place], heard_last)
            .into_iter()
            .find_map(|node| what_broke(trace, &chain[place], node));
        if let Some(broke) = broke.filter(|broke| !chain.iter().any(|link| link.id == broke.id)) {
            chain.truncate(place + 1);
            chain.extend(trace.chain(broke.id));
            break;
        }
    }
    chain
}

/// Of whom nothing was heard, so that this happened.
fn silent(event: &Event, heard_last: Option<&Event>) -> Vec<NodeId> {
    match event.fact {
        Fact::BrokerFenced {
            broker,
            why: FenceWhy::SessionExpired,
        } => vec![broker.into()],
        Fact::IsrProposed { from, to, .. } => {
            let gone = from.iter().filter(|broker| !to.contains(*broker));
            gone.map(NodeId::from).collect()
        }
        Fact::MemberRemoved { consumer } => vec![consumer],
        Fact::Disconnected { from } => vec![from],
        Fact::ConnectionLost { with } => vec![with],
        Fact::BatchRetried {
            error: ErrorCode::RequestTimedOut | ErrorCode::NetworkException,
            ..
        }
        | Fact::RecordsFailed {
            error: ErrorCode::RequestTimedOut | ErrorCode::NetworkException,
            ..
        } => match heard_last.map(|event| event.fact) {
            Some(Fact::Sent(sent)) => vec![sent.to],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The fault that keeps `node` from being heard by the one that `event` happened to, if none has ended since.
fn what_broke<'t>(trace: &'t Trace, event: &Event, node: NodeId) -> Option<&'t Event> {
    let before = trace.since(0).rev().skip_while(|other| other.id >= event.id);
    for other in before {
        match other.fact {
            Fact::ProcessCrashed | Fact::ProcessStopped | Fact::ProcessPaused | Fact::DiskLost
                if other.node == node =>
            {
                return Some(other);
            }
            Fact::BrokerStarted | Fact::ProcessResumed if other.node == node => return None,
            Fact::Commanded(command) => match command {
                CommandFact::Cut { from, to, .. } | CommandFact::Impair { from, to, .. } => {
                    let apart = |a: NodeId, b: NodeId| from.contains(a) && to.contains(b);
                    if apart(node, event.node) || apart(event.node, node) {
                        return Some(other);
                    }
                }
                CommandFact::SlowDisk {
                    broker,
                    bytes_per_s: Some(_),
                } if NodeId::from(broker) == node => return Some(other),
                CommandFact::Heal => return None,
                _ => {}
            },
            _ => {}
        }
    }
    None
}
