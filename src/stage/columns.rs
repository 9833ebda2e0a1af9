//! A broker: its name, its state, its rack, its heartbeat.

use super::badge::Badge;
use super::geometry::Rect;
use super::grid::Grid;
use super::label::{Label, Tone, seconds};
use super::standing::{Standing, controller_title, offices, place_badges};
use super::warmth::{HeatBar, load};
use partitura_engine::short_sort::sort_short_by_key;
use partitura_engine::wire::{BrokerId, Micros};
use partitura_engine::world::{BrokerView, View};

/// What stands above a column, and the column.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokerHead {
    /// Which.
    pub broker: BrokerId,
    /// The column.
    pub rect: Rect,
    /// How it stands.
    pub standing: Standing,
    /// Name, state, rack, silence.
    pub labels: Vec<Label>,
    /// What it is besides a broker.
    pub badges: Vec<Badge>,
    /// Its last heartbeats on a line of time that ends now.
    pub beats: Vec<Rect>,
    /// The line of time.
    pub beat_line: Option<Rect>,
    /// What is asked of it, where brokers have a capacity.
    pub heat: Option<HeatBar>,
    /// All of it in words.
    pub title: String,
}

/// How much time the line of heartbeats spans.
const SPAN_US: f64 = 18_000_000.0;
/// A silence longer than so many of its usual pauses is worth a word.
const PAUSES: u64 = 2;
/// A line of heartbeats that is shorter is left out.
const SHORTEST_LINE: f64 = 12.0;
/// A queue that is shorter says nothing.
const QUEUE_TO_SAY_US: Micros = 50_000;
/// What counts as usual before there are pauses to go by: `broker.heartbeat.interval.ms`.
const FIRST_PAUSE_US: Micros = 2_000_000;

impl BrokerHead {
    /// The header of that column at that moment.
    #[must_use]
    pub fn new(broker: &BrokerView, view: &View, grid: &Grid, rect: Rect) -> Self {
        let standing = Standing::of(broker, view);
        let silence = silence(broker, view.now_us);
        let pad = if rect.w >= 108.0 {
            14.0
        } else {
            (rect.w * 0.12).clamp(2.0, 8.0)
        };
        let mut head = Self {
            broker: broker.id,
            rect,
            standing,
            labels: Vec::new(),
            badges: Vec::new(),
            beats: Vec::new(),
            beat_line: None,
            heat: None,
            title: title(broker, view, standing, silence),
        };
        let room = (rect.x + pad, rect.right() - pad);
        if grid.roomy {
            head.three_lines(broker, view, silence, room);
        } else {
            head.two_lines(broker, view, silence, room);
        }
        if grid.limited {
            head.asked(broker, grid, room);
        }
        head
    }

    /// What is asked of it over what it can do, and how long new work waits: the last line. Which of the words are there
    /// is a matter of the room alone, so that nothing moves.
    fn asked(&mut self, broker: &BrokerView, grid: &Grid, (left, right): (f64, f64)) {
        let bottom = self.rect.y + grid.header;
        let permille = broker.heat_permille.filter(|_| !self.standing.is_gone());
        let bar = HeatBar::new(Rect::new(left, bottom - 5.0, right - left, 4.0), permille);
        let size = if grid.roomy { 10.5 } else { 9.0 };
        let characters = (right - left) / Label::new(0.0, 0.0, size, Tone::Soft, "0").mono().width();
        let line = |x: f64, word: &str, figure: String| {
            let label = Label::new(x, bottom - 10.0, size, bar.warmth.tone(), format!("{word}{figure}")).mono();
            if bar.warmth.is_hot() { label.strong() } else { label }
        };
        let (load_word, queue_word) = match characters {
            22.0.. => ("load ", "queue "),
            17.0.. => ("", "queue "),
            _ => ("", ""),
        };
        let asked = line(left, load_word, load(permille)).fit(right - left);
        let waits = Some(broker.queue_us).filter(|us| *us >= QUEUE_TO_SAY_US);
        let queue = waits.map(|us| line(right, queue_word, seconds(us)).end());
        let queue = queue.filter(|queue| asked.bounds().right() + 2.0 <= queue.bounds().x);
        self.labels.extend(queue.into_iter().chain([asked]));
        self.heat = Some(bar);
    }

    /// Bad news in red, what is to be watched in yellow.
    fn tone(&self) -> Tone {
        match self.standing {
            Standing::Up => Tone::Ink,
            Standing::ShuttingDown | Standing::CutOff | Standing::Paused => Tone::Warn,
            _ => Tone::Bad,
        }
    }

