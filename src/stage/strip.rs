//! The producers: who they are, and how the last key found its partition.

use super::geometry::Rect;
use super::grid::Grid;
use super::label::{Label, Tone};
use super::layout::Captions;
use partitura_engine::world::View;

/// The strip beneath the columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// Its outline.
    pub rect: Rect,
    /// Its name, and who the producers are.
    pub labels: Vec<Label>,
    /// The computation's lines.
    pub computation: Vec<Label>,
    /// The computation's room.
    pub computation_rect: Rect,
    /// In words.
    pub title: String,
}

impl Strip {
    /// For these producers and texts.
    #[must_use]
    pub fn new(view: &View, captions: &Captions, grid: &Grid) -> Self {
        let rect = grid.strip;
        let in_one = rect.w >= Grid::STRIP_IN_ONE;
        let pad = if in_one { 14.0 } else { 10.0 };
        let (left, room) = (rect.x + pad, rect.w - 2.0 * pad);
        let blocked = view.producers.iter().filter(|producer| producer.blocked).count();
        let (about, tone) = match blocked {
            0 => (captions.producers.clone(), Tone::Soft),
            n => (format!("{n} of {} blocked in send()", view.producers.len()), Tone::Warn),
        };
        let name = Label::new(
            left,
            rect.y + if in_one { 22.0 } else { 20.0 },
            12.5,
            Tone::Ink,
            "Producers",
        )
        .strong();
        let mut labels = Vec::with_capacity(2);
        let (x, width, first, step) = if in_one {
            let about_room = (room * 0.42).min(230.0);
            labels.push(Label::new(left, rect.y + 40.0, 11.0, tone, about).fit(about_room));
            (left + about_room + 12.0, room - about_room - 12.0, 22.0, 18.0)
        } else {
            let x = left + name.width() + 8.0;
            labels.push(Label::new(x, rect.y + 20.0, 10.5, tone, about).fit(room - name.width() - 8.0));
            (left, room, 42.0, 17.0)
        };
        labels.push(name);
        let last = captions.computation.len().min(2).saturating_sub(1);
        let size = captions
            .computation
            .iter()
            .map(|line| line.chars().count())
            .max()
            .unwrap_or(0);
        let size = (width / (size as f64 * 0.603)).clamp(9.5, 11.5);
        let computation = captions
            .computation
            .iter()
            .take(2)
            .enumerate()
            .map(|(i, line)| {
                let tone = if i == last { Tone::Ink } else { Tone::Soft };
                let label = Label::new(x, rect.y + first + step * i as f64, size, tone, line.as_str())
                    .mono()
                    .fit(width);
                Label {
                    strong: i == last,
                    ..label
                }
            })
            .collect();
        let computation_rect = Rect::new(x - 8.0, rect.y + first - 16.0, width + 12.0, step + 24.0);
        let title = format!("Producers: {}. {}", captions.producers, captions.computation.join(", "));
        Self {
            rect,
            labels,
            computation,
            computation_rect,
            title,
        }
    }
}
