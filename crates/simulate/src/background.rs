//! Ordinary life, hour by hour: people, programs, AWS's own services, traffic.

mod cluster;
mod machines;
mod mishaps;
mod nightly;
mod people;
mod programs;
mod services;
mod traffic;

use crate::{moment::Moment, organisation::Organisation, rhythm::Scale, traces::Traces};

/// What everyday life depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<'a> {
    pub(crate) organisation: &'a Organisation,
    pub(crate) scale: Scale,
    pub(crate) seed: u64,
}

/// Lives one full hour.
pub(crate) fn live(world: World<'_>, hour: Moment) -> Traces {
    let mut traces = Traces::default();
    people::work(world, hour, &mut traces.events);
    programs::run(world, hour, &mut traces.events);
    services::run(world, hour, &mut traces.events);
    nightly::run(world, hour, &mut traces);
    cluster::run(world, hour, &mut traces.audits);
    mishaps::happen(world, hour, &mut traces.events);
    traffic::flow(world, hour, &mut traces);
    machines::run(world, hour, &mut traces.flows);
    traces
}
