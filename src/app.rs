//! The page as a whole: what is on the desk, what is shown of it, and who is told when something is wanted.

mod address;
mod asked;
mod beside;
mod files;
mod frames;
mod groups_room;
mod keys;
mod keys_room;
mod menus;
mod page;
mod queue_room;
mod retries_room;
mod rooms;
mod shown;
mod update;

use crate::compare::Side;
use crate::lens::events_view::{EventRow, Listed};
use crate::lens::ledger::{Kept, LedgerRow, MergedRow, Trial};
use crate::lens::menus::Does;
use crate::lens::reading_view::ReadRow;
use crate::lens::settings::Values;
use crate::lens::why_view::Asked;
use crate::retries::view::Wish;
use crate::session::desk::Desk;
use crate::session::intent::Intent;
use crate::session::room::Room;
use crate::stage::{FlightHandle, Target};
use crate::ui::notices::Problems;
use crate::ui::theme::{SystemWatch, Theme};
use beside::{Beside, Pane};
pub use frames::Due;
use frames::{Frames, Works};
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
pub use keys::Key;
pub use menus::MenuOf;
use menus::OpenMenu;
use partitura_engine::log::KeyId;
use partitura_engine::trace::{Event, EventId, LedgerColumn, LedgerFigures};
use partitura_engine::wire::Micros;
use partitura_engine::world::{Drain, EffectFigures};
use shown::{OnStage, OnTimeline};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::{Component, Context, Html, NodeRef};

/// Puts the app in the place of the loading state.
///
/// # Panics
/// Never on this project's page, which has that place.
pub fn mount() {
    Theme::stored().apply();
    match gloo::utils::document().get_element_by_id("app") {
        Some(root) => yew::Renderer::<App>::with_root(root).render(),
        None => yew::Renderer::<App>::new().render(),
    };
}

