//! Nodes and sets of nodes as they are written in actions: `b3`, `ctrl1`, `b1,p`, `all`.

use super::decimal;
use crate::wire::{NodeId, NodeSet};
use crate::work_queue::WorkQueueConfig;

/// How a kind of node is written, what it is, and how many of it a set can tell apart.
type Kind = (&'static str, fn(u8) -> NodeId, u8);

/// The longer of two that begin alike comes first.
const KINDS: [Kind; 5] = [
    ("ctrl", NodeId::Controller, 8),
    ("b", NodeId::Broker, 16),
    ("p", NodeId::Producer, 16),
    ("c", NodeId::Consumer, 64),
    ("s", NodeId::ShareConsumer, 16),
];

/// What is in no set: nothing cuts the work queue off.
const APART: [Kind; 1] = [("w", NodeId::Worker, WorkQueueConfig::MAX_WORKERS)];

/// Reads one node.
pub(super) fn parse_node(text: &str) -> Option<NodeId> {
    KINDS.iter().chain(&APART).find_map(|(prefix, node, most)| {
        let number = text.strip_prefix(prefix)?;
        let is_plain = number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
        let number: u8 = number.parse().ok()?;
        (is_plain && number <= *most).then(|| node(number))
    })
}

/// Reads a set of nodes, as [`NodeSet`] displays it.
///
/// # Errors
///
/// Says which part of it is none.
pub(super) fn parse_node_set(text: &str) -> Result<NodeSet, String> {
    let mut set = NodeSet::default();
    for part in text.split(',').map(str::trim) {
        let one = parse_node(part)
            .map(NodeSet::only)
            .filter(|set| *set != NodeSet::default());
        let whole = || {
            let kind = KINDS.iter().find(|(prefix, ..)| *prefix == part)?;
            Some((1..=kind.2).map(kind.1).collect())
        };
        let all = (part == "all").then_some(NodeSet::ALL);
        let Some(nodes) = one.or(all).or_else(whole) else {
            return Err(format!(
                "\"{}\" is no node: write b3, p1, c2 or ctrl1, or b, p, c, ctrl or all for all of them",
                decimal::shorten(part)
            ));
        };
        set = set.union(nodes);
    }
    Ok(set)
}

/// A node that is named in the set, and is none of `have(node)` of its kind. A kind as a whole is never too many.
pub(super) fn too_high(set: NodeSet, have: impl Fn(NodeId) -> u8) -> Option<NodeId> {
    KINDS.iter().find_map(|(_, node, most)| {
        let is_whole = (1..=*most).all(|n| set.contains(node(n)));
        let first = have(node(1)).saturating_add(1);
        let mut others = (first..=*most).map(node);
        others.find(|node| !is_whole && set.contains(*node))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_read_as_they_are_written() {
        for text in ["b3", "b1,b3", "p", "ctrl,b2,p1", "c7,c12", "all", "ctrl2", "ctrl,b,p"] {
            assert_eq!(parse_node_set(text).unwrap().to_string(), text);
        }
        assert_eq!(parse_node_set(" p , b1").unwrap().to_string(), "b1,p");
        assert_eq!(parse_node_set("ctrl,b,p,c,s"), Ok(NodeSet::ALL));
    }

    #[test]
    fn what_is_no_node_is_told() {
        for wrong in [
            "", "b0", "b17", "x1", "b-1", "b01", "user", "b1,,b2", "b1b2", "B1", "ctrl9", "c65", "p999",
        ] {
            assert!(parse_node_set(wrong).unwrap_err().contains("is no node"), "{wrong}");
        }
        assert_eq!(parse_node("b3"), Some(NodeId::Broker(3)));
        assert_eq!((parse_node("b"), parse_node("all")), (None, None));
    }
}
