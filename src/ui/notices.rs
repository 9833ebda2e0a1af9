//! What the page has to say: toasts, which go by themselves, and problems, which stay until they are put away.

use super::icon::{Icon, Sign};
use yew::{Callback, Html, Properties, component, html};

/// What the toast is given.
#[derive(PartialEq, Properties)]
pub struct ToastProps {
    /// What it says; nothing when there is none.
    pub text: Option<String>,
}

/// A line at the bottom of the page that goes by itself. Its place is always there, so that it is read out when it
/// comes.
#[component]
pub fn Toast(props: &ToastProps) -> Html {
    html! {
        <div class="toast-place" role="status" aria-live="polite" data-testid="toast">
            if let Some(text) = &props.text { <p class="toast">{ text.clone() }</p> }
        </div>
    }
}

/// A thing that could not be done, as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Problems {
    /// What it is about: `The link could not be read completely`.
    pub title: String,
    /// What became of the run on the screen.
    pub outcome: String,
    /// What is wrong, place by place.
    pub lines: Vec<String>,
}

/// What the banner is given.
#[derive(PartialEq, Properties)]
pub struct BannerProps {
    /// What it says; nothing when there is none.
    pub problems: Option<Problems>,
    /// It is put away.
    pub on_close: Callback<()>,
}

/// Problems, above everything else, until they are put away.
#[component]
pub fn Banner(props: &BannerProps) -> Html {
    let Some(problems) = &props.problems else {
        return Html::default();
    };
    let on_click = props.on_close.reform(|_| ());
    html! {
        <section class="banner" role="alert" data-testid="problems">
            <Sign icon={Icon::Alert} />
            <div class="banner-text">
                <strong>{ problems.title.clone() }</strong>
                { " " }{ problems.outcome.clone() }
                if !problems.lines.is_empty() {
                    <ul>{ for problems.lines.iter().map(|line| html! { <li>{ line.clone() }</li> }) }</ul>
                }
            </div>
            <button
                type="button"
                class="ghost square"
                aria-label="Dismiss"
                title="Dismiss"
                data-testid="problems-close"
                onclick={on_click}
            >
                <Sign icon={Icon::Close} />
            </button>
        </section>
    }
}
