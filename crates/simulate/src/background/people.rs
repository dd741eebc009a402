//! People at work: they sign in, they call what their work needs, sometimes they may not.

use serde_json::{Value, json};

use super::World;
use crate::{
    acts::{before_session, console_login},
    calls::{self, Api, reads, writes},
    cloudtrail::{self, Call, Event, Place},
    identity::{self, Caller},
    moment::Moment,
    organisation::{IRELAND, PLATFORM, SANDBOX, SHOP, VIRGINIA},
    parameters::{self, Site},
    people::{Access, PEOPLE, Person},
    random::Random,
    rhythm::{self, Rhythm},
};

/// How many calls in a thousand are refused.
const REFUSED_PERMILLE: u64 = 12;

/// Seconds that signing in takes at the start of a session.
const SIGN_IN: i64 = 60;

/// Adds an hour of everybody's work.
pub(super) fn work(world: World<'_>, hour: Moment, events: &mut Vec<Event>) {
    for person in &PEOPLE {
        let mut random = Random::stream(world.seed, person.name, hour.0);
        let rhythm = Rhythm::Office(person.office.offset);
        let n_calls = rhythm::times(person.per_hour, rhythm, hour, world.scale, &mut random);
        let caller = identity::person(world.seed, person, hour.last_second());
        if 0 < n_calls && hour <= caller.since {
            sign_in(world, person, &caller, events);
        }
        let earliest = hour.max(caller.since.plus(SIGN_IN));
        for _ in 0..n_calls {
            let place = Place {
                account: person.account,
                region: region_of(person, &mut random),
                time: random.moment_between(earliest, hour.last_second()),
            };
            let api = random.pick_weighted(person.work);
            events.push(call(world, &caller, place, api, &mut random));
        }
    }
}

fn call(world: World<'_>, caller: &Caller, place: Place, api: Api, random: &mut Random) -> Event {
    let site = Site { seed: world.seed, account: place.account, region: place.region };
    let mut call = parameters::everyday(api, site, random);
    if api.name == "GetCallerIdentity" {
        call.response = json!({ "account": caller.account, "arn": caller.arn });
    } else if random.permille(REFUSED_PERMILLE) {
        call.error = Some(cloudtrail::refusal(caller, api));
    }
    cloudtrail::record(caller, place, &call, random)
}

fn sign_in(world: World<'_>, person: &Person, caller: &Caller, events: &mut Vec<Event>) {
    let time = caller.since;
    let mut random = Random::stream(world.seed, &format!("sign-in/{}", person.name), time.0);
    let place = Place { account: person.account, region: VIRGINIA, time };
    match person.access {
        Access::Key => {}
        Access::Password => {
            let caller = before_session(caller);
            events.push(cloudtrail::record(&caller, place, &console_login("Yes"), &mut random));
        }
        Access::SingleSignOn(permissions) => {
            let directory = identity::directory_user(world.seed, PLATFORM, person.name);
            let directory = Caller {
                address: caller.address.clone(),
                agent: caller.agent.clone(),
                ..directory
            };
            let portal = Place { account: PLATFORM, region: IRELAND, time };
            let call = Call {
                api: writes("sso", "Federate"),
                request: json!({ "accountId": person.account, "roleName": permissions }),
                ..Call::default()
            };
            events.push(cloudtrail::record(&directory, portal, &call, &mut random));
            events.push(cloudtrail::record(
                &identity::service(person.account, "sso.amazonaws.com"),
                place,
                &assume_reserved_role(world.seed, person, permissions, caller),
                &mut random,
            ));
        }
    }
}

fn assume_reserved_role(seed: u64, person: &Person, permissions: &str, caller: &Caller) -> Call {
    let role = identity::reserved_role(seed, permissions);
    let arn = format!(
        "arn:aws:iam::{}:role/aws-reserved/sso.amazonaws.com/eu-west-1/{role}",
        person.account
    );
    Call {
        api: reads("sts", "AssumeRoleWithSAML"),
        request: json!({
            "roleArn": arn,
            "roleSessionName": format!("{}@harbour.example", person.name),
            "durationSeconds": identity::SESSION,
        }),
        response: json!({
            "credentials": { "accessKeyId": caller.key },
            "assumedRoleUser": { "arn": caller.arn },
        }),
        resources: role_resource(person.account, &arn),
        ..Call::default()
    }
}

/// The role that an `AssumeRole` call touches.
pub(super) fn role_resource(account: &str, arn: &str) -> Vec<Value> {
    vec![json!({ "accountId": account, "type": "AWS::IAM::Role", "ARN": arn })]
}

/// Mostly the region of the office; the shop and the sandbox also use Virginia.
fn region_of(person: &Person, random: &mut Random) -> &'static str {
    let reaches_out =
        matches!(person.account, SHOP | SANDBOX) || person.work.len() == calls::AUDITING.len();
    if reaches_out && random.percent(40) { VIRGINIA } else { person.office.region }
}
