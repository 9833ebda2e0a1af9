//! A word of the field, explained when it is pointed at, or has the keyboard's focus.

use web_sys::Element;
use yew::{Component, Context, FocusEvent, Html, KeyboardEvent, NodeRef, Properties, html};

/// What a term is given.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The word, as it stands in the text.
    pub word: String,
    /// The headline of its explanation.
    pub title: String,
    /// What it means.
    pub meaning: String,
    /// Whether it is a name of Kafka's rather than a word.
    #[prop_or_default]
    pub code: bool,
}

/// What happens to a term.
pub enum Msg {
    /// It is pointed at, or focused.
    Show,
    /// It is not any more.
    Hide,
}

/// A word with an explanation.
pub struct Term {
    word: NodeRef,
    /// Where the explanation stands, while it is shown.
    place: Option<Place>,
    id: String,
}

#[derive(Clone, Copy)]
struct Place {
    left: f64,
    /// The distance to the top of the window, or to its bottom when the explanation stands above the word.
    edge: f64,
    above: bool,
}

/// How wide the explanation is, at most.
const WIDTH: f64 = 288.0;
const MARGIN: f64 = 12.0;

impl Component for Term {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let slug: String = ctx
            .props()
            .word
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        Self {
            word: NodeRef::default(),
            place: None,
            id: format!("term-{slug}"),
        }
    }

    fn update(&mut self, _ctx: &Context<Self>, msg: Msg) -> bool {
        let before = self.place.is_some();
        self.place = match msg {
            Msg::Show => self.word.cast::<Element>().and_then(|word| place_beside(&word)),
            Msg::Hide => None,
        };
        before || self.place.is_some()
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let link = ctx.link();
        let on_key = link.batch_callback(|event: KeyboardEvent| match event.key().as_str() {
            "Escape" => Some(Msg::Hide),
            "Enter" | " " => {
                event.prevent_default();
                event.stop_propagation();
                Some(Msg::Show)
            }
            _ => None,
        });
        html! {
            <span
                ref={self.word.clone()}
                class={if props.code { "term mono" } else { "term" }}
                role="button"
                tabindex="0"
                aria-describedby={self.place.map(|_| self.id.clone())}
                onpointerenter={link.callback(|_| Msg::Show)}
                onpointerleave={link.callback(|_| Msg::Hide)}
                onclick={link.callback(|_| Msg::Show)}
                onfocus={link.callback(|_: FocusEvent| Msg::Show)}
                onblur={link.callback(|_: FocusEvent| Msg::Hide)}
                onkeydown={on_key}
            >
                { for props.word.split_inclusive('.').map(|part| html! { <>{ part.to_owned() }<wbr /></> }) }
                if let Some(place) = self.place {
                    <span class="meaning" role="tooltip" id={self.id.clone()} style={place.style()}>
                        <strong>{ props.title.clone() }</strong>{ " " }{ props.meaning.clone() }
                    </span>
                }
            </span>
        }
    }
}

impl Place {
    fn style(self) -> String {
        let side = if self.above { "bottom" } else { "top" };
        format!("left: {:.0}px; {side}: {:.0}px; width: {WIDTH}px", self.left, self.edge)
    }
}

/// Below the word, or above it in the lower half of the window; never over its edges.
fn place_beside(word: &Element) -> Option<Place> {
    let window = gloo::utils::window();
    let width = window.inner_width().ok()?.as_f64()?;
    let height = window.inner_height().ok()?.as_f64()?;
    let word = word.get_bounding_client_rect();
    let left = word.left().min(width - WIDTH - MARGIN).max(MARGIN);
    let above = word.bottom() > height * 0.6;
    let edge = if above {
        height - word.top() + 6.0
    } else {
        word.bottom() + 6.0
    };
    Some(Place { left, edge, above })
}
