//! Group and transactional ids to partitions of their internal topics.

use partitura_engine::coordinator::partition_for::{abs, java_hash, partition_for};

use crate::files;
use crate::tally::Tally;

#[test]
fn ids_find_the_coordinators_partition_as_in_kafka() {
    let mut tally = Tally::new("offsets_partition");
    for row in files::csv("offsets_partition.csv") {
        let id = files::cell(&row, "id");
        let columns = files::partition_columns(&row);
        let partitions: Vec<u32> = columns.iter().map(|(column, _)| files::number(&row, column)).collect();
        let expected = (
            files::number(&row, "java_hashcode"),
            files::number(&row, "utils_abs"),
            partitions,
        );
        let hash = java_hash(id);
        let got = (
            hash,
            abs(hash),
            columns.iter().map(|&(_, count)| partition_for(id, count)).collect(),
        );
        tally.case(&format!("{} {id:?}", files::cell(&row, "kind")), &expected, &got);
    }
    tally.finish();
}
