//! Copies of disks, databases and images are shared with an account of nobody here.

use serde_json::json;

use super::{Day, Story, Words, scenes, script::Script};
use crate::{
    acts::{snapshot_made, snapshot_shared},
    cloudtrail::Call,
    identity::{self, Session},
    moment::{HOUR, MINUTE, Moment},
    organisation::{IRELAND, PLATFORM, SHOP, STRANGER, VIRGINIA},
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "shared-backups",
    attack: Words {
        en: "Snapshots of a disk and of a database and an image are shared with a stranger's account",
        ko: "디스크와 데이터베이스의 스냅샷과 이미지가 외부 계정과 공유됩니다",
    },
    twin: Words {
        en: "Every night the same copies are made, shared with another account of the house and copied to another region",
        ko: "매일 밤 같은 복사본을 만들어 조직 안의 다른 계정과 공유하고 다른 리전에 복사합니다",
    },
    part: (7, 10),
    offset: 20 * HOUR + 45 * MINUTE,
    tell,
    live,
};

const THIEF: &str = "203.0.113.218";
const THIEF_AGENT: &str = "aws-cli/2.11.2 Python/3.11.2 Linux/6.1.0-9-amd64 exe/x86_64.debian.12";
const JOB: &str = "198.51.100.191";
const JOB_AGENT: &str =
    "aws-sdk-java/2.32.9 md/io#sync md/http#Apache ua/2.1 os/Linux lang/java#17";

fn tell(script: &mut Script<'_>, start: Moment) {
    let snapshot = script.shop().id("snap", "carried-off");
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        resources: vec![format!("arn:aws:ec2:{VIRGINIA}::snapshot/{snapshot}")],
        expected: vec![
            "a snapshot is shared with an account outside of the organisation",
            "a database snapshot is shared outside",
            "an image is shared outside",
        ],
        ..StoryTruth::default()
    });
    let Some(engineer) = scenes::staff(script, "sofia", start) else { return };
    let thief = scenes::elsewhere(engineer, THIEF, THIEF_AGENT);
    let volume = script.shop().id("vol", "database");
    script.step("makes copies");
    script.call(&thief, scenes::shop(start), &snapshot_made(&snapshot, &volume));
    script.call(&thief, scenes::shop(start.plus(40)), &database_copied("shop-copy"));
    let moves = [
        ("shares the snapshot with a stranger", snapshot_shared(&snapshot, STRANGER)),
        ("shares the database's snapshot with a stranger", database_shared("shop-copy", STRANGER)),
        ("shares an image with a stranger", image_shared(STRANGER)),
    ];
    for (number, (step, call)) in (1..).zip(moves) {
        script.step_of(step, &["T1537"]);
        script.call(&thief, scenes::shop(start.plus(number * 10 * MINUTE)), &call);
    }
}

fn database_copied(name: &str) -> Call {
    scenes::write(
        "rds",
        "CreateDBSnapshot",
        json!({ "dBSnapshotIdentifier": name, "dBInstanceIdentifier": "shop" }),
    )
}

fn database_shared(name: &str, account: &str) -> Call {
    scenes::write(
        "rds",
        "ModifyDBSnapshotAttribute",
        json!({
            "dBSnapshotIdentifier": name,
            "attributeName": "restore",
            "valuesToAdd": [account],
        }),
    )
}

fn image_shared(account: &str) -> Call {
    scenes::write(
        "ec2",
        "ModifyImageAttribute",
        json!({
            "imageId": "ami-0abcdef1234567890",
            "attributeType": "launchPermission",
            "launchPermission": { "add": { "items": [{ "userId": account }] } },
        }),
    )
}

fn live(script: &mut Script<'_>, day: Day) {
    let night = day.start.plus(2 * HOUR + 20 * MINUTE);
    let session = Session {
        account: SHOP,
        path: "/",
        role: "backup",
        name: "nightly-backup",
        created: night,
        has_mfa: false,
    };
    let job = identity::role(script.organisation.seed, &session);
    let job = scenes::elsewhere(job, JOB, JOB_AGENT);
    let site = script.shop();
    let snapshot = site.id("snap", &format!("night-{}", day.number));
    let name = format!("shop-{}", day.number);
    let copy = json!({ "sourceRegion": VIRGINIA, "sourceSnapshotId": snapshot, "destinationRegion": IRELAND });
    let calls = [
        snapshot_made(&snapshot, &site.id("vol", "database")),
        database_copied(&name),
        snapshot_shared(&snapshot, PLATFORM),
        database_shared(&name, PLATFORM),
        image_shared(PLATFORM),
        Call { region: Some(IRELAND), ..scenes::write("ec2", "CopySnapshot", copy) },
    ];
    for (number, call) in (0..).zip(calls) {
        script.call(&job, scenes::shop(night.plus(number * 50)), &call);
    }
}
