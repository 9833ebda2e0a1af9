//! What can be pointed at, selected or focused.

use partitura_engine::log::KeyId;
use partitura_engine::wire::BrokerId;

/// A thing on the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A row.
    Partition(u16),
    /// A column.
    Broker(BrokerId),
    /// A cell.
    Replica(u16, BrokerId),
    /// The cell that leads this partition, wherever it is.
    Leader(u16),
    /// The high watermark in the leader's cell.
    HighWatermark(u16),
    /// The strip of the producers.
    Producers,
    /// How the last key found its partition.
    Computation,
    /// A controller that shares no process with a broker, by its number.
    Controller(u8),
    /// One consumer, by its number.
    Consumer(u8),
    /// All consumers.
    Group,
    /// A key, where it is named among a row's keys.
    Key(KeyId),
}

impl Target {
    /// Its name in the page, for the elements that can be clicked and focused.
    #[must_use]
    pub fn hook(self) -> String {
        match self {
            Target::Partition(p) => format!("p{p}"),
            Target::Broker(BrokerId(b)) => format!("b{b}"),
            Target::Replica(p, BrokerId(b)) => format!("r{p}-{b}"),
            Target::Leader(p) => format!("l{p}"),
            Target::HighWatermark(p) => format!("h{p}"),
            Target::Consumer(c) => format!("c{c}"),
            Target::Controller(c) => format!("q{c}"),
            Target::Producers => "producers".to_owned(),
            Target::Computation => "computation".to_owned(),
            Target::Group => "group".to_owned(),
            Target::Key(key) => format!("k{}", key.index()),
        }
    }

    /// The thing of that name, if it is one that an element can have.
    #[must_use]
    pub fn from_hook(hook: &str) -> Option<Target> {
        match hook {
            "producers" => return Some(Target::Producers),
            "computation" => return Some(Target::Computation),
            "group" => return Some(Target::Group),
            _ => {}
        }
        let (kind, rest) = hook.split_at_checked(1)?;
        Some(match kind {
            "p" => Target::Partition(rest.parse().ok()?),
            "b" => Target::Broker(BrokerId(rest.parse().ok()?)),
            "c" => Target::Consumer(rest.parse().ok()?),
            "q" => Target::Controller(rest.parse().ok()?),
            "r" => {
                let (partition, broker) = rest.split_once('-')?;
                Target::Replica(partition.parse().ok()?, BrokerId(broker.parse().ok()?))
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_found_by_its_name() {
        let broker = BrokerId(9);
        for target in [
            Target::Partition(63),
            Target::Broker(broker),
            Target::Replica(12, broker),
            Target::Consumer(12),
            Target::Controller(3),
            Target::Producers,
            Target::Computation,
            Target::Group,
        ] {
            assert_eq!(Target::from_hook(&target.hook()), Some(target));
        }
        assert_eq!(["", "r1", "p-1", "é", "b300"].map(Target::from_hook), [None; 5]);
    }
}
