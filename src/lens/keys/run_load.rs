//! What the open run sends, as a load that can be looked at: its keys, and how often each comes.

use super::figures::Tile;
use crate::session::Session;
use crate::stage::Palette;
use partitura_engine::log::KeyId;
use partitura_engine::scenario::Setting;
use partitura_keys::{Keys, ONE, Weight};

/// What a run's load follows from: when it is the same, so is the load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeFor {
    run: u64,
    partitions: u32,
    keys: Vec<KeyId>,
    /// The values of [`SETTINGS`].
    settings: Vec<String>,
    letters: usize,
}

/// The settings that a load follows from, besides its keys.
const SETTINGS: [&str; 4] = ["keys", "key", "own.weights", "partitioner.class"];

/// A run's load.
#[derive(Debug, Clone)]
pub struct RunLoad {
    /// What it was made for.
    pub made_for: MadeFor,
    /// Into how many partitions the topic is cut.
    pub partitions: u32,
    /// The keys with their weights.
    pub keys: Keys,
    /// Colour and letter of each key.
    pub tiles: Vec<Tile>,
    /// How often each key comes, as the setting says it.
    pub distribution: String,
    /// What is different in this run from what the room shows.
    pub note: Option<String>,
}

impl PartialEq for RunLoad {
    fn eq(&self, other: &Self) -> bool {
        self.made_for == other.made_for
    }
}

fn value(session: &Session, name: &str) -> String {
    Setting::find(name).map_or_else(String::new, |setting| session.value(setting))
}

impl MadeFor {
    /// What the load of this run, the `run`th on the desk, with so many partitions now, follows from.
    #[must_use]
    pub fn of(session: &Session, run: u64, partitions: u32) -> Self {
        let world = session.world();
        Self {
            run,
            partitions,
            keys: world.keys().to_vec(),
            settings: SETTINGS.iter().map(|name| value(session, name)).collect(),
            letters: world.known_keys().len(),
        }
    }
}

impl RunLoad {
    /// The load of the run that has those colours and letters.
    #[must_use]
    pub fn of(palette: &Palette, made_for: MadeFor) -> Self {
        let [distribution, key, weights, partitioner] = [0, 1, 2, 3].map(|place| made_for.settings[place].clone());
        let weights = weights_of(&distribution, &weights, made_for.keys.len());
        let texts = made_for.keys.iter().map(|key| palette.text(*key));
        Self {
            keys: Keys::weighted(texts.zip(weights)),
            tiles: made_for.keys.iter().map(|key| Tile::of(palette, *key)).collect(),
            partitions: made_for.partitions,
            note: note(&key, &partitioner),
            distribution,
            made_for,
        }
    }
}

/// What of this run is not as the room shows it.
fn note(key: &str, partitioner: &str) -> Option<String> {
    if !matches!(partitioner, "" | "default") {
        return Some(format!(
            "In this run, partitioner.class is {partitioner}: shown is where the default would put the keys."
        ));
    }
    match key {
        "" | "subject" => None,
        "none" => Some("In this run, records have no key now: shown is where they would go with one.".to_owned()),
        other => Some(format!(
            "In this run, a record’s key is made by {other}: shown is where the plain keys would go."
        )),
    }
}

/// How often each of so many keys comes, by the setting's text; as the engine's sampler has it.
fn weights_of(distribution: &str, own: &str, count: usize) -> Vec<Weight> {
    let (name, argument) = distribution.split_once(':').unwrap_or((distribution, ""));
    let ranks = 1..=count as Weight;
    match name {
        "zipf" => {
            // In halves, as the engine has it: 1 / n^(halves / 2).
            let halves = match argument {
                "0.5" => 1,
                "1" => 2,
                "1.5" => 3,
                _ => 4,
            };
            let weight = |rank: Weight| (ONE << 32) / (rank.pow(halves) << 32).isqrt().max(1);
            ranks.map(weight).collect()
        }
        "hot" if count > 1 => {
            let percent = argument.parse::<Weight>().unwrap_or(0).min(100);
            let others = (100 - percent) * ONE;
            let weight = |rank| match rank {
                1 => percent * ONE * (count as Weight - 1),
                _ => others,
            };
            ranks.map(weight).collect()
        }
        "weights" => {
            let mut own = own
                .split(',')
                .map(|weight| weight.trim().parse::<Weight>().unwrap_or(0));
            ranks.map(|_| own.next().unwrap_or(0) * ONE).collect()
        }
        _ => vec![ONE; count],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Plan;
    use partitura_engine::scenario::{BUILT_IN, Scenario};
    use std::rc::Rc;

    fn permille(weights: &[Weight]) -> Vec<Weight> {
        let all: Weight = weights.iter().sum();
        weights.iter().map(|weight| weight * 1000 / all).collect()
    }

    #[test]
    fn weights_are_those_of_the_distribution() {
        assert_eq!(permille(&weights_of("uniform", "", 4)), [250; 4]);
        assert_eq!(permille(&weights_of("zipf:1", "", 4)), [480, 240, 159, 120]);
        assert_eq!(permille(&weights_of("zipf:2", "", 2)), [800, 200]);
        assert_eq!(permille(&weights_of("hot:60", "", 5)), [600, 100, 100, 100, 100]);
        assert_eq!(permille(&weights_of("hot:60", "", 1)), [1000]);
        assert_eq!(permille(&weights_of("weights", "3,1", 3)), [750, 250, 0]);
    }

    #[test]
    fn a_run_shows_its_own_keys_with_the_letters_that_they_have_on_the_stage() {
        let scenario = Scenario::built_in(BUILT_IN[0].0).map(Rc::new).unwrap();
        let session = Session::open(Plan::of(scenario)).unwrap();
        let palette = Palette::new(session.world().dictionary(), session.world().known_keys());
        let load = RunLoad::of(&palette, MadeFor::of(&session, 0, 4));
        let key = session.world().keys()[0];
        assert_eq!(load.keys.len(), session.world().keys().len());
        assert_eq!(load.keys.key(0), palette.text(key));
        assert_eq!(load.tiles[0].letters, palette.label(key));
    }

    #[test]
    fn what_is_different_in_the_run_is_told() {
        assert_eq!(note("subject", "default"), None);
        assert_eq!(note("subject", ""), None);
        assert!(note("none", "").unwrap().contains("no key"));
        assert!(note("salt:8", "default").unwrap().contains("salt:8"));
        assert!(note("subject", "round-robin").unwrap().contains("round-robin"));
    }
}
