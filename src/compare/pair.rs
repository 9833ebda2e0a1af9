//! Two runs in step: neither is ever seen at another moment than the other.

use crate::session::Session;
use partitura_engine::wire::Micros;

/// The longest stretch of virtual time that one run goes ahead before the other follows: what a quiet run can leap, a busy
/// one has to work through within the same frame.
const STRIDE_US: Micros = 20_000;

/// Lets both runs go on until `target`, that included, as long as `may_go_on` says so. Whenever this returns, both are at
/// the same moment. Answers whether it is the target.
///
/// The left run goes first, for a slice or a stride, whichever is shorter; the right one follows to where that ended.
/// How the way is cut up changes nothing about either run.
pub fn run(left: &mut Session, right: &mut Session, target: Micros, mut may_go_on: impl FnMut() -> bool) -> bool {
    loop {
        let stop = left.now().saturating_add(STRIDE_US).min(target);
        let there = left.run(stop, || false);
        right.run(left.now(), || true);
        if there && stop == target {
            return true;
        }
        if !may_go_on() {
            return false;
        }
    }
}

/// Lets the next thing happen of which either run has something to tell; the other one follows to that moment. `false`
/// when nothing ever will in either of them.
pub fn step(left: &mut Session, right: &mut Session) -> bool {
    // What is due in this very moment comes first: a step that was taken on one side may have left it so.
    let is_rights = match (left.next_at(), right.next_at()) {
        (Some(l), Some(r)) => r < l,
        (left, _) => left.is_none(),
    };
    let (first, second) = if is_rights { (right, left) } else { (left, right) };
    if !first.step() && !second.step() {
        return false;
    }
    let now = first.now().max(second.now());
    first.run(now, || true);
    second.run(now, || true);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Plan;
    use partitura_engine::scenario::{Scenario, Setting};
    use std::rc::Rc;

    const SECOND: Micros = 1_000_000;

    fn plan(name: &str, value: &str) -> Plan {
        let mut plan = Plan::of(Rc::new(Scenario::built_in("world-cup").unwrap()));
        plan.set(Setting::named(name).unwrap(), value).unwrap();
        plan
    }

    fn digest(session: &Session) -> (Micros, u64) {
        (session.now(), session.world().trace().digest())
    }

    #[test]
    fn both_are_what_they_would_be_alone_and_never_apart() {
        // Ten times the records on the right, and quiet stretches on the left.
        let plans = [plan("rate", "100"), plan("rate", "1000")];
        let [mut left, mut right] = plans.clone().map(|plan| Session::open(plan).unwrap());
        let mut frames = 0;
        while !run(&mut left, &mut right, 3 * SECOND, || false) {
            assert_eq!(left.now(), right.now());
            frames += 1;
        }
        assert!(frames > 100, "in slices");
        let alone = plans.map(|plan| {
            let mut alone = Session::open(plan).unwrap();
            alone.run(3 * SECOND, || true);
            digest(&alone)
        });
        assert_eq!([digest(&left), digest(&right)], alone);
        assert_ne!(alone[0].1, alone[1].1);
    }

    #[test]
    fn a_step_is_one_of_either_and_the_other_follows() {
        let [mut left, mut right] =
            [plan("rate", "100"), plan("rate", "1000")].map(|plan| Session::open(plan).unwrap());
        let events = |left: &Session, right: &Session| [left, right].map(|s| s.world().trace().count());
        run(&mut left, &mut right, SECOND, || true);
        for _ in 0..300 {
            let before = events(&left, &right);
            assert!(step(&mut left, &mut right));
            assert_eq!(left.now(), right.now());
            assert!(events(&left, &right) > before);
        }
    }
}
