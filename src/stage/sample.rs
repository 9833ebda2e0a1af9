//! A made-up moment for tests: like the picture in the design, with any number of rows and columns.

use partitura_engine::log::{Dictionary, KeyId};
use partitura_engine::wire::{BrokerId, NodeId, QuorumRole};
use partitura_engine::world::{
    BrokerView, ConsumerView, ControllerView, Drain, Drains, GroupPartitionView, GroupView, NeverWhy, OwnedView,
    PartitionView, ProcessState, ProducerView, RecordView, ReplicaView, TruncationView, View,
};

/// Twenty keys.
pub(super) fn keys() -> (Dictionary, Vec<KeyId>) {
    let mut dictionary = Dictionary::default();
    let keys = (0..20).filter_map(|i| dictionary.key(&format!("match-{i}"))).collect();
    (dictionary, keys)
}

/// Partition `p` is led by broker `1 + p mod brokers`; its followers are the next ones, one record behind every third
/// row. The last row is hot. Consumers own ranges.
pub(super) fn view(partitions: u16, brokers: u8, consumers: u8, factor: u8, keys: &[KeyId]) -> View {
    let hot = |p: u16| p + 1 == partitions;
    let share = |p: u16| {
        if hot(p) {
            630
        } else {
            370 / u32::from(partitions.max(2) - 1)
        }
    };
    let replicas_of =
        |p: u16| (0..factor.min(brokers)).map(move |i| BrokerId(1 + ((p + u16::from(i)) % u16::from(brokers)) as u8));
    let key = |p: u16, offset: u64| {
        let of_row = if hot(p) { 1 } else { 2 + u64::from(p) % 2 };
        keys[((u64::from(p) * 3 + (offset * 7 + offset / 3) % of_row) % keys.len() as u64) as usize]
    };
    let end = |p: u16| 38 + 17 * u64::from(p);
    let mut view = View {
        now_us: 12_350_000,
        ..View::default()
    };
    for p in 0..partitions {
        let leader = replicas_of(p).next();
        let isr: Vec<BrokerId> = replicas_of(p).collect();
        view.partitions.push(PartitionView {
            index: p,
            leader,
            leader_epoch: 2 + u32::from(p) % 4,
            replicas: isr.clone(),
            isr,
            elr: Vec::new(),
            under_replicated: false,
            offline: false,
            under_min_isr: false,
            at_min_isr: false,
            reassigning: false,
            unavailable_since_us: None,
            sent: end(p),
            share_permille: share(p),
            recent_permille: share(p),
            top: (0..3)
                .map(|i| (key(p, i), end(p) / 3))
                .take(if hot(p) { 1 } else { 3 })
                .collect(),
            lag: 2,
            unprocessed: 1,
            heat_permille: None,
            committed: Some(end(p) - 4),
            position: Some(end(p) - 2),
            in_per_s: 0,
            out_per_s: 0,
        });
        for (i, broker) in replicas_of(p).enumerate() {
            let log_end = end(p) - u64::from(i == 1 && p % 3 == 2);
            let high_watermark = end(p) - 1 - u64::from(p % 3 == 2);
            let record = |offset| RecordView {
                offset,
                key: Some(key(p, offset)),
                subject: key(p, offset),
                sequence: 1,
                value: None,
                sent_us: 12_000_000,
                acknowledged: true,
            };
            view.replicas.push(ReplicaView {
                partition: p,
                broker,
                is_leader: i == 0,
                in_sync: true,
                leader_epoch: 2 + u32::from(p) % 4,
                log_start: 0,
                log_end,
                high_watermark: if i == 0 { high_watermark } else { high_watermark - 1 },
                last: (log_end.saturating_sub(8)..log_end).map(record).collect(),
                truncated: None,
            });
        }
    }
    view.brokers = (1..=brokers)
        .map(|id| BrokerView {
            id: BrokerId(id),
            rack: Some(char::from(b'a' + (id - 1) % 3).to_string()),
            unfenced: brokers < 3 || id != 3,
            process: ProcessState::Running,
            process_since_us: 0,
            controller: None,
            disk_bytes_per_s: None,
            heard_us: None,
            leads: 1,
            coordinates: id == 1,
            parked_produces: 0,
            parked_fetches: 0,
            held: 0,
            heat_permille: None,
            queue_us: 0,
            heartbeats_us: (0..9)
                .filter_map(|i| {
                    if id == 3 {
                        3_350_000
                    } else {
                        12_000_000 + u64::from(id) * 90_000
                    }
                    .checked_sub(i * 2_000_000)
                })
                .collect(),
        })
        .collect();
    view.producers = vec![ProducerView {
        node: NodeId::Producer(1),
        waiting: 0,
        in_flight: 1,
        blocked: false,
        backlog: 0,
        last: None,
        buffered_bytes: 0,
        throttled_until_us: None,
    }];
    let (each, extra) = (
        partitions / u16::from(consumers.max(1)),
        partitions % u16::from(consumers.max(1)),
    );
    let mut next = 0;
    for c in 0..consumers {
        let count = each + u16::from(u16::from(c) < extra);
        let owned = (next..next + count)
            .map(|partition| OwnedView {
                partition,
                processed: 30,
                committed: Some(30),
                buffered: 0,
            })
            .collect();
        next += count;
        view.consumers.push(ConsumerView {
            node: NodeId::Consumer(c + 1),
            group: "payouts".into(),
            process: ProcessState::Running,
            process_since_us: 0,
            generation: Some(7),
            stalled: false,
            slow_us: None,
            state: "stable",
            owned,
            lag: if c + 1 == consumers { 412 } else { 2 },
            busy: c == 0,
            heat_permille: None,
        });
    }
    view.group = GroupView {
        id: "payouts".to_owned(),
        state: "Stable",
        generation: 7,
        coordinator: Some(BrokerId(1)),
        members: u32::from(consumers),
        protocol: "classic",
        ..GroupView::default()
    };
    view
}

