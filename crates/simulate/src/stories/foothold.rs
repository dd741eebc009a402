//! Somebody with a stolen session makes sure to be able to come back, in five ways.

use serde_json::{Value, json};

use super::{Day, Story, Words, scenes, script::Script};
use crate::{
    acts::access_key_made,
    cloudtrail::{Call, Place},
    identity::{self, Caller, Session},
    ids,
    moment::{HOUR, MINUTE, Moment},
    organisation::{PLATFORM, SHOP, STRANGER, VIRGINIA},
    truth::StoryTruth,
};

pub(super) const STORY: Story = Story {
    name: "foothold",
    attack: Words {
        en: "A stolen session makes keys and passwords for others, lets a stranger take a role, and opens a function to everybody",
        ko: "훔친 세션이 다른 사용자의 키와 암호를 만들고, 외부인이 역할을 맡게 하며, 함수를 모두에게 공개합니다",
    },
    twin: Words {
        en: "An operator lets a new colleague in, a person renews the own key, a role trusts another account of the house, and a build replaces a function's code",
        ko: "운영자가 새 동료의 계정을 만들고, 한 사람이 자신의 키를 교체하며, 역할이 조직 안의 다른 계정을 신뢰하고, 빌드가 함수 코드를 교체합니다",
    },
    part: (1, 2),
    offset: 18 * HOUR + 50 * MINUTE,
    tell,
    live,
};

const THIEF: &str = "203.0.113.229";
const THIEF_AGENT: &str =
    "Boto3/1.34.11 md/Botocore#1.34.11 ua/2.0 os/linux#5.15.0 lang/python#3.10.12";
const BUILD: &str = "198.51.100.11";
const BUILD_AGENT: &str =
    "aws-cli/2.28.6 md/awscrt#0.26.1 ua/2.1 os/linux#6.11.0-1018-azure md/arch#x86_64";

fn tell(script: &mut Script<'_>, start: Moment) {
    script.knows(StoryTruth {
        account: SHOP.to_owned(),
        resources: ["priya", "daniel"]
            .map(|user| format!("arn:aws:iam::{SHOP}:user/{user}"))
            .to_vec(),
        expected: vec![
            "an access key and a password are made for other users",
            "a role trusts an account outside of the organisation",
            "a function is opened to everybody",
        ],
        ..StoryTruth::default()
    });
    let Some(engineer) = scenes::staff(script, "sofia", start) else { return };
    let thief = scenes::elsewhere(engineer, THIEF, THIEF_AGENT);
    let key = ids::access_key(&mut script.random, "AKIA");
    let profile = json!({ "userName": "daniel", "passwordResetRequired": false });
    let moves: [(&'static str, &[&'static str], Call); 5] = [
        ("makes a key for another user", &["T1098.001"], access_key_made("priya", &key, start)),
        (
            "makes a password for another user",
            &["T1098"],
            scenes::write("iam", "CreateLoginProfile", profile),
        ),
        (
            "lets a stranger take a role",
            &["T1098.003"],
            scenes::write("iam", "UpdateAssumeRolePolicy", trust("shop-worker", STRANGER)),
        ),
        (
            "makes a role for a stranger",
            &["T1136.003", "T1098.003"],
            scenes::write("iam", "CreateRole", new_role("support-access", STRANGER)),
        ),
        ("opens a function to everybody", &["T1546", "T1648"], opened("*")),
    ];
    for (number, (step, techniques, call)) in (0..).zip(moves) {
        script.step_of(step, techniques);
        script.call(&thief, scenes::shop(start.plus(number * 4 * MINUTE)), &call);
    }
}

fn policy(account: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{account}:root") },
            "Action": "sts:AssumeRole",
        }],
    })
    .to_string()
}

fn trust(role: &str, account: &str) -> Value {
    json!({ "roleName": role, "policyDocument": policy(account) })
}

fn new_role(role: &str, account: &str) -> Value {
    json!({ "roleName": role, "assumeRolePolicyDocument": policy(account) })
}

