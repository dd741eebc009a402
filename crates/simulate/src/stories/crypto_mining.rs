//! A key of the playground is stolen; big instances start in regions that nobody uses, and a
//! server of the shop begins to talk to a pool of miners.

use serde_json::{Value, json};

use super::{
    Day, Story, Words,
    scenes::{self, Talk},
    script::Script,
};
use crate::{
    cloudtrail::{Call, Place},
    identity::Caller,
    ids,
    moment::{HOUR, MINUTE, Moment},
    organisation::{Host, IRELAND, Network, SANDBOX, VIRGINIA},
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "crypto-mining",
    attack: Words {
        en: "A stolen key starts machines with accelerators in regions that nobody uses, and a server talks to a pool of miners",
        ko: "훔친 키로 아무도 쓰지 않는 리전에서 가속기 인스턴스를 시작하고, 서버가 채굴 풀과 통신합니다",
    },
    twin: Words {
        en: "A build farm starts and stops twenty machines every working day, and servers ask for exchange rates",
        ko: "빌드 팜이 평일마다 인스턴스 스무 대를 시작하고 종료하며, 서버가 환율을 조회합니다",
    },
    part: (7, 10),
    offset: 6 * HOUR + 10 * MINUTE,
    tell,
    live,
};

const THIEF: &str = "203.0.113.161";
const THIEF_AGENT: &str = "Boto3/1.28.62 Python/3.8.10 Windows/10 Botocore/1.31.62";
const POOL: &str = "203.0.113.45";
const EXCHANGE: &str = "198.51.100.74";
const UNUSED: [&str; 2] = ["ap-south-1", "sa-east-1"];
const MINUTES: i64 = 240;

fn tell(script: &mut Script<'_>, start: Moment) {
    script.knows(StoryTruth {
        account: SANDBOX.to_owned(),
        addresses: vec![POOL.to_owned()],
        expected: vec![
            "something is changed in a region that the account does not use",
            "instances of a kind that the account never had",
            "a server uses a port of the internet for the first time",
        ],
        ..StoryTruth::default()
    });
    let Some(owner) = scenes::staff(script, "aiko", start) else { return };
    let thief = scenes::elsewhere(owner, THIEF, THIEF_AGENT);
    script.step("asks whose key it is");
    let here = Place { account: SANDBOX, region: VIRGINIA, time: start };
    script.call(&thief, here, &scenes::who_am_i(&thief));
    script.step_of("starts big machines where nobody looks", &["T1535", "T1496"]);
    for (number, region) in (0..).zip(UNUSED) {
        let place = |seconds: i64| Place {
            account: SANDBOX,
            region,
            time: start.plus(60 + number * 120 + seconds),
        };
        let key =
            scenes::write("ec2", "CreateKeyPair", json!({ "keyName": "k1", "keyType": "rsa" }));
        script.call(&thief, place(0), &key);
        for machine in 0..6 {
            let call = started(script, "g5.12xlarge", 1);
            script.call(&thief, place(20 + machine * 8), &call);
        }
    }
    mine(script, start.plus(40 * MINUTE));
}

fn started(script: &mut Script<'_>, kind: &str, count: i64) -> Call {
    let instance = format!("i-0{}", ids::hex(&mut script.random, 16));
    Call {
        response: json!({ "instancesSet": { "items": [{ "instanceId": instance, "instanceType": kind }] } }),
        ..scenes::write(
            "ec2",
            "RunInstances",
            json!({
                "instancesSet": { "items": [{ "imageId": "ami-0abcdef1234567890", "minCount": count, "maxCount": count }] },
                "instanceType": kind,
            }),
        )
    }
}

/// One connection for hours, on a port that this server never used.
fn mine(script: &mut Script<'_>, start: Moment) {
    let network = script.organisation.main_network();
    let Some(app) = network.host("app-1") else { return };
    script.step("the server asks for the pool's name");
    for number in 0..8 {
        let time = start.plus(number * 30 * MINUTE);
        scenes::ask(script, (network, app), time, ("A", "pool.minexmr.com"), Some(POOL));
    }
    script.step_of("the server talks to the pool", &["T1571", "T1496.001"]);
    let talk = Talk { seconds: 58, sent: (6, 900), received: (6, 1_400), is_accepted: true };
    let way = (app.private.as_str(), POOL, 3333);
    scenes::connect_long(script, network, way, (start.plus(5), MINUTES), talk);
}

fn live(script: &mut Script<'_>, day: Day) {
    let network = script.organisation.main_network();
    for name in ["web-1", "app-1", "app-2"] {
        if let Some(host) = network.host(name) {
            ask_for_rates(script, (network, host), day.start);
        }
    }
    if day.is_weekend() {
        return;
    }
    let morning = day.start.plus(7 * HOUR);
    let Some(builder) = scenes::staff(script, "liam", morning.plus(6 * HOUR)) else { return };
    farm(script, &builder, morning.plus(6 * HOUR));
}

fn farm(script: &mut Script<'_>, builder: &Caller, start: Moment) {
    let place = |seconds| Place { account: SANDBOX, region: IRELAND, time: start.plus(seconds) };
    for machine in 0..20 {
        let call = started(script, "c7i.4xlarge", 1);
        script.call(builder, place(1600 + machine * 4), &call);
    }
    let instances: Value = json!({ "items": [{ "instanceId": "i-0123456789abcdef0" }] });
    let stop = scenes::write("ec2", "TerminateInstances", json!({ "instancesSet": instances }));
    script.call(builder, place(3500), &stop);
}

/// Servers that show prices ask for exchange rates every hour: a name and a connection.
fn ask_for_rates(script: &mut Script<'_>, (network, host): (&Network, &Host), start: Moment) {
    for hour in 0..24 {
        let time = start.plus(hour * HOUR + script.random.between(0, 600));
        let name = ("A", "rates.exchange.example.com");
        scenes::ask(script, (network, host), time, name, Some(EXCHANGE));
        let talk = Talk { seconds: 2, sent: (12, 1_900), received: (14, 9_800), is_accepted: true };
        scenes::connect(script, network, (&host.private, EXCHANGE, 443), time.plus(1), talk);
    }
}