/// The same moment with a further group, whose only consumer has all partitions, has committed 7 records of each and
/// processed 9.
pub(super) fn two_groups(mut view: View) -> View {
    let rows = || view.partitions.iter().map(|partition| partition.index);
    let owned = rows().map(|partition| OwnedView {
        partition,
        processed: 9,
        committed: Some(7),
        buffered: 0,
    });
    let partitions = rows().map(|partition| GroupPartitionView {
        partition,
        committed: Some(7),
        end: Some(30),
        lag: 23,
        lag_us: 0,
        owner: Some(40),
        unowned_us: 0,
    });
    let billing = GroupView {
        id: "billing".to_owned(),
        state: "Stable",
        generation: 1,
        members: 1,
        protocol: "classic",
        partitions: partitions.collect(),
        ..GroupView::default()
    };
    let consumer = ConsumerView {
        node: NodeId::Consumer(40),
        group: "billing".into(),
        process: ProcessState::Running,
        process_since_us: 0,
        generation: Some(1),
        stalled: false,
        slow_us: None,
        state: "stable",
        owned: owned.collect(),
        lag: 23,
        busy: false,
        heat_permille: None,
    };
    view.consumers.push(consumer);
    view.groups = vec![view.group.clone(), billing];
    view
}

/// The same moment with consumers in every state: the first has crashed, the second stands still, and so on.
pub(super) fn stricken(mut view: View) -> View {
    for (place, consumer) in view.consumers.iter_mut().enumerate() {
        match place % 6 {
            0 => consumer.process = ProcessState::Crashed,
            1 => consumer.process = ProcessState::Paused,
            2 => consumer.stalled = true,
            3 => consumer.state = "finding coordinator",
            4 => consumer.slow_us = Some(2_000_000),
            _ => consumer.process = ProcessState::Stopped,
        }
    }
    view.group.state = "PreparingRebalance";
    view
}

