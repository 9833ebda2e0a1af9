//! Queue, topic and share group in figures of this run, side by side.

use super::hand::running;
use super::sharing::ShareBand;
use super::topic::TopicBand;
use super::work::WorkBand;
use crate::retries::name::seconds;
use crate::session::Session;
use crate::ui::format::{counted, grouped};
use partitura_engine::wire::Micros;

/// A row of the comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// A short word, for tests.
    pub id: &'static str,
    /// What is compared.
    pub name: &'static str,
    /// Why they differ.
    pub why: &'static str,
    /// The work queue, the topic with its main group, the share groups; `None` for one that the run does not have.
    pub figures: [Option<Figure>; 3],
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// As it is written.
    pub text: String,
    /// What stands below it.
    pub note: String,
    /// It costs something, or is a warning.
    pub warns: bool,
}

/// A count that is bad news when there is any.
fn bad(count: u64, note: String) -> Figure {
    Figure {
        text: grouped(count),
        note,
        warns: count > 0,
    }
}

fn plain(text: String, note: String) -> Figure {
    Figure {
        text,
        note,
        warns: false,
    }
}

fn of((up, all): (usize, usize), who: &str) -> String {
    let mut text = up.to_string();
    text.push_str(" of ");
    text.push_str(&all.to_string());
    text.push(' ');
    text.push_str(who);
    text
}

fn joined(parts: &[&str]) -> String {
    parts.concat()
}

fn age(us: Micros) -> Figure {
    plain(if us == 0 { "–".to_owned() } else { seconds(us) }, String::new())
}

/// The comparison, row after row.
#[must_use]
pub fn rows(session: &Session, work: Option<&WorkBand>, topic: &TopicBand, shares: &[ShareBand]) -> Vec<Row> {
    let all = [
        who(work, topic, shares),
        again(session, work, topic, shares),
        disorder(session, work, shares),
        oldest(work, topic, shares),
        held(session, work, topic, shares),
        replay(work, topic, shares),
        second(work, topic, shares),
    ];
    all.into()
}

fn who(work: Option<&WorkBand>, topic: &TopicBand, shares: &[ShareBand]) -> Row {
    let hands = shares.iter().map(|band| running(&band.hands));
    let members = hands.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    Row {
        id: "who",
        name: "Who gets a record",
        why: "In a group one consumer reads a partition, so more consumers than partitions stand by. A queue or a share group has \
              work for all who ask.",
        figures: [
            work.map(|band| plain(of(running(&band.hands), "workers"), "whoever asks first".to_owned())),
            Some(plain(
                of((topic.owners, topic.hands.len()), "consumers"),
                "the owner of its partition".to_owned(),
            )),
            (!shares.is_empty()).then(|| plain(of(members, "members"), "who asks first in its partition".to_owned())),
        ],
    }
}

fn again(session: &Session, work: Option<&WorkBand>, topic: &TopicBand, shares: &[ShareBand]) -> Row {
    let world = session.world();
    let (counters, effects) = (world.trace().counters(), world.effects());
    let twice = |count: u64| joined(&["done again: ", &grouped(count)]);
    let repeated = effects.repeated + effects.ignored;
    let processed = topic.groups.first().map_or(0, |(_, processed)| *processed);
    Row {
        id: "again",
        name: "Delivered more than once",
        why: "A queue repeats the one message that a dead worker had. A group goes on from its last commit and repeats all after it. \
              A share group repeats what was out.",
        figures: [
            work.map(|band| bad(band.reappeared, twice(counters.work.processed_again))),
            Some(bad(repeated, joined(&["of ", &grouped(processed), " processed"]))),
            (!shares.is_empty()).then(|| bad(counters.share.acquired_again, twice(counters.share.processed_again))),
        ],
    }
}

fn disorder(session: &Session, work: Option<&WorkBand>, shares: &[ShareBand]) -> Row {
    let counters = session.world().trace().counters();
    let note = || "after a later one".to_owned();
    Row {
        id: "disorder",
        name: "Order broken per key",
        why: "One consumer reads a partition from front to back, so a key keeps its order. Where several take from one line, one \
              overtakes another, and what comes back is late.",
        figures: [
            work.map(|_| bad(counters.work.out_of_order, note())),
            Some(bad(counters.out_of_order, note())),
            (!shares.is_empty()).then(|| bad(counters.share.out_of_order, note())),
        ],
    }
}

