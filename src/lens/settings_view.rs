//! *Change the run*: the settings that matter most first, all others below.

use super::own_keys::OwnKeys;
use super::send_view::SendForm;
use super::setting_row::{SettingRow, sides};
use super::settings::{SEED, Values};
use crate::compare::differs::Difference;
use crate::session::intent::Intent;
use crate::ui::icon::{Icon, Sign};
use partitura_engine::scenario::{Area, Setting};
use partitura_engine::short_map::ShortMap;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement};
use yew::{Callback, Html, Properties, TargetCast, component, html, use_effect_with, use_state};

/// What the panel is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The values.
    pub values: Rc<Values>,
    /// Why wishes could not be fulfilled, by the setting's name.
    pub problems: Rc<ShortMap<&'static str, String>>,
    /// What the open step points at.
    pub pointed: Vec<&'static str>,
    /// A setting that is looked for, and the how manyeth such wish it is.
    #[prop_or_default]
    pub sought: Option<(&'static str, u32)>,
    /// What differs between two runs that are compared; `None` while one is alone.
    #[prop_or_default]
    pub differences: Option<Rc<[Difference]>>,
    /// Something is wanted.
    pub on_intent: Callback<Intent>,
}

const CLUSTER: [&str; 4] = ["brokers", "partitions", "replication.factor", "min.insync.replicas"];
const TRAFFIC: [&str; 3] = ["rate", "key", "keys"];
const GROUP: [&str; 3] = ["consumers", "processing.ms", "order.repair"];
const PRODUCERS: [&str; 6] = [
    "producers",
    "acks",
    "enable.idempotence",
    "partitioner.class",
    "linger.ms",
    "batch.size",
];
/// How much can be done, and how much may.
const CAPACITY: [&str; 7] = [
    "broker.records.per.second",
    "broker.bytes.per.second",
    "buffer.memory",
    "source",
    "send.limit",
    "producer_byte_rate",
    "consumer_byte_rate",
];
const FAILURES: [&str; 5] = [
    "unclean.leader.election.enable",
    "broker.session.timeout.ms",
    "replica.lag.time.max.ms",
    "controllers",
    "process.roles",
];
const OWN_KEYS: &str = "own.keys";
/// Shown beneath the keys where they come by weights.
const WEIGHTS: &str = "own.weights";

const AREAS: [(Area, &str); 8] = [
    (Area::Cluster, "Brokers"),
    (Area::Topic, "Topic"),
    (Area::Workload, "Traffic"),
    (Area::Producers, "Producers"),
    (Area::Consumers, "Consumers"),
    (Area::Group, "Group"),
    (Area::Network, "Network"),
    (Area::Run, "Run"),
];

/// All that can be changed.
#[component]
pub fn SettingsPanel(props: &Props) -> Html {
    let everything = use_state(|| false);
    let on_toggle = {
        let everything = everything.clone();
        Callback::from(move |event: Event| {
            everything.set(event.target_unchecked_into::<web_sys::Element>().has_attribute("open"));
        })
    };
    {
        let everything = everything.clone();
        use_effect_with((props.sought, *everything), move |(sought, shown)| {
            let Some((name, _)) = *sought else { return };
            // What is folded away comes first, and is there when this is asked again.
            if !show(name) && !*shown {
                everything.set(true);
            }
        });
    }
    use_effect_with((props.pointed.clone(), *everything), {
        let everything = everything.clone();
        move |(pointed, shown)| {
            if !pointed.is_empty() && !bring_near() && !*shown {
                everything.set(true);
            }
        }
    });
    let on_set = props.on_intent.reform(|(name, value)| Intent::Set(name, value));
    let on_alike = props.on_intent.reform(|(name, side)| Intent::Alike(name, side));
    let row = |setting: &'static Setting| {
        let value = |values: &ShortMap<&'static str, String>| values.get(setting.name).cloned().unwrap_or_default();
        html! {
            <SettingRow
                key={setting.name}
                {setting}
                value={value(&props.values.now)}
                original={value(&props.values.original)}
                values={props.values.clone()}
                problem={props.problems.get(setting.name).cloned()}
                pointed={props.pointed.contains(&setting.name)}
                on_set={on_set.clone()}
                differs={difference(props, setting.name).cloned()}
                on_alike={on_alike.clone()}
            />
        }
    };
    let rows = |names: &[&str]| {
        names
            .iter()
            .filter_map(|name| Setting::find(name))
            .map(row)
            .collect::<Html>()
    };
    let partitions = props
        .values
        .now
        .get("partitions")
        .and_then(|n| n.parse().ok())
        .unwrap_or(1);
    let now = |name| props.values.now.get(name).map_or("", |value| value.as_str());
    let hashes = now("partitioner.class") == "default" && now("partitioner.ignore.keys") != "true";
    html! {
        <div class="lens settings" data-testid="settings">
            if props.values.changes > 0 { { yours(props) } }
            <div class="setting-group"><h3>{ "Cluster and topic" }</h3>{ rows(&CLUSTER) }</div>
            <div class="setting-group"><h3>{ "Traffic" }</h3>{ rows(&TRAFFIC) }
                <OwnKeys
                    keys={props.values.now.get(OWN_KEYS).cloned().unwrap_or_default()}
                    problem={props.problems.get(OWN_KEYS).cloned()}
                    on_set={on_set.clone()}
                />
                if props.values.now.get("keys").is_some_and(|keys| keys == "weights") { { rows(&[WEIGHTS]) } }
                { sides(difference(props, OWN_KEYS), &on_alike) }
            </div>
            <div class="setting-group"><h3>{ "Send one record" }</h3>
                <SendForm {partitions} {hashes} on_act={props.on_intent.reform(Intent::Act)} />
            </div>
            <div class="setting-group"><h3>{ "Consumer group" }</h3>{ rows(&GROUP) }</div>
            <div class="setting-group"><h3>{ "Producers" }</h3>{ rows(&PRODUCERS) }</div>
            <div class="setting-group"><h3>{ "Capacity and limits" }</h3>{ rows(&CAPACITY) }</div>
            <div class="setting-group"><h3>{ "When brokers fail" }</h3>{ rows(&FAILURES) }</div>
            <div class="setting-group"><h3>{ "Chance" }</h3>{ seed(props) }</div>
            <div class="setting-group">
                <details open={*everything} ontoggle={on_toggle}>
                    <summary data-testid="all-settings"><Sign icon={Icon::Chevron} />{ "All other settings" }</summary>
                    if *everything { { for AREAS.iter().map(|(area, title)| others(*area, title, &row)) } }
                </details>
            </div>
        </div>
    }
}

