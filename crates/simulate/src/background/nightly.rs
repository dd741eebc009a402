//! Jobs of the small hours that look like theft to whoever sees them for the first time.

use super::World;
use crate::{
    access::{self, Request},
    acts::{snapshot_made, snapshot_shared},
    calls::GET_OBJECT,
    cloudtrail::{self, Event, Place},
    identity::{self, Caller, Session},
    moment::Moment,
    organisation::{CUSTOMER_DATA, PLATFORM, SHOP, VIRGINIA},
    parameters::{self, Site},
    random::Random,
    rhythm::{self, Rhythm},
    traces::Traces,
};

const AGENT: &str = "aws-sdk-java/2.32.9 md/io#sync md/http#Apache ua/2.1 os/Linux lang/java#17";

/// The hour of the day in which they run.
const HOUR_OF_DAY: i64 = 2;

/// Adds the jobs, if it is their hour.
pub(super) fn run(world: World<'_>, hour: Moment, traces: &mut Traces) {
    if hour.hour_of_day() == HOUR_OF_DAY {
        export(world, hour, traces);
        back_up(world, hour, &mut traces.events);
    }
}

/// Reads a slice of the customers' data every night: as much as a thief would, but always the
/// same role, from the same network, at the same hour.
fn export(world: World<'_>, hour: Moment, traces: &mut Traces) {
    let mut random = Random::stream(world.seed, "nightly-export", hour.0);
    let caller = job(world, "partner-export", "glue-job", "198.51.100.190", hour);
    for number in 0..rhythm::times(180, Rhythm::Steady, hour, world.scale, &mut random) {
        let key = parameters::customer_key(i64::try_from(number).unwrap_or_default());
        let bytes = random.between(150_000, 400_000);
        let call = parameters::object(GET_OBJECT, CUSTOMER_DATA, &key, bytes, &mut random);
        let time = hour.plus(random.between(300, 2400));
        let place = Place { account: SHOP, region: VIRGINIA, time };
        traces.events.push(cloudtrail::record(&caller, place, &call, &mut random));
        let request = Request {
            bucket: CUSTOMER_DATA,
            time,
            address: &caller.address,
            requester: &caller.arn,
            method: "GET",
            key: &key,
            status: 200,
            bytes,
            agent: &caller.agent,
        };
        traces.visits.push(access::visit(&request, &mut random));
    }
}

/// Makes snapshots and shares them with the platform's account: sharing, but within the house.
fn back_up(world: World<'_>, hour: Moment, events: &mut Vec<Event>) {
    let mut random = Random::stream(world.seed, "nightly-backup", hour.0);
    let caller = job(world, "backup", "nightly-backup", "198.51.100.191", hour);
    let site = Site { seed: world.seed, account: SHOP, region: VIRGINIA };
    for minute in [3_i64, 4] {
        let snapshot = site.id("snap", &format!("{}-{minute}", hour.folders()));
        let volume = site.id("vol", &minute.to_string());
        let create = snapshot_made(&snapshot, &volume);
        let share = snapshot_shared(&snapshot, PLATFORM);
        let place = |seconds| Place {
            account: SHOP,
            region: VIRGINIA,
            time: hour.plus(minute * 60 + seconds),
        };
        events.push(cloudtrail::record(&caller, place(0), &create, &mut random));
        events.push(cloudtrail::record(&caller, place(40), &share, &mut random));
    }
}

fn job(world: World<'_>, role: &str, name: &str, address: &str, hour: Moment) -> Caller {
    let session = Session { account: SHOP, path: "/", role, name, created: hour, has_mfa: false };
    let caller = identity::role(world.seed, &session);
    Caller { address: address.to_owned(), agent: AGENT.to_owned(), ..caller }
}
