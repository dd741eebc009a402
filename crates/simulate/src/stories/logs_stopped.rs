//! Somebody with a stolen session switches off whatever could have seen them.

use serde_json::{Value, json};

use super::{Day, Story, Words, scenes, script::Script};
use crate::{
    moment::{HOUR, MINUTE, Moment},
    organisation::{LOG_ARCHIVE, SHOP, SHOP_TRAIL, VIRGINIA},
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "logs-stopped",
    attack: Words {
        en: "A stolen session reduces and stops the trail, deletes flow logs and alarms, and switches off GuardDuty and Config",
        ko: "훔친 세션이 추적을 줄이고 멈추며, 흐름 로그와 경보를 지우고, GuardDuty와 Config를 끕니다",
    },
    twin: Words {
        en: "An operator renews the trail, lets it record more, adds flow logs and replaces alarms",
        ko: "운영자가 추적을 갱신하고 기록 범위를 넓히며, 흐름 로그를 추가하고 경보를 교체합니다",
    },
    part: (3, 5),
    offset: 16 * HOUR + 30 * MINUTE,
    tell,
    live,
};

const THIEF: &str = "203.0.113.206";
const THIEF_AGENT: &str = "aws-cli/1.18.69 Python/3.8.10 Linux/5.4.0-42-generic botocore/1.16.19";

fn tell(script: &mut Script<'_>, start: Moment) {
    let trail = format!("arn:aws:cloudtrail:{VIRGINIA}:{SHOP}:trail/{SHOP_TRAIL}");
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        resources: vec![trail.clone()],
        expected: vec![
            "CloudTrail records less",
            "CloudTrail logging is stopped",
            "flow logs are deleted",
            "GuardDuty is turned off",
            "AWS Config is stopped",
        ],
        ..StoryTruth::default()
    });
    let Some(engineer) = scenes::staff(script, "sofia", start) else { return };
    let thief = scenes::elsewhere(engineer, THIEF, THIEF_AGENT);
    let fewer = selectors(&trail, "ReadOnly", false);
    let flow_log = script.shop().id("fl", VIRGINIA);
    let moves: [(&'static str, &[&'static str], _); 5] = [
        ("lets the trail record less", &["T1562.008"], ("cloudtrail", "PutEventSelectors", fewer)),
        (
            "stops the trail",
            &["T1562.008"],
            ("cloudtrail", "StopLogging", json!({ "name": trail })),
        ),
        (
            "deletes flow logs",
            &["T1562.008"],
            (
                "ec2",
                "DeleteFlowLogs",
                json!({ "DeleteFlowLogsRequest": { "FlowLogId": flow_log } }),
            ),
        ),
        (
            "switches off GuardDuty",
            &["T1562.001"],
            (
                "guardduty",
                "UpdateDetector",
                json!({ "detectorId": "12abc34d567e8fa901bc2d34e56789f0", "enable": false }),
            ),
        ),
        (
            "stops AWS Config",
            &["T1562.001"],
            (
                "config",
                "StopConfigurationRecorder",
                json!({ "configurationRecorderName": "default" }),
            ),
        ),
    ];
    for (number, (step, techniques, (service, name, request))) in (0..).zip(moves) {
        script.step_of(step, techniques);
        let time = start.plus(number * 3 * MINUTE);
        script.call(&thief, scenes::shop(time), &scenes::write(service, name, request));
    }
}

fn selectors(trail: &str, kind: &str, includes_management: bool) -> Value {
    json!({
        "trailName": trail,
        "eventSelectors": [{
            "readWriteType": kind,
            "includeManagementEvents": includes_management,
            "dataResources": [{ "type": "AWS::S3::Object", "values": ["arn:aws:s3"] }],
        }],
    })
}

/// Twice a month, in the middle of a working day.
fn live(script: &mut Script<'_>, day: Day) {
    if day.number % 14 != 10 {
        return;
    }
    let noon = day.start.plus(13 * HOUR);
    let trail = format!("arn:aws:cloudtrail:{VIRGINIA}:{SHOP}:trail/{SHOP_TRAIL}");
    let Some(operator) = scenes::staff(script, "sofia", noon) else { return };
    let vpc = script.organisation.main_network().vpc.clone();
    let calls = [
        (
            "cloudtrail",
            "UpdateTrail",
            json!({ "name": trail, "isMultiRegionTrail": true, "enableLogFileValidation": true }),
        ),
        ("cloudtrail", "PutEventSelectors", selectors(&trail, "All", true)),
        ("cloudtrail", "StartLogging", json!({ "name": trail })),
        (
            "ec2",
            "CreateFlowLogs",
            json!({ "CreateFlowLogsRequest": {
                "ResourceId": vpc, "ResourceType": "VPC", "TrafficType": "ALL",
                "LogDestinationType": "s3", "LogDestination": format!("arn:aws:s3:::{LOG_ARCHIVE}"),
            } }),
        ),
        ("monitoring", "PutMetricAlarm", json!({ "alarmName": "shop-errors-2", "threshold": 5 })),
        ("monitoring", "DeleteAlarms", json!({ "alarmNames": ["shop-errors-1"] })),
        ("config", "StartConfigurationRecorder", json!({ "configurationRecorderName": "default" })),
    ];
    for (number, (service, name, request)) in (0..).zip(calls) {
        let time = noon.plus(number * 4 * MINUTE);
        script.call(&operator, scenes::shop(time), &scenes::write(service, name, request));
    }
}
