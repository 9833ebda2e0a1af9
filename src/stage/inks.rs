//! The theme's colours as the canvas needs them: read once, and again when the theme changes.

use super::palette::Colour;
use gloo::utils::{document, window};

/// Colours and fonts from `theme.css`.
pub(super) struct Inks {
    /// Keys, the neutral one last.
    pub(super) keys: [String; Colour::COUNT + 1],
    /// Letters on keys.
    pub(super) on_key: String,
    /// What counts.
    pub(super) ink: String,
    /// What explains.
    pub(super) soft: String,
    /// Lost, down, stale.
    pub(super) bad: String,
    /// The page.
    pub(super) paper: String,
    /// Records on their way in.
    pub(super) produce: String,
    /// Records on their way out.
    pub(super) consume: String,
    /// The face of letters.
    pub(super) sans: String,
    /// The face of figures.
    pub(super) mono: String,
}

impl Inks {
    /// As they are at the moment. Without styles, all is grey.
    pub(super) fn read() -> Self {
        let root = document().document_element();
        let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
        let read = |name: &str, otherwise: &str| {
            let value = style
                .as_ref()
                .and_then(|style| style.get_property_value(name).ok())
                .unwrap_or_default();
            let value = value.trim();
            if value.is_empty() {
                otherwise.to_owned()
            } else {
                value.to_owned()
            }
        };
        Self {
            keys: Colour::ALL.map(|colour| read(colour.token(), "#999")),
            on_key: read("--on-key", "#000"),
            ink: read("--ink", "#777"),
            soft: read("--soft", "#777"),
            bad: read("--bad", "#c33"),
            paper: read("--paper", "#fff"),
            produce: read("--focus", "#777"),
            consume: read("--ok", "#777"),
            sans: read("--sans", "sans-serif"),
            mono: read("--mono", "monospace"),
        }
    }
}
