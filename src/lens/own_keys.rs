//! What the records are about: keys that are typed or pasted.

use crate::ui::format::counted;
use partitura_engine::scenario::Setting;
use partitura_engine::world::Command;
use web_sys::HtmlTextAreaElement;
use yew::{Callback, Component, Context, Html, InputEvent, Properties, TargetCast, html};

/// What the field is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The keys that are in use, as the setting writes them.
    pub keys: String,
    /// Why the last wish could not be fulfilled, if it could not.
    pub problem: Option<String>,
    /// Other keys are wanted.
    pub on_set: Callback<(&'static str, String)>,
}

/// What happens to the field.
pub enum Msg {
    /// It is typed or pasted into.
    Typed(String),
    /// The keys are meant.
    Use,
}

/// The field.
pub struct OwnKeys {
    draft: Option<String>,
}

const NAME: &str = "own.keys";

impl Component for OwnKeys {
    type Message = Msg;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self { draft: None }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        if ctx.props().keys != old.keys {
            self.draft = None;
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Typed(text) => self.draft = Some(text),
            Msg::Use => {
                if let Some(draft) = &self.draft {
                    ctx.props().on_set.emit((NAME, draft.clone()));
                }
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let in_use = if props.keys.ends_with('\n') {
            props.keys.clone()
        } else {
            props.keys.replace(',', "\n")
        };
        let shown = self.draft.as_ref().unwrap_or(&in_use);
        let (count, problem) = match count(shown) {
            Ok(count) => (
                counted(count as u64, "key"),
                self.draft.as_ref().and(props.problem.clone()),
            ),
            Err(problem) => (String::new(), Some(problem)),
        };
        let link = ctx.link();
        let typed = |event: InputEvent| Msg::Typed(event.target_unchecked_into::<HtmlTextAreaElement>().value());
        html! {
            <div class="form">
                <label>
                    { "What the records are about: one key a line, or with commas" }
                    <textarea
                        class="field mono"
                        rows="4"
                        spellcheck="false"
                        data-testid="own-keys"
                        aria-invalid={problem.is_some().then_some("true")}
                        aria-describedby="own-keys-problem"
                        placeholder="match-7"
                        value={shown.clone()}
                        oninput={link.callback(typed)}
                    />
                </label>
                <div class="form-foot">
                    <span class="tabular" data-testid="own-keys-count">{ count }</span>
                    <button
                        type="button"
                        class="quiet"
                        data-testid="own-keys-use"
                        disabled={self.draft.is_none() || problem.is_some()}
                        onclick={link.callback(|_| Msg::Use)}
                    >
                        { "Use these keys" }
                    </button>
                </div>
                <p
                    class="field-problem"
                    id="own-keys-problem"
                    role="alert"
                    hidden={problem.is_none()}
                >
                    { problem.unwrap_or_default() }
                </p>
            </div>
        }
    }
}

fn count(text: &str) -> Result<usize, String> {
    let setting = Setting::named(NAME)?;
    match setting.command(text)? {
        Command::Keys(keys) if keys.is_empty() => Err("There is no key here.".to_owned()),
        Command::Keys(keys) => Ok(keys.len()),
        _ => Ok(0),
    }
}