    /// Name and heartbeats; state, or else the rack; offices, or else the silence. Each line has its place from the
    /// start, so that nothing moves when there is something to say.
    fn three_lines(&mut self, broker: &BrokerView, view: &View, silence: Option<Micros>, (left, right): (f64, f64)) {
        let (y, tone) = (self.rect.y, self.tone());
        let name = Label::new(left, y + 23.0, 14.0, tone, format!("Broker {}", broker.id.0)).strong();
        let line = (right - name.bounds().right() - 6.0).min(44.0);
        self.labels.push(name);
        if line >= SHORTEST_LINE {
            self.heartbeat(broker, view.now_us, Rect::new(right - line, y + 11.0, line, 12.0));
        }
        self.badges = place_badges(&offices(broker, view), left, right, y + 58.0, 2);
        let silent = silence.map(|us| (format!("no heartbeat {}", seconds(us)), seconds(us)));
        let silent_tone = if broker.unfenced { Tone::Warn } else { Tone::Bad };
        let line = |tone: Tone, text: String| Label::new(left, y + 41.0, 11.0, tone, text);
        let second = match (self.standing.word(), &broker.rack) {
            (Some(word), _) => line(tone, self.said(word, broker)).strong(),
            (None, Some(rack)) if rack.starts_with("rack") => line(Tone::Soft, rack.clone()),
            (None, Some(rack)) => line(Tone::Soft, format!("rack {rack}")),
            (None, None) => line(Tone::Soft, format!("leads {}", broker.leads)),
        };
        let below = |tone: Tone, text: String| Label::new(left, y + 58.0, 11.0, tone, text).fit(right - left);
        match silent {
            Some((long, _)) if self.badges.is_empty() => self.labels.push(below(silent_tone, long)),
            Some((_, short)) => {
                let beside = Label::new(right, y + 41.0, 10.5, silent_tone, short).mono().end();
                if second.width() <= beside.bounds().x - 6.0 - left {
                    self.labels.push(beside);
                }
            }
            None if self.standing.is_gone() && self.badges.is_empty() => {
                let known = if broker.unfenced { "nobody knows yet" } else { "fenced" };
                self.labels.push(below(Tone::Soft, known.to_owned()));
            }
            None => {}
        }
        self.labels.push(second.fit(right - left));
    }

    /// A process that is gone is fenced only when the controller has found out.
    fn said(&self, word: &str, broker: &BrokerView) -> String {
        if !broker.unfenced && self.standing != Standing::Fenced {
            format!("{word}, fenced")
        } else {
            word.to_owned()
        }
    }

    fn two_lines(&mut self, broker: &BrokerView, view: &View, silence: Option<Micros>, (left, right): (f64, f64)) {
        let (y, tone) = (self.rect.y, self.tone());
        let offices = offices(broker, view);
        let long = Label::new(left, y + 18.0, 13.0, tone, format!("Broker {}", broker.id.0)).strong();
        let fits = |label: &Label, badge: f64| label.width() + badge <= right - left;
        let badge = if offices.is_empty() { 0.0 } else { 22.0 };
        let name = if fits(&long, badge) {
            long
        } else {
            Label {
                text: format!("B{}", broker.id.0),
                size: 12.0,
                ..long
            }
        };
        self.badges = place_badges(&offices, name.bounds().right() + 4.0, right, y + 17.5, 2);
        self.labels.push(name);
        let line = Label::new(left, y + 33.0, 10.0, tone, String::new());
        match (self.standing.word(), silence) {
            (Some(word), _) => {
                let text = word.to_owned();
                self.labels.push(Label { text, ..line }.fit(right - left));
            }
            (None, Some(us)) if right - left >= 40.0 => {
                let (text, tone) = (seconds(us), Tone::Warn);
                self.labels.push(Label { text, tone, ..line }.mono());
            }
            _ => self.heartbeat(broker, view.now_us, Rect::new(left, y + 26.0, right - left, 8.0)),
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

fn title(broker: &BrokerView, view: &View, standing: Standing, silence: Option<Micros>) -> String {
    let mut text = format!("Broker {}", broker.id.0);
    if let Some(rack) = &broker.rack {
        text += &format!(" in {}{rack}", if rack.starts_with("rack") { "" } else { "rack " });
    }
    text += &format!(
        ": leads {} {}",
        broker.leads,
        if broker.leads == 1 { "partition" } else { "partitions" }
    );
    if broker.coordinates {
        text += ", coordinates the group";
    }
    if broker.parked_produces > 0 {
        text += &format!(", {} produce requests wait for followers", broker.parked_produces);
    }
    if let Some(word) = standing.word() {
        text += &format!(", {word}");
        if standing.is_gone() || standing == Standing::Paused {
            text += &format!(
                " since {}",
                seconds(view.now_us.saturating_sub(broker.process_since_us))
            );
        }
    }
    if !broker.unfenced && standing != Standing::Fenced {
        text += ", fenced";
    }
    if let Some(us) = silence {
        text += &format!(", no heartbeat for {}", seconds(us));
    }
    if broker.disk_bytes_per_s.is_some() {
        text += ", its disk is slow";
    }
    if broker.heat_permille.is_some() {
        text += &format!(", asked for {} of what it can append", load(broker.heat_permille));
    }
    if broker.queue_us >= QUEUE_TO_SAY_US {
        text += &format!(", what comes now waits {}", seconds(broker.queue_us));
    }
    text.push('.');
    if let Some(number) = broker.controller {
        text.push(' ');
        text += &controller_title(view, number);
    }
    text
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
            heat_permille: None,
            queue_us: 0,
        }
    }

    #[test]
    fn silence_is_measured_against_the_usual_pause() {
        let view = broker(&[6_000_000, 4_000_000, 2_000_000]);
        assert_eq!(silence(&view, 9_900_000), None);
        assert_eq!(silence(&view, 11_000_000), Some(5_000_000));
        assert_eq!(
            title(&view, &View::default(), Standing::Up, silence(&view, 11_000_000)),
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
