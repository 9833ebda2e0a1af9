//! Where everything stands on the page.

use super::{App, MenuOf, Msg, files, tab};
use crate::compare::Side;
use crate::lens::about::words;
use crate::lens::events_view::EventsPanel;
use crate::lens::ledger_view::LedgerPanel;
use crate::lens::reading_view::ReadingPanel;
use crate::lens::settings_view::SettingsPanel;
use crate::lens::why_view::WhyPanel;
use crate::session::desk::{Desk, Seek};
use crate::session::intent::Intent;
use crate::stage::{Counts, Stage};
use crate::timeline::Timeline;
use crate::ui::format::moment;
use crate::ui::header::Header;
use crate::ui::help::Help;
use crate::ui::icon::{Icon, Sign};
use crate::ui::notices::{Banner, Toast};
use crate::ui::tabs::Tabs;
use crate::walk::reader::Reader;
use partitura_engine::wire::Micros;
use std::rc::Rc;
use yew::{Callback, Context, DragEvent, Event, Html, html};

impl App {
    pub(super) fn page(&self, ctx: &Context<Self>) -> Html {
        let desk = self.desk.borrow();
        let pointed = &self.on_stage.pointed;
        let read = ctx.link().callback(|(name, text)| Msg::File(name, text));
        let on_drop = {
            let read = read.clone();
            Callback::from(move |event: DragEvent| {
                event.prevent_default();
                files::read(files::dropped(&event), read.clone());
            })
        };
        let on_file = Callback::from(move |event: Event| files::read(files::chosen(&event), read.clone()));
        let folded = |folded: bool| if folded { "folded" } else { "open" };
        html! {
            <>
                <div
                    class="page"
                    data-room={self.look.room.name()}
                    data-walk={folded(self.look.reader_folded)}
                    data-side={folded(self.look.panel_folded)}
                    data-points-timeline={pointed.timeline.to_string()}
                    data-points-clock={pointed.clock.to_string()}
                    ondragover={Callback::from(|event: DragEvent| event.prevent_default())}
                    ondrop={on_drop}
                >
                    { self.header(ctx, &desk) }
                    { self.keys_part(ctx) }
                    if self.look.room.is_of_the_run() { { self.of_the_run(ctx, &desk) } }
                </div>
                <input
                    ref={self.refs.file.clone()}
                    type="file"
                    accept=".toml"
                    hidden=true
                    aria-label="A scenario file"
                    data-testid="file"
                    onchange={on_file}
                />
                { self.menu_part(ctx) }
                <Banner problems={self.problems.clone()} on_close={ctx.link().callback(|()| Msg::CloseProblems)} />
                <Toast text={self.toast.as_ref().map(|(text, _)| text.clone())} />
                <Help open={self.look.help} on_close={ctx.link().callback(|()| Msg::Help(false))} />
            </>
        }
    }

    /// The stage of that side.
    pub(super) fn stage(&self, ctx: &Context<Self>, side: Side) -> Html {
        let (shown, other) = (self.stage_of(side), self.stage_of(side.other()));
        let beside = self.beside.as_ref().map(|_| Counts::of(&other.view));
        let (flights, summary) = match side {
            Side::Left => (self.refs.flights[0].clone(), "stage-summary"),
            Side::Right => (self.refs.flights[1].clone(), "stage-summary-right"),
        };
        // The panel follows to the side where something was touched.
        let on_select = ctx
            .link()
            .batch_callback(move |target| vec![Msg::Look(side), Msg::Select(Some(target))]);
        let on_menu = ctx.link().batch_callback(move |(target, x, y)| {
            vec![Msg::Look(side), Msg::Menu(Some((MenuOf::Thing(target), (x, y))))]
        });
        html! {
            <Stage
                view={shown.view.clone()}
                palette={shown.palette.clone()}
                captions={shown.captions.clone()}
                highlights={shown.highlights()}
                selected={self.look.about.filter(|_| self.look.side == side)}
                {on_select}
                {on_menu}
                {flights}
                {beside}
                {summary}
            />
        }
    }