/// The same moment on a bad day: brokers in every state, rows with every badge, replicas that have just truncated.
/// `combined` puts controllers into the brokers' processes; else they have their own, and none is active.
pub(super) fn troubled(mut view: View, combined: bool) -> View {
    const PROCESSES: [ProcessState; 6] = [
        ProcessState::Running,
        ProcessState::Crashed,
        ProcessState::Running,
        ProcessState::Paused,
        ProcessState::DiskLost,
        ProcessState::ShuttingDown,
    ];
    for (place, broker) in view.brokers.iter_mut().enumerate() {
        broker.process = PROCESSES[place % PROCESSES.len()];
        broker.unfenced = place % 4 != 2;
        broker.coordinates = place % 2 == 0;
        broker.disk_bytes_per_s = (place % 3 == 0).then_some(20_000);
        broker.controller = (combined && place < 3).then_some(place as u8 + 1);
    }
    for (place, partition) in view.partitions.iter_mut().enumerate() {
        partition.offline = place % 4 == 0;
        partition.under_min_isr = place % 3 == 0;
        partition.under_replicated = place % 5 != 4;
        partition.reassigning = place % 2 == 0;
        partition.unavailable_since_us = (place % 3 == 0).then_some(3_330_000);
        if partition.offline {
            partition.leader = None;
        }
        partition.elr = partition.replicas.iter().skip(1).take(1).copied().collect();
    }
    for (place, replica) in view.replicas.iter_mut().enumerate() {
        replica.in_sync = place % 3 == 0;
        replica
            .last
            .iter_mut()
            .skip(5)
            .for_each(|record| record.acknowledged = false);
        replica.truncated = (place % 2 == 0).then(|| TruncationView {
            at_us: 12_000_000,
            to: replica.log_end.saturating_sub(2),
            records: 3 + 1_000 * (place as u64 % 3),
            first: replica.last.iter().rev().take(3).rev().copied().collect(),
        });
    }
    view.controllers = (1..=3)
        .map(|number| ControllerView {
            number,
            with_broker: combined.then_some(BrokerId(number)),
            process: if number == 2 {
                ProcessState::Crashed
            } else {
                ProcessState::Running
            },
            role: QuorumRole::Candidate,
            epoch: 4,
            log_end: 90,
            high_watermark: 88,
        })
        .collect();
    view.active_controller = combined.then_some(1);
    view
}

/// The same moment with brokers that have a capacity: what is led by broker 2 is too much, every third row is warm.
pub(super) fn heated(mut view: View) -> View {
    for broker in &mut view.brokers {
        let is_hot = broker.id == BrokerId(2);
        broker.heat_permille = Some(if is_hot { 1_404 } else { 320 });
        broker.queue_us = if is_hot { 1_240_000 } else { 0 };
    }
    for partition in &mut view.partitions {
        let asked = match (partition.leader, partition.index % 3) {
            (Some(BrokerId(2)), _) => 1_404,
            (_, 2) => 640,
            _ => 120,
        };
        partition.heat_permille = partition.leader.map(|_| asked);
    }
    for consumer in &mut view.consumers {
        consumer.heat_permille = Some(if consumer.lag >= 100 { 1_404 } else { 450 });
    }
    if let Some(producer) = view.producers.first_mut() {
        producer.buffered_bytes = 30 << 20;
        producer.blocked = true;
        producer.throttled_until_us = Some(view.now_us + 800_000);
        producer.backlog = 1_204;
    }
    view
}

/// The last row's lag never goes, the one before needs ten seconds, the others have none.
pub(super) fn drains(view: &View) -> Vec<Drain> {
    let rows = view.partitions.len();
    let drain = |(row, partition): (usize, &PartitionView)| Drain {
        partition: partition.index,
        lag: if row + 1 == rows { 412 } else { 2 },
        in_per_s: 90,
        out_per_s: 60,
        when: match rows - row {
            1 => Drains::Never(NeverWhy::NotFaster),
            2 => Drains::In(10_000_000),
            _ => Drains::Empty,
        },
    };
    view.partitions.iter().enumerate().map(drain).collect()
}
