//! The merge step lets go in order, and waits for nothing for ever.

use super::*;
use crate::log::Dictionary;

const TIMEOUT: Micros = 1_000;

struct Desk {
    merge: Merge,
    subject: KeyId,
}

impl Desk {
    fn new() -> Self {
        Self {
            merge: Merge::new(TIMEOUT),
            subject: Dictionary::default().key("ad-1").unwrap(),
        }
    }

    fn comes(&mut self, sequence: u32, now: Micros) -> MergeFigures {
        self.merge.advance(now);
        self.merge.comes(self.subject, sequence, now);
        self.merge.figures
    }
}

#[test]
fn a_record_is_held_until_all_before_it_have_come() {
    let mut desk = Desk::new();
    assert_eq!(desk.comes(1, 10).held, 0);
    assert_eq!(desk.comes(3, 20).held, 1);
    assert_eq!(desk.comes(4, 30).held, 2);
    let after = desk.comes(2, 50);
    assert_eq!((after.held, after.most_held, after.released), (0, 2, 4));
    assert_eq!((after.longest_delay_us, after.delay_sum_us), (30, 50));
    assert_eq!((after.out_of_order, after.given_up), (0, 0));
}

#[test]
fn what_comes_twice_is_dropped_held_or_not() {
    let mut desk = Desk::new();
    desk.comes(1, 0);
    desk.comes(1, 0);
    desk.comes(3, 0);
    let held = desk.comes(3, 0);
    assert_eq!((held.duplicates, held.held), (2, 1));
    let after = desk.comes(2, 0);
    assert_eq!((after.released, after.held), (3, 0));
}

#[test]
fn nothing_is_waited_for_that_never_comes() {
    let mut desk = Desk::new();
    desk.comes(2, 0);
    desk.comes(4, 0);
    desk.merge.never_comes(desk.subject, 3, 100);
    assert_eq!(desk.merge.figures.held, 2, "the first may come yet");
    desk.merge.never_comes(desk.subject, 1, 200);
    let after = desk.merge.figures;
    assert_eq!((after.held, after.released, after.given_up), (0, 2, 2));
    assert_eq!(desk.comes(3, 300).out_of_order, 1, "stored all the same: it is late");
}

#[test]
fn what_nobody_tells_of_is_waited_for_until_the_timeout() {
    let mut desk = Desk::new();
    desk.comes(3, 0);
    desk.comes(5, 400);
    assert_eq!(desk.merge.figures(TIMEOUT - 1).held, 2);
    let later = desk.merge.figures(TIMEOUT);
    assert_eq!((later.held, later.given_up, later.longest_delay_us), (1, 2, TIMEOUT));
    assert_eq!(desk.merge.figures(TIMEOUT + 400).held, 0);
    assert_eq!(desk.merge.figures.held, 2, "looking changes nothing");
}

#[test]
fn a_failed_batch_is_given_up_and_an_acknowledged_one_is_not() {
    let mut desk = Desk::new();
    let partition = PartitionId {
        topic: crate::wire::TopicId(0),
        index: 2,
    };
    let subject = desk.subject;
    let mut tell = |fact| {
        desk.merge.add(&Event {
            id: 1,
            at: 5,
            node: NodeId::Producer(1),
            cause: 0,
            fact,
        });
    };
    for sequence in 1..=3 {
        tell(Fact::RecordSent {
            partition,
            key: None,
            subject,
            sequence,
        });
    }
    tell(Fact::RecordsFailed {
        partition,
        error: crate::wire::ErrorCode::RequestTimedOut,
        records: 1,
        ordinal: 1,
    });
    tell(Fact::BatchAcknowledged {
        partition,
        base_offset: 0,
        records: 1,
        ordinal: 0,
    });
    assert_eq!(desk.comes(3, 6).held, 1, "the first is stored");
    assert_eq!(desk.comes(1, 7).held, 0, "the second has failed");
}
