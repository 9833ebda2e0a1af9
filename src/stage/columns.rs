//! A broker: its name, its rack, its heartbeat.

use super::geometry::Rect;
use super::grid::Grid;
use super::label::{Label, Tone};
use partitura_engine::short_sort::sort_short_by_key;
use partitura_engine::wire::{BrokerId, Micros};
use partitura_engine::world::BrokerView;

/// What stands above a column, and the column.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokerHead {
    /// Which.
    pub broker: BrokerId,
    /// The column.
    pub rect: Rect,
    /// Fenced: the controller has not heard of it for too long.
    pub down: bool,
    /// Name, rack, silence.
    pub labels: Vec<Label>,
    /// What it is besides a broker.
    pub badge: Option<(Rect, Label)>,
    /// Its last heartbeats on a line of time that ends now.
    pub beats: Vec<Rect>,
    /// The line of time.
    pub beat_line: Option<Rect>,
    /// All of it in words.
    pub title: String,
}

/// How much time the line of heartbeats spans.
const SPAN_US: f64 = 18_000_000.0;
/// A silence longer than so many of its usual pauses is worth a word.
const PAUSES: u64 = 2;
/// What counts as usual before there are pauses to go by: `broker.heartbeat.interval.ms`.
const FIRST_PAUSE_US: Micros = 2_000_000;

impl BrokerHead {
    /// The header of that column at that time.
    #[must_use]
    pub fn new(view: &BrokerView, now: Micros, grid: &Grid, rect: Rect) -> Self {
        let down = !view.unfenced;
        let silence = silence(view, now);
        let mut head = Self {
            broker: view.id,
            rect,
            down,
            labels: Vec::new(),
            badge: None,
            beats: Vec::new(),
            beat_line: None,
            title: title(view, silence),
        };
        let pad = if rect.w >= 108.0 {
            14.0
        } else {
            (rect.w * 0.12).clamp(2.0, 8.0)
        };
        let (left, right) = (rect.x + pad, rect.right() - pad);
        let tone = if down { Tone::Bad } else { Tone::Ink };
        if grid.roomy {
            head.labels
                .push(Label::new(left, rect.y + 24.0, 14.0, tone, format!("Broker {}", view.id.0)).strong());
            head.heartbeat(view, now, Rect::new(right - 44.0, rect.y + 12.0, 44.0, 12.0));
            head.second_line(view, silence, left, right, rect.y + 42.0);
        } else {
            let long = Label::new(left, rect.y + 18.0, 13.0, tone, format!("Broker {}", view.id.0)).strong();
            let fits = long.width() <= right - left;
            head.labels.push(if fits {
                long
            } else {
                Label {
                    text: format!("B{}", view.id.0),
                    size: 12.0,
                    ..long
                }
            });
            let dot = !fits && view.coordinates && right - left >= 34.0;
            if dot {
                let label = Label::new(right - 9.0, rect.y + 17.5, 10.0, Tone::Focus, "C")
                    .middle()
                    .strong();
                head.badge = Some((Rect::new(right - 17.0, rect.y + 7.0, 16.0, 14.0), label));
            }
            match silence.filter(|_| right - left >= 40.0) {
                Some(us) => {
                    let tone = if down { Tone::Bad } else { Tone::Warn };
                    head.labels
                        .push(Label::new(left, rect.y + 33.0, 10.0, tone, seconds(us)).mono());
                }
                None => head.heartbeat(view, now, Rect::new(left, rect.y + 26.0, right - left, 8.0)),
            }
        }
        head
    }

    fn second_line(&mut self, view: &BrokerView, silence: Option<Micros>, left: f64, right: f64, y: f64) {
        if let Some(us) = silence {
            let tone = if self.down { Tone::Bad } else { Tone::Warn };
            let long = Label::new(left, y, 11.0, tone, format!("no heartbeat {}", seconds(us)));
            let short = Label {
                text: format!("silent {}", seconds(us)),
                ..long.clone()
            };
            let fits = long.width() <= right - left;
            self.labels.push(if fits { long } else { short.fit(right - left) });
            return;
        }
        let mut free = right;
        if view.coordinates {
            let word = if right - left >= 112.0 { "coordinator" } else { "coord." };
            let width = Label::new(0.0, 0.0, 10.0, Tone::Focus, word).width() + 12.0;
            let rect = Rect::new(right - width, y - 11.5, width, 16.0);
            let label = Label::new(rect.centre().x, y, 10.0, Tone::Focus, word).middle();
            self.badge = Some((rect, label));
            free = rect.x - 6.0;
        }
        let about = match &view.rack {
            Some(rack) if rack.starts_with("rack") => rack.clone(),
            Some(rack) => format!("rack {rack}"),
            None => format!("leads {}", view.leads),
        };
        let label = Label::new(left, y, 11.0, Tone::Soft, about);
        if label.width() <= free - left || self.badge.is_none() {
            self.labels.push(label.fit(free - left));
        }
    }

