//! What is under the mouse, in words.

use super::layout::Layout;
use super::target::Target;
use std::rc::Rc;
use yew::prelude::*;

/// The width of a tip, in CSS pixels.
const WIDTH: f64 = 248.0;
/// The most height that a tip is likely to have.
const HEIGHT: f64 = 96.0;

/// What a tip is about.
#[derive(Properties, PartialEq)]
pub(super) struct TipProps {
    pub(super) layout: Rc<Layout>,
    pub(super) target: Target,
}

/// Beneath the thing, or above it near the end of the sheet. What is read out says the same, so it is not read twice.
#[component]
pub(super) fn Tip(props: &TipProps) -> Html {
    let (layout, target) = (&props.layout, props.target);
    let (Some(text), Some(near)) = (layout.title(target), layout.highlight(target)) else {
        return Html::default();
    };
    let scale = layout.scale;
    let (width, height) = layout.size();
    let end = match target {
        Target::Broker(_) | Target::Group => near.y + layout.grid.header,
        _ => near.bottom(),
    };
    let margin = WIDTH / 2.0 + 8.0;
    let left = (near.centre().x * scale).clamp(margin, (width - margin).max(margin));
    let above = end * scale + HEIGHT > height;
    let top = if above { near.y * scale - 8.0 } else { end * scale + 8.0 };
    let class = classes!("stage-tip", above.then_some("above"));
    let style = format!("left:{left:.0}px;top:{top:.0}px;width:{WIDTH}px");
    html! { <div {class} {style} aria-hidden="true">{ text.to_owned() }</div> }
}
