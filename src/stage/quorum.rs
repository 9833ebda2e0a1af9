//! The controllers that have a process of their own, in a line above the brokers.

use super::badge::{Badge, Kind};
use super::geometry::{Point, Rect};
use super::grid::Grid;
use super::label::{Label, Tone};
use super::standing::controller_title;
use partitura_engine::world::{ControllerView, ProcessState, View};

/// What is said when there is no active controller.
const LOST: &str = "no active controller: nothing can be elected";
const LOST_SHORT: &str = "no active controller";

/// The line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quorum {
    /// What stands before the controllers.
    pub label: Option<Label>,
    /// The controllers.
    pub seats: Vec<Seat>,
    /// That there is no active one, where there is none.
    pub lost: Option<Label>,
}

/// One controller.
#[derive(Debug, Clone, PartialEq)]
pub struct Seat {
    /// Its number.
    pub number: u8,
    /// Its badge; the title says its part in the quorum.
    pub badge: Badge,
    /// There is no process, or it stands still.
    pub down: bool,
}

/// How wide a seat is, with what is between two.
const SEAT: f64 = 24.0;

impl Quorum {
    /// For that moment. Without controllers in the view, nothing is said.
    #[must_use]
    pub fn new(view: &View, grid: &Grid) -> Self {
        let Some(Point { x, y }) = grid.quorum else {
            return Self::default();
        };
        let isolated = || view.controllers.iter().filter(|c| c.with_broker.is_none());
        let count = isolated().count() as f64;
        // With captions the line ends where the group does, and the sentence stands where the captions do.
        let right = grid.group.right();
        let left = if grid.captions.is_some() {
            right - SEAT * count + 4.0
        } else {
            x
        };
        let seats: Vec<Seat> = isolated()
            .enumerate()
            .map(|(place, controller)| seat(view, controller, left + SEAT * place as f64, y))
            .collect();
        let name = Label::new(
            left - 6.0,
            y,
            11.0,
            Tone::Faint,
            if count > 1.0 { "controllers" } else { "controller" },
        )
        .end();
        let labelled = grid.captions.is_some() && !seats.is_empty();
        let free = if labelled { name.bounds().x - 8.0 } else { right };
        let from = if grid.captions.is_some() {
            x
        } else {
            left + SEAT * count
        };
        let lost = (view.active_controller.is_none() && !view.controllers.is_empty()).then(|| {
            let long = Label::new(from, y, 11.0, Tone::Bad, LOST).strong();
            let short = Label {
                text: LOST_SHORT.to_owned(),
                ..long.clone()
            };
            if long.width() <= free - from {
                long
            } else {
                short.fit(free - from)
            }
        });
        Self {
            label: labelled.then_some(name),
            seats,
            lost,
        }
    }
}

fn seat(view: &View, controller: &ControllerView, x: f64, y: f64) -> Seat {
    let number = controller.number;
    let down = !matches!(controller.process, ProcessState::Running | ProcessState::ShuttingDown);
    let kind = match (down, view.active_controller == Some(number)) {
        (true, _) => Kind::Bad,
        (false, true) => Kind::Active,
        (false, false) => Kind::Standby,
    };
    let mut badge = Badge::new(x, y, kind, &number.to_string(), controller_title(view, number));
    badge.rect = Rect::new(x, badge.rect.y, SEAT - 4.0, Badge::HEIGHT);
    badge.label.at.x = badge.rect.centre().x;
    Seat { number, badge, down }
}