    /// What is looked at of the run, with all that stands around it.
    fn of_the_run(&self, ctx: &Context<Self>, desk: &Desk) -> Html {
        html! {
            <>
                { self.reader(ctx, desk) }
                <main class="place-stage">
                    if let Some(beside) = &self.beside {
                        { self.both_stages(ctx, beside) }
                    } else {
                        <div class="stage-frame">{ self.scene(ctx, Side::Left) }</div>
                    }
                    { seeking(ctx, desk.seek(), desk.session().now()) }
                </main>
                { self.panel(ctx, desk) }
                { self.timeline(ctx, desk) }
            </>
        }
    }

    fn header(&self, ctx: &Context<Self>, desk: &Desk) -> Html {
        let link = ctx.link();
        html! {
            <Header
                scenario={desk.session().scenario().title.clone()}
                step={desk.step().map(|step| step.title.clone())}
                playing={desk.is_playing()}
                seeking={desk.seek().is_some()}
                speed={desk.speed()}
                clock={self.refs.clock.clone()}
                theme={self.look.theme}
                walks_open={self.walks_open()}
                room={self.look.room}
                on_room={link.callback(Msg::Room)}
                on_walks={link.callback(|at| Msg::Menu(Some((MenuOf::Walkthroughs, at))))}
                on_intent={link.callback(Msg::Intent)}
                comparing={desk.is_comparing()}
                on_compare={link.callback(|()| Msg::Compare(None))}
                on_share={link.callback(|()| Msg::Share)}
                on_theme={link.callback(Msg::Theme)}
                on_help={link.callback(|()| Msg::Help(true))}
            />
        }
    }

    fn reader(&self, ctx: &Context<Self>, desk: &Desk) -> Html {
        let link = ctx.link();
        if self.look.reader_folded {
            let unfold = link.callback(|_| Msg::FoldReader(false));
            return html! {
                <aside class="panel left rail" aria-label="The walkthrough, folded away">
                    if desk.step().is_some() {
                        <button
                            type="button"
                            class="ghost"
                            title="Open the walkthrough"
                            data-testid="fold-reader"
                            aria-expanded="false"
                            onclick={unfold}
                        >
                            <Sign icon={Icon::FoldRight} /><span>{ "Walkthrough" }</span>
                        </button>
                    }
                </aside>
            };
        }
        html! {
            <aside class="panel left" aria-label="The walkthrough">
                <Reader
                    scenario={desk.session().scenario().clone()}
                    step={desk.step_number()}
                    on_intent={link.callback(Msg::Intent)}
                    on_fold={link.callback(|()| Msg::FoldReader(true))}
                />
            </aside>
        }
    }

    fn panel(&self, ctx: &Context<Self>, desk: &Desk) -> Html {
        let link = ctx.link();
        if self.look.panel_folded {
            return html! {
                <aside class="panel right rail" aria-label="Panel, folded away">
                    <button
                        type="button"
                        class="ghost"
                        title="Open the panel"
                        data-testid="fold-panel"
                        aria-expanded="false"
                        onclick={link.callback(|_| Msg::FoldPanel(false))}
                    >
                        <Sign icon={Icon::FoldLeft} /><span>{ "Change the run" }</span>
                    </button>
                </aside>
            };
        }
        html! {
            <aside class="panel right" aria-label="Change the run, and look closer">
                <Tabs
                    label="Panel"
                    id="panel"
                    titles={vec!["Change", "Reader", "Events", "Ledger"]}
                    open={self.look.tab}
                    on_open={link.callback(Msg::Tab)}
                    on_fold={link.callback(|()| Msg::FoldPanel(true))}
                >
                    { self.choice_of_side(ctx, desk) }
                    { self.open_tab(ctx, desk) }
                </Tabs>
            </aside>
        }
    }

