//! A web server is tricked into giving its role away: a snapshot is shared with a stranger, a
//! bucket is opened to the world, the owner's password is found and used, and a server calls home.

use serde_json::json;

use super::{Day, Story, Words, scenes, script::Script};
use crate::{
    acts::{before_session, bucket_policy, console_login, snapshot_made, snapshot_shared},
    calls::{Api, reads, writes},
    cloudtrail::{self, Call, Place},
    dns::{self, Question},
    flows::{self, End, Exchange},
    identity::{self, Caller},
    ids,
    moment::{HOUR, MINUTE, Moment},
    organisation::{EXPORTS, Host, Network, PLATFORM, SEOUL, SHOP, STRANGER, VIRGINIA},
    parameters::{self, Site},
    truth::StoryTruth,
};

const GUESSER: &str = "203.0.113.233";
const THIEF: &str = "203.0.113.214";
const HOME: &str = "203.0.113.222";
const THIEF_AGENT: &str = "aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0-parrot1-amd64 source/x86_64";
const THIEF_BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0";
const SERVER_AGENT: &str =
    "aws-sdk-go-v2/1.38.1 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64";
const PASSWORDS_GUESSED: i64 = 240;
/// Ten hours of a call home every minute.
const CALLS_HOME: i64 = 600;
const NAMES_TRIED: i64 = 90;

const CURIOSITY: &[Api] = &[
    reads("s3", "ListBuckets"),
    reads("ec2", "DescribeInstances"),
    reads("ec2", "DescribeSnapshots"),
    reads("ec2", "DescribeVolumes"),
    reads("secretsmanager", "ListSecrets"),
    reads("iam", "ListRoles"),
    reads("iam", "GetAccountAuthorizationDetails"),
];

/// The story.
pub(super) const STORY: Story = Story {
    name: "exposed-snapshot",
    attack: Words {
        en: "A web server's stolen role shares a snapshot, opens a bucket and finds the owner's password",
        ko: "웹 서버에서 훔친 역할이 스냅샷을 공유하고, 버킷을 열고, 루트 사용자의 암호를 찾아냅니다",
    },
    twin: Words {
        en: "A server looks at itself when it starts; an operator shares snapshots within the house and renews a bucket's policy for a role of the house",
        ko: "서버가 시작할 때 자기 환경을 조회하고, 운영자는 조직 안에서 스냅샷을 공유하고 조직 안의 역할을 위해 버킷 정책을 갱신합니다",
    },
    part: (3, 4),
    offset: 5 * HOUR + 40 * MINUTE,
    tell,
    live,
};

fn tell(script: &mut Script<'_>, start: Moment) {
    let organisation = script.organisation;
    let network = organisation.main_network();
    let (Some(web), Some(bastion)) = (network.host("web-1"), network.host("bastion")) else {
        return;
    };
    let site = Site { seed: organisation.seed, account: SHOP, region: VIRGINIA };
    let snapshot = site.id("snap", "stolen");
    script.knows(known(&snapshot, web));
    guess_passwords(script, network, bastion, start);
    let taken = start.plus(50 * MINUTE);
    let thief = Caller {
        address: THIEF.to_owned(),
        agent: THIEF_AGENT.to_owned(),
        ..identity::instance_role(organisation.seed, SHOP, "shop-web", &web.instance, taken)
    };
    look_around(script, site, &thief, taken);
    share_snapshot(script, site, &thief, (&snapshot, taken.plus(20 * MINUTE)));
    open_bucket(script, &thief, taken.plus(35 * MINUTE));
    sign_in_as_owner(script, site, &thief, taken.plus(60 * MINUTE));
    call_home(script, network, web, start.plus(45 * MINUTE));
}

/// The server looks at itself when it starts, an operator shares last night's snapshot within the
/// house and renews the policy of a bucket, and lays the new one down once more.
fn live(script: &mut Script<'_>, day: Day) {
    let network = script.organisation.main_network();
    let Some(web) = network.host("web-1") else { return };
    let site = script.shop();
    let boot = day.start.plus(4 * HOUR + 5 * MINUTE);
    let seed = script.organisation.seed;
    let server = identity::instance_role(seed, SHOP, "shop-web", &web.instance, boot);
    let server = scenes::elsewhere(server, web.public.unwrap_or_default(), SERVER_AGENT);
    let first = CURIOSITY.get(..2).unwrap_or_default();
    scenes::look_around(script, &server, boot, first, |_| false);
    let noon = day.start.plus(12 * HOUR + 10 * MINUTE);
    if day.start.weekday() != 3 {
        return;
    }
    let Some(operator) = scenes::staff(script, "jihoon", noon) else { return };
    let snapshot = site.id("snap", &format!("weekly-{}", day.number));
    let place = |seconds| Place { account: PLATFORM, region: SEOUL, time: noon.plus(seconds) };
    script.call(&operator, place(0), &snapshot_made(&snapshot, &site.id("vol", "database")));
    script.call(&operator, place(90), &snapshot_shared(&snapshot, SHOP));
    let renew = Call {
        request: bucket_policy(EXPORTS, &format!("arn:aws:iam::{PLATFORM}:role/partner-export")),
        api: writes("s3", "PutBucketPolicy"),
        ..Call::default()
    };
    script.call(&operator, place(300), &renew);
}