fn opened(principal: &str) -> Call {
    let mut request = json!({
        "functionName": "checkout-worker",
        "statementId": "invoke",
        "action": "lambda:InvokeFunction",
        "principal": principal,
    });
    if principal != "*"
        && let Some(fields) = request.as_object_mut()
    {
        let api = format!("arn:aws:execute-api:{VIRGINIA}:{SHOP}:a1b2c3d4e5/*/POST/orders");
        fields.insert("sourceArn".into(), api.into());
    }
    scenes::write("lambda", "AddPermission20150331v2", request)
}

fn live(script: &mut Script<'_>, day: Day) {
    if day.is_weekend() {
        return;
    }
    let seed = script.organisation.seed;
    let noon = day.start.plus(12 * HOUR + 25 * MINUTE);
    let session = Session {
        account: SHOP,
        path: "/",
        role: "deploy",
        name: "GitHubActions",
        created: noon,
        has_mfa: false,
    };
    let build = scenes::elsewhere(identity::role(seed, &session), BUILD, BUILD_AGENT);
    let code = json!({ "functionName": "checkout-worker", "dryRun": false, "publish": true });
    let code = scenes::write("lambda", "UpdateFunctionCode20150331v2", code);
    script.call(&build, scenes::shop(noon.plus(5)), &code);
    script.call(&build, scenes::shop(noon.plus(15)), &opened("apigateway.amazonaws.com"));
    match day.number % 10 {
        4 => let_in(script, day),
        8 => renew_key(script, noon.plus(2 * HOUR)),
        _ => {}
    }
}

/// A new colleague gets a user, a password and a key; a role trusts the house's other account.
fn let_in(script: &mut Script<'_>, day: Day) {
    let time = day.start.plus(5 * HOUR + 15 * MINUTE);
    let Some(operator) = scenes::staff(script, "jihoon", time) else { return };
    let place = |seconds| Place { account: PLATFORM, region: VIRGINIA, time: time.plus(seconds) };
    let name = format!("colleague-{}", day.number);
    let arn = format!("arn:aws:iam::{PLATFORM}:user/{name}");
    let created = Call {
        response: json!({ "user": { "userName": name, "arn": arn, "path": "/" } }),
        ..scenes::write("iam", "CreateUser", json!({ "userName": name }))
    };
    let key = ids::access_key(&mut script.random, "AKIA");
    let password = json!({ "userName": name, "passwordResetRequired": true });
    let calls = [
        created,
        scenes::write("iam", "AddUserToGroup", json!({ "userName": name, "groupName": "readers" })),
        scenes::write("iam", "CreateLoginProfile", password),
        access_key_made(&name, &key, time.plus(60)),
        scenes::write("iam", "UpdateAssumeRolePolicy", trust("deploy", SHOP)),
        scenes::write("iam", "CreateRole", new_role(&format!("reader-{}", day.number), SHOP)),
    ];
    for (number, call) in (0..).zip(calls) {
        script.call(&operator, place(number * 20), &call);
    }
}

/// A person renews the own key: a new one, the old one inactive, the old one gone.
fn renew_key(script: &mut Script<'_>, time: Moment) {
    let Some(person) = scenes::staff(script, "priya", time) else { return };
    let key = ids::access_key(&mut script.random, "AKIA");
    let old = ids::access_key(&mut script.random, "AKIA");
    let inactive = json!({ "userName": "priya", "accessKeyId": old, "status": "Inactive" });
    let calls: [Call; 3] = [
        access_key_made("priya", &key, time),
        scenes::write("iam", "UpdateAccessKey", inactive),
        scenes::write("iam", "DeleteAccessKey", json!({ "userName": "priya", "accessKeyId": old })),
    ];
    let fresh: Caller = identity::user(script.organisation.seed, SHOP, "priya", &key);
    let fresh = scenes::elsewhere(fresh, &person.address, &person.agent);
    for (number, call) in (0..).zip(calls) {
        script.call(&person, scenes::shop(time.plus(number * 300)), &call);
    }
    script.call(&fresh, scenes::shop(time.plus(120)), &scenes::who_am_i(&fresh));
}
