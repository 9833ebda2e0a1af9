//! The rooms of the page: what of a run is looked at.

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Room {
    /// The stage: partitions, brokers, who writes and who reads.
    #[default]
    Score,
    /// Where keys go, and what that does to the partitions.
    Keys,
    /// The groups: who owns what over time, and what each rebalance costs.
    Groups,
    /// What could not be processed: retry topics, dead letters, what stands still.
    Retries,
    /// The same records on a work queue, in the topic and in share groups.
    Queue,
}

impl Room {
    /// All of them, in the order of the header.
    pub const ALL: [Room; 5] = [Room::Score, Room::Keys, Room::Groups, Room::Retries, Room::Queue];

    /// Its name in links.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Room::Score => "score",
            Room::Keys => "keys",
            Room::Groups => "groups",
            Room::Retries => "retries",
            Room::Queue => "queue",
        }
    }

    /// Its name in the header.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Room::Score => "Score",
            Room::Keys => "Keys",
            Room::Groups => "Groups",
            Room::Retries => "Retries",
            Room::Queue => "Queue",
        }
    }

    /// The room of that name.
    ///
    /// # Errors
    ///
    /// Says which there are.
    pub fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|room| room.name() == name);
        found.ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|room| room.name()).collect();
            format!("the rooms are {}; the score is shown", names.join(", "))
        })
    }

    /// Whether it has the reader, the panel and the timeline around it, and shows two runs side by side.
    #[must_use]
    pub fn is_of_the_run(self) -> bool {
        self != Room::Keys
    }
}
