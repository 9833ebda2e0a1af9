//! The top of the page: where one is, the controls of time, and what can be done with the whole.

use super::icon::{Icon, Sign};
use super::theme::Theme;
use super::transport::Transport;
use crate::session::intent::Intent;
use crate::session::room::Room;
use partitura_engine::scenario::Speed;
use web_sys::Element;
use yew::{Callback, Html, MouseEvent, NodeRef, Properties, TargetCast, component, html};

/// What the header is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The scenario's title.
    pub scenario: String,
    /// The open step's title, if the scenario has steps.
    pub step: Option<String>,
    /// See [`Transport`].
    pub playing: bool,
    /// See [`Transport`].
    pub seeking: bool,
    /// See [`Transport`].
    pub speed: Speed,
    /// See [`Transport`].
    pub clock: (NodeRef, NodeRef),
    /// The theme that is chosen.
    pub theme: Theme,
    /// Whether the menu of walkthroughs is open.
    pub walks_open: bool,
    /// The menu of walkthroughs is wanted, at that place of the window.
    pub on_walks: Callback<(f64, f64)>,
    /// The room that is open.
    pub room: Room,
    /// Another room is wanted.
    pub on_room: Callback<Room>,
    /// Something is wanted of the run.
    pub on_intent: Callback<Intent>,
    /// Whether two runs are compared.
    pub comparing: bool,
    /// Another run is wanted beside this one, or none any more.
    pub on_compare: Callback<()>,
    /// The link is wanted.
    pub on_share: Callback<()>,
    /// Another theme is wanted.
    pub on_theme: Callback<Theme>,
    /// The list of keys is wanted.
    pub on_help: Callback<()>,
}

/// The place beneath a button.
fn below(event: &MouseEvent) -> (f64, f64) {
    let button = event.target_dyn_into::<Element>();
    let button = button.and_then(|element| element.closest("button").ok().flatten());
    button.map_or((8.0, 48.0), |button| {
        let rect = button.get_bounding_client_rect();
        (rect.left(), rect.bottom() + 4.0)
    })
}

fn room(props: &Props, room: Room) -> Html {
    html! {
        <button
            type="button"
            class="choice"
            aria-pressed={(props.room == room).to_string()}
            data-testid={format!("room-{}", room.name())}
            onclick={props.on_room.reform(move |_| room)}
        >{ room.title() }</button>
    }
}

/// The header.
#[component]
pub fn Header(props: &Props) -> Html {
    let theme = props.theme;
    let theme_label = format!("Theme: {}. Switch to {}", theme.name(), theme.next().name());
    let compare_title = if props.comparing {
        "Leave the comparison, and keep the left run"
    } else {
        "Play the same run beside this one, with something changed"
    };
    html! {
        <header class="top">
            <h1 class="brand"><Sign icon={Icon::Score} />{ "Partitura" }</h1>
            <button
                type="button"
                class="ghost walks"
                title="Other walkthroughs, and files"
                aria-label={format!("Walkthroughs: {}", props.scenario)}
                aria-haspopup="menu"
                aria-expanded={props.walks_open.to_string()}
                data-testid="walkthroughs"
                onclick={props.on_walks.reform(|event: MouseEvent| below(&event))}
            >
                <i><Sign icon={Icon::Menu} /></i><span><b>{ props.scenario.clone() }</b><Sign icon={Icon::Chevron} /></span>
            </button>
            <div class="rooms choices" role="group" aria-label="What to look at">
                { for Room::ALL.into_iter().map(|one| room(props, one)) }
            </div>
            <p class="crumbs">{ props.step.clone() }</p>
            <Transport
                playing={props.playing}
                seeking={props.seeking}
                speed={props.speed}
                clock={props.clock.clone()}
                on_intent={props.on_intent.clone()}
            />
            <div class="actions">
                <button
                    type="button"
                    class="quiet compare"
                    data-testid="compare"
                    title={compare_title}
                    aria-label="Compare: two runs side by side"
                    aria-pressed={props.comparing.to_string()}
                    onclick={props.on_compare.reform(|_| ())}
                >
                    <Sign icon={Icon::Beside} /><span>{ "Compare" }</span>
                </button>
                <button
                    type="button"
                    class="quiet share"
                    data-testid="share"
                    aria-label="Share"
                    title="Copy a link that replays exactly this run"
                    onclick={props.on_share.reform(|_| ())}
                >
                    <Sign icon={Icon::Link} /><span>{ "Share" }</span>
                </button>
                <button
                    type="button"
                    class="quiet square"
                    data-testid="theme"
                    data-theme-choice={theme.name()}
                    title={theme_label.clone()}
                    aria-label={theme_label}
                    onclick={props.on_theme.reform(move |_| theme.next())}
                >
                    <Sign icon={theme.icon()} />
                </button>
                <button
                    type="button"
                    class="quiet square"
                    data-testid="help"
                    title="Keyboard (?)"
                    aria-label="Keyboard help"
                    aria-haspopup="dialog"
                    onclick={props.on_help.reform(|_| ())}
                >
                    <Sign icon={Icon::Help} />
                </button>
            </div>
        </header>
    }
}
