//! A password is guessed at the sign-in page, and somebody signs in with it without a second
//! factor, from far away.

use serde_json::json;

use super::{Day, Story, Words, scenes, script::Script};
use crate::{
    acts::{before_session, console_login},
    calls::{Api, reads},
    cloudtrail::Call,
    identity::{self, Caller},
    moment::{HOUR, MINUTE, Moment},
    organisation::SHOP,
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "odd-sign-in",
    attack: Words {
        en: "A console password is guessed and used without a second factor, from far away; another user's second factor is removed",
        ko: "콘솔 암호가 추측되어 먼 곳에서 MFA 없이 쓰이고, 다른 사용자의 MFA가 제거됩니다",
    },
    twin: Words {
        en: "A person mistypes the password three times, and signs in from a train and from a hotel with the second factor",
        ko: "한 사람이 암호를 세 번 잘못 입력하고, 열차와 호텔에서 MFA로 로그인합니다",
    },
    part: (3, 5),
    offset: 21 * HOUR + 25 * MINUTE,
    tell,
    live,
};

const GUESSER: &str = "203.0.113.174";
const GUESSER_BROWSER: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/109.0.0.0 Safari/537.36";
const WRONG: i64 = 40;
const USER: &str = "chloe";
const AWAY: [&str; 3] = ["192.0.2.211", "192.0.2.212", "192.0.2.213"];

const CURIOSITY: &[Api] = &[
    reads("iam", "ListUsers"),
    reads("iam", "ListAccessKeys"),
    reads("s3", "ListBuckets"),
    reads("ec2", "DescribeInstances"),
];

fn wrong_password() -> Call {
    Call {
        error: Some(("", "Failed authentication".to_owned())),
        response: json!({ "ConsoleLogin": "Failure" }),
        ..console_login("No")
    }
}

fn tell(script: &mut Script<'_>, start: Moment) {
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        resources: vec![format!("arn:aws:iam::{SHOP}:user/{USER}")],
        expected: vec![
            "console passwords are guessed",
            "a console sign-in without a second factor",
            "a second factor of somebody else is removed",
        ],
        ..StoryTruth::default()
    });
    let seed = script.organisation.seed;
    let inside = start.plus(8 * MINUTE);
    let caller = identity::console_user(seed, SHOP, USER, inside, false);
    let thief = scenes::elsewhere(caller, GUESSER, GUESSER_BROWSER);
    let door = before_session(&thief);
    script.step_of("guesses a password", &["T1110"]);
    for number in 0..WRONG {
        script.call(&door, scenes::shop(start.plus(number * 11)), &wrong_password());
    }
    script.step_of("signs in without a second factor", &["T1078.004"]);
    script.call(&door, scenes::shop(inside), &console_login("No"));
    script.step("looks around");
    scenes::look_around(script, &thief, inside.plus(30), CURIOSITY, |_| false);
    script.step_of("removes another user's second factor", &["T1556.006"]);
    let serial = format!("arn:aws:iam::{SHOP}:mfa/priya");
    let request = json!({ "userName": "priya", "serialNumber": serial });
    let remove = scenes::write("iam", "DeactivateMFADevice", request);
    script.call(&thief, scenes::shop(inside.plus(10 * MINUTE)), &remove);
}

fn live(script: &mut Script<'_>, day: Day) {
    let evening = day.start.plus(19 * HOUR + 30 * MINUTE);
    let away = day.number % 10;
    if !(3..6).contains(&away) {
        return;
    }
    let seed = script.organisation.seed;
    let session = evening.plus(2 * MINUTE);
    let address = AWAY.get(usize::try_from(away - 3).unwrap_or_default()).copied();
    let Some(usual) = scenes::staff(script, USER, evening) else { return };
    let person = identity::console_user(seed, SHOP, USER, session, true);
    let person = Caller { agent: usual.agent, ..person };
    let person = Caller { address: address.unwrap_or_default().to_owned(), ..person };
    let door = before_session(&person);
    for number in 0..3 {
        script.call(&door, scenes::shop(evening.plus(number * 25)), &wrong_password());
    }
    script.call(&door, scenes::shop(session), &console_login("Yes"));
    let usual = [reads("ec2", "DescribeInstances"), reads("monitoring", "DescribeAlarms")];
    scenes::look_around(script, &person, session.plus(40), &usual, |_| false);
}
