//! Calls that can be innocent or not: everyday life and the stories make the same ones.

use serde_json::{Value, json};

use crate::{
    calls::{Api, Effect, writes},
    cloudtrail::Call,
    identity::Caller,
    moment::Moment,
};

/// A sign-in to the web console, with or without a second factor.
pub(crate) fn console_login(mfa_used: &str) -> Call {
    Call {
        api: Api { service: "signin", name: "ConsoleLogin", effect: Effect::SignsIn },
        response: json!({ "ConsoleLogin": "Success" }),
        extra: json!({
            "LoginTo": "https://console.aws.amazon.com/console/home",
            "MobileVersion": "No",
            "MFAUsed": mfa_used,
        }),
        ..Call::default()
    }
}

/// The caller as the sign-in page sees it: no key and no session yet.
pub(crate) fn before_session(caller: &Caller) -> Caller {
    let mut caller = caller.clone();
    if let Some(identity) = caller.identity.as_object_mut() {
        identity.retain(|name, _| name != "sessionContext" && name != "accessKeyId");
    }
    caller
}

/// `CreateAccessKey` for a user.
pub(crate) fn access_key_made(user: &str, key: &str, time: Moment) -> Call {
    Call {
        api: writes("iam", "CreateAccessKey"),
        request: json!({ "userName": user }),
        response: json!({ "accessKey": {
            "userName": user,
            "accessKeyId": key,
            "status": "Active",
            "createDate": time.american(),
        } }),
        ..Call::default()
    }
}

/// `CreateSnapshot` of a volume.
pub(crate) fn snapshot_made(snapshot: &str, volume: &str) -> Call {
    Call {
        api: writes("ec2", "CreateSnapshot"),
        request: json!({ "volumeId": volume, "description": "backup" }),
        response: json!({ "snapshotId": snapshot, "volumeId": volume, "status": "pending" }),
        ..Call::default()
    }
}

/// `ModifySnapshotAttribute` that lets another account copy a snapshot.
pub(crate) fn snapshot_shared(snapshot: &str, account: &str) -> Call {
    let added: Value = json!({ "add": { "items": [{ "userId": account }] } });
    Call {
        api: writes("ec2", "ModifySnapshotAttribute"),
        request: json!({
            "snapshotId": snapshot,
            "createVolumePermission": added,
            "attributeType": "CREATE_VOLUME_PERMISSION",
        }),
        response: json!({ "_return": true }),
        ..Call::default()
    }
}

/// A policy for a bucket that lets one principal read it.
pub(crate) fn bucket_policy(bucket: &str, principal: &str) -> Value {
    let principal = if principal == "*" { json!("*") } else { json!({ "AWS": principal }) };
    json!({
        "bucketName": bucket,
        "Host": format!("{bucket}.s3.amazonaws.com"),
        "policy": "",
        "bucketPolicy": {
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": "Read",
                "Effect": "Allow",
                "Principal": principal,
                "Action": ["s3:GetObject", "s3:ListBucket"],
                "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
            }],
        },
    })
}
