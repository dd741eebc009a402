//! A developer's access key has leaked: somebody looks around, makes an administrator, copies
//! the customers' data, stops the shop's trail, deletes, and leaves a note.
//!
//! The organisation's own trail keeps recording; that is why the end can be read at all.

use serde_json::{Value, json};

use super::{Day, Story, Words, scenes, script::Script};
use crate::{
    access::{self, Request},
    acts::access_key_made,
    calls::{Api, DELETE_OBJECT, ENUMERATING, Effect, GET_OBJECT, PUT_OBJECT, reads, writes},
    cloudtrail::{self, Call, Place},
    identity::{self, Caller},
    ids,
    moment::{HOUR, MINUTE, Moment},
    organisation::{CUSTOMER_DATA, SHOP, SHOP_TRAIL, VIRGINIA},
    parameters::{self, Site},
    people::DEVELOPER,
    random::Random,
    truth::StoryTruth,
};

const FIRST_ADDRESS: &str = "203.0.113.66";
/// Where the developer of the twin spends two nights.
const HOTEL: &str = "192.0.2.201";
const SECOND_ADDRESS: &str = "198.51.100.77";
const FIRST_AGENT: &str = "python-requests/2.32.3 auth/aws4 kali-2025.2";
const SECOND_AGENT: &str =
    "aws-cli/1.22.34 Python/3.10.12 Linux/6.8.0-kali3-amd64 botocore/1.27.84";
/// The user that the intruder makes: a name that nobody wonders about.
const NEW_USER: &str = "svc-inventory-sync";
const OBJECTS_COPIED: i64 = 420;
const OBJECTS_DELETED: i64 = 60;
const RANSOM_NOTE: &str = "customers/READ-ME-TO-GET-YOUR-DATA-BACK.txt";

/// The story.
pub(super) const STORY: Story = Story {
    name: "leaked-key",
    attack: Words {
        en: "A developer's leaked access key becomes an administrator, a copy of the customers' data and a ransom note",
        ko: "개발자의 유출된 액세스 키가 관리자 계정, 고객 데이터 복사, 협박 메모로 이어집니다",
    },
    twin: Words {
        en: "An auditor asks for everything once a week, and the developer with the same key works from a hotel",
        ko: "감사 담당자가 매주 모든 것을 조회하고, 같은 키를 가진 개발자는 호텔에서 일합니다",
    },
    part: (3, 5),
    offset: HOUR + 12 * MINUTE,
    tell,
    live,
};

fn tell(script: &mut Script<'_>, start: Moment) {
    let seed = script.organisation.seed;
    script.knows(known());
    let key = identity::long_lived_key(seed, &DEVELOPER);
    let thief = Caller {
        address: FIRST_ADDRESS.to_owned(),
        agent: FIRST_AGENT.to_owned(),
        ..identity::user(seed, SHOP, DEVELOPER.name, &key)
    };
    look_around(script, seed, &thief, start);
    let new_key = ids::access_key(&mut Random::stream(seed, "story/leaked-key/new-key", 0), "AKIA");
    become_administrator(script, seed, (&thief, &new_key), start.plus(25 * MINUTE));
    let administrator = Caller {
        address: SECOND_ADDRESS.to_owned(),
        agent: SECOND_AGENT.to_owned(),
        ..identity::user(seed, SHOP, NEW_USER, &new_key)
    };
    copy_customers(script, &administrator, start.plus(70 * MINUTE));
    stop_the_trail(script, &administrator, start.plus(130 * MINUTE));
    hold_to_ransom(script, &administrator, start.plus(140 * MINUTE));
}

/// The auditor's sweep of every Monday, and the developer on two days away from the desk.
fn live(script: &mut Script<'_>, day: Day) {
    let morning = day.start.plus(9 * HOUR + 20 * MINUTE);
    if day.start.weekday() == 0
        && let Some(auditor) = scenes::staff(script, "nadia", morning)
    {
        scenes::look_around(script, &auditor, morning, ENUMERATING, |_| false);
    }
    if matches!(day.number % 14, 8 | 9)
        && let Some(developer) = scenes::staff(script, DEVELOPER.name, morning)
    {
        let traveller = Caller { address: HOTEL.to_owned(), ..developer };
        let evening = day.start.plus(18 * HOUR);
        let few = ENUMERATING.get(9..13).unwrap_or_default();
        scenes::look_around(script, &traveller, evening, few, |api| api.service == "rds");
    }
}

fn known() -> StoryTruth {
    StoryTruth {
        account: SHOP.to_owned(),
        resources: vec![
            format!("arn:aws:iam::{SHOP}:user/{NEW_USER}"),
            format!("arn:aws:s3:::{CUSTOMER_DATA}"),
            format!("arn:aws:cloudtrail:{VIRGINIA}:{SHOP}:trail/{SHOP_TRAIL}"),
        ],
        expected: vec![
            "a known access key is used from a new network with a new program",
            "a burst of refused calls by one principal",
            "a new user with an access key made by somebody who never did so",
            "the administrator policy is attached to a user",
            "a new access key is used from another network than the one that made it",
            "bulk object reads from the customers' bucket",
            "CloudTrail logging is stopped",
            "bulk object deletion, then a note is written to the bucket",
        ],
        ..StoryTruth::default()
    }
}

fn at(time: Moment) -> Place {
    Place { account: SHOP, region: VIRGINIA, time }
}

fn who_am_i(caller: &Caller) -> Call {
    Call {
        api: reads("sts", "GetCallerIdentity"),
        response: json!({ "account": SHOP, "arn": caller.arn }),
        ..Call::default()
    }
}

