//! A port is opened to the world, a password is guessed over SSH, and somebody stays.

use serde_json::json;

use super::{
    Day, Story, Words,
    scenes::{self, Talk},
    script::Script,
};
use crate::{
    cloudtrail::Call,
    moment::{HOUR, MINUTE, Moment},
    organisation::SHOP,
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "ssh-break-in",
    attack: Words {
        en: "SSH is opened to the world, a password is guessed, and somebody works on the server",
        ko: "SSH가 전 세계에 열리고, 암호가 추측되어, 누군가 서버에서 작업합니다",
    },
    twin: Words {
        en: "An engineer opens SSH to the office for an hour and closes it again; deployments and people connect all day, and a monitor knocks every five minutes",
        ko: "엔지니어가 사무실에만 SSH를 한 시간 열었다가 닫고, 배포와 사람이 온종일 접속하며, 모니터가 5분마다 포트를 확인합니다",
    },
    part: (7, 10),
    offset: 11 * HOUR + 15 * MINUTE,
    tell,
    live,
};

const GUESSER: &str = "203.0.113.241";
const OFFICE: &str = "192.0.2.20";
const MONITOR: &str = "198.51.100.91";
const GUESSES: i64 = 300;

fn tell(script: &mut Script<'_>, start: Moment) {
    let network = script.organisation.main_network();
    let Some(bastion) = network.host("bastion") else { return };
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        addresses: vec![GUESSER.to_owned()],
        resources: vec![bastion.instance.clone()],
        expected: vec![
            "a port of remote administration is opened to the world",
            "a password is guessed over SSH",
        ],
        ..StoryTruth::default()
    });
    script.step_of("SSH is opened to the world", &["T1133"]);
    if let Some(engineer) = scenes::staff(script, "sofia", start) {
        let call = rule(script, "AuthorizeSecurityGroupIngress", "0.0.0.0/0");
        script.call(&engineer, scenes::shop(start), &call);
    }
    script.step("guesses passwords over SSH");
    let guessing = start.plus(30 * MINUTE);
    for number in 0..GUESSES {
        let packets = script.random.between(12, 14);
        let talk = Talk {
            seconds: 3,
            sent: (packets, packets * 98),
            received: (packets, packets * 124),
            is_accepted: true,
        };
        let time = guessing.plus(number * 6);
        scenes::connect(script, network, (GUESSER, &bastion.private, 22), time, talk);
    }
    script.step_of("works on the server", &["T1110.001", "T1021.004"]);
    let talk =
        Talk { seconds: 58, sent: (220, 31_000), received: (260, 88_000), is_accepted: true };
    let inside = guessing.plus(GUESSES * 6);
    scenes::connect_long(script, network, (GUESSER, &bastion.private, 22), (inside, 90), talk);
}

fn rule(script: &Script<'_>, name: &'static str, range: &str) -> Call {
    let group = script.shop().id("sg", "bastion");
    let request = json!({
        "groupId": group,
        "ipPermissions": { "items": [{
            "ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
            "ipRanges": { "items": [{ "cidrIp": range }] },
        }] },
    });
    Call { response: json!({ "_return": true }), ..scenes::write("ec2", name, request) }
}

fn live(script: &mut Script<'_>, day: Day) {
    let network = script.organisation.main_network();
    let Some(bastion) = network.host("bastion") else { return };
    for mark in 0..24 * 12 {
        let talk = Talk { seconds: 0, sent: (4, 228), received: (3, 201), is_accepted: true };
        let time = day.start.plus(mark * 5 * MINUTE + 11);
        scenes::connect(script, network, (MONITOR, &bastion.private, 22), time, talk);
    }
    if day.is_weekend() {
        return;
    }
    let morning = day.start.plus(8 * HOUR + 10 * MINUTE);
    // A deployment connects once a host and task: short, but never the same size.
    for number in 0..24 {
        let packets = script.random.between(30, 140);
        let talk = Talk {
            seconds: script.random.between(2, 20),
            sent: (packets, packets * 160),
            received: (packets, packets * 210),
            is_accepted: true,
        };
        let time = morning.plus(number * 20);
        scenes::connect(script, network, (OFFICE, &bastion.private, 22), time, talk);
    }
    let talk = Talk { seconds: 58, sent: (90, 9_000), received: (110, 26_000), is_accepted: true };
    let way = (OFFICE, bastion.private.as_str(), 22);
    scenes::connect_long(script, network, way, (morning.plus(HOUR), 420), talk);
    if day.number % 5 == 3
        && let Some(engineer) = scenes::staff(script, "sofia", morning.plus(2 * HOUR))
    {
        let open = rule(script, "AuthorizeSecurityGroupIngress", "192.0.2.20/32");
        let close = rule(script, "RevokeSecurityGroupIngress", "192.0.2.20/32");
        script.call(&engineer, scenes::shop(morning.plus(2 * HOUR)), &open);
        script.call(&engineer, scenes::shop(morning.plus(3 * HOUR)), &close);
    }
}
