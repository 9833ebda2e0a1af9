//! Heat as SVG: bars with their capacity, and the edge and the word of a hot leader.

use super::cells::Cell;
use super::shapes::{outline, px, rect, text};
use super::warmth::HeatBar;
use std::fmt::Write;
use yew::prelude::*;

/// A bar, hatched beyond the capacity.
pub(super) fn heat_bar(bar: &HeatBar) -> Html {
    let mut hatches = String::new();
    for (from, to) in bar.hatches() {
        let (bottom, top) = (bar.track.bottom(), bar.track.y);
        let _ = write!(hatches, "M{} {}L{} {}", px(from), px(bottom), px(to), px(top));
    }
    let corner = bar.track.h / 2.0;
    html! {
        <g class={classes!("heat-bar", bar.warmth.class())}>
            { rect("bar-track", &bar.track, corner) }
            { rect("bar", &bar.within, corner) }
            if let Some(above) = &bar.above {
                { rect("beyond", above, 0.0) }
                <path class="hatch" d={hatches} />
            }
            { rect("capacity", &bar.capacity, 0.0) }
        </g>
    }
}

/// The warm edge of a leader's cell, outside of its own.
pub(super) fn edge(cell: &Cell, corner: f64) -> Html {
    let Some(class) = cell.warmth.class() else {
        return Html::default();
    };
    outline(classes!("warm-edge", class), &cell.rect.inset(-2.0), corner + 2.0)
}

/// The word on that edge.
pub(super) fn sign(cell: &Cell) -> Html {
    let Some((frame, label)) = &cell.sign else {
        return Html::default();
    };
    html! {
        <g class={classes!("heat-sign", cell.warmth.class())}>{ rect("frame", frame, frame.h / 2.0) }{ text(label) }</g>
    }
}