fn known(snapshot: &str, web: &Host) -> StoryTruth {
    StoryTruth {
        account: SHOP.to_owned(),
        addresses: vec![GUESSER.to_owned(), THIEF.to_owned(), HOME.to_owned()],
        resources: vec![
            format!("arn:aws:ec2:{VIRGINIA}::snapshot/{snapshot}"),
            format!("arn:aws:s3:::{EXPORTS}"),
            format!("arn:aws:ec2:{VIRGINIA}:{SHOP}:instance/{}", web.instance),
        ],
        expected: vec![
            "password guessing over SSH against one server",
            "credentials of a server's role are used from outside",
            "a snapshot is shared with an account outside of the organisation",
            "a bucket policy lets everybody in",
            "the owner signs in to the console without a second factor",
            "use of the owner's account",
            "regular calls home from a server to one address",
            "many lookups of names that look random and do not exist",
        ],
        ..StoryTruth::default()
    }
}

fn at(time: Moment) -> Place {
    Place { account: SHOP, region: VIRGINIA, time }
}

fn guess_passwords(script: &mut Script<'_>, network: &Network, bastion: &Host, start: Moment) {
    script.step("guesses passwords over SSH");
    for number in 0..PASSWORDS_GUESSED {
        let packets = script.random.between(11, 15);
        let exchange = Exchange {
            client: End { address: GUESSER.to_owned(), port: port(40_000 + number * 17) },
            server: End { address: bastion.private.clone(), port: 22 },
            protocol: 6,
            start: start.plus(number * 7),
            seconds: script.random.between(2, 6),
            sent: (packets, packets * 96),
            received: (packets, packets * 121),
            is_accepted: true,
        };
        script.packets(flows::lines(network, &exchange));
    }
}

fn look_around(script: &mut Script<'_>, site: Site, thief: &Caller, start: Moment) {
    script.step_of("uses the server's role from outside", &["T1552.005", "T1078.004"]);
    let who = Call {
        api: reads("sts", "GetCallerIdentity"),
        response: json!({ "account": SHOP, "arn": thief.arn }),
        ..Call::default()
    };
    script.call(thief, at(start), &who);
    let mut time = start.plus(15);
    for api in CURIOSITY {
        let mut call = parameters::everyday(*api, site, &mut script.random);
        if api.service == "iam" {
            call.error = Some(cloudtrail::refusal(thief, *api));
        }
        script.call(thief, at(time), &call);
        time = time.plus(script.random.between(5, 40));
    }
}

fn share_snapshot(script: &mut Script<'_>, site: Site, thief: &Caller, what: (&str, Moment)) {
    let (snapshot, start) = what;
    script.step("makes a snapshot of the database's disk");
    let create = snapshot_made(snapshot, &site.id("vol", "database"));
    script.call(thief, at(start), &create);
    script.step_of("shares the snapshot with a stranger", &["T1537"]);
    script.call(thief, at(start.plus(95)), &snapshot_shared(snapshot, STRANGER));
}

fn open_bucket(script: &mut Script<'_>, thief: &Caller, start: Moment) {
    script.step_of("opens a bucket to everybody", &["T1530"]);
    let unblock = Call {
        api: writes("s3", "DeleteBucketPublicAccessBlock"),
        request: json!({
            "bucketName": EXPORTS,
            "Host": format!("{EXPORTS}.s3.amazonaws.com"),
            "publicAccessBlock": "",
        }),
        ..Call::default()
    };
    let open = Call {
        api: writes("s3", "PutBucketPolicy"),
        request: bucket_policy(EXPORTS, "*"),
        ..Call::default()
    };
    script.call(thief, at(start), &unblock);
    script.call(thief, at(start.plus(12)), &open);
}

fn sign_in_as_owner(script: &mut Script<'_>, site: Site, thief: &Caller, start: Moment) {
    script.step("reads the owner's password");
    let secret = Call {
        api: reads("secretsmanager", "GetSecretValue"),
        request: json!({ "secretId": "break-glass/owner-console" }),
        ..Call::default()
    };
    script.call(thief, at(start), &secret);
    script.step_of("signs in as the owner without a second factor", &["T1078.004"]);
    let owner = Caller {
        address: THIEF.to_owned(),
        agent: THIEF_BROWSER.to_owned(),
        ..identity::root(site.seed, SHOP, start.plus(300), false)
    };
    script.call(&before_session(&owner), at(start.plus(300)), &console_login("No"));
    script.step("looks around as the owner");
    for (number, api) in (1..).zip(CURIOSITY) {
        let call = parameters::everyday(*api, site, &mut script.random);
        script.call(&owner, at(start.plus(300 + 25 * number)), &call);
    }
}

/// A minute apart, always the same size; and names tried until one exists.
fn call_home(script: &mut Script<'_>, network: &Network, web: &Host, start: Moment) {
    script.step_of("the server tries random names", &["T1568.002"]);
    for number in 0..NAMES_TRIED {
        let length = usize::try_from(script.random.between(11, 18)).unwrap_or(12);
        let name = format!("{}.example", ids::letters(&mut script.random, length));
        let answer = (number % 30 == 29).then_some(HOME);
        let question = Question { name: &name, kind: "A", answer };
        let time = start.plus(number * 390 + script.random.between(0, 60));
        let source_port = script.random.between(32_768, 60_999);
        script.lookup(dns::lookup(network, web, time, source_port, question));
    }
    script.step_of("the server calls home every minute", &["T1071"]);
    for number in 0..CALLS_HOME {
        let exchange = Exchange {
            client: End { address: web.private.clone(), port: port(33_000 + number * 13) },
            server: End { address: HOME.to_owned(), port: 443 },
            protocol: 6,
            start: start.plus(number * MINUTE + script.random.between(-2, 2)),
            seconds: 1,
            sent: (9, 1_180),
            received: (7, 842),
            is_accepted: true,
        };
        script.packets(flows::lines(network, &exchange));
    }
}

fn port(number: i64) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
