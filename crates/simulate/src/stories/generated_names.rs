//! A program on a server tries names that a machine made up, until one of them exists.

use super::{
    Day, Story, Words,
    scenes::{self, Talk},
    script::Script,
};
use crate::{
    ids,
    moment::{HOUR, MINUTE, Moment},
    organisation::SHOP,
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "generated-names",
    attack: Words {
        en: "A server tries names that a machine made up until one of them exists, and connects to it",
        ko: "서버가 기계가 만든 이름을 하나씩 시도하다가, 존재하는 이름을 찾아 접속합니다",
    },
    twin: Words {
        en: "Servers ask for random-looking names that exist, with search domains that do not, and people mistype",
        ko: "서버가 무작위처럼 보이지만 존재하는 이름을 묻고, 존재하지 않는 검색 도메인을 덧붙여 묻고, 사람은 오타를 냅니다",
    },
    part: (3, 5),
    offset: 13 * HOUR + 20 * MINUTE,
    tell,
    live,
};

const HOME: &str = "203.0.113.139";
const TRIED: i64 = 240;

fn tell(script: &mut Script<'_>, start: Moment) {
    let network = script.organisation.main_network();
    let Some(web) = network.host("web-2") else { return };
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        addresses: vec![HOME.to_owned()],
        resources: vec![web.instance.clone()],
        expected: vec!["many lookups of names that look random and do not exist"],
        ..StoryTruth::default()
    });
    script.step_of("tries names that a machine made up", &["T1568.002"]);
    let mut time = start;
    for number in 1..=TRIED {
        let length = usize::try_from(script.random.between(12, 19)).unwrap_or(15);
        let top = script.random.pick(&["com", "net", "org", "info", "biz"]);
        let name = format!("{}.{top}", ids::letters(&mut script.random, length));
        let answer = (number == TRIED).then_some(HOME);
        scenes::ask(script, (network, web), time, ("A", &name), answer);
        time = time.plus(script.random.between(5, 25));
    }
    script.step("connects to the name that exists");
    let talk = Talk { seconds: 2, sent: (11, 1_900), received: (9, 3_300), is_accepted: true };
    scenes::connect(script, network, (&web.private, HOME, 443), time, talk);
}

fn live(script: &mut Script<'_>, day: Day) {
    let network = script.organisation.main_network();
    let (Some(web), Some(app)) = (network.host("web-2"), network.host("app-1")) else { return };
    for hour in 0..24 {
        let start = day.start.plus(hour * HOUR);
        for number in 0..24 {
            let time = start.plus(number * 140 + script.random.between(0, 100));
            let name = format!("{}.cache.example.net", ids::letters(&mut script.random, 14));
            scenes::ask(script, (network, web), time, ("A", &name), Some("198.51.100.86"));
        }
        // The resolver's search list: the same few names, with endings that do not exist.
        for number in 0..12 {
            let time = start.plus(number * 290 + script.random.between(0, 200));
            let name = script.random.pick(&["orders", "carts", "stock-sync", "mail", "metrics"]);
            for ending in ["shop.internal", "shop.example.com", "example.com"] {
                let name = format!("{name}.{ending}");
                scenes::ask(script, (network, app), time, ("A", &name), None);
            }
        }
        for _ in 0..script.random.between(0, 2) {
            let time = start.plus(script.random.between(0, 50 * MINUTE));
            let name = script.random.pick(&["gogle.com", "githbu.com", "amazn.com", "pypi.ogr"]);
            scenes::ask(script, (network, app), time, ("A", name), None);
        }
    }
}
