//! An application server is tricked into fetching its own credentials, which somebody uses far
//! away: they look around, read every secret and copy objects.

use serde_json::json;

use super::{Day, Story, Words, scenes, script::Script};
use crate::{
    calls::{Api, GET_OBJECT, reads},
    identity::{self, Caller},
    moment::{HOUR, MINUTE, Moment},
    organisation::{CUSTOMER_DATA, SHOP},
    parameters,
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "stolen-role",
    attack: Words {
        en: "The credentials of an application server's role, fetched through its metadata service, are used elsewhere to read secrets and objects",
        ko: "애플리케이션 서버의 메타데이터 서비스에서 빼낸 역할 자격 증명이 다른 곳에서 쓰여 비밀과 객체를 읽습니다",
    },
    twin: Words {
        en: "Servers are replaced every night, look at themselves and read their secrets as they start; later the network's gateway gets another address",
        ko: "서버가 매일 밤 교체되어 시작할 때 자기 환경을 조회하고 비밀을 읽으며, 나중에는 네트워크 게이트웨이의 주소가 바뀝니다",
    },
    part: (7, 10),
    offset: 2 * HOUR + 35 * MINUTE,
    tell,
    live,
};

const THIEF: &str = "203.0.113.187";
const THIEF_AGENT: &str = "aws-cli/2.15.30 Python/3.11.8 Windows/10 exe/AMD64 prompt/off";
const GATEWAY: &str = "198.51.100.170";
const NEXT_GATEWAY: &str = "198.51.100.172";
const SERVER_AGENT: &str =
    "aws-sdk-go-v2/1.38.1 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64";
const SECRETS: i64 = 14;
const OBJECTS: i64 = 260;

const CURIOSITY: &[Api] = &[
    reads("sts", "GetCallerIdentity"),
    reads("s3", "ListBuckets"),
    reads("iam", "ListRoles"),
    reads("iam", "GetAccountAuthorizationDetails"),
    reads("secretsmanager", "ListSecrets"),
    reads("rds", "DescribeDBInstances"),
    reads("ec2", "DescribeSnapshots"),
    reads("cloudtrail", "DescribeTrails"),
];

fn tell(script: &mut Script<'_>, start: Moment) {
    let seed = script.organisation.seed;
    let Some(app) = script.organisation.main_network().host("app-1") else { return };
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        resources: vec![app.instance.clone(), format!("arn:aws:s3:::{CUSTOMER_DATA}")],
        expected: vec![
            "credentials of a server's role are used from outside",
            "a server's role explores the account",
            "many secrets are read in a short time",
            "bulk object reads from the customers' bucket",
        ],
        ..StoryTruth::default()
    });
    let server = identity::instance_role(seed, SHOP, "shop-web", &app.instance, start);
    let thief = scenes::elsewhere(server, THIEF, THIEF_AGENT);
    script.step_of("uses the server's role from outside", &["T1552.005"]);
    script.call(&thief, scenes::shop(start), &scenes::who_am_i(&thief));
    script.step_of("explores the account", &["T1526", "T1580"]);
    scenes::look_around(script, &thief, start.plus(20), CURIOSITY, |api| api.service == "iam");
    script.step_of("reads every secret", &["T1555.006"]);
    for number in 0..SECRETS {
        let secret = json!({ "secretId": format!("shop/service-{number}") });
        let call = scenes::read("secretsmanager", "GetSecretValue", secret);
        script.call(&thief, scenes::shop(start.plus(10 * MINUTE + number * 9)), &call);
    }
    script.step_of("copies the customers' data", &["T1530"]);
    for number in 0..OBJECTS {
        let key = parameters::customer_key(number * 11);
        let call = parameters::object(GET_OBJECT, CUSTOMER_DATA, &key, 300_000, &mut script.random);
        script.call(&thief, scenes::shop(start.plus(20 * MINUTE + number * 3)), &call);
    }
}

fn live(script: &mut Script<'_>, day: Day) {
    let seed = script.organisation.seed;
    let boot = day.start.plus(3 * HOUR + 12 * MINUTE);
    let instance = crate::ids::resource(seed, "i", &format!("fleet/{}", day.number));
    let server = identity::instance_role(seed, SHOP, "shop-web", &instance, boot);
    let gateway = if day.number < 21 { GATEWAY } else { NEXT_GATEWAY };
    let server: Caller = scenes::elsewhere(server, gateway, SERVER_AGENT);
    let own = [reads("sts", "GetCallerIdentity"), reads("ec2", "DescribeInstances")];
    scenes::look_around(script, &server, boot.plus(5), &own, |_| false);
    for (number, name) in (0..).zip(["shop/database", "shop/payment-provider", "shop/mail"]) {
        let call = scenes::read("secretsmanager", "GetSecretValue", json!({ "secretId": name }));
        script.call(&server, scenes::shop(boot.plus(60 + number)), &call);
    }
    for number in 0..40 {
        let key = parameters::customer_key(number * 3);
        let call = parameters::object(GET_OBJECT, CUSTOMER_DATA, &key, 90_000, &mut script.random);
        script.call(&server, scenes::shop(boot.plus(10 * MINUTE + number * 20)), &call);
    }
}
