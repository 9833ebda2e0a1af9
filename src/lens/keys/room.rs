//! The room: what is typed, what is read, and what is shown of it.

use super::change::{Change, change};
use super::feed::{Fed, Feed, How, Origin};
use super::figures::{Figures, Tile, figures};
use super::run_load::RunLoad;
use super::{MOST_PARTITIONS, clients, use_own};
use crate::session::intent::Intent;
use partitura_engine::world::Command;
use partitura_keys::{Guess, Import, KeyAt, Keys, Layout};
use std::rc::Rc;
use yew::{Callback, Component, Context, DragEvent, Html, Properties, html};

/// What the room is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Whether it is looked at. What is in it stays while it is not.
    pub open: bool,
    /// What the open run sends.
    pub run: Rc<RunLoad>,
    /// The key that was asked for, and the how manyeth such wish it is.
    pub asked: (String, u32),
    /// Another key is typed: the link has it.
    pub on_key: Callback<String>,
    /// Something is wanted of the run; then the score is.
    pub on_play: Callback<Intent>,
    /// The settings of the run are wanted with these values, from its start.
    pub on_use: Callback<Vec<(&'static str, String)>>,
}

/// What happens in the room.
pub enum Msg {
    /// A key is typed.
    Key(String),
    /// So many partitions.
    Partitions(u32),
    /// As many as the run has.
    AsInRun,
    /// So many afterwards.
    To(u32),
    /// The run's load is wanted, or one's own.
    Own(bool),
    /// Text was pasted or typed.
    Text(String),
    /// A file was dropped or chosen.
    File(web_sys::File),
    /// The file is to be read otherwise.
    Read(HowMsg),
    /// The reading goes on, or is over.
    Fed(FedMsg),
    /// The reading is to stop.
    Stop,
    /// The data are not needed any more.
    Clear,
    /// Own keys become the workload of the run.
    Use,
    /// The change is to be played.
    Play,
}

/// News of a reading.
pub struct FedMsg(Fed);

/// How to read a file.
pub struct HowMsg(pub(super) How);

/// Own data.
pub(super) struct Own {
    pub(super) import: Import,
    pub(super) layout: Layout,
    /// What it would be as a workload.
    pub(super) told: Vec<String>,
}

/// The room.
pub struct KeysRoom {
    pub(super) key: String,
    /// `None`: as many as the run has.
    pub(super) partitions: Option<u32>,
    pub(super) to: Option<u32>,
    /// Whether one's own data are looked at.
    pub(super) is_own: bool,
    pub(super) origin: Option<(Origin, String)>,
    pub(super) guess: Option<Guess>,
    pub(super) own: Option<Own>,
    pub(super) reading: Option<Feed>,
    pub(super) progress: (u64, u64, u64),
    pub(super) problem: Option<String>,
    pub(super) figures: Rc<Figures>,
    pub(super) change: Rc<Change>,
    /// How much of the load two clients would part.
    pub(super) apart: Option<String>,
}

impl KeysRoom {
    /// How many partitions are looked at.
    pub(super) fn n(&self, props: &Props) -> u32 {
        self.partitions
            .unwrap_or(props.run.partitions)
            .clamp(1, MOST_PARTITIONS)
    }

    /// How many there would be afterwards: twice as many, unless somebody says otherwise.
    pub(super) fn m(&self, props: &Props) -> u32 {
        self.to.unwrap_or(self.n(props) * 2).clamp(1, 2 * MOST_PARTITIONS)
    }

    /// The keys that are looked at: one's own if they are wanted and there.
    fn keys<'a>(&'a self, props: &'a Props) -> &'a Keys {
        match &self.own {
            Some(own) if self.is_own => &own.import.keys,
            _ => &props.run.keys,
        }
    }

    /// Makes what is shown, after something has changed.
    fn refresh(&mut self, props: &Props) {
        if !props.open {
            return;
        }
        let (n, m) = (self.n(props), self.m(props));
        let is_own = self.is_own && self.own.is_some();
        let tile = |at: KeyAt, rank: usize| {
            let of_run = || props.run.tiles.get(at as usize).cloned();
            if is_own { None } else { of_run() }.unwrap_or_else(|| Tile::of_rank(rank))
        };
        let keys = self.keys(props);
        let (figures, change) = (figures(keys, n, &tile), change(keys, n, m, &tile));
        self.apart = clients::apart(keys, n);
        (self.figures, self.change) = (Rc::new(figures), Rc::new(change));
    }

