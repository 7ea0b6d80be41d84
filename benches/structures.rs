//! The structures by themselves and a few commands through the door, natively: `cargo bench --profile engine`.
//!
//! Criterion keeps what it measured in target/criterion and says how each stands to the run before.
#![allow(missing_docs, reason = "its macros make public functions")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use keyglass::command;
use keyglass::ds::stream::{BlockLimits, Log, StreamId};
use keyglass::ds::zset::Zset;
use keyglass::engine::resp::encode_command;
use keyglass::engine::{Engine, What};

const AT: u64 = 1_700_000_000_000;
/// How many commands arrive at once.
const PIPELINE: u64 = 100;

/// Numbers in no order, the same in every run (MINSTD, as `bench/workloads.js` has it).
fn random() -> impl FnMut(u64) -> u64 {
    let mut x = 42_u64;
    move |range| {
        x = x * 16_807 % 2_147_483_647;
        x % range
    }
}

fn member(n: u64) -> Vec<u8> {
    format!("player:{n:012}").into_bytes()
}

fn board(size: u64) -> Zset {
    let mut next = random();
    let mut zset = Zset::new();
    zset.to_skiplist();
    for n in 0..size {
        zset.insert(&member(n), next(1_000_000) as f64);
    }
    zset
}

/// How large the values are; with `BENCH=short`, which only sees that it runs, none is large.
fn sizes() -> &'static [u64] {
    match std::env::var("BENCH").as_deref() {
        Ok("short") => &[1_000],
        _ => &[1_000, 1_000_000],
    }
}

fn sorted_sets(criterion: &mut Criterion) {
    for &size in sizes() {
        let mut group = criterion.benchmark_group(format!("sorted set of {size}"));
        let mut zset = board(size);
        let mut next = random();
        let names: Vec<_> = (0..4096).map(|_| member(next(size))).collect();
        let mut names = names.iter().cycle();
        let mut name = || names.next().map_or(&[][..], Vec::as_slice);
        group.bench_function("rank", |b| b.iter(|| black_box(zset.rank(name()))));
        let mut scores = random();
        group.bench_function("move", |b| {
            b.iter(|| black_box(zset.insert(name(), scores(1_000_000) as f64)))
        });
        let top = zset.len().saturating_sub(10)..zset.len();
        group.bench_function("top ten", |b| {
            b.iter(|| black_box(zset.range_rev(top.clone()).count()))
        });
        group.finish();
    }
}

fn stream(size: u64) -> Log {
    let mut log = Log::default();
    let fields = [(&b"user"[..], &b"u12"[..]), (b"amount", b"12")];
    for n in 1..=size {
        log.append(StreamId::new(n, 1), &fields, BlockLimits::default());
    }
    log
}

fn streams(criterion: &mut Criterion) {
    for &size in sizes() {
        let mut group = criterion.benchmark_group(format!("stream of {size}"));
        let log = stream(size);
        let mut next = random();
        group.bench_function("seek", |b| {
            b.iter(|| black_box(log.get(StreamId::new(next(size) + 1, 1)).is_some()))
        });
        group.bench_function("last ID", |b| b.iter(|| black_box(log.last_entry_id())));
        group.finish();
    }
    let mut group = criterion.benchmark_group("stream");
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("append 10,000", |b| b.iter(|| black_box(stream(10_000))));
    group.finish();
}

/// Commands of one kind as bytes, a pipeline at a time.
fn pieces(words: impl Fn(u64) -> Vec<String>) -> Vec<Vec<u8>> {
    let mut next = random();
    let piece = |_| {
        let commands = (0..PIPELINE).flat_map(|_| encode_command(&words(next(100_000))));
        commands.collect()
    };
    (0..64).map(piece).collect()
}

fn door(criterion: &mut Criterion) {
    let words = |line: String| line.split(' ').map(str::to_string).collect::<Vec<_>>();
    type Make = fn(u64) -> String;
    let kinds: [(&str, Make); 6] = [
        ("SET", |n| format!("SET key:{n:06} value")),
        ("GET", |n| format!("GET key:{n:06}")),
        ("INCR", |_| "INCR counter".to_string()),
        ("ZADD", |n| format!("ZADD board {n} player:{n:06}")),
        ("ZREVRANK", |n| format!("ZREVRANK board player:{n:06}")),
        ("XADD", |n| {
            format!("XADD log MAXLEN ~ 10000 * user u{n} amount 12")
        }),
    ];
    let mut group = criterion.benchmark_group("door");
    group.throughput(Throughput::Elements(PIPELINE));
    let mut engine = Engine::new(1, AT, command::dispatch);
    engine.handle(AT, 0, What::Connect);
    for (name, make) in kinds {
        let pieces = pieces(|n| words(make(n)));
        let mut pieces = pieces.iter().cycle();
        group.bench_function(name, |b| {
            b.iter_batched(
                || pieces.next().cloned().unwrap_or_default(),
                |piece| {
                    engine.handle(AT, 0, What::Bytes(piece));
                    black_box(engine.take_output(0))
                },
                BatchSize::SmallInput,
            )
        });
    }
    group.finish();
}

/// SET of new keys where memory is full of 100,000: one goes for each that comes.
fn full(criterion: &mut Criterion) {
    let mut engine = Engine::new(1, AT, command::dispatch);
    engine.handle(AT, 0, What::Connect);
    let mut made = 0_u64;
    let mut set = || {
        made += 1;
        let line = format!("SET key:{made:09} value");
        encode_command(&line.split(' ').map(str::to_string).collect::<Vec<_>>())
    };
    for _ in 0..100_000 {
        engine.handle(AT, 0, What::Bytes(set()));
    }
    let limit = engine.used_memory();
    let line = format!("CONFIG SET maxmemory {limit} maxmemory-policy allkeys-lru");
    let words: Vec<_> = line.split(' ').map(str::to_string).collect();
    engine.handle(AT, 0, What::Bytes(encode_command(&words)));
    engine.take_output(0);
    let mut group = criterion.benchmark_group("full of 100000");
    group.throughput(Throughput::Elements(PIPELINE));
    let mut at = AT;
    group.bench_function("SET", |b| {
        b.iter_batched(
            || (0..PIPELINE).flat_map(|_| set()).collect::<Vec<u8>>(),
            |piece| {
                at += 1;
                engine.handle(at, 0, What::Bytes(piece));
                black_box(engine.take_output(0))
            },
            BatchSize::SmallInput,
        )
    });
    group.finish();
}

fn quick() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_millis(500))
        .measurement_time(std::time::Duration::from_secs(2))
}

criterion_group! {
    name = benches;
    config = quick();
    targets = sorted_sets, streams, door, full
}
criterion_main!(benches);
