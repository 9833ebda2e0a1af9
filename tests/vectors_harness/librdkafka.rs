//! librdkafka's partitioners.

use partitura_engine::producer::key_hash::ClientHash;

use crate::files;
use crate::murmur2::bytes;
use crate::tally::Tally;

#[test]
fn keys_land_where_librdkafka_puts_them() {
    if files::is_left_out("librdkafka.csv") {
        return;
    }
    let mut tally = Tally::new("librdkafka");
    for row in files::csv("librdkafka.csv") {
        let (name, hex) = (files::cell(&row, "partitioner"), files::cell(&row, "key_hex"));
        let hash = ClientHash::ALL.into_iter().find(|hash| hash.name() == name);
        let hash = hash.unwrap_or_else(|| panic!("no partitioner {name}"));
        let key = bytes(hex);
        let columns = files::partition_columns(&row);
        let expected: Vec<Option<u32>> = columns
            .iter()
            .map(|(column, _)| Some(files::number(&row, column)))
            .collect();
        let got: Vec<Option<u32>> = columns
            .iter()
            .map(|&(_, partitions)| hash.partition(&key, partitions))
            .collect();
        tally.case(&format!("{name} {hex}"), &expected, &got);
    }
    tally.finish();
}
