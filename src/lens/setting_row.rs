//! One setting: its name, its value, a line to drag, and what holds of it.

use super::scale::{Scale, WAY};
use super::setting_forms::{Forms, example_of, forms_of, place_of};
use super::settings::Values;
use crate::compare::Side;
use crate::compare::differs::Difference;
use crate::ui::format::shortened;
use crate::ui::icon::{Icon, Sign};
use crate::ui::term::Term;
use partitura_engine::scenario::{Kind, Setting};
use partitura_engine::wire::Micros;
use std::rc::Rc;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};
use yew::{Callback, Component, Context, Html, InputEvent, Properties, TargetCast, classes, html};

/// What a row is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Which setting.
    pub setting: &'static Setting,
    /// Its value now.
    pub value: String,
    /// Its value in the scenario.
    pub original: String,
    /// All values: when another setting is changed, a value that was refused here is given up.
    pub values: Rc<Values>,
    /// Why the last wish could not be fulfilled, if it could not.
    pub problem: Option<String>,
    /// Whether the open step points at it.
    pub pointed: bool,
    /// Another value is wanted.
    pub on_set: Callback<(&'static str, String)>,
    /// Its values on both sides, if two runs are compared and it differs.
    pub differs: Option<Difference>,
    /// One side's value is wanted on both.
    pub on_alike: Callback<(&'static str, Side)>,
}

/// What happens to a row.
pub enum Msg {
    /// A value is being typed or dragged, and is not meant yet.
    Draft(String),
    /// This value is meant.
    Commit(String),
}

/// A row of the panel.
pub struct SettingRow {
    /// What is being typed or dragged.
    draft: Option<String>,
    /// Whether that was meant, and not only on the way there.
    meant: bool,
}

impl Component for SettingRow {
    type Message = Msg;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self {
            draft: None,
            meant: false,
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        let props = ctx.props();
        let other_applied = props.values.now != old.values.now || props.values.seed != old.values.seed;
        if props.value != old.value || (self.meant && other_applied) {
            self.draft = None;
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let props = ctx.props();
        match msg {
            Msg::Draft(text) => {
                self.draft = Some(text);
                self.meant = false;
            }
            Msg::Commit(text) if props.setting.canonical(&text).is_ok_and(|text| text == props.value) => {
                self.draft = None;
            }
            Msg::Commit(text) => {
                self.draft = Some(text.clone());
                self.meant = true;
                if props.setting.canonical(&text).is_ok() {
                    props.on_set.emit((props.setting.name, text));
                }
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let setting = props.setting;
        let shown = self.draft.as_ref().unwrap_or(&props.value);
        let problem = match setting.canonical(shown) {
            Err(_) if shown.trim().is_empty() => Some(nothing_typed(setting)),
            Err(problem) => Some(problem),
            Ok(_) => self.draft.as_ref().and(props.problem.clone()),
        };
        let changed = if props.value == props.original { "" } else { "changed" };
        let pointed = if props.pointed { "pointed" } else { "" };
        let class = classes!("setting", changed, pointed);
        let id = format!("setting-{}", setting.name.replace('.', "-"));
        html! {
            <div {class}>
                { self.control(ctx, &id, shown, problem.is_some()) }
                { facts(props) }
                { sides(props.differs.as_ref(), &props.on_alike) }
                if let Some(problem) = problem {
                    <p class="field-problem" id={format!("{id}-problem")} role="alert">{ problem }</p>
                }
            </div>
        }
    }
}

impl SettingRow {
    fn control(&self, ctx: &Context<Self>, id: &str, shown: &str, wrong: bool) -> Html {
        let setting = ctx.props().setting;
        let name = html! { <Term word={setting.name} title={setting.name} meaning={setting.about} code=true /> };
        let line = |field: Html| {
            html! { <div class="setting-line"><span class="setting-name">{ name.clone() }</span>{ field }</div> }
        };
        if let Some(forms) = forms_of(setting.name) {
            return self.forms(ctx, id, forms, (shown, wrong), &line);
        }
        match setting.kind {
            Kind::Number { min, max } => html! {
                <>
                    { line(self.number(ctx, id, shown, wrong)) }
                    { self.slider(ctx, Scale { min, max }, shown.parse().unwrap_or(min), |n| n.to_string()) }
                </>
            },
            Kind::Millis { min_us, max_us } => html! {
                <>
                    { line(self.number(ctx, id, shown, wrong)) }
                    { self.slider(ctx, whole_millis(min_us, max_us), whole(shown), |n| n.to_string()) }
                </>
            },
            Kind::Choice(words) => line(self.choice(ctx, id, words, shown)),
            Kind::Switch => line(self.choice(ctx, id, &["false", "true"], shown)),
            Kind::Distribution => self.distribution(ctx, id, shown, &line),
            // What is a text has a line of its own: half of it says nothing.
            Kind::Keys | Kind::Name | Kind::Form(_) => html! {
                <>
                    { line(Html::default()) }
                    <div class="setting-form">{ self.number(ctx, id, shown, wrong) }</div>
                </>
            },
        }
    }

    /// One of several forms; those with something to fill in have a field for it.
    fn forms(
        &self,
        ctx: &Context<Self>,
        id: &str,
        forms: Forms,
        (shown, wrong): (&str, bool),
        line: &dyn Fn(Html) -> Html,
    ) -> Html {
        let place = place_of(shown, forms);
        let filled_in = forms[place].0.contains([':', ',']);
        let on_change = ctx.link().callback(move |event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
            let form = usize::try_from(chosen).ok().and_then(|place| forms.get(place));
            Msg::Commit(form.map_or("", |(form, _)| *form).to_owned())
        });
        let option = |(index, (_, words)): (usize, &(&str, &'static str))| {
            html! { <option selected={index == place}>{ *words }</option> }
        };
        html! {
            <>
                { line(html! {
                    <select
                        class="field"
                        data-testid={id.to_owned()}
                        aria-label={ctx.props().setting.name}
                        onchange={on_change}
                    >
                        { for forms.iter().enumerate().map(option) }
                    </select>
                }) }
                if filled_in {
                    <div class="setting-form">{ self.number(ctx, &format!("{id}-text"), shown, wrong) }</div>
                }
            </>
        }
    }

    fn number(&self, ctx: &Context<Self>, id: &str, shown: &str, wrong: bool) -> Html {
        let link = ctx.link();
        let setting = ctx.props().setting;
        let numeric = !matches!(setting.kind, Kind::Name | Kind::Keys | Kind::Form(_));
        html! {
            <input
                class="field"
                type="text"
                inputmode={if numeric { "decimal" } else { "text" }}
                autocomplete="off"
                spellcheck="false"
                placeholder={example_of(setting.name)}
                data-testid={id.to_owned()}
                aria-label={setting.name}
                aria-invalid={wrong.then_some("true")}
                aria-describedby={wrong.then(|| format!("{}-problem", id.trim_end_matches("-text")))}
                value={shown.to_owned()}
                oninput={link.callback(|event: InputEvent| Msg::Draft(text_of(&event)))}
                onchange={link.callback(|event: Event| Msg::Commit(text_of(&event)))}
            />
        }
    }

    fn slider(&self, ctx: &Context<Self>, scale: Scale, value: u64, write: fn(u64) -> String) -> Html {
        let place = move |event: &HtmlInputElement| {
            let place = event.value_as_number();
            write(scale.value(if place.is_finite() && place > 0.0 {
                place as u32
            } else {
                0
            }))
        };
        let link = ctx.link();
        let at = scale.place(value);
        html! {
            <input
                type="range"
                min="0"
                max={WAY.to_string()}
                step={scale.step().to_string()}
                value={at.to_string()}
                aria-label={ctx.props().setting.name}
                aria-valuetext={write(value)}
                style={format!("--at: {:.1}%", f64::from(at) * 100.0 / f64::from(WAY))}
                oninput={link.callback(move |event: InputEvent| Msg::Draft(place(&event.target_unchecked_into())))}
                onchange={link.callback(move |event: Event| Msg::Commit(place(&event.target_unchecked_into())))}
            />
        }
    }

    fn choice(&self, ctx: &Context<Self>, id: &str, words: &'static [&'static str], shown: &str) -> Html {
        let letters: usize = words.iter().map(|word| word.len() + 3).sum();
        if letters > MOST_LETTERS_SIDE_BY_SIDE {
            return self.list(ctx, id, words, shown);
        }
        let choice = |word: &&'static str| {
            let word = *word;
            html! {
                <button type="button" class="choice" aria-pressed={(word == shown).to_string()}
                    onclick={ctx.link().callback(move |_| Msg::Commit(word.to_owned()))}>{ word }</button>
            }
        };
        html! {
            <div class="choices" role="group" aria-label={ctx.props().setting.name} data-testid={id.to_owned()}>
                { for words.iter().map(choice) }
            </div>
        }
    }

    /// A choice whose words do not fit side by side.
    fn list(&self, ctx: &Context<Self>, id: &str, words: &'static [&'static str], shown: &str) -> Html {
        let on_change = ctx
            .link()
            .callback(|event: Event| Msg::Commit(event.target_unchecked_into::<HtmlSelectElement>().value()));
        html! {
            <select
                class="field"
                data-testid={id.to_owned()}
                aria-label={ctx.props().setting.name}
                onchange={on_change}
            >
                { for words.iter().map(|word| html! { <option selected={*word == shown}>{ *word }</option> }) }
            </select>
        }
    }

    fn distribution(&self, ctx: &Context<Self>, id: &str, shown: &str, line: &dyn Fn(Html) -> Html) -> Html {
        const WORDS: [(&str, &str); 7] = [
            ("uniform", "all alike"),
            ("zipf:0.5", "Zipf, s = 0.5"),
            ("zipf:1", "Zipf, s = 1"),
            ("zipf:1.5", "Zipf, s = 1.5"),
            ("zipf:2", "Zipf, s = 2"),
            ("hot", "one hot key"),
            ("weights", "own weights"),
        ];
        let hot = shown.strip_prefix("hot:");
        let selected = if hot.is_some() { "hot" } else { shown };
        let on_change = ctx.link().callback(|event: Event| {
            let word = event.target_unchecked_into::<HtmlSelectElement>().value();
            Msg::Commit(if word == "hot" { "hot:60".to_owned() } else { word })
        });
        let option = |(value, words): &(&'static str, &'static str)| {
            html! { <option value={*value} selected={*value == selected}>{ *words }</option> }
        };
        html! {
            <>
                { line(html! {
                    <select
                        class="field"
                        data-testid={id.to_owned()}
                        aria-label="How often each key comes"
                        onchange={on_change}
                    >
                        { for WORDS.iter().map(option) }
                    </select>
                }) }
                if let Some(percent) = hot {
                    <div class="setting-line">
                        <span class="setting-note">{ "its part of all records" }</span>
                        <span class="mono setting-unit">{ percent.to_owned() }{ " %" }</span>
                    </div>
                    { self.slider(ctx, PERCENT, percent.parse().unwrap_or(0), |n| format!("hot:{n}")) }
                }
            </>
        }
    }
}

/// With a gap of three for each word.
const MOST_LETTERS_SIDE_BY_SIDE: usize = 42;
const PERCENT: Scale = Scale { min: 0, max: 100 };

fn nothing_typed(setting: &Setting) -> String {
    format!("nothing was typed; {} is {}", setting.name, setting.kind.allowed())
}

fn text_of(event: &Event) -> String {
    event.target_unchecked_into::<HtmlInputElement>().value()
}

/// Both values of a setting that differs, and the way to one of them on both sides.
pub(super) fn sides(differs: Option<&Difference>, on_alike: &Callback<(&'static str, Side)>) -> Html {
    let Some(differs) = differs else {
        return Html::default();
    };
    let name = differs.name;
    let side = |side: Side, value: &str| {
        let value = if value.is_empty() { "none" } else { value };
        let label = format!("{name}: the {} value on both sides", side.word());
        html! {
            <div>
                <dt>{ side.word() }</dt>
                <dd>
                    <span class="mono" title={value.to_owned()}>{ shortened(value, 26) }</span>
                    <button
                        type="button"
                        title={label.clone()}
                        aria-label={label}
                        onclick={on_alike.reform(move |_| (name, side))}
                    >
                        { "on both" }
                    </button>
                </dd>
            </div>
        }
    };
    html! {
        <dl class="setting-sides" data-testid={format!("differs-{}", name.replace('.', "-"))}>
            { side(Side::Left, &differs.left) }
            { side(Side::Right, &differs.right) }
        </dl>
    }
}

fn facts(props: &Props) -> Html {
    let setting = props.setting;
    let (icon, when) = if setting.live {
        (Icon::Check, "applies at once")
    } else {
        (Icon::Replay, "replays the run")
    };
    let original = props.original.clone();
    let reset = props.on_set.reform(move |_| (setting.name, original.clone()));
    html! {
        <p class="setting-facts">
            <span class={if setting.live { "when live" } else { "when" }}><Sign {icon} />{ when }</span>
            if matches!(setting.kind, Kind::Number { .. } | Kind::Millis { .. }) {
                <span>{ setting.kind.allowed().replace(" to ", "–") }</span>
            }
            if !matches!(setting.kind, Kind::Name | Kind::Keys | Kind::Form(_) | Kind::Distribution) {
                <span>{ "default " }{ setting.default() }</span>
            }
            if props.value != props.original && !setting.live {
                <button type="button" onclick={reset}>{ format!("back to {}", props.original) }</button>
            }
        </p>
    }
}

fn whole_millis(min_us: Micros, max_us: Micros) -> Scale {
    Scale {
        min: min_us / 1000,
        max: max_us / 1000,
    }
}

/// Whole milliseconds of a number that may have decimals.
fn whole(text: &str) -> u64 {
    text.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or(0)
}
