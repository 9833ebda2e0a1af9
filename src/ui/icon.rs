//! Icons: sixteen by sixteen, drawn with one line, in the colour of the text around them.

use yew::{Html, Properties, component, html};

/// An icon. Never the only sign: a word, a title or a label goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // Each is what it is called.
pub enum Icon {
    Alert,
    Beside,
    Check,
    Chevron,
    Close,
    Crown,
    Fence,
    FoldLeft,
    FoldRight,
    Help,
    Hand,
    Link,
    Menu,
    Moon,
    Pause,
    Play,
    Replay,
    Restart,
    Scissors,
    Score,
    Step,
    Sun,
    System,
    Swap,
}

impl Icon {
    /// The lines, and the shapes that are filled.
    fn paths(self) -> (&'static str, &'static str) {
        match self {
            Icon::Alert => ("M8 2.2 14.6 13.6H1.4ZM8 6.4V9.6M8 11.5V11.7", ""),
            Icon::Beside => ("M2 3H6.8V13H2ZM9.2 3H14V13H9.2Z", ""),
            Icon::Check => ("M3 8.6 6.4 12 13 4.6", ""),
            Icon::Chevron => ("M6 3.5 10.5 8 6 12.5", ""),
            Icon::Close => ("M4 4 12 12M12 4 4 12", ""),
            Icon::Crown => ("", "M2 4.6 5 7.6 8 3 11 7.6 14 4.6 12.8 12.4H3.2Z"),
            Icon::Fence => (
                "M4 13.4V4.6L5.2 3 6.4 4.6V13.4M9.6 13.4V4.6L10.8 3 12 4.6V13.4M1.8 7H14.2M1.8 10.6H14.2",
                "",
            ),
            Icon::FoldLeft => ("M2.5 2.8V13.2M13.5 8H6M8.8 5 5.8 8 8.8 11", ""),
            Icon::FoldRight => ("M13.5 2.8V13.2M2.5 8H10M7.2 5 10.2 8 7.2 11", ""),
            Icon::Help => (
                "M5.4 5.6C5.6 4 6.7 3.2 8.1 3.2 9.6 3.2 10.7 4.2 10.7 5.5 10.7 7.6 8 7.7 8 9.8M8 12.4V12.6",
                "",
            ),
            Icon::Hand => (
                "M8 1.6V3.4M3.4 3.4 4.7 4.7M12.6 3.4 11.3 4.7M1.6 8H3.2M14.4 8H12.8",
                "M6.2 6 13.4 9.4 10.2 10.4 9 13.6Z",
            ),
            Icon::Link => (
                "M6.6 9.4 9.4 6.6M7 4.6 8.6 3A3.1 3.1 0 0 1 13 7.4L11.4 9M9 11.4 7.4 13A3.1 3.1 0 0 1 3 8.6L4.6 7",
                "",
            ),
            Icon::Menu => ("M2.6 4.4H13.4M2.6 8H13.4M2.6 11.6H13.4", ""),
            Icon::Moon => ("M13.4 9.6A5.9 5.9 0 0 1 6.4 2.6 5.9 5.9 0 1 0 13.4 9.6Z", ""),
            Icon::Pause => ("", "M4 3H6.8V13H4ZM9.2 3H12V13H9.2Z"),
            Icon::Play => ("", "M4.5 2.8 13 8 4.5 13.2Z"),
            Icon::Replay => ("M3 8A5 5 0 1 0 4.6 4.3M4.9 1.8 4.4 4.6 7.2 5.1", ""),
            Icon::Restart => ("M3.6 3.4V12.6", "M13 3.2V12.8L5.6 8Z"),
            Icon::Scissors => (
                "M3 3.6 12.6 12.4M3 12.4 12.6 3.6M2.4 3.4A1.6 1.6 0 1 1 2.39 3.4M2.4 12.6A1.6 1.6 0 1 1 2.39 12.6",
                "",
            ),
            Icon::Score => (
                "M1.5 4H14.5M1.5 8H14.5M1.5 12H14.5",
                "M3.4 2.4H6.6V5.6H3.4ZM8.2 6.4H11.4V9.6H8.2ZM5.2 10.4H8.4V13.6H5.2Z",
            ),
            Icon::Step => ("M12.4 3.4V12.6", "M3.6 3.4 9.8 8 3.6 12.6Z"),
            Icon::Sun => (
                "M8 5.2A2.8 2.8 0 1 1 7.99 5.2ZM8 1.4V2.6M8 13.4V14.6M1.4 8H2.6M13.4 8H14.6M3.3 3.3 4.2 4.2\
                 M11.8 11.8 12.7 12.7M12.7 3.3 11.8 4.2M4.2 11.8 3.3 12.7",
                "",
            ),
            Icon::System => ("M8 2.4A5.6 5.6 0 1 1 7.99 2.4Z", "M8 2.4A5.6 5.6 0 0 1 8 13.6Z"),
            Icon::Swap => (
                "M2.6 5.6H13M10.4 3 13 5.6 10.4 8.2M13.4 10.6H3M5.6 8 3 10.6 5.6 13.2",
                "",
            ),
        }
    }
}

/// What an icon is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Which.
    pub icon: Icon,
}

/// Draws an icon. Screen readers pass over it.
#[component]
pub fn Sign(props: &Props) -> Html {
    let (line, fill) = props.icon.paths();
    html! {
        <svg class="sign" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            if !fill.is_empty() { <path d={fill} fill="currentColor" /> }
            if !line.is_empty() {
                <path
                    d={line}
                    fill="none"
                    stroke="currentColor"
                    stroke-width="1.5"
                    stroke-linecap="round"
                    stroke-linejoin="round"
                />
            }
        </svg>
    }
}