    /// A bar for each heartbeat; a broker that falls silent leaves the right end empty.
    fn heartbeat(&mut self, view: &BrokerView, now: Micros, room: Rect) {
        for beat in &view.heartbeats_us {
            let age = now.saturating_sub(*beat) as f64 / SPAN_US;
            if age < 1.0 {
                let height = room.h * (1.0 - 0.55 * age);
                let x = room.right() - 2.0 - age * (room.w - 2.0);
                self.beats.push(Rect::new(x, room.bottom() - height, 2.0, height));
            }
        }
        self.beat_line = Some(Rect::new(room.x, room.bottom() - 0.5, room.w, 1.0));
    }
}

/// How long it has been silent, if that is longer than it usually pauses.
fn silence(view: &BrokerView, now: Micros) -> Option<Micros> {
    let latest = *view.heartbeats_us.first()?;
    let pauses = view
        .heartbeats_us
        .windows(2)
        .map(|beats| beats[0].saturating_sub(beats[1]));
    let mut pauses: Vec<Micros> = pauses.collect();
    sort_short_by_key(&mut pauses, |pause| *pause);
    let pause = if pauses.len() < 2 {
        FIRST_PAUSE_US
    } else {
        pauses[pauses.len() / 2]
    };
    let silent = now.saturating_sub(latest);
    let is_long = silent > PAUSES * pause.max(1_000);
    (is_long || (!view.unfenced && silent > 0)).then_some(silent)
}

fn seconds(us: Micros) -> String {
    format!("{}.{}\u{a0}s", us / 1_000_000, us / 100_000 % 10)
}

fn title(view: &BrokerView, silence: Option<Micros>) -> String {
    let mut text = format!("Broker {}", view.id.0);
    if let Some(rack) = &view.rack {
        text += &format!(" in {}{rack}", if rack.starts_with("rack") { "" } else { "rack " });
    }
    text += &format!(
        ": leads {} {}",
        view.leads,
        if view.leads == 1 { "partition" } else { "partitions" }
    );
    if view.coordinates {
        text += ", coordinates the group";
    }
    if view.parked_produces > 0 {
        text += &format!(", {} produce requests wait for followers", view.parked_produces);
    }
    if !view.unfenced {
        text += ", fenced";
    }
    if let Some(us) = silence {
        text += &format!(", no heartbeat for {}", seconds(us));
    }
    text + "."
}

#[cfg(test)]
mod tests {
    use super::*;
    use partitura_engine::world::ProcessState;

    fn broker(beats: &[Micros]) -> BrokerView {
        BrokerView {
            id: BrokerId(3),
            rack: Some("c".to_owned()),
            unfenced: true,
            process: ProcessState::Running,
            process_since_us: 0,
            controller: None,
            disk_bytes_per_s: None,
            heard_us: None,
            leads: 1,
            coordinates: false,
            parked_produces: 0,
            parked_fetches: 0,
            held: 0,
            heartbeats_us: beats.to_vec(),
        }
    }

    #[test]
    fn silence_is_measured_against_the_usual_pause() {
        let view = broker(&[6_000_000, 4_000_000, 2_000_000]);
        assert_eq!(silence(&view, 9_900_000), None);
        assert_eq!(silence(&view, 11_000_000), Some(5_000_000));
        assert_eq!(
            title(&view, silence(&view, 11_000_000)),
            "Broker 3 in rack c: leads 1 partition, no heartbeat for 5.0\u{a0}s."
        );
    }

    #[test]
    fn a_broker_that_was_never_heard_is_not_silent() {
        assert_eq!(silence(&broker(&[]), 99_000_000), None);
    }

    #[test]
    fn the_first_heartbeats_come_in_quick_succession_and_say_nothing_of_the_usual_pause() {
        assert_eq!(silence(&broker(&[60_000, 20_000]), 3_000_000), None);
        assert_eq!(silence(&broker(&[60_000, 20_000]), 5_060_000), Some(5_000_000));
    }
}
