//! The small change of the score's SVG: numbers, labels, outlines, and parts that compare what they draw.

use super::badge::Badge;
use super::geometry::Rect;
use super::label::{Align, Label};
use super::layout::Layout;
use std::fmt::Write;
use std::marker::PhantomData;
use std::rc::Rc;
use yew::prelude::*;

/// Something that a layout has a list of.
pub(super) trait Part: PartialEq + 'static {
    /// The one at that place.
    fn of(layout: &Layout, index: usize) -> Option<&Self>;
}

/// Which part of the layout, and how it stands out. Equal when what is drawn is equal, so that a part that has not
/// changed is not drawn again, though each moment has its own layout.
#[derive(Properties)]
pub(super) struct PartProps<P: Part> {
    pub(super) layout: Rc<Layout>,
    #[prop_or_default]
    pub(super) index: usize,
    pub(super) selected: bool,
    /// Whether the tab key comes here.
    pub(super) tab: bool,
    /// Whether anything comes of a click.
    pub(super) live: bool,
    #[prop_or_default]
    pub(super) kind: PhantomData<P>,
}

impl<P: Part> PartProps<P> {
    /// What is to be drawn.
    pub(super) fn part(&self) -> Option<&P> {
        P::of(&self.layout, self.index)
    }

    /// `0` where the tab key comes, `-1` where only arrows lead.
    pub(super) fn tabindex(&self) -> &'static str {
        if self.tab { "0" } else { "-1" }
    }

    /// A button, or something to look at.
    pub(super) fn role(&self) -> &'static str {
        if self.live { "button" } else { "img" }
    }

    /// For `aria-pressed`: only buttons have it.
    pub(super) fn pressed(&self) -> Option<&'static str> {
        self.live.then_some(if self.selected { "true" } else { "false" })
    }
}

impl<P: Part> PartialEq for PartProps<P> {
    fn eq(&self, other: &Self) -> bool {
        (self.selected, self.tab, self.live) == (other.selected, other.tab, other.live) && self.part() == other.part()
    }
}

/// A number of pixels, to a tenth, without a tail of zeros.
pub fn px(value: f64) -> AttrValue {
    let rounded = (value * 10.0).round() / 10.0;
    rounded.to_string().into()
}

/// A line of text.
pub(super) fn text(label: &Label) -> Html {
    let class = classes!(
        label.tone.class(),
        label.strong.then_some("heavy"),
        label.mono.then_some("mono")
    );
    let anchor = match label.align {
        Align::Start => None,
        Align::Middle => Some("middle"),
        Align::End => Some("end"),
    };
    html! {
        <text {class} x={px(label.at.x)} y={px(label.at.y)} font-size={px(label.size)} text-anchor={anchor}>
            { &label.text }
        </text>
    }
}

/// A word in a frame.
pub(super) fn badge(badge: &Badge) -> Html {
    html! {
        <g class={classes!("badge", badge.kind.class())}>
            <title>{ &badge.title }</title>
            { outline("frame", &badge.rect, 8.0) }
            { text(&badge.label) }
        </g>
    }
}

/// A filled rectangle.
pub(super) fn rect(class: impl Into<Classes>, rect: &Rect, corner: f64) -> Html {
    html! {
        <rect class={class.into()} x={px(rect.x)} y={px(rect.y)} width={px(rect.w)} height={px(rect.h)} rx={px(corner)} />
    }
}

/// A rectangle with a hairline, moved by half a pixel so that the line is sharp.
pub(super) fn outline(class: impl Into<Classes>, around: &Rect, corner: f64) -> Html {
    let whole = Rect::new(around.x.round(), around.y.round(), around.w.round(), around.h.round());
    rect(class, &whole.inset(0.5), corner)
}

/// Adds a rectangle to a path: many in one element.
pub(super) fn boxes(path: &mut String, rect: &Rect) {
    let _ = write!(
        path,
        "M{} {}h{}v{}h-{}z",
        px(rect.x),
        px(rect.y),
        px(rect.w),
        px(rect.h),
        px(rect.w)
    );
}
