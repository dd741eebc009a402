//! How late records came, told by the names of the files that brought them.

use serde_json::{Value, json};

use crate::support::Desk;

/// Returns a CloudTrail file with an event at each of the times.
fn trail(account: &str, times: &[&str]) -> String {
    let event = |time: &&str| {
        json!({
            "eventVersion": "1.11", "eventID": format!("{account}-{time}"),
            "eventTime": format!("2026-03-02T{time}Z"), "eventSource": "s3.amazonaws.com",
            "eventName": "ListBuckets", "awsRegion": "us-east-1", "recipientAccountId": account,
        })
    };
    json!({ "Records": times.iter().map(event).collect::<Vec<Value>>() }).to_string()
}

#[test]
fn coverage_tells_how_late_the_latest_record_of_an_hour_came() {
    let desk = Desk::new();
    let (logs, lake) = (desk.path("logs"), desk.path("lake"));
    std::fs::create_dir(&logs).unwrap();
    let write = |name: &str, text: &str| std::fs::write(logs.join(name), text).unwrap();
    let named = |account: &str, time: &str| {
        format!("{account}_CloudTrail_us-east-1_{time}_AbCdEfGhIjKlMnOp.json")
    };
    let (one, two, three) = ("111122223333", "444455556666", "777788889999");
    write(&named(one, "20260302T0305Z"), &trail(one, &["02:10:00", "02:50:30", "03:05:10"]));
    write(&named(one, "20260302T0405Z"), &trail(one, &["02:55:00", "04:00:00"]));
    // No time, and one that no calendar has.
    write("events.json", &trail(two, &["02:10:00"]));
    write(&named(three, "20269902T9999Z"), &trail(three, &["02:10:00"]));
    write(
        "access2026-03-02-05-00-10-0123456789ABCDEF",
        "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be logs \
         [02/Mar/2026:03:00:00 +0000] 192.0.2.3 - 3E57427F33A59F07 REST.GET.OBJECT a \
         \"GET /a HTTP/1.1\" 200 - 1 1 7 7 \"-\" \"-\" - abc= SigV4 TLS AuthHeader \
         logs.s3.us-east-1.amazonaws.com TLSv1.3 - -\n",
    );
    desk.run(&["ingest", logs.to_str().unwrap(), "--lake", lake.to_str().unwrap()]);
    let sql = "select source, account, cast(extract(hour from hour) as bigint) as hour, \
               late_seconds_max as late from coverage order by source, account, hour";
    let expected = json!([
        {"source": "cloudtrail", "account": one, "hour": 2, "late": 70 * 60},
        {"source": "cloudtrail", "account": one, "hour": 3, "late": 0},
        {"source": "cloudtrail", "account": one, "hour": 4, "late": 5 * 60},
        {"source": "cloudtrail", "account": two, "hour": 2, "late": null},
        {"source": "cloudtrail", "account": three, "hour": 2, "late": null},
        {"source": "s3_access", "account": null, "hour": 3, "late": 2 * 3600 + 10},
    ]);
    assert_eq!(desk.sql(&lake, sql), expected);
}
