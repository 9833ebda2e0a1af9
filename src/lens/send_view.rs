//! One record by hand: its key, what it says, and where the key will take it.

use crate::lens::captions::signed;
use crate::ui::format::grouped;
use partitura_engine::producer::murmur2::{murmur2, to_positive};
use partitura_engine::world::Command;
use web_sys::{HtmlInputElement, HtmlSelectElement, SubmitEvent};
use yew::{Callback, Component, Context, Event, Html, InputEvent, Properties, TargetCast, html};

/// What the form is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Into how many partitions the topic is cut.
    pub partitions: u16,
    /// Whether the producers hash keys as Kafka's own client does.
    pub hashes: bool,
    /// A record is to be sent.
    pub on_act: Callback<Command>,
}

/// What happens to the form.
pub enum Msg {
    /// The key is typed.
    Key(String),
    /// The value is typed.
    Value(String),
    /// A partition is chosen with the record, or left to the partitioner.
    Partition(Option<u16>),
    /// The record is meant.
    Send,
}

/// The form.
#[derive(Default)]
pub struct SendForm {
    key: String,
    value: String,
    partition: Option<u16>,
}

/// The most bytes that a key or a value typed here may have.
const MOST_BYTES: usize = 256;

impl Component for SendForm {
    type Message = Msg;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self::default()
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Key(key) => self.key = key,
            Msg::Value(value) => self.value = value,
            Msg::Partition(partition) => self.partition = partition,
            Msg::Send => {
                if self.problem().is_none() {
                    let key = Some(self.key.clone()).filter(|key| !key.is_empty());
                    ctx.props().on_act.emit(Command::Send {
                        key,
                        value: self.value.clone(),
                        partition: self.partition,
                    });
                    self.value.clear();
                }
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let text = |event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value();
        let on_submit = link.callback(|event: SubmitEvent| {
            event.prevent_default();
            Msg::Send
        });
        let problem = self.problem();
        html! {
            <form class="form" onsubmit={on_submit} aria-label="Send one record">
                <div class="form-row">
                    <label>{ "Key" }
                        <input
                            class="field mono"
                            type="text"
                            placeholder="no key"
                            autocomplete="off"
                            spellcheck="false"
                            data-testid="send-key"
                            value={self.key.clone()}
                            oninput={link.callback(move |event| Msg::Key(text(event)))}
                        />
                    </label>
                    <label>{ "Value" }
                        <input
                            class="field"
                            type="text"
                            placeholder="Goal!"
                            autocomplete="off"
                            data-testid="send-value"
                            value={self.value.clone()}
                            oninput={link.callback(move |event| Msg::Value(text(event)))}
                        />
                    </label>
                </div>
                <p class="computed mono" data-testid="send-computed">{ self.computation(ctx.props()) }</p>
                if let Some(problem) = &problem { <p class="field-problem" role="alert">{ problem.clone() }</p> }
                <div class="form-foot">
                    { self.partitions(ctx) }
                    <button
                        type="submit"
                        class="quiet"
                        data-testid="send"
                        disabled={problem.is_some()}
                    >
                        { "Send" }
                    </button>
                </div>
            </form>
        }
    }
}

impl SendForm {
    fn problem(&self) -> Option<String> {
        let too_long = |what: &str, text: &str| {
            (text.len() > MOST_BYTES).then(|| {
                format!(
                    "The {what} has {} bytes, and at most {MOST_BYTES} are allowed.",
                    text.len()
                )
            })
        };
        let control = |what: &str, text: &str| {
            text.chars()
                .any(char::is_control)
                .then(|| format!("The {what} has a character that cannot be shown."))
        };
        too_long("key", &self.key)
            .or_else(|| too_long("value", &self.value))
            .or_else(|| control("key", &self.key))
            .or_else(|| control("value", &self.value))
    }

    /// Who chooses the partition: the partitioner, or whoever sends (`ProducerRecord.partition`).
    fn partitions(&self, ctx: &Context<Self>) -> Html {
        let on_change = ctx.link().callback(|event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
            Msg::Partition(chosen.parse().ok())
        });
        html! {
            <select class="field" aria-label="Partition" data-testid="send-partition" onchange={on_change}>
                <option value="" selected={self.partition.is_none()}>{ "by its partitioner" }</option>
                { for (0..ctx.props().partitions).map(|partition| html! {
                    <option value={partition.to_string()} selected={self.partition == Some(partition)}>{ "to P" }{ partition }</option>
                }) }
            </select>
        }
    }

    /// `Utils.toPositive(Utils.murmur2(key)) % partitions`, as Kafka's own partitioner has it.
    fn computation(&self, props: &Props) -> Html {
        if let Some(partition) = self.partition {
            return html! { <>{ "chosen with the record → " }<b>{ "P" }{ partition }</b></> };
        }
        if !props.hashes {
            return html! { "partitioner.class decides" };
        }
        if self.key.is_empty() {
            return html! { "no key: the sticky partitioner picks" };
        }
        let partitions = props.partitions;
        let hash = murmur2(self.key.as_bytes());
        let positive = to_positive(hash);
        let partition = positive % u32::from(partitions.max(1));
        let (computed, shown) = (grouped(u64::from(positive)), signed(hash));
        let masked = if hash < 0 {
            format!(" & 0x7fffffff = {computed}")
        } else {
            String::new()
        };
        html! { <>{ format!("murmur2 = {shown}{masked} mod {partitions} → ") }<b>{ format!("P{partition}") }</b></> }
    }
}