/// What can happen to the page.
pub enum Msg {
    /// The frame loop wants something drawn anew.
    Due(Due),
    /// A wish for the run.
    Intent(Intent),
    /// A key was pressed.
    Key(Key),
    /// The link is wanted.
    Share,
    /// The link was copied, or could not be.
    Shared(bool),
    /// Another theme is wanted.
    Theme(Theme),
    /// The system has another theme.
    SystemTheme,
    /// The list of keys is opened, or closed.
    Help(bool),
    /// The reader is folded, or unfolded.
    FoldReader(bool),
    /// The panel is folded, or unfolded.
    FoldPanel(bool),
    /// Another tab of the panel is opened.
    Tab(usize),
    /// Other events are listed.
    Listed(Listed),
    /// Something on the stage is selected, or nothing.
    Select(Option<Target>),
    /// The reader's page is narrowed to one subject, or shows all.
    ReadAbout(Option<KeyId>),
    /// A menu is wanted, at a place of the window, or none.
    Menu(Option<(MenuOf, (f64, f64))>),
    /// Something was chosen from a menu.
    Does(Does),
    /// Why that happened.
    Why(Event),
    /// The same for an event of that number.
    WhyOf(EventId),
    /// The answer was read.
    CloseWhy,
    /// That setting is to be changed.
    Setting(&'static str),
    /// The records of a column of the ledger are wanted, or of none.
    Column(Option<LedgerColumn>),
    /// The same run is wanted with other settings.
    Try(Trial),
    /// The ledger of the run before is not needed any more.
    CloseTrial,
    /// A file was read, or could not be.
    File(String, Result<String, String>),
    /// The problems were read.
    CloseProblems,
    /// The toast has been there long enough.
    ToastOver,
    /// Another run is wanted beside this one, with those settings, or with the same; or none any more.
    Compare(Option<Trial>),
    /// The panel is to look at that side.
    Look(Side),
    /// Where there is room for one thing only: that one.
    Pane(Pane),
    /// The address bar has another link.
    Address,
    /// The link in the address bar is to be the one of this moment.
    Written,
    /// That room is wanted.
    Room(Room),
    /// Something is wanted in the room of the groups.
    Groups(crate::groups::view::Wish),
    /// Where that key goes is wanted, in the room of the keys.
    Where(String),
    /// Another key is typed there.
    KeyTyped(String),
    /// The room of what could not be processed wants something.
    Retries(Wish),
    /// That is to be done to the run, and the score is to be seen.
    OnStage(Intent),
    /// The run is wanted with these settings from its start.
    Load(Vec<(&'static str, String)>),
}

/// The tabs of the panel.
pub(crate) mod tab {
    /// Change the run.
    pub(crate) const CHANGE: usize = 0;
    /// The reader's page.
    pub(crate) const PAGE: usize = 1;
    /// What happened, and why.
    pub(crate) const EVENTS: usize = 2;
    /// What became of the records.
    pub(crate) const LEDGER: usize = 3;
}

/// The page.
pub struct App {
    desk: Rc<RefCell<Desk>>,
    look: Look,
    on_stage: OnStage,
    /// What stands to the right of the stage, while two runs are compared.
    beside: Option<Beside>,
    on_timeline: OnTimeline,
    on_panel: OnPanel,
    on_keys: keys_room::OnKeys,
    on_groups: groups_room::OnGroups,
    on_retries: retries_room::OnRetries,
    on_queues: queue_room::OnQueues,
    refs: Refs,
    toast: Option<(String, Timeout)>,
    problems: Option<Problems>,
    menu: Option<OpenMenu>,
    /// The file that the run is from, if it is from one.
    file: Option<String>,
    /// The ledger of the run before, and what is tried since.
    kept: Option<(Rc<Kept>, Trial)>,
    /// When the address bar will be written next.
    written: Option<Timeout>,
    /// Whether the address bar is ours: the person has done something since the page or a link was opened.
    touched: bool,
    _frames: Frames,
    _listeners: (EventListener, EventListener, SystemWatch),
}

/// What the person has arranged on the page.
pub(crate) struct Look {
    theme: Theme,
    help: bool,
    reader_folded: bool,
    panel_folded: bool,
    tab: usize,
    listed: Listed,
    /// What is looked at.
    room: Room,
    /// Whether a step has led there.
    led: bool,
    /// The side that the panel looks at, while two runs are compared.
    side: Side,
    /// What is shown of two runs where there is room for one thing only.
    pane: Pane,
    /// What the listed events are about, if not everything.
    about: Option<Target>,
    /// What the records on the reader's page are about, if not everything.
    read_about: Option<KeyId>,
    /// The column of the ledger whose records are listed.
    column: Option<LedgerColumn>,
    /// The setting that was looked for last, and the how manyeth time that was.
    sought: Option<(&'static str, u32)>,
}

/// What the panel shows: only what is in the open tab is kept up to date.
#[derive(Clone, PartialEq)]
pub(crate) struct OnPanel {
    values: Rc<Values>,
    rows: Rc<[ReadRow]>,
    subjects: Rc<[(KeyId, String)]>,
    drains: Rc<[Drain]>,
    processed: u64,
    late: u64,
    events: Rc<[EventRow]>,
    asked: Option<Rc<Asked>>,
    figures: LedgerFigures,
    effects: EffectFigures,
    trials: Rc<[Trial]>,
    records: Rc<[LedgerRow]>,
    merged: Rc<[MergedRow]>,
    /// How often it was passed over since it was last brought up to date.
    passed: u32,
}

/// What the frame loop writes to.
pub(crate) struct Refs {
    flights: [FlightHandle; 2],
    clock: (NodeRef, NodeRef),
    playhead: NodeRef,
    span: Rc<Cell<Micros>>,
    /// The field that asks for a file.
    file: NodeRef,
}

/// Whether there is no room for two panels beside the stage, but more than one column.
fn is_narrow() -> bool {
    is_narrower(1100.0)
}

/// Whether the window is narrower than that, but has more than one column.
fn is_narrower(than: f64) -> bool {
    let width = gloo::utils::window()
        .inner_width()
        .ok()
        .and_then(|width| width.as_f64());
    width.is_some_and(|width| (761.0..than).contains(&width))
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let (desk, problems, (room, key)) = address::first();
        let desk = Rc::new(RefCell::new(desk));
        let refs = Refs {
            flights: <[FlightHandle; 2]>::default(),
            clock: <(NodeRef, NodeRef)>::default(),
            playhead: NodeRef::default(),
            span: Rc::new(Cell::new(1)),
            file: NodeRef::default(),
        };
        let works = Works {
            desk: desk.clone(),
            flights: refs.flights.clone(),
            clock: refs.clock.clone(),
            playhead: refs.playhead.clone(),
            span: refs.span.clone(),
            on_due: ctx.link().callback(Msg::Due),
        };
        let on_address = ctx.link().callback(|()| Msg::Address);
        let on_system = ctx.link().callback(|()| Msg::SystemTheme);
        let listeners = (
            keys::listen(ctx.link().callback(Msg::Key)),
            EventListener::new(&gloo::utils::window(), "hashchange", move |_| on_address.emit(())),
            SystemWatch::new(move || on_system.emit(())),
        );
        let shown = OnStage::showing(if room == Room::Groups { &key } else { "" });
        let on_stage = OnStage::of(&desk.borrow(), Side::Left, &shown);
        let on_timeline = OnTimeline::of(&desk.borrow(), None);
        let values = Rc::new(Values::of(desk.borrow().session()));
        let typed = if room == Room::Keys { &*key } else { "" };
        let on_keys = keys_room::OnKeys::of(&desk.borrow(), typed);
        let mut on_retries = retries_room::OnRetries::default();
        if room == Room::Retries {
            on_retries.go_to(&key);
        }
        let reader_folded = desk.borrow().step().is_none();
        let mut app = Self {
            on_stage,
            beside: None,
            on_timeline,
            on_panel: OnPanel {
                values,
                rows: Rc::new([]),
                subjects: Rc::new([]),
                drains: Rc::new([]),
                processed: 0,
                late: 0,
                events: Rc::new([]),
                asked: None,
                figures: LedgerFigures::default(),
                effects: EffectFigures::default(),
                trials: Rc::new([]),
                records: Rc::new([]),
                merged: Rc::new([]),
                passed: 0,
            },
            look: Look {
                theme: Theme::stored(),
                help: false,
                reader_folded,
                panel_folded: is_narrow(),
                tab: tab::CHANGE,
                listed: Listed::default(),
                room,
                led: false,
                side: Side::Left,
                pane: Pane::default(),
                about: None,
                read_about: None,
                column: None,
                sought: None,
            },
            on_keys,
            on_groups: groups_room::OnGroups::default(),
            on_retries,
            on_queues: queue_room::OnQueues::default(),
            desk,
            refs,
            toast: None,
            problems,
            menu: None,
            file: None,
            kept: None,
            written: None,
            touched: false,
            _frames: Frames::start(works),
            _listeners: listeners,
        };
        app.make_room();
        app.follow_step();
        app.let_step_lead();
        app.refresh(Due::All);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        self.handle(ctx, msg)
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        self.page(ctx)
    }
}