/// Asks who the key belongs to, then everything else; most of it is refused.
fn look_around(script: &mut Script<'_>, seed: u64, thief: &Caller, start: Moment) {
    script.step("asks whose key it is");
    script.call(thief, at(start), &who_am_i(thief));
    script.step_of("asks for everything and is mostly refused", &["T1087.004", "T1580"]);
    let site = Site { seed, account: SHOP, region: VIRGINIA };
    let mut time = start.plus(20);
    for round in 0..3 {
        for api in ENUMERATING {
            let mut call = parameters::everyday(*api, site, &mut script.random);
            let is_allowed = round == 2 || api.name == "DescribeVpcs" || api.name == "ListTables";
            if !is_allowed || api.service != "ec2" {
                call.error = Some(cloudtrail::refusal(thief, *api));
            }
            script.call(thief, at(time), &call);
            time = time.plus(script.random.between(1, 7));
        }
    }
}

fn become_administrator(script: &mut Script<'_>, seed: u64, who: (&Caller, &str), start: Moment) {
    let (thief, new_key) = who;
    script.step_of("makes a user with a key of its own", &["T1136.003", "T1098.001"]);
    let arn = format!("arn:aws:iam::{SHOP}:user/{NEW_USER}");
    let user = json!({ "userName": NEW_USER, "arn": arn, "path": "/", "userId": ids::principal(seed, "AIDA", SHOP, NEW_USER) });
    let make_user = iam("CreateUser", json!({ "userName": NEW_USER }), json!({ "user": user }));
    script.call(thief, at(start), &make_user);
    let time = start.plus(35);
    script.call(thief, at(time), &access_key_made(NEW_USER, new_key, time));
    script.step_of("makes the user an administrator", &["T1098.003"]);
    let policy = json!({
        "userName": NEW_USER,
        "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
    });
    let attach = iam("AttachUserPolicy", policy, Value::Null);
    script.call(thief, at(start.plus(80)), &attach);
}

fn iam(name: &'static str, request: Value, response: Value) -> Call {
    Call { api: writes("iam", name), request, response, ..Call::default() }
}

fn copy_customers(script: &mut Script<'_>, administrator: &Caller, start: Moment) {
    script.step_of("uses the new key from another network", &["T1078.004"]);
    script.call(administrator, at(start), &who_am_i(administrator));
    script.call(administrator, at(start.plus(9)), &list_bucket());
    script.step_of("copies the customers' data", &["T1530"]);
    let mut time = start.plus(60);
    for number in 0..OBJECTS_COPIED {
        let key = parameters::customer_key(number * 7);
        let bytes = script.random.between(150_000, 900_000);
        let call = parameters::object(GET_OBJECT, CUSTOMER_DATA, &key, bytes, &mut script.random);
        script.call(administrator, at(time), &call);
        visit(script, administrator, (time, "GET", &key, bytes));
        time = time.plus(script.random.between(2, 8));
    }
}

fn stop_the_trail(script: &mut Script<'_>, administrator: &Caller, start: Moment) {
    let trail =
        json!({ "name": format!("arn:aws:cloudtrail:{VIRGINIA}:{SHOP}:trail/{SHOP_TRAIL}") });
    script.step_of("stops the shop's trail", &["T1562.008"]);
    let look = Call { api: reads("cloudtrail", "DescribeTrails"), ..Call::default() };
    let stop = Call { api: writes("cloudtrail", "StopLogging"), request: trail, ..Call::default() };
    script.call(administrator, at(start), &look);
    script.call(administrator, at(start.plus(30)), &stop);
}

fn hold_to_ransom(script: &mut Script<'_>, administrator: &Caller, start: Moment) {
    script.step("deletes customers' data");
    let mut time = start;
    for number in 0..OBJECTS_DELETED {
        let key = parameters::customer_key(number * 7);
        let call = parameters::object(DELETE_OBJECT, CUSTOMER_DATA, &key, 0, &mut script.random);
        script.call(administrator, at(time), &call);
        visit(script, administrator, (time, "DELETE", &key, 0));
        time = time.plus(script.random.between(1, 3));
    }
    script.step("leaves a ransom note");
    let note =
        parameters::object(PUT_OBJECT, CUSTOMER_DATA, RANSOM_NOTE, 1_337, &mut script.random);
    script.call(administrator, at(time.plus(45)), &note);
    visit(script, administrator, (time.plus(45), "PUT", RANSOM_NOTE, 1_337));
}

fn list_bucket() -> Call {
    Call {
        api: Api { service: "s3", name: "ListObjects", effect: Effect::ReadsObject },
        request: json!({
            "bucketName": CUSTOMER_DATA,
            "Host": format!("{CUSTOMER_DATA}.s3.amazonaws.com"),
            "prefix": "customers/",
        }),
        resources: cloudtrail::object_resources(CUSTOMER_DATA, "customers/"),
        ..Call::default()
    }
}

fn visit(script: &mut Script<'_>, caller: &Caller, what: (Moment, &'static str, &str, i64)) {
    let (time, method, key, bytes) = what;
    let request = Request {
        bucket: CUSTOMER_DATA,
        time,
        address: &caller.address,
        requester: &caller.arn,
        method,
        key,
        status: if method == "DELETE" { 204 } else { 200 },
        bytes,
        agent: &caller.agent,
    };
    let visit = access::visit(&request, &mut script.random);
    script.visit(visit);
}
