//! A program on an application server calls home every minute or so, and then sends away much more
//! than the server ever sent.

use super::{
    Day, Story, Words,
    scenes::{self, Talk},
    script::Script,
};
use crate::{
    moment::{HOUR, MINUTE, Moment},
    organisation::SHOP,
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "calling-home",
    attack: Words {
        en: "A server calls one address every minute for eleven hours, then sends it gigabytes",
        ko: "서버가 열한 시간 동안 한 주소에 매분 접속하고, 그 주소로 수 기가바이트를 보냅니다",
    },
    twin: Words {
        en: "A monitoring agent on every server reports every ten minutes, every server looks for updates every hour, and a backup leaves every night",
        ko: "모든 서버의 모니터링 에이전트가 10분마다 보고하고, 모든 서버가 매시간 업데이트를 확인하며, 백업이 매일 밤 나갑니다",
    },
    part: (4, 5),
    offset: 9 * HOUR,
    tell,
    live,
};

const HOME: &str = "203.0.113.152";
const CALLS: i64 = 660;
const MONITOR: &str = "198.51.100.90";
const UPDATES: &str = "198.51.100.73";
const VAULT: &str = "198.51.100.95";

fn tell(script: &mut Script<'_>, start: Moment) {
    let network = script.organisation.main_network();
    let Some(app) = network.host("app-1") else { return };
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        addresses: vec![HOME.to_owned()],
        resources: vec![app.instance.clone()],
        expected: vec![
            "regular calls from a server to one address",
            "a server sends much more than it ever did",
        ],
        ..StoryTruth::default()
    });
    script.step_of("calls home every minute or so", &["T1071", "T1573"]);
    for number in 0..CALLS {
        let time = start.plus(number * MINUTE + script.random.between(-9, 9));
        let sent = script.random.between(8, 11);
        let talk =
            Talk { seconds: 1, sent: (sent, sent * 130), received: (8, 950), is_accepted: true };
        scenes::connect(script, network, (&app.private, HOME, 443), time, talk);
    }
    script.step_of("sends gigabytes away", &["T1041", "T1048"]);
    let talk = Talk {
        seconds: 58,
        sent: (90_000, 130_000_000),
        received: (40_000, 2_100_000),
        is_accepted: true,
    };
    let way = (app.private.as_str(), HOME, 8443);
    scenes::connect_long(script, network, way, (start.plus(CALLS * MINUTE), 40), talk);
}

fn live(script: &mut Script<'_>, day: Day) {
    let network = script.organisation.main_network();
    for host in network.hosts.iter().filter(|host| host.name != "spare") {
        // An agent's clock starts with its server, so that the servers do not report together.
        let first = i64::from(host.private.bytes().map(u32::from).sum::<u32>() % 60);
        for mark in 0..24 * 6 {
            let time = day.start.plus(mark * 10 * MINUTE + first);
            let talk = Talk { seconds: 1, sent: (9, 1_700), received: (7, 620), is_accepted: true };
            scenes::connect(script, network, (&host.private, MONITOR, 443), time, talk);
        }
    }
    for host in network.hosts.iter().filter(|host| host.name != "spare") {
        for hour in 0..24 {
            let time = day.start.plus(hour * HOUR + 7 * MINUTE + script.random.between(0, 900));
            let talk =
                Talk { seconds: 3, sent: (14, 2_300), received: (20, 21_000), is_accepted: true };
            scenes::connect(script, network, (&host.private, UPDATES, 443), time, talk);
        }
    }
    let Some(database) = network.host("database") else { return };
    let bytes = script.random.between(60_000_000, 80_000_000);
    let talk = Talk {
        seconds: 58,
        sent: (bytes / 1400, bytes),
        received: (bytes / 4200, bytes / 60),
        is_accepted: true,
    };
    let way = (database.private.as_str(), VAULT, 443);
    scenes::connect_long(script, network, way, (day.start.plus(HOUR), 150), talk);
}
