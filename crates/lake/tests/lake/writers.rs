//! Several writers at once, each in its own process as far as the lake can tell.

use std::thread;

use haechi_sources::Object;

use super::support::{Bench, trail_file, truth};

#[test]
fn writers_with_the_same_events_store_each_once() {
    let mut bench = Bench::new();
    bench.gathered_bytes = 30_000;
    bench.open();
    let part = |i: u32| bench.file(&format!("{i}.json.gz"), &trail_file(i * 20..i * 20 + 40));
    let objects: Vec<Object> = (0..12).map(part).collect();
    let mappings = haechi_sources::Mappings::new(bench.catalog.sources.values());
    let runs: Vec<_> = (0..4).map(|_| (bench.open(), bench.options())).collect();
    let accepted: u64 = thread::scope(|scope| {
        let run = |(lake, options)| {
            let (objects, mappings) = (&objects, &mappings);
            scope.spawn(move || {
                haechi_lake::ingest(lake, mappings, objects, &options, &|_| {}).unwrap().1.accepted
            })
        };
        let handles: Vec<_> = runs.into_iter().map(run).collect();
        handles.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(bench.records(), truth(0..260));
    assert_eq!(accepted, 260);
}
