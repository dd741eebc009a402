//! An application server sends what it has in the names that it asks for.

use super::{Day, Story, Words, scenes, script::Script};
use crate::{
    ids,
    moment::{HOUR, MINUTE, Moment},
    organisation::SHOP,
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "dns-tunnel",
    attack: Words {
        en: "A server sends data out in the names that it asks for",
        ko: "서버가 DNS 질의의 이름에 데이터를 실어 내보냅니다",
    },
    twin: Words {
        en: "Servers ask for the long names of content networks, of signatures of mail and of a list of senders of spam",
        ko: "서버가 콘텐츠 전송망, 메일 서명, 스팸 발신자 목록의 긴 이름을 질의합니다",
    },
    part: (1, 2),
    offset: 22 * HOUR,
    tell,
    live,
};

const QUERIES: i64 = 700;

fn tell(script: &mut Script<'_>, start: Moment) {
    let network = script.organisation.main_network();
    let Some(app) = network.host("app-1") else { return };
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        resources: vec![app.instance.clone()],
        expected: vec!["many long names below one domain, none of them twice"],
        ..StoryTruth::default()
    });
    script.step_of("sends a file in names", &["T1048.003", "T1071.004"]);
    for number in 0..QUERIES {
        let piece = ids::hex(&mut script.random, 48);
        let name = format!("{number:04x}.{piece}.data.sync-updates.example");
        let time = start.plus(number * 4 + script.random.between(0, 3));
        scenes::ask(script, (network, app), time, ("TXT", &name), Some("ok"));
    }
}

fn live(script: &mut Script<'_>, day: Day) {
    let network = script.organisation.main_network();
    let (Some(web), Some(app)) = (network.host("web-1"), network.host("app-1")) else { return };
    for hour in 0..24 {
        let start = day.start.plus(hour * HOUR);
        // A content network's names are long and look random, but there are few of them.
        for number in 0..30 {
            let edge = script.random.between(0, 11);
            let name =
                format!("d{:013x}.edge-{edge}.content.example.net", 0x5ac3_91e7_i64 * (edge + 3));
            let time = start.plus(number * 2 * MINUTE + script.random.between(0, 90));
            scenes::ask(script, (network, web), time, ("A", &name), Some("198.51.100.85"));
        }
        // Mail that arrives: who signed it, and is its sender known for spam?
        for number in 0..script.random.between(4, 14) {
            let time = start.plus(number * 4 * MINUTE + script.random.between(0, 200));
            let firm = script.random.between(1, 400);
            let name = format!("selector{}._domainkey.firm-{firm}.example.org", firm % 3);
            scenes::ask(script, (network, app), time, ("TXT", &name), Some("v=DKIM1; k=rsa"));
            let last = script.random.between(1, 254);
            let name = format!("{last}.113.0.203.senders.list.example.com");
            scenes::ask(script, (network, app), time.plus(1), ("A", &name), None);
        }
    }
}
