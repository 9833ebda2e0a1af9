//! What the keyboard can do, in a dialog.

use super::icon::{Icon, Sign};
use web_sys::HtmlDialogElement;
use yew::{Callback, Html, MouseEvent, Properties, component, html, use_effect_with, use_node_ref};

/// Keys, and what they do.
const KEYS: [(&[&str], &str); 8] = [
    (&["Space"], "Play or pause"),
    (&["."], "One event further"),
    (&["→"], "Next step of the walkthrough"),
    (&["←"], "Step before"),
    (&["↑"], "Faster"),
    (&["↓"], "Slower"),
    (&["Enter"], "On the stage: what can be done to it"),
    (&["?"], "This list"),
];

/// What the dialog is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Whether it is open.
    pub open: bool,
    /// It was closed.
    pub on_close: Callback<()>,
}

/// The list of keys. The browser's own dialog keeps the focus, and closes on Escape.
#[component]
pub fn Help(props: &Props) -> Html {
    let dialog = use_node_ref();
    use_effect_with((props.open, dialog.clone()), |(open, dialog)| {
        let Some(dialog) = dialog.cast::<HtmlDialogElement>() else {
            return;
        };
        if *open && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    let on_close = props.on_close.reform(|_| ());
    let close = props.on_close.reform(|_: MouseEvent| ());
    let on_backdrop = {
        let (dialog, close) = (dialog.clone(), props.on_close.clone());
        Callback::from(move |event: MouseEvent| {
            // The backdrop belongs to the dialog element itself; its content is a child of it.
            if event
                .target()
                .is_some_and(|target| dialog.get().is_some_and(|node| *node == target))
            {
                close.emit(());
            }
        })
    };
    let row = |(keys, what): &(&[&'static str], &'static str)| {
        html! {
            <div class="help-row">
                <dt>{ for keys.iter().map(|key| html! { <kbd>{ *key }</kbd> }) }</dt>
                <dd>{ *what }</dd>
            </div>
        }
    };
    html! {
        <dialog
            ref={dialog}
            class="help"
            aria-labelledby="help-title"
            data-testid="help-dialog"
            onclose={on_close}
            onclick={on_backdrop}
        >
            <div class="help-inside">
                <header>
                    <h2 id="help-title">{ "Keyboard" }</h2>
                    <button
                        type="button"
                        class="ghost square"
                        aria-label="Close"
                        onclick={close}
                    >
                        <Sign icon={Icon::Close} />
                    </button>
                </header>
                <dl>{ for KEYS.iter().map(row) }</dl>
                <p>{ "Keys do nothing here while you type in a field." }</p>
            </div>
        </dialog>
    }
}
