//! Which group stands in the stage's column: the main one, or another that somebody wants to see. Its consumers, its lag and
//! its cursors are then those of the whole stage.

use super::consumer_box::number;
use super::member::Member;
use partitura_engine::world::View;

/// Leaves of the view what concerns that group; the main one, if there is none of that name.
pub fn show(view: &mut View, group: &str) {
    let wanted = view
        .groups
        .iter()
        .find(|shown| shown.id == group && *group != view.group.id);
    if let Some(shown) = wanted.cloned() {
        for row in &mut view.partitions {
            let Some(of_group) = shown.partitions.iter().find(|part| part.partition == row.index) else {
                continue;
            };
            let owner = view
                .consumers
                .iter()
                .find(|consumer| Some(number(consumer)) == of_group.owner && *consumer.group == *shown.id);
            let owned = owner.filter(|consumer| !Member::of(consumer).is_gone());
            let owned = owned.and_then(|consumer| consumer.owned.iter().find(|owned| owned.partition == row.index));
            row.committed = of_group.committed;
            row.position = owned.map(|owned| owned.processed);
            row.lag = of_group.lag;
        }
        view.group = shown;
    }
    let group = &view.group;
    view.consumers.retain(|consumer| *consumer.group == *group.id);
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn another_group_brings_its_own_consumers_and_its_own_cursors() {
        let view = sample::two_groups(sample::view(3, 3, 2, 3, &sample::keys().1));
        let mut main = view.clone();
        show(&mut main, "payouts");
        assert_eq!((main.consumers.len(), main.group.id.as_str()), (2, "payouts"));
        assert_eq!(main.partitions, view.partitions);
        let mut other = view.clone();
        show(&mut other, "billing");
        assert_eq!((other.consumers.len(), other.group.id.as_str()), (1, "billing"));
        assert_eq!(
            (other.partitions[0].committed, other.partitions[0].position),
            (Some(7), Some(9))
        );
        let mut unknown = view;
        show(&mut unknown, "nobody");
        assert_eq!(unknown.group.id, "payouts");
    }
}
