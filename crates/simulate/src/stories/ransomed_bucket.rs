//! An analyst's key is stolen; the customers' objects are encrypted with a key that only the thief
//! has, the originals are set to expire and deleted, and a note is left.

use serde_json::json;

use super::{Day, Story, Words, scenes, script::Script};
use crate::{
    calls::{Api, DELETE_OBJECT, Effect, GET_OBJECT, PUT_OBJECT},
    cloudtrail,
    identity::{self, Caller, Session},
    moment::{HOUR, MINUTE, Moment},
    organisation::{CUSTOMER_DATA, EXPORTS, SHOP},
    parameters,
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "ransomed-bucket",
    attack: Words {
        en: "With an analyst's stolen key a bucket's objects are encrypted by a stranger's key, set to expire and deleted, and a ransom note is left",
        ko: "분석가의 훔친 키로 버킷의 객체를 침입자의 키로 암호화하고, 곧 만료되게 하고, 삭제한 뒤 협박 메모를 남깁니다",
    },
    twin: Words {
        en: "A migration reads and copies every object on three nights, and a job tidies away what is old every night",
        ko: "데이터 이전 작업이 사흘 밤 동안 모든 객체를 읽고 복사하며, 정리 작업이 매일 밤 오래된 객체를 지웁니다",
    },
    part: (4, 5),
    offset: 19 * HOUR + 5 * MINUTE,
    tell,
    live,
};

const THIEF: &str = "203.0.113.148";
const THIEF_AGENT: &str = "S3 Browser/11.6.7 (https://s3browser.com)";
const ENCRYPTED: i64 = 180;
const DELETED: i64 = 240;
const JOB: &str = "198.51.100.192";
const JOB_AGENT: &str =
    "aws-sdk-java/2.32.9 md/io#sync md/http#Apache ua/2.1 os/Linux lang/java#17";
const COPY_OBJECT: Api = Api { service: "s3", name: "CopyObject", effect: Effect::WritesObject };

fn tell(script: &mut Script<'_>, start: Moment) {
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        resources: vec![format!("arn:aws:s3:::{CUSTOMER_DATA}")],
        expected: vec![
            "objects are encrypted with a key from outside",
            "a lifecycle rule lets everything expire within a day",
            "bulk object deletion",
        ],
        ..StoryTruth::default()
    });
    let Some(analyst) = scenes::staff(script, "priya", start) else { return };
    let thief = scenes::elsewhere(analyst, THIEF, THIEF_AGENT);
    script.step("stops the keeping of old versions");
    let versions = bucket_call(
        "PutBucketVersioning",
        "VersioningConfiguration",
        json!({ "Status": "Suspended" }),
    );
    script.call(&thief, scenes::shop(start), &versions);
    script.step_of("encrypts objects with a key of its own", &["T1486"]);
    for number in 0..ENCRYPTED {
        let key = parameters::customer_key(number * 5);
        let call = encrypted(&key, script);
        script.call(&thief, scenes::shop(start.plus(120 + number * 3)), &call);
    }
    script.step_of("lets the rest expire tomorrow", &["T1485.001"]);
    let soon = json!({ "Rule": { "ID": "x", "Status": "Enabled", "Prefix": "", "Expiration": { "Days": 1 } } });
    let expire = bucket_call("PutBucketLifecycle", "LifecycleConfiguration", soon);
    script.call(&thief, scenes::shop(start.plus(15 * MINUTE)), &expire);
    script.step_of("deletes objects", &["T1485"]);
    for number in 0..DELETED {
        let key = parameters::customer_key(1 + number * 5);
        let call = parameters::object(DELETE_OBJECT, CUSTOMER_DATA, &key, 0, &mut script.random);
        script.call(&thief, scenes::shop(start.plus(20 * MINUTE + number * 2)), &call);
    }
    script.step("leaves a ransom note");
    let note = "customers/HOW_TO_RECOVER.txt";
    let note = parameters::object(PUT_OBJECT, CUSTOMER_DATA, note, 900, &mut script.random);
    script.call(&thief, scenes::shop(start.plus(31 * MINUTE)), &note);
}

fn bucket_call(name: &'static str, part: &str, what: serde_json::Value) -> cloudtrail::Call {
    let mut request = json!({
        "bucketName": CUSTOMER_DATA,
        "Host": format!("{CUSTOMER_DATA}.s3.amazonaws.com"),
    });
    if let Some(fields) = request.as_object_mut() {
        fields.insert(part.to_owned(), what);
    }
    scenes::write("s3", name, request)
}

fn encrypted(key: &str, script: &mut Script<'_>) -> cloudtrail::Call {
    let mut call = copied(CUSTOMER_DATA, key, script);
    if let Some(fields) = call.request.as_object_mut() {
        fields.insert("x-amz-server-side-encryption-customer-algorithm".into(), "AES256".into());
    }
    call
}

fn copied(target: &str, key: &str, script: &mut Script<'_>) -> cloudtrail::Call {
    let mut call = parameters::object(COPY_OBJECT, target, key, 0, &mut script.random);
    if let Some(fields) = call.request.as_object_mut() {
        fields.insert("x-amz-copy-source".into(), format!("{CUSTOMER_DATA}/{key}").into());
    }
    call
}

fn live(script: &mut Script<'_>, day: Day) {
    let night = day.start.plus(HOUR + 30 * MINUTE);
    let tidy = job(script, "tidy-up", night);
    let old = script.random.between(40, 70);
    for number in 0..old {
        let key = format!("staging/{}/{number}.tmp", day.number);
        let call = parameters::object(DELETE_OBJECT, EXPORTS, &key, 0, &mut script.random);
        script.call(&tidy, scenes::shop(night.plus(number * 2)), &call);
    }
    if day.number == 0 {
        let yearly = json!({ "Rule": { "ID": "tidy", "Status": "Enabled", "Prefix": "staging/", "Expiration": { "Days": 365 } } });
        let call = bucket_call("PutBucketLifecycle", "LifecycleConfiguration", yearly);
        script.call(&tidy, scenes::shop(night.plus(-60)), &call);
    }
    if (15..18).contains(&day.number) {
        migrate(script, night.plus(HOUR), day.number);
    }
}

/// Reads every third object and puts it into another bucket of the house, at a steady pace.
fn migrate(script: &mut Script<'_>, start: Moment, part: i64) {
    let mover = job(script, "data-migration", start);
    for number in 0..900 {
        let key = parameters::customer_key(number * 3 + part % 3);
        let read = parameters::object(GET_OBJECT, CUSTOMER_DATA, &key, 300_000, &mut script.random);
        script.call(&mover, scenes::shop(start.plus(number * 10)), &read);
        let copy = copied(EXPORTS, &key, script);
        script.call(&mover, scenes::shop(start.plus(number * 10 + 2)), &copy);
    }
}

fn job(script: &Script<'_>, role: &str, created: Moment) -> Caller {
    let session =
        Session { account: SHOP, path: "/", role, name: "nightly", created, has_mfa: false };
    let caller = identity::role(script.organisation.seed, &session);
    scenes::elsewhere(caller, JOB, JOB_AGENT)
}
