//! What a step points at → where that is on the page.

use crate::retries::RecordName;
use crate::stage::Target;
use partitura_engine::log::Dictionary;
use partitura_engine::scenario;
use partitura_engine::wire::BrokerId;
use partitura_engine::world::View;

/// What is pointed at, place by place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pointed {
    /// On the stage.
    pub stage: Vec<Target>,
    /// The reader's page.
    pub page: bool,
    /// The ledger.
    pub ledger: bool,
    /// The timeline.
    pub timeline: bool,
    /// The virtual clock.
    pub clock: bool,
    /// A room, by its name in links.
    pub room: Option<&'static str>,
    /// The share groups, in the room of the queue.
    pub share_groups: bool,
    /// A record that is followed, in the room of the retries.
    pub record: Option<RecordName>,
    /// Settings, by their name.
    pub settings: Vec<&'static str>,
}

/// Finds what `targets` mean at this moment. What is not there yet is left out, and found when it is.
#[must_use]
pub fn pointed(targets: &[scenario::Target], view: &View, texts: &Dictionary) -> Pointed {
    let partitions = u16::try_from(view.partitions.len()).unwrap_or(u16::MAX);
    let row = |row: &scenario::Row| row.index(partitions);
    let mut found = Pointed::default();
    for target in targets {
        let on_stage = match target {
            scenario::Target::Partition(of) => Some(Target::Partition(row(of))),
            scenario::Target::Replica(of, broker) => Some(Target::Replica(row(of), BrokerId(*broker))),
            scenario::Target::Leader(of) => Some(Target::Leader(row(of))),
            scenario::Target::HighWatermark(of) => Some(Target::HighWatermark(row(of))),
            scenario::Target::Broker(broker) => Some(Target::Broker(BrokerId(*broker))),
            scenario::Target::Coordinator => view.group.coordinator.map(Target::Broker),
            scenario::Target::Producers | scenario::Target::Producer(_) => Some(Target::Producers),
            scenario::Target::Consumers | scenario::Target::Group => Some(Target::Group),
            scenario::Target::Consumer(number) => Some(Target::Consumer(*number)),
            scenario::Target::Key(key) => texts.find_key(key).map(Target::Key),
            scenario::Target::Page => {
                found.page = true;
                None
            }
            scenario::Target::Ledger => {
                found.ledger = true;
                None
            }
            scenario::Target::Timeline => {
                found.timeline = true;
                None
            }
            scenario::Target::Clock => {
                found.clock = true;
                None
            }
            scenario::Target::Room(name) => {
                found.room = Some(name);
                None
            }
            scenario::Target::ShareGroups => {
                found.share_groups = true;
                None
            }
            scenario::Target::Record(subject, sequence) => {
                found.record = Some(RecordName {
                    subject: subject.clone(),
                    sequence: *sequence,
                });
                None
            }
            scenario::Target::Setting(setting) => {
                found.settings.push(setting.name);
                None
            }
        };
        found.stage.extend(on_stage);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_where_they_are() {
        let targets: Vec<scenario::Target> = ["broker 2", "coordinator", "page", "setting rate", "consumer 3"]
            .map(|t| t.parse().unwrap())
            .into();
        let mut view = View::default();
        let found = pointed(&targets, &view, &Dictionary::default());
        assert_eq!(
            found.stage,
            [Target::Broker(BrokerId(2)), Target::Consumer(3)],
            "there is no coordinator yet"
        );
        assert!(found.page && !found.timeline);
        assert_eq!(found.settings, ["rate"]);
        view.group.coordinator = Some(BrokerId(3));
        let found = pointed(&targets, &view, &Dictionary::default());
        assert!(found.stage.contains(&Target::Broker(BrokerId(3))));
    }
}
