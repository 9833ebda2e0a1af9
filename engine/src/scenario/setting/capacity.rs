//! Settings of how much can be done: the brokers' capacity, and the clients' quotas.

use super::{Access, Area, Setting, field};

/// Faster is as good as without a limit.
const MOST: u64 = 1_000_000_000_000;

pub(super) static SETTINGS: [Setting; 6] = [
    Setting::number(
        "broker.records.per.second",
        Area::Cluster,
        (0, MOST),
        field!(broker.records_per_s),
        "How many records each broker can append in a second, as leader and as follower; 0 for as many as come. What is \
         over waits in one queue, and with it everything else on that broker.",
    ),
    Setting::number(
        "broker.bytes.per.second",
        Area::Cluster,
        (0, MOST),
        field!(broker.bytes_per_s),
        "How many bytes each broker can append in a second, as leader and as follower; 0 for as many as come. Every copy \
         counts, so a higher replication.factor uses it up sooner.",
    ),
    Setting::number(
        "producer_byte_rate",
        Area::Producers,
        (0, MOST),
        field!(broker.producer_byte_rate),
        "How many bytes a second each producer may send to each broker, its client quota; 0 for none. Over it nothing is \
         refused: the broker reads nothing more from that producer for a while, and records pile up at the source.",
    )
    .live(),
    Setting::number(
        "consumer_byte_rate",
        Area::Consumers,
        (0, MOST),
        field!(broker.consumer_byte_rate),
        "How many bytes a second each consumer may fetch from each broker, its client quota; 0 for none. Over it a fetch \
         comes back empty, and the lag grows.",
    )
    .live(),
    Setting::number(
        "quota.window.num",
        Area::Cluster,
        (1, 1_000),
        field!(broker.quota_window_num),
        "Over how many samples a client's rate is measured. More of them forgive a longer burst, and remember it longer.",
    ),
    Setting::number(
        "quota.window.size.seconds",
        Area::Cluster,
        (1, 3_600),
        field!(broker.quota_window_size_s),
        "How long each sample of a client's rate is. Longer ones forgive more at once, and take longer to forget it.",
    ),
];
