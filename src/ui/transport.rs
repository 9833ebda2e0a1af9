//! Play, pause, step, restart, how fast, and what time it is in the run.

use super::icon::{Icon, Sign};
use crate::session::intent::Intent;
use crate::session::speed;
use partitura_engine::scenario::Speed;
use web_sys::HtmlInputElement;
use yew::{Callback, Html, InputEvent, NodeRef, Properties, TargetCast, component, html};

/// What the transport is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Whether the run plays.
    pub playing: bool,
    /// Whether it is running ahead to a moment, which only waiting or stopping ends.
    pub seeking: bool,
    /// How fast.
    pub speed: Speed,
    /// Where the frame loop writes the virtual time: minutes to milliseconds, and the microseconds.
    pub clock: (NodeRef, NodeRef),
    /// Something is wanted.
    pub on_intent: Callback<Intent>,
}

/// The controls of time.
#[component]
pub fn Transport(props: &Props) -> Html {
    let want = |intent: Intent| props.on_intent.reform(move |_| intent.clone());
    let (play_icon, play_label) = if props.playing {
        (Icon::Pause, "Pause (space)")
    } else {
        (Icon::Play, "Play (space)")
    };
    html! {
        <div class="transport" role="group" aria-label="Playing">
            <button
                type="button"
                class="ghost square"
                title="Back to 00:00"
                aria-label="Restart: back to 00:00"
                data-testid="restart"
                onclick={want(Intent::Restart)}
            >
                <Sign icon={Icon::Restart} />
            </button>
            <button
                type="button"
                class="play"
                title={play_label}
                aria-label={play_label}
                data-testid="play"
                data-playing={props.playing.to_string()}
                onclick={want(Intent::TogglePlay)}
            >
                <Sign icon={play_icon} />
            </button>
            <button
                type="button"
                class="ghost square"
                title="One event further (.)"
                aria-label="Step: one event further"
                data-testid="step"
                disabled={props.seeking}
                onclick={want(Intent::StepEvent)}
            >
                <Sign icon={Icon::Step} />
            </button>
            <SpeedSlider speed={props.speed} on_intent={props.on_intent.clone()} />
            <p class="clock mono" role="timer" aria-label="Virtual time" title="Virtual time of the run">
                <span
                    data-testid="clock"
                    ref={props.clock.0.clone()}
                >
                    </span><small ref={props.clock.1.clone()} aria-hidden="true"></small>
            </p>
        </div>
    }
}

/// What the slider is given.
#[derive(PartialEq, Properties)]
struct SpeedProps {
    speed: Speed,
    on_intent: Callback<Intent>,
}

/// The stops that are written under the slider.
const WRITTEN: [usize; 5] = [0, 3, 6, 9, 13];

#[component]
fn SpeedSlider(props: &SpeedProps) -> Html {
    let last = speed::NOTCHES.len() - 1;
    let on_input = props.on_intent.reform(|event: InputEvent| {
        let notch = event.target_unchecked_into::<HtmlInputElement>().value_as_number();
        Intent::Speed(speed::at_notch(if notch.is_finite() && notch >= 0.0 {
            notch as usize
        } else {
            0
        }))
    });
    let notch = speed::notch(props.speed);
    let label = |stop: usize| {
        let on_click = props.on_intent.reform(move |_| Intent::Speed(speed::at_notch(stop)));
        let place = format!("left: {:.2}%", stop as f64 * 100.0 / last as f64);
        let class = if stop == notch { "stop on" } else { "stop" };
        html! { <span {class} style={place} onclick={on_click}>{ speed::at_notch(stop).to_string() }</span> }
    };
    html! {
        <div class="speed">
            <span class="speed-value mono" aria-hidden="true">{ props.speed.to_string() }</span>
            <div class="speed-scale">
                <input
                    type="range"
                    min="0"
                    max={last.to_string()}
                    step="1"
                    value={notch.to_string()}
                    data-testid="speed"
                    aria-label="Speed"
                    aria-valuetext={speed::spoken(props.speed)}
                    title="Speed (↑ faster, ↓ slower)"
                    style={format!("--at: {:.2}%", notch as f64 * 100.0 / last as f64)}
                    oninput={on_input}
                />
                <div class="speed-stops" aria-hidden="true">{ for WRITTEN.into_iter().map(label) }</div>
            </div>
        </div>
    }
}
