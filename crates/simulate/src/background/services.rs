//! AWS's own services: they deliver logs, fetch keys, take roles.

use serde_json::json;

use super::{World, people::role_resource};
use crate::{
    calls::{Api, PUT_OBJECT, reads},
    cloudtrail::{self, Call, Event, Place},
    identity, ids,
    moment::{HOUR, MINUTE, Moment},
    organisation::{ACCOUNTS, LOG_ARCHIVE, ORGANISATION_TRAIL, PLATFORM, REGIONS, SHOP},
    parameters::Site,
    random::Random,
    rhythm::{self, Rhythm},
};

const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";
const DELIVERY: &str = "delivery.logs.amazonaws.com";

/// Adds an hour of every service in every account and region.
pub(super) fn run(world: World<'_>, hour: Moment, events: &mut Vec<Event>) {
    for account in ACCOUNTS {
        for region in REGIONS {
            run_in(world, Site { seed: world.seed, account, region }, hour, events);
        }
    }
}

fn run_in(world: World<'_>, site: Site, hour: Moment, events: &mut Vec<Event>) {
    let label = format!("services/{}/{}", site.account, site.region);
    let mut random = Random::stream(world.seed, &label, hour.0);
    let is_busy = site.account == SHOP;
    let times = |per_hour: u64, random: &mut Random| {
        let per_hour = if is_busy { per_hour * 2 } else { per_hour };
        rhythm::times(per_hour, Rhythm::Steady, hour, world.scale, random)
    };
    for _ in 0..times(2, &mut random) {
        let call = bucket_checked();
        events.push(by_service(site, CLOUDTRAIL, &call, hour, &mut random));
    }
    for _ in 0..times(2, &mut random) {
        let call = data_key(site, &mut random);
        events.push(by_service(site, CLOUDTRAIL, &call, hour, &mut random));
    }
    for _ in 0..times(3, &mut random) {
        let time = hour.plus(random.between(0, HOUR - 1));
        let call = log_delivered(site, time, &mut random);
        events.push(by_service(site, DELIVERY, &call, hour, &mut random));
    }
    for _ in 0..times(2, &mut random) {
        let service =
            random.pick(&["lambda.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]);
        let call = role_taken(site, service, hour, &mut random);
        events.push(by_service(site, service, &call, hour, &mut random));
    }
}

fn by_service(site: Site, service: &str, call: &Call, hour: Moment, random: &mut Random) -> Event {
    let caller = identity::service(site.account, service);
    let time = hour.plus(random.between(0, HOUR - 1));
    let place = Place { account: site.account, region: site.region, time };
    cloudtrail::record(&caller, place, call, random)
}

fn bucket_checked() -> Call {
    Call {
        api: reads("s3", "GetBucketAcl"),
        request: json!({
            "bucketName": LOG_ARCHIVE,
            "Host": format!("{LOG_ARCHIVE}.s3.amazonaws.com"),
            "acl": "",
        }),
        resources: vec![json!({
            "accountId": PLATFORM,
            "type": "AWS::S3::Bucket",
            "ARN": format!("arn:aws:s3:::{LOG_ARCHIVE}"),
        })],
        ..Call::default()
    }
}

fn data_key(site: Site, random: &mut Random) -> Call {
    let key = site
        .arn("kms", &format!("key/{}", ids::uuid(&mut Random::stream(site.seed, "log-key", 0))));
    let trail = site.arn("cloudtrail", &format!("trail/{ORGANISATION_TRAIL}"));
    Call {
        api: reads("kms", if random.percent(85) { "GenerateDataKey" } else { "DescribeKey" }),
        request: json!({
            "keyId": key,
            "keySpec": "AES_256",
            "encryptionContext": {
                "aws:cloudtrail:arn": trail,
                "aws:s3:arn": format!("arn:aws:s3:::{LOG_ARCHIVE}/AWSLogs/{}/CloudTrail/", site.account),
            },
        }),
        resources: vec![json!({ "accountId": PLATFORM, "type": "AWS::KMS::Key", "ARN": key })],
        ..Call::default()
    }
}

/// Some deliveries are refused for ever: a policy that somebody forgot. Noise, and harmless.
fn log_delivered(site: Site, time: Moment, random: &mut Random) -> Call {
    let Site { account, region, .. } = site;
    let stamp = time.next_mark(5 * MINUTE);
    let key = format!(
        "AWSLogs/{account}/vpcflowlogs/{region}/{}/{account}_vpcflowlogs_{region}_{}_{}_{}.log.gz",
        stamp.folders(),
        ids::resource(site.seed, "fl", region),
        stamp.stamp(),
        ids::hex(random, 8)
    );
    let is_refused = account == PLATFORM && region != crate::organisation::SEOUL;
    Call {
        api: Api { ..PUT_OBJECT },
        request: json!({
            "bucketName": LOG_ARCHIVE,
            "Host": format!("{LOG_ARCHIVE}.s3.{region}.amazonaws.com"),
            "x-amz-acl": "bucket-owner-full-control",
            "key": key,
        }),
        resources: cloudtrail::object_resources(LOG_ARCHIVE, &key),
        extra: cloudtrail::transfer(random.between(400, 9000), 0, random),
        error: is_refused.then(|| ("AccessDenied", "Access Denied".to_owned())),
        ..Call::default()
    }
}

fn role_taken(site: Site, service: &str, hour: Moment, random: &mut Random) -> Call {
    let (role, session) = match service {
        "lambda.amazonaws.com" => ("shop-worker", "checkout-worker".to_owned()),
        "ec2.amazonaws.com" => ("shop-web", site.id("i", random.pick(&["1", "2", "3"]))),
        _ => ("shop-task", ids::hex(random, 32)),
    };
    let arn = format!("arn:aws:iam::{}:role/{role}", site.account);
    Call {
        api: reads("sts", "AssumeRole"),
        request: json!({ "roleArn": arn, "roleSessionName": session }),
        response: json!({
            "credentials": {
                "accessKeyId": ids::access_key(random, "ASIA"),
                "sessionToken": ids::unique(random, 120),
                "expiration": hour.plus(6 * HOUR).american(),
            },
            "assumedRoleUser": {
                "assumedRoleId": format!("{}:{session}", ids::principal(site.seed, "AROA", site.account, role)),
                "arn": format!("arn:aws:sts::{}:assumed-role/{role}/{session}", site.account),
            },
        }),
        resources: role_resource(site.account, &arn),
        ..Call::default()
    }
}
