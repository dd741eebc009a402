//! Small accidents that look worse than they are.

use serde_json::json;

use super::World;
use crate::{
    acts::{access_key_made, before_session, console_login},
    calls::{reads, writes},
    cloudtrail::{self, Call, Event, Place},
    identity,
    moment::Moment,
    organisation::VIRGINIA,
    parameters::{self, Site},
    people::{Access, PEOPLE, Person},
    random::Random,
};

/// Chance in a thousand that a person has an accident in a working hour.
const ACCIDENT_PERMILLE: u64 = 12;

/// Weekday and local hour at which people try out a new access key: Tuesday at ten.
const KEY_DAY: (i64, i64) = (1, 10);

/// Adds the hour's accidents.
pub(super) fn happen(world: World<'_>, hour: Moment, events: &mut Vec<Event>) {
    for person in &PEOPLE {
        let mut random = Random::stream(world.seed, &format!("mishap/{}", person.name), hour.0);
        let local = hour.plus(person.office.offset * crate::moment::HOUR);
        let is_at_work = (9..18).contains(&local.hour_of_day()) && !local.is_weekend();
        let is_key_day = (local.weekday(), local.hour_of_day()) == KEY_DAY;
        if person.access == Access::Key && is_key_day && random.percent(50) {
            key_rotated(world, person, hour, events);
        }
        if !is_at_work || !random.permille(ACCIDENT_PERMILLE) {
            continue;
        }
        match person.access {
            Access::Password => wrong_password(world, person, hour, events),
            Access::Key | Access::SingleSignOn(_) => {
                missing_permission(world, person, hour, events);
            }
        }
    }
}

/// Tries the same handful of times and asks a colleague.
fn missing_permission(world: World<'_>, person: &Person, hour: Moment, events: &mut Vec<Event>) {
    let mut random =
        Random::stream(world.seed, &format!("missing-permission/{}", person.name), hour.0);
    let caller = identity::person(world.seed, person, hour.last_second());
    let api = random.pick(&[
        reads("rds", "DescribeDBSnapshots"),
        reads("secretsmanager", "GetSecretValue"),
        writes("ec2", "RunInstances"),
        reads("organizations", "ListAccounts"),
    ]);
    let site = Site { seed: world.seed, account: person.account, region: person.office.region };
    for attempt in 0..random.between(2, 6) {
        let mut call = parameters::everyday(api, site, &mut random);
        call.error = Some(cloudtrail::refusal(&caller, api));
        let time = hour.max(caller.since).plus(600 + 35 * attempt);
        let place = Place { account: person.account, region: person.office.region, time };
        events.push(cloudtrail::record(&caller, place, &call, &mut random));
    }
}

/// Mistypes the password once, then signs in with the second factor.
fn wrong_password(world: World<'_>, person: &Person, hour: Moment, events: &mut Vec<Event>) {
    let mut random = Random::stream(world.seed, &format!("wrong-password/{}", person.name), hour.0);
    let caller = before_session(&identity::person(world.seed, person, hour.last_second()));
    let place = |time| Place { account: person.account, region: VIRGINIA, time };
    let failed =
        Call { error: Some(("", "Failed authentication".to_owned())), ..console_login("No") };
    let failed = Call { response: json!({ "ConsoleLogin": "Failure" }), ..failed };
    events.push(cloudtrail::record(&caller, place(hour.plus(700)), &failed, &mut random));
    events.push(cloudtrail::record(
        &caller,
        place(hour.plus(720)),
        &console_login("Yes"),
        &mut random,
    ));
}

/// Makes a new access key, tries it and thinks better of it: all from the usual desk.
fn key_rotated(world: World<'_>, person: &Person, hour: Moment, events: &mut Vec<Event>) {
    let mut random = Random::stream(world.seed, &format!("key-rotated/{}", person.name), hour.0);
    let caller = identity::person(world.seed, person, hour.last_second());
    let key = crate::ids::access_key(&mut random, "AKIA");
    let made = access_key_made(person.name, &key, hour.plus(900));
    let tried = Call {
        api: reads("sts", "GetCallerIdentity"),
        response: json!({ "account": person.account, "arn": caller.arn }),
        ..Call::default()
    };
    let removed = Call {
        api: writes("iam", "DeleteAccessKey"),
        request: json!({ "userName": person.name, "accessKeyId": key }),
        ..Call::default()
    };
    let fresh = identity::user(world.seed, person.account, person.name, &key);
    let fresh =
        identity::Caller { address: caller.address.clone(), agent: caller.agent.clone(), ..fresh };
    for (offset, who, call) in
        [(900, &caller, made), (960, &fresh, tried), (1500, &caller, removed)]
    {
        let place = Place { account: person.account, region: VIRGINIA, time: hour.plus(offset) };
        events.push(cloudtrail::record(who, place, &call, &mut random));
    }
}