/// Puts the focus into the field of that setting. `false` when it is not on the page.
fn show(name: &str) -> bool {
    let row = format!("[data-testid=\"setting-{}\"]", name.replace('.', "-"));
    let found = gloo::utils::document().query_selector(&row).ok().flatten();
    let Some(row) = found else { return false };
    let inner = row.query_selector("button").ok().flatten();
    let field: HtmlElement = inner.unwrap_or(row).unchecked_into();
    field.scroll_into_view();
    field.focus().is_ok()
}

/// Scrolls the panel, and nothing else, to what the open step points at. `false` when it is not on the page.
fn bring_near() -> bool {
    let Some(row) = gloo::utils::document()
        .query_selector(".lens .setting.pointed")
        .ok()
        .flatten()
    else {
        return false;
    };
    let Some(panel) = row.closest(".lens").ok().flatten() else {
        return false;
    };
    let (row, place) = (row.get_bounding_client_rect(), panel.get_bounding_client_rect());
    if row.top() < place.top() || row.bottom() > place.bottom() {
        let to = row.top() - place.top() + f64::from(panel.scroll_top()) - place.height() / 3.0;
        panel.set_scroll_top(to.max(0.0) as i32);
    }
    true
}

fn others(area: Area, title: &'static str, row: &dyn Fn(&'static Setting) -> Html) -> Html {
    let shown = [
        &CLUSTER[..],
        &TRAFFIC,
        &GROUP,
        &PRODUCERS,
        &CAPACITY,
        &FAILURES,
        &[OWN_KEYS, WEIGHTS],
    ]
    .concat();
    let mut rest = Setting::all()
        .filter(|s| s.area == area && !shown.contains(&s.name))
        .peekable();
    if rest.peek().is_none() {
        return Html::default();
    }
    html! { <><h4>{ title }</h4>{ for rest.map(row) }</> }
}

fn yours(props: &Props) -> Html {
    let changes = crate::ui::format::counted(props.values.changes as u64, "change");
    html! {
        <p class="yours">
            <span>{ changes }{ " of yours" }</span>
            <button
                type="button"
                class="quiet"
                data-testid="forget"
                onclick={props.on_intent.reform(|_| Intent::Forget)}
            >
                { "Take back all" }
            </button>
        </p>
    }
}

fn seed(props: &Props) -> Html {
    let values = &props.values;
    let problem = props.problems.get(SEED).cloned();
    let on_change = props
        .on_intent
        .reform(|event: Event| Intent::Set(SEED, event.target_unchecked_into::<HtmlInputElement>().value()));
    let set_to = |seed: u64| props.on_intent.reform(move |_| Intent::Set(SEED, seed.to_string()));
    let next = values.seed.wrapping_add(1);
    html! {
        <div class={if values.seed == values.original_seed { "setting" } else { "setting changed" }}>
            <div class="setting-line">
                <label class="setting-name" for="setting-seed-field">{ "seed" }</label>
                <input
                    id="setting-seed-field"
                    class="field"
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    data-testid="setting-seed"
                    aria-invalid={problem.is_some().then_some("true")}
                    value={values.seed.to_string()}
                    onchange={on_change}
                />
            </div>
            <p class="setting-note">{ "All chance comes from it: the same seed gives the same run." }</p>
            <p class="setting-facts">
                <span class="when"><Sign icon={Icon::Replay} />{ "replays the run" }</span>
                <button type="button" onclick={set_to(next)}>{ "another" }</button>
                if values.seed != values.original_seed {
                    <button type="button" onclick={set_to(values.original_seed)}>
                        { format!("back to {}", values.original_seed) }
                    </button>
                }
            </p>
            { sides(difference(props, SEED), &props.on_intent.reform(|(name, side)| Intent::Alike(name, side))) }
            if let Some(problem) = problem { <p class="field-problem" role="alert">{ problem }</p> }
        </div>
    }
}

fn difference<'a>(props: &'a Props, name: &str) -> Option<&'a Difference> {
    props
        .differences
        .as_ref()?
        .iter()
        .find(|difference| difference.name == name)
}
