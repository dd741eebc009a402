//! A server that was taken over looks for others in its network.

use super::{
    Day, Story, Words,
    scenes::{self, KNOCK, Talk},
    script::Script,
};
use crate::{
    moment::{HOUR, MINUTE, Moment},
    organisation::SHOP,
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "inside-scan",
    attack: Words {
        en: "A server tries the ports of its neighbours one after the other, then the same port of the whole network",
        ko: "서버가 이웃 서버의 포트를 하나씩 시도하고, 네트워크 전체에서 같은 포트를 찾습니다",
    },
    twin: Words {
        en: "The company's own scanner tries every server's ports once a week, a firm that was hired scans the public addresses every week, a monitor inside checks what is meant to be open, and a client asks for ever for a server that is gone",
        ko: "회사의 점검 서버가 매주 한 번 모든 서버의 포트를 확인하고, 고용된 업체가 매주 공인 주소를 점검하고, 내부 모니터가 열려 있어야 할 포트를 확인하며, 한 클라이언트는 사라진 서버를 계속 찾습니다",
    },
    part: (1, 2),
    offset: 14 * HOUR + 40 * MINUTE,
    tell,
    live,
};

const DOORS: [u16; 24] = [
    21, 23, 25, 80, 110, 111, 135, 139, 143, 389, 443, 445, 1433, 1521, 2049, 2375, 3306, 3389,
    5900, 5985, 6379, 8443, 9200, 27_017,
];
const HIRED: &str = "198.51.100.33";

fn tell(script: &mut Script<'_>, start: Moment) {
    let network = script.organisation.main_network();
    let (Some(app), Some(database)) = (network.host("app-1"), network.host("database")) else {
        return;
    };
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        resources: vec![app.instance.clone()],
        expected: vec!["ports of one host are scanned", "one port of many hosts is scanned"],
        ..StoryTruth::default()
    });
    script.step_of("tries the database server's ports", &["T1046"]);
    for (number, port) in (0..).zip(DOORS) {
        let way = (app.private.as_str(), database.private.as_str(), port);
        scenes::connect(script, network, way, start.plus(number * 2), KNOCK);
    }
    script.step_of("tries SSH on the whole network", &["T1046", "T1018"]);
    for last in 1..120 {
        let target = format!("10.1.12.{last}");
        let time = start.plus(10 * MINUTE + last * 2);
        scenes::connect(script, network, (&app.private, &target, 22), time, KNOCK);
    }
}

fn live(script: &mut Script<'_>, day: Day) {
    let network = script.organisation.main_network();
    let (Some(bastion), Some(app)) = (network.host("bastion"), network.host("app-2")) else {
        return;
    };
    let open =
        [("web-1", 443), ("web-2", 443), ("app-1", 8080), ("app-2", 8080), ("database", 5432)];
    let talk = Talk { seconds: 0, sent: (5, 310), received: (4, 420), is_accepted: true };
    for mark in 0..24 * 4 {
        let time = day.start.plus(mark * 15 * MINUTE + 40);
        for (name, port) in open {
            if let Some(host) = network.host(name) {
                let way = (bastion.private.as_str(), host.private.as_str(), port);
                scenes::connect(script, network, way, time, talk);
            }
        }
        // A server that was switched off long ago, and a client that nobody told.
        let way = (app.private.as_str(), "10.1.21.77", 6379);
        scenes::connect(script, network, way, time.plus(15), KNOCK);
    }
    if day.start.weekday() == 2 {
        let late = script.random.between(0, 15 * MINUTE);
        own_scanner(script, day.start.plus(3 * HOUR + late));
    }
    if day.start.weekday() == 5 {
        let night = day.start.plus(2 * HOUR);
        for host in network.hosts.iter().filter(|host| host.public.is_some()) {
            for (number, port) in (0..).zip(1..400_u16) {
                let way = (HIRED, host.private.as_str(), port);
                scenes::connect(script, network, way, night.plus(number), KNOCK);
            }
        }
    }
}

/// The company's own scanner looks, on the same night of every week, for what should not be open:
/// the usual ports of every server, then the doors of every address of a subnet.
fn own_scanner(script: &mut Script<'_>, start: Moment) {
    let network = script.organisation.main_network();
    let Some(scanner) = network.host("scanner") else { return };
    let open = [("web-1", 443), ("web-2", 443), ("app-1", 8080_u16), ("database", 5432)];
    let answered = Talk { seconds: 0, sent: (5, 310), received: (4, 420), is_accepted: true };
    let others = network.hosts.iter().filter(|host| host.name != "scanner");
    for (number, host) in (0..).zip(others) {
        for (second, port) in (0..).zip(DOORS.into_iter().chain([5432, 8080])) {
            let is_open = open.contains(&(host.name, port));
            let talk = if is_open { answered } else { KNOCK };
            let time = start.plus(number * 2 * MINUTE + second);
            scenes::connect(script, network, (&scanner.private, &host.private, port), time, talk);
        }
    }
    for (number, port) in (0..).zip([22, 445, 3389]) {
        for last in 1..100 {
            let target = format!("10.1.12.{last}");
            let time = start.plus(20 * MINUTE + number * 3 * MINUTE + last);
            scenes::connect(script, network, (&scanner.private, &target, port), time, KNOCK);
        }
    }
}
