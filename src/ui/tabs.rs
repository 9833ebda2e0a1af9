//! Tabs: one of several panels, by click or by the arrow keys (WAI-ARIA's pattern, with automatic activation).

use super::icon::{Icon, Sign};
use web_sys::HtmlElement;
use yew::{Callback, Children, Component, Context, Html, KeyboardEvent, NodeRef, Properties, html};

/// What tabs are given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// A name for the whole.
    pub label: &'static str,
    /// A short word that the ids begin with.
    pub id: &'static str,
    /// What is written on the tabs.
    pub titles: Vec<&'static str>,
    /// Which one is open.
    pub open: usize,
    /// Another one is opened.
    pub on_open: Callback<usize>,
    /// The whole is to be folded away.
    pub on_fold: Callback<()>,
    /// What is in the open one.
    pub children: Children,
}

/// A row of tabs, and below it the open panel.
pub struct Tabs {
    tabs: Vec<NodeRef>,
}

impl Component for Tabs {
    type Message = ();
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        Self {
            tabs: ctx.props().titles.iter().map(|_| NodeRef::default()).collect(),
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let tab = |(index, title): (usize, &&'static str)| {
            let open = index == props.open;
            let on_click = props.on_open.reform(move |_| index);
            html! {
                <button
                    key={index}
                    ref={self.tabs[index].clone()}
                    type="button"
                    role="tab"
                    class="tab"
                    id={format!("{}-tab-{index}", props.id)}
                    data-testid={format!("{}-tab-{index}", props.id)}
                    aria-selected={if open { "true" } else { "false" }}
                    aria-controls={open.then(|| format!("{}-panel", props.id))}
                    tabindex={if open { "0" } else { "-1" }}
                    onclick={on_click}
                >{ *title }</button>
            }
        };
        html! {
            <>
                <div class="side-head">
                    <div class="tabs" role="tablist" aria-label={props.label} onkeydown={self.on_key(props)}>
                        { for props.titles.iter().enumerate().map(tab) }
                    </div>
                    <button
                        type="button"
                        class="ghost square"
                        aria-label="Fold the panel away"
                        title="Fold the panel away"
                        data-testid="fold-panel"
                        onclick={props.on_fold.reform(|_| ())}
                    >
                        <Sign icon={Icon::FoldRight} />
                    </button>
                </div>
                <div
                    class="tab-panel"
                    role="tabpanel"
                    id={format!("{}-panel", props.id)}
                    aria-labelledby={format!("{}-tab-{}", props.id, props.open)}
                >
                    { props.children.clone() }
                </div>
            </>
        }
    }
}

impl Tabs {
    fn on_key(&self, props: &Props) -> Callback<KeyboardEvent> {
        let (open, count, on_open, tabs) = (props.open, self.tabs.len(), props.on_open.clone(), self.tabs.clone());
        Callback::from(move |event: KeyboardEvent| {
            let next = match event.key().as_str() {
                "ArrowRight" => (open + 1) % count,
                "ArrowLeft" => (open + count - 1) % count,
                "Home" => 0,
                "End" => count - 1,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            on_open.emit(next);
            if let Some(tab) = tabs[next].cast::<HtmlElement>() {
                let _ = tab.focus();
            }
        })
    }
}
