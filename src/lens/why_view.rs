//! *Why did this happen?*: the event, and below it what brought it about, link by link.

use super::why::{Cause, End, Link, Why};
use crate::ui::format::{clock, counted, moment};
use partitura_engine::wire::Micros;
use std::rc::Rc;
use web_sys::HtmlElement;
use yew::{Callback, Html, KeyboardEvent, Properties, component, html, use_effect_with, use_node_ref};

/// An answer, with the values of the settings that it names.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The chain.
    pub why: Why,
    /// Settings of this run, by their names.
    pub values: Vec<(&'static str, String)>,
}

/// What the panel is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The answer.
    pub asked: Rc<Asked>,
    /// It was read.
    pub on_close: Callback<()>,
    /// That moment is wanted.
    pub on_go: Callback<Micros>,
    /// That setting is wanted.
    pub on_setting: Callback<&'static str>,
}

/// The chain of causes.
#[component]
pub fn WhyPanel(props: &Props) -> Html {
    let why = &props.asked.why;
    let links = why.links.iter().enumerate().map(|(place, link)| match link {
        Link::Cause(cause) => told(cause, place == 0, props),
        Link::Fold { events, from_us, same } => {
            let what = if *same { "more of the same" } else { "more events" };
            html! {
                <li class="folded">
                    <p>{ format!("{events} {what}, back to ") }<span class="mono">{ moment(*from_us) }</span></p>
                </li>
            }
        }
    });
    let end = match why.end {
        End::Done => None,
        End::Itself => Some("Nothing brought that about: here the chain begins."),
        End::Forgotten => Some("What came before is no longer kept: a long run forgets its oldest events."),
    };
    // Whoever asks by the keyboard, or on a small screen, is led to the answer.
    let section = use_node_ref();
    use_effect_with((props.asked.clone(), section.clone()), |(_, section)| {
        if let Some(section) = section.cast::<HtmlElement>() {
            let _ = section.focus();
        }
    });
    let on_key = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                on_close.emit(());
            }
        })
    };
    html! {
        <section
            ref={section}
            class="lens why"
            tabindex="-1"
            aria-label="Why did this happen?"
            data-testid="why"
            onkeydown={on_key}
        >
            <header>
                <p class="eyebrow">{ "Why did this happen?" }</p>
                <button
                    type="button"
                    class="ghost"
                    data-testid="why-close"
                    onclick={props.on_close.reform(|_| ())}
                >
                    { "All events" }
                </button>
            </header>
            <ol class="chain">
                { for links }
                if let Some(end) = end { <li class="folded"><p>{ end }</p></li> }
            </ol>
            <p class="visually-hidden" role="status">{ counted(why.links.len() as u64, "link") }</p>
        </section>
    }
}

fn told(cause: &Cause, first: bool, props: &Props) -> Html {
    let at = cause.at_us;
    let (to_the_milli, micros) = clock(at);
    let settings = cause.settings.iter().filter_map(|name| {
        let (_, value) = props.asked.values.iter().find(|(of, _)| of == name)?;
        let name = *name;
        Some(html! {
            <button
                type="button"
                class="hangs-on"
                title="Change this setting"
                onclick={props.on_setting.reform(move |_| name)}
            >
                <code>{ name }</code><b class="mono">{ value }</b>
            </button>
        })
    });
    html! {
        <li key={cause.id}>
            if first { <h2>{ &cause.sentence }</h2> } else { <p>{ &cause.sentence }</p> }
            <p class="facts">
                <button
                    type="button"
                    class="go mono"
                    title="Go to this moment"
                    onclick={props.on_go.reform(move |_| at)}
                >
                    { to_the_milli }<small>{ micros }</small>
                </button>
                { for settings }
            </p>
        </li>
    }
}
