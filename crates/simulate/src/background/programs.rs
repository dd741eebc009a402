//! Programs at work: the build service, servers, functions, AWS Config.

use serde_json::json;

use super::{World, people::role_resource};
use crate::{
    calls::{self, Api, reads},
    cloudtrail::{self, Call, Event, Place},
    identity::{self, Caller, Session},
    moment::Moment,
    organisation::{IRELAND, PLATFORM, SANDBOX, SEOUL, SHOP, VIRGINIA},
    parameters::{self, Site},
    random::Random,
    rhythm::{self, Rhythm},
};

/// A role that programs work under.
struct Program {
    account: &'static str,
    region: &'static str,
    role: &'static str,
    /// The session's name; servers use their instance's id instead.
    session: &'static str,
    address: &'static str,
    agent: &'static str,
    work: &'static [(u64, Api)],
    per_hour: u64,
    rhythm: Rhythm,
}

const GO: &str =
    "aws-sdk-go-v2/1.38.1 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64";
const LAMBDA: &str =
    "Boto3/1.40.4 md/Botocore#1.40.4 ua/2.1 os/linux#5.10.240 exec-env/AWS_Lambda_python3.13";
const GITHUB: &str = "token.actions.githubusercontent.com";

const PROGRAMS: [Program; 8] = [
    Program {
        account: SHOP,
        region: IRELAND,
        role: "deploy",
        session: "GitHubActions",
        address: "198.51.100.11",
        agent: "aws-cli/2.28.6 md/awscrt#0.26.1 ua/2.1 os/linux#6.11.0-1018-azure md/arch#x86_64",
        work: calls::DEPLOYING,
        per_hour: 60,
        rhythm: Rhythm::Office(1),
    },
    Program {
        account: PLATFORM,
        region: SEOUL,
        role: "deploy",
        session: "GitHubActions",
        address: "198.51.100.12",
        agent: GO,
        work: calls::DEPLOYING,
        per_hour: 35,
        rhythm: Rhythm::Office(9),
    },
    Program {
        account: SHOP,
        region: VIRGINIA,
        role: "shop-worker",
        session: "checkout-worker",
        address: "198.51.100.180",
        agent: LAMBDA,
        work: calls::RUNNING,
        per_hour: 24,
        rhythm: Rhythm::Shop,
    },
    Program {
        account: SHOP,
        region: IRELAND,
        role: "shop-worker",
        session: "invoice-mailer",
        address: "198.51.100.181",
        agent: LAMBDA,
        work: calls::RUNNING,
        per_hour: 12,
        rhythm: Rhythm::Shop,
    },
    recorder(SHOP, VIRGINIA),
    recorder(SHOP, IRELAND),
    recorder(PLATFORM, SEOUL),
    recorder(SANDBOX, VIRGINIA),
];

const fn recorder(account: &'static str, region: &'static str) -> Program {
    Program {
        account,
        region,
        role: "AWSServiceRoleForConfig",
        session: "AWSConfig-Describe",
        address: "config.amazonaws.com",
        agent: "config.amazonaws.com",
        work: calls::RECORDING,
        per_hour: 8,
        rhythm: Rhythm::Steady,
    }
}

/// Adds an hour of every program.
pub(super) fn run(world: World<'_>, hour: Moment, events: &mut Vec<Event>) {
    for program in &PROGRAMS {
        run_program(world, program, hour, events);
    }
    for network in &world.organisation.networks {
        for host in network
            .hosts
            .iter()
            .filter(|host| !matches!(host.name, "spare" | "bastion" | "scanner"))
        {
            let caller = identity::instance_role(
                world.seed,
                network.account,
                "shop-web",
                &host.instance,
                hour.last_second(),
            );
            let address = host.public.unwrap_or("198.51.100.170").to_owned();
            let caller = Caller { address, agent: GO.to_owned(), ..caller };
            let place = Place { account: network.account, region: network.region, time: hour };
            repeat(world, &caller, place, (calls::SERVING, 4, Rhythm::Shop), events);
        }
    }
}

fn run_program(world: World<'_>, program: &Program, hour: Moment, events: &mut Vec<Event>) {
    let session = Session {
        account: program.account,
        path: if program.role.starts_with("AWSServiceRole") {
            "/aws-service-role/config.amazonaws.com/"
        } else {
            "/"
        },
        role: program.role,
        name: program.session,
        created: identity::opened(world.seed, program.role, hour.last_second()),
        has_mfa: false,
    };
    let caller = identity::role(world.seed, &session);
    let mut caller =
        Caller { address: program.address.to_owned(), agent: program.agent.to_owned(), ..caller };
    if program.address.ends_with(".amazonaws.com")
        && let Some(identity) = caller.identity.as_object_mut()
    {
        identity.insert("invokedBy".into(), program.address.into());
    }
    let place = Place { account: program.account, region: program.region, time: hour };
    let n_before = events.len();
    repeat(world, &caller, place, (program.work, program.per_hour, program.rhythm), events);
    if program.session == "GitHubActions" && n_before < events.len() && hour <= caller.since {
        events.push(build_sign_in(world, &caller, place));
    }
}

/// Calls again and again within the hour that the place names.
fn repeat(
    world: World<'_>,
    caller: &Caller,
    place: Place,
    work: (&[(u64, Api)], u64, Rhythm),
    events: &mut Vec<Event>,
) {
    let (apis, per_hour, rhythm) = work;
    let mut random =
        Random::stream(world.seed, &format!("{}/{}", caller.arn, place.region), place.time.0);
    let site = Site { seed: world.seed, account: place.account, region: place.region };
    let earliest = place.time.max(caller.since.plus(1));
    for _ in 0..rhythm::times(per_hour, rhythm, place.time, world.scale, &mut random) {
        let api = random.pick_weighted(apis);
        let call = parameters::everyday(api, site, &mut random);
        let time = random.moment_between(earliest, place.time.last_second());
        events.push(cloudtrail::record(caller, Place { time, ..place }, &call, &mut random));
    }
}

fn build_sign_in(world: World<'_>, caller: &Caller, place: Place) -> Event {
    let mut random =
        Random::stream(world.seed, &format!("build-sign-in/{}", place.account), place.time.0);
    let job =
        identity::federated(place.account, GITHUB, "repo:harbour-example/shop:ref:refs/heads/main");
    let job = Caller { address: caller.address.clone(), agent: caller.agent.clone(), ..job };
    let arn = format!("arn:aws:iam::{}:role/deploy", place.account);
    let call = Call {
        api: reads("sts", "AssumeRoleWithWebIdentity"),
        request: json!({ "roleArn": arn, "roleSessionName": "GitHubActions", "durationSeconds": identity::SESSION }),
        response: json!({
            "credentials": { "accessKeyId": caller.key },
            "assumedRoleUser": { "arn": caller.arn },
            "provider": format!("arn:aws:iam::{}:oidc-provider/{GITHUB}", place.account),
        }),
        resources: role_resource(place.account, &arn),
        ..Call::default()
    };
    cloudtrail::record(&job, place, &call, &mut random)
}