    fn open_tab(&self, ctx: &Context<Self>, desk: &Desk) -> Html {
        let (link, shown) = (ctx.link(), &self.on_panel);
        match self.look.tab {
            tab::CHANGE => html! {
                <SettingsPanel
                    values={shown.values.clone()}
                    problems={Rc::new(desk.problems().clone())}
                    pointed={self.on_stage.pointed.settings.clone()}
                    sought={self.look.sought}
                    differences={self.beside.as_ref().map(|beside| beside.differences.clone())}
                    on_intent={link.callback(Msg::Intent)}
                />
            },
            tab::PAGE => html! {
                <ReadingPanel
                    rows={shown.rows.clone()}
                    drains={shown.drains.clone()}
                    processed={shown.processed}
                    late={shown.late}
                    subjects={shown.subjects.clone()}
                    about={self.look.read_about}
                    on_about={link.callback(Msg::ReadAbout)}
                    on_where={link.callback(Msg::Where)}
                />
            },
            tab::LEDGER => html! {
                <LedgerPanel
                    now_us={self.on_timeline.now_us}
                    figures={shown.figures}
                    effects={shown.effects}
                    kept={self.kept.clone()}
                    trials={shown.trials.clone()}
                    open={self.look.column}
                    rows={shown.records.clone()}
                    merged={shown.merged.clone()}
                    on_open={link.callback(Msg::Column)}
                    on_why={link.callback(Msg::WhyOf)}
                    on_try={link.callback(Msg::Try)}
                    on_beside={link.callback(|trial| Msg::Compare(Some(trial)))}
                    on_close={link.callback(|()| Msg::CloseTrial)}
                />
            },
            _ if let Some(asked) = &shown.asked => html! {
                <WhyPanel
                    asked={asked.clone()}
                    on_close={link.callback(|()| Msg::CloseWhy)}
                    on_go={link.callback(|at| Msg::Intent(Intent::GoTo(at)))}
                    on_setting={link.callback(Msg::Setting)}
                />
            },
            _ => html! {
                <EventsPanel
                    rows={shown.events.clone()}
                    listed={self.look.listed}
                    about={self.look.about.map(words)}
                    on_all={link.callback(|()| Msg::Select(None))}
                    on_listed={link.callback(Msg::Listed)}
                    on_why={link.callback(Msg::WhyOf)}
                />
            },
        }
    }

    fn timeline(&self, ctx: &Context<Self>, desk: &Desk) -> Html {
        let shown = &self.on_timeline;
        let steps = desk
            .session()
            .scenario()
            .steps
            .iter()
            .map(|step| (step.at_us, step.title.clone()));
        html! {
            <Timeline
                figures={shown.figures.clone()}
                now_us={shown.now_us}
                span_us={shown.span_us}
                curves={shown.curves.clone()}
                beside={shown.beside.clone()}
                marks={shown.marks.clone()}
                steps={steps.collect::<Rc<[(Micros, String)]>>()}
                step={desk.step_number()}
                theme={self.look.theme.name()}
                playhead={self.refs.playhead.clone()}
                on_step={ctx.link().callback(|step| Msg::Intent(Intent::GoToStep(step)))}
                on_why={ctx.link().callback(Msg::Why)}
            />
        }
    }
}

/// While the run runs ahead: how far it is, and a way to stop it.
fn seeking(ctx: &Context<App>, seek: Option<Seek>, now: Micros) -> Html {
    /// What takes only a few frames is not worth a word.
    const SHORT_US: Micros = 500_000;
    let Some(seek) = seek.filter(|seek| seek.to.saturating_sub(seek.from) > SHORT_US) else {
        return Html::default();
    };
    let (done, whole) = (now.saturating_sub(seek.from), seek.to - seek.from);
    html! {
        <div class="seeking" role="status">
            <span>{ "Going to " }<span class="mono">{ moment(seek.to) }</span></span>
            <progress max={whole.to_string()} value={done.to_string()} aria-label="How far"></progress>
            <button
                type="button"
                class="quiet"
                onclick={ctx.link().callback(|_| Msg::Intent(Intent::StopSeeking))}
            >
                { "Stop here" }
            </button>
        </div>
    }
}
