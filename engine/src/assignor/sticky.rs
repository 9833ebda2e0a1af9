//! Who gets which partition under `partition.assignment.strategy=sticky`.

use super::claims::Claims;
use super::numbered::Numbered;
use super::{MemberSubscription, Shares, constrained, general};

/// As even as can be, and then as little moved as can be (`StickyAssignor`, `AbstractStickyAssignor`). It rebalances eagerly
/// all the same: everybody gives up everything first, and most get it back.
///
/// The members tell what they owned; what was got in an older generation counts less, and what two claim from the same
/// generation counts for neither.
#[must_use]
pub fn assign<Topic: Copy + Ord>(topics: &[(Topic, u32)], members: &[MemberSubscription<'_, Topic>]) -> Shares<Topic> {
    let (group, names) = Numbered::new(topics, members);
    if group.members.is_empty() {
        return Vec::new();
    }
    let claims = Claims::of(&group);
    let owners = if group.alike {
        constrained::assign(&group, &claims).owners
    } else {
        general::assign(&group, &claims)
    };
    group.shares(&names, &owners)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member<'a>(
        member_id: &'a str,
        owned: &'a [(char, u32)],
        generation: Option<u32>,
    ) -> MemberSubscription<'a, char> {
        MemberSubscription {
            member_id,
            instance_id: None,
            topics: &['x'],
            owned,
            generation,
        }
    }

    #[test]
    fn a_member_that_comes_gets_no_more_than_it_must() {
        let owned = [('x', 0), ('x', 1), ('x', 2), ('x', 3)];
        let members = [
            member("a", &owned[..2], Some(1)),
            member("b", &owned[2..], Some(1)),
            member("c", &[], None),
        ];
        assert_eq!(
            assign(&[('x', 4)], &members),
            [vec![('x', 0), ('x', 1)], vec![('x', 2)], vec![('x', 3)]]
        );
    }

    #[test]
    fn of_two_claims_the_newer_generation_counts() {
        let owned = [('x', 0), ('x', 1)];
        let members = [member("a", &owned, Some(1)), member("b", &owned[1..], Some(2))];
        assert_eq!(assign(&[('x', 2)], &members), [[('x', 0)], [('x', 1)]]);
    }
}