fn oldest(work: Option<&WorkBand>, topic: &TopicBand, shares: &[ShareBand]) -> Row {
    let waits = |count: u64| joined(&[&grouped(count), " not done"]);
    let lag: u64 = topic
        .rows
        .iter()
        .filter_map(|row| row.reaches.first())
        .map(|reach| reach.lag)
        .sum();
    Row {
        id: "oldest",
        name: "Oldest that waits",
        why: "Behind one slow or lost message of a queue the others go on. In a partition all wait that lie behind it.",
        figures: [
            work.map(|band| Figure {
                note: waits(band.ready + band.in_flight),
                ..age(band.oldest_us)
            }),
            Some(Figure {
                note: waits(lag),
                ..age(topic.oldest_us)
            }),
            (!shares.is_empty()).then(|| Figure {
                note: waits(shares.iter().map(|band| band.lag).sum()),
                ..age(shares.iter().map(|band| band.oldest_us).max().unwrap_or(0))
            }),
        ],
    }
}

/// What stands still because somebody is dead.
fn held(session: &Session, work: Option<&WorkBand>, topic: &TopicBand, shares: &[ShareBand]) -> Row {
    let until = |left_us: Micros, else_says: String| match left_us {
        0 => else_says,
        us => joined(&["for ", &seconds(us), " more"]),
    };
    let timeout = |us: Micros| joined(&["at most ", &seconds(us), " each"]);
    let sharing = &session.world().setup().broker.sharing;
    let unread: u64 = shares.iter().map(|band| band.unread).sum();
    let unowned = match topic.unowned_us {
        0 => "no owner is lost".to_owned(),
        us => joined(&["longest without owner: ", &seconds(us)]),
    };
    let (out, out_us) = shares
        .iter()
        .fold((0, 0), |sum, band| (sum.0 + band.stuck.0, sum.1.max(band.stuck.1)));
    Row {
        id: "held",
        name: "Held up by the dead",
        why: "A dead worker hides one message until its visibility timeout. A dead consumer’s partitions wait until its session times \
              out. What a dead share member had comes back at once or with its locks; what only it would have read waits for its session.",
        figures: [
            work.map(|band| {
                let (count, left_us) = band.stuck();
                bad(count as u64, until(left_us, timeout(band.timeout_us)))
            }),
            Some(bad(topic.held, unowned)),
            (!shares.is_empty()).then(|| {
                let note = if unread > 0 {
                    joined(&["until the session is over: ", &seconds(sharing.session_timeout_us)])
                } else {
                    until(out_us, timeout(sharing.record_lock_duration_us))
                };
                bad(out as u64 + unread, note)
            }),
        ],
    }
}

fn replay(work: Option<&WorkBand>, topic: &TopicBand, shares: &[ShareBand]) -> Row {
    let kept = |note: &str| plain(grouped(topic.kept), note.to_owned());
    Row {
        id: "replay",
        name: "Can be read again",
        why: "Acknowledged means deleted in a queue. A log does not change when it is read: an offset is set back.",
        figures: [
            work.map(|band| plain("0".to_owned(), joined(&[&grouped(band.deleted), " deleted"]))),
            Some(kept("all, from the beginning")),
            (!shares.is_empty()).then(|| kept("all: the log is the same")),
        ],
    }
}

fn second(work: Option<&WorkBand>, topic: &TopicBand, shares: &[ShareBand]) -> Row {
    let of_all = match topic.groups.get(1) {
        Some((group, processed)) => plain(grouped(*processed), joined(&[group, " has read so far"])),
        None => plain(grouped(topic.kept), "all, as soon as it comes".to_owned()),
    };
    Row {
        id: "second",
        name: "A second reader gets",
        why: "Two readers of one queue share what there is: each message goes to one of them. Each group reads all, with a place of its own.",
        figures: [
            work.map(|band| plain(grouped(band.ready), "what waits now, taken from the first".to_owned())),
            Some(of_all.clone()),
            (!shares.is_empty()).then_some(of_all),
        ],
    }
}

impl Row {
    /// For those who hear the page: what stands above the columns comes with each figure.
    #[must_use]
    pub fn columns() -> [&'static str; 3] {
        ["Work queue", "Topic and group", "Share group"]
    }
}

/// What the room is in one sentence.
#[must_use]
pub fn summary(work: Option<&WorkBand>, topic: &TopicBand, shares: &[ShareBand]) -> String {
    let mut words = String::new();
    if let Some(band) = work {
        for part in [
            "The work queue has ",
            &counted(band.ready, "message"),
            " that wait, ",
            &grouped(band.in_flight),
            " in flight and ",
            &grouped(band.deleted),
            " deleted. ",
        ] {
            words.push_str(part);
        }
    }
    for part in [
        "The topic keeps ",
        &counted(topic.kept, "record"),
        " for ",
        &counted(topic.groups.len() as u64, "group"),
        ".",
    ] {
        words.push_str(part);
    }
    for band in shares {
        for part in [
            " Share group ",
            &band.id,
            " has ",
            &counted(band.lag, "record"),
            " to do.",
        ] {
            words.push_str(part);
        }
    }
    words
}