    fn read(&mut self, ctx: &Context<Self>, how: How) {
        let Some((origin, _)) = &self.origin else { return };
        (self.problem, self.progress, self.is_own) = (None, (0, 0, 0), true);
        let on_fed = ctx.link().callback(|fed| Msg::Fed(FedMsg(fed)));
        self.reading = Some(Feed::start(origin.clone(), how, on_fed));
    }

    fn fed(&mut self, fed: Fed) {
        match fed {
            Fed::Progress(done, whole, rows) => self.progress = (done, whole, rows),
            Fed::Failed(problem) => {
                (self.reading, self.own, self.guess) = (None, None, None);
                self.problem = Some(problem);
            }
            Fed::Done(import, layout, guess) => {
                self.reading = None;
                self.guess = guess.or(self.guess.take());
                self.problem = use_own::problem(&import, &layout);
                self.own = Some(Own {
                    told: use_own::told(&import),
                    import: *import,
                    layout,
                });
            }
        }
    }
}

/// What was dropped here: a file or a text. A scenario's file is left to the page.
fn dropped(event: &DragEvent) -> Option<Msg> {
    let data = event.data_transfer()?;
    let file = data.files().and_then(|files| files.get(0));
    let msg = match file {
        Some(file) if file.name().ends_with(".toml") => return None,
        Some(file) => Msg::File(file),
        None => Msg::Text(data.get_data("text/plain").ok()?),
    };
    event.prevent_default();
    event.stop_propagation();
    Some(msg)
}

impl Component for KeysRoom {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let keys = Keys::default();
        let none = |_: KeyAt, rank: usize| Tile::of_rank(rank);
        let mut room = Self {
            key: ctx.props().asked.0.clone(),
            partitions: None,
            to: None,
            is_own: false,
            origin: None,
            guess: None,
            own: None,
            reading: None,
            progress: (0, 0, 0),
            problem: None,
            figures: Rc::new(figures(&keys, 1, &none)),
            change: Rc::new(change(&keys, 1, 1, &none)),
            apart: None,
        };
        room.refresh(ctx.props());
        room
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        let props = ctx.props();
        let asked = props.asked.1 != old.asked.1;
        if asked {
            self.key.clone_from(&props.asked.0);
        }
        let other = props.run != old.run || props.open != old.open;
        if other {
            self.refresh(props);
        }
        // The callbacks are new with each refresh of the page, and mean the same: nothing is drawn for them.
        asked || other
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let props = ctx.props();
        match msg {
            Msg::Key(key) => {
                props.on_key.emit(key.clone());
                self.key = key;
                return true;
            }
            Msg::Partitions(n) => {
                self.partitions = Some(n.clamp(1, MOST_PARTITIONS)).filter(|n| *n != props.run.partitions);
            }
            Msg::AsInRun => self.partitions = None,
            Msg::To(m) => self.to = Some(m.clamp(1, 2 * MOST_PARTITIONS)),
            Msg::Own(is_own) => self.is_own = is_own,
            Msg::Text(text) if text.trim().is_empty() => {
                ctx.link().send_message(Msg::Clear);
                return false;
            }
            Msg::Text(text) => {
                self.origin = Some((Origin::Text(text.into()), "the pasted text".to_owned()));
                self.guess = None;
                self.read(ctx, How::Guess);
            }
            Msg::File(file) => {
                let name = file.name();
                self.origin = Some((Origin::File(file), name));
                self.guess = None;
                self.read(ctx, How::Guess);
            }
            Msg::Read(HowMsg(how)) => self.read(ctx, how),
            Msg::Fed(FedMsg(fed @ Fed::Progress(..))) => {
                self.fed(fed);
                return props.open;
            }
            Msg::Fed(FedMsg(fed)) => self.fed(fed),
            Msg::Stop => self.reading = None,
            Msg::Clear => {
                (self.reading, self.own, self.guess, self.origin, self.problem) = (None, None, None, None, None);
            }
            Msg::Use => {
                if let Some(own) = &self.own {
                    props.on_use.emit(use_own::settings(&own.import, self.partitions));
                }
                return false;
            }
            Msg::Play => {
                let to = self.m(props) as u16;
                props.on_play.emit(Intent::Act(Command::AddPartitions(to)));
                return false;
            }
        }
        self.refresh(props);
        props.open
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        if !ctx.props().open {
            return Html::default();
        }
        let over = Callback::from(|event: DragEvent| event.prevent_default());
        html! {
            <div class="keys-room" data-testid="keys-room" ondragover={over} ondrop={ctx.link().batch_callback(|event: DragEvent| dropped(&event))}>
                { self.one(ctx) }
                { self.middle(ctx) }
                { self.load(ctx) }
            </div>
        }
    }
}
