//! The settings of a run as text, for the panel.

use crate::session::Session;
use partitura_engine::scenario::Setting;
use partitura_engine::short_map::ShortMap;

/// The name under which the seed is set: it is not in the catalogue, because a scenario and a link have a place for it.
pub const SEED: &str = "seed";

/// The settings of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values {
    /// Name → its value now.
    pub now: ShortMap<&'static str, String>,
    /// Name → what its value would be if the person had changed nothing.
    pub original: ShortMap<&'static str, String>,
    /// The seed.
    pub seed: u64,
    /// The scenario's seed.
    pub original_seed: u64,
    /// What the person has changed or done, counted.
    pub changes: usize,
}

impl Values {
    /// The values of a run at its moment.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        Self {
            now: Setting::all()
                .map(|setting| (setting.name, session.value(setting)))
                .collect(),
            original: Setting::all()
                .map(|setting| (setting.name, session.original_value(setting)))
                .collect(),
            seed: session.plan().seed,
            original_seed: session.scenario().setup.seed,
            changes: session.plan().changes(),
        }
    }
}
