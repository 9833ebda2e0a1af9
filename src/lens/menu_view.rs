//! A menu on the page, by WAI-ARIA's pattern: arrows go from entry to entry, Enter chooses, Escape closes, and the focus
//! goes back to where it was.

use super::menus::{Does, Entry, Menu};
use gloo::utils::{document, window};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::{Callback, Component, Context, Html, KeyboardEvent, MouseEvent, NodeRef, Properties, html};

/// What a menu is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// What can be chosen.
    pub menu: Rc<Menu>,
    /// Where it opens, in the window.
    pub at: (f64, f64),
    /// Something was chosen.
    pub on_choose: Callback<Does>,
    /// It is to be closed.
    pub on_close: Callback<()>,
}

/// A menu that is open as long as it is there.
pub struct MenuPart {
    list: NodeRef,
    /// What had the focus before.
    before: Option<Element>,
}

impl Component for MenuPart {
    type Message = ();
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self {
            list: NodeRef::default(),
            before: document().active_element(),
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        let Some(list) = self.list.cast::<HtmlElement>().filter(|_| first) else {
            return;
        };
        // Its size is only known now: it stays within the window.
        let size = |length: Result<wasm_bindgen::JsValue, _>| length.ok().and_then(|n| n.as_f64()).unwrap_or(0.0);
        let (width, height) = (size(window().inner_width()), size(window().inner_height()));
        let (x, y) = ctx.props().at;
        let place = |at: f64, own: i32, room: f64| at.min(room - f64::from(own) - 8.0).max(8.0);
        let (left, top) = (
            place(x, list.offset_width(), width),
            place(y, list.offset_height(), height),
        );
        let _ = list.style().set_property("left", &format!("{left:.0}px"));
        let _ = list.style().set_property("top", &format!("{top:.0}px"));
        if let Some(entry) = entries(&list).first() {
            let _ = entry.focus();
        }
    }

    fn destroy(&mut self, _ctx: &Context<Self>) {
        let before = self.before.take().filter(|element| element.is_connected());
        if let Some(before) = before {
            // What is chosen may take the focus on.
            let _ = before.unchecked_into::<HtmlElement>().focus();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let close = props.on_close.reform(|_: MouseEvent| ());
        let on_context = props.on_close.reform(|event: MouseEvent| event.prevent_default());
        html! {
            <>
                <div class="menu-veil" onclick={close} oncontextmenu={on_context}></div>
                <div
                    ref={self.list.clone()}
                    class="menu"
                    role="menu"
                    aria-label={props.menu.title.clone()}
                    data-testid="menu"
                    onkeydown={self.on_key(props)}
                >
                    <p class="menu-title" role="presentation">{ &props.menu.title }</p>
                    { for props.menu.entries.iter().map(|entry| item(entry, &props.on_choose)) }
                </div>
            </>
        }
    }
}

fn item(entry: &Entry, on_choose: &Callback<Does>) -> Html {
    let does = entry.does.clone();
    let refused = entry.refused;
    let on_click = on_choose.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        if refused.is_none() {
            on_click.emit(does.clone());
        }
    });
    html! {
        <>
        if let Some(heading) = entry.heading {
            <p class="menu-heading" role="presentation">{ heading }</p>
        }
        <button
            type="button"
            role="menuitem"
            tabindex="-1"
            aria-disabled={refused.is_some().then_some("true")}
            aria-current={entry.current.then_some("true")}
            {onclick}
        >
            <strong>{ &entry.label }</strong>
            <span>{ refused.map_or_else(|| entry.note.clone(), str::to_owned) }</span>
        </button>
        </>
    }
}

fn entries(list: &Element) -> Vec<HtmlElement> {
    let children = list.children();
    let all = (0..children.length()).filter_map(|index| children.item(index));
    all.filter(|element| element.has_attribute("tabindex"))
        .filter_map(|element| element.dyn_into().ok())
        .collect()
}

impl MenuPart {
    fn on_key(&self, props: &Props) -> Callback<KeyboardEvent> {
        let (list, on_close) = (self.list.clone(), props.on_close.clone());
        Callback::from(move |event: KeyboardEvent| {
            // As long as a menu is open, no key means anything to the page.
            event.stop_propagation();
            let Some(list) = list.cast::<Element>() else { return };
            let entries = entries(&list);
            let focused = document().active_element();
            let at = entries
                .iter()
                .position(|entry| Some(AsRef::<Element>::as_ref(entry)) == focused.as_ref());
            let count = entries.len().max(1);
            let next = match event.key().as_str() {
                "ArrowDown" => at.map_or(0, |at| (at + 1) % count),
                "ArrowUp" => at.map_or(0, |at| (at + count - 1) % count),
                "Home" => 0,
                "End" => count - 1,
                "Escape" | "Tab" => {
                    event.prevent_default();
                    on_close.emit(());
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            if let Some(entry) = entries.get(next) {
                let _ = entry.focus();
            }
        })
    }
}
