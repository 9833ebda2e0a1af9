//! The head of the room on the page: which group, how it stands, and the same run with another assignor.

use super::head::Figure;
use super::rivals::Rival;
use super::scene::Scene;
use super::view::{Wish, below};
use crate::stage::Target;
use crate::ui::icon::{Icon, Sign};
use yew::{Callback, Html, MouseEvent, html};

/// The group's name, which opens its menu, and the other groups.
pub(super) fn groups(scene: &Scene, on: &Callback<Wish>) -> Html {
    let menu = on.reform(|event: MouseEvent| Wish::Menu(Target::Group, below(&event)));
    let group = |(name, state): &(String, &'static str)| {
        let wanted = name.clone();
        html! {
            <button
                type="button"
                class="choice"
                aria-pressed={(*name == scene.group).to_string()}
                data-testid={["groups-show-", name].concat()}
                onclick={on.reform(move |_| Wish::Show(wanted.clone()))}
            >
                { name.clone() }<small>{ *state }</small>
            </button>
        }
    };
    html! {
        <div class="groups-title">
            <h2>
                <button
                    type="button"
                    class="ghost"
                    aria-haspopup="menu"
                    title="What can be done to this group"
                    data-testid="groups-menu"
                    onclick={menu}
                >
                    <small>{ "Group" }</small>{ &scene.group }<Sign icon={Icon::Chevron} />
                </button>
            </h2>
            if scene.groups.len() > 1 {
                <div class="choices" role="group" aria-label="Which group">{ for scene.groups.iter().map(group) }</div>
            }
        </div>
    }
}

/// Its figures.
pub(super) fn figures(figures: &[Figure]) -> Html {
    let one = |figure: &Figure| {
        html! {
            <div data-testid={["groups-", figure.id].concat()}>
                <dt>{ figure.name }</dt>
                <dd class={if figure.is_bad { "warn" } else { "" }}>{ &figure.value }</dd>
                <dd class="note">{ &figure.note }</dd>
            </div>
        }
    };
    html! { <dl class="groups-figures">{ for figures.iter().map(one) }</dl> }
}

/// The same run with each of the other assignors, beside this one.
pub(super) fn rivals(all: &[Rival], on: &Callback<Wish>) -> Html {
    let one = |rival: &Rival| {
        let trial = rival.trial.clone();
        html! {
            <button
                type="button"
                class="quiet"
                title={rival.about}
                disabled={rival.is_now}
                aria-current={rival.is_now.then_some("true")}
                data-testid={["groups-with-", rival.name].concat()}
                onclick={on.reform(move |_| Wish::Compare(trial.clone()))}
            >
                { rival.name }
            </button>
        }
    };
    html! {
        <div class="groups-rivals" role="group" aria-label="The same run with another assignor, beside this one">
            <span>{ "The same run with" }</span>
            { for all.iter().map(one) }
        </div>
    }
}
