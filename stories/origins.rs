//! Where addresses belong and what clients are: tables made once, asked in both languages.

use std::fs;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::support::{Desk, said};

const COUNTRIES: &str = "203.0.113.0,203.0.113.255,SE\n2001:db8::,2001:db8::ffff,KR\n";
const NETWORKS: &str = "203.0.113.0,203.0.113.255,64496,\"Example, Inc.\"\n";
const AWS: &str = r#"{"createDate": "2026-03-01-00-00-00", "prefixes": [
    {"ip_prefix": "198.51.100.0/24", "region": "eu-north-1", "service": "AMAZON"},
    {"ip_prefix": "198.51.100.0/25", "region": "eu-north-1", "service": "EC2"}]}"#;

/// Writes a package as npm packs it: what it says of itself stands last.
fn package(path: &Path, name: &str, files: &[(&str, &str)]) {
    let about = json!({"name": name, "version": "1.2.3", "license": "CC0-1.0"}).to_string();
    let mut archive =
        tar::Builder::new(GzEncoder::new(fs::File::create(path).unwrap(), Compression::fast()));
    for (name, text) in files.iter().copied().chain([("package.json", about.as_str())]) {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("package/{name}"), text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap();
}

/// Scans four calls from four places into a lake, and returns it.
fn lake(desk: &Desk) -> String {
    let agents = [
        ("203.0.113.9", "aws-cli/2.15.0 Python/3.11.6 Linux/6.1.0-amzn2023"),
        ("198.51.100.7", "Boto3/1.34.10 md/Botocore#1.34.10"),
        ("2001:db8::7", "[S3 Browser/11.6.7 (https://s3browser.com)]"),
        ("cloudformation.amazonaws.com", "cloudformation.amazonaws.com"),
    ];
    let event = |(n, (address, agent)): (usize, &(&str, &str))| {
        json!({
            "eventVersion": "1.11", "eventID": format!("e{n}"), "eventName": "StopLogging",
            "eventTime": format!("2026-03-02T10:0{n}:00Z"), "awsRegion": "eu-north-1",
            "eventSource": "cloudtrail.amazonaws.com", "sourceIPAddress": address,
            "userAgent": agent, "recipientAccountId": "111122223333",
            "requestParameters": {"name": "main"},
            "userIdentity": {
                "type": "IAMUser", "accountId": "111122223333", "userName": format!("user{n}"),
                "arn": format!("arn:aws:iam::111122223333:user/user{n}"),
            },
        })
    };
    let events: Vec<_> = agents.iter().enumerate().map(event).collect();
    let logs = desk.path("events.json");
    fs::write(&logs, json!({ "Records": events }).to_string()).unwrap();
    let lake = desk.path("lake").to_str().unwrap().to_owned();
    desk.run(&["scan", logs.to_str().unwrap(), "--lake", &lake]);
    lake
}

fn update(desk: &Desk, files: &[&Path]) -> String {
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    desk.run(&[&["enrich", "update"][..], &files].concat())
}

fn tables(desk: &Desk) {
    let (countries, networks) = (desk.path("countries.tgz"), desk.path("networks.csv"));
    let numbers = ("countries-num.csv", "3405803776,3405804031,XX\n");
    package(&countries, "@example/countries", &[("countries.csv", COUNTRIES), numbers]);
    fs::write(&networks, NETWORKS).unwrap();
    let aws = desk.path("ip-ranges.json");
    fs::write(&aws, AWS).unwrap();
    let told = update(desk, &[&countries, &networks, &aws]);
    assert!(told.contains("@example/countries 1.2.3 (CC0-1.0)"), "{told}");
    assert!(told.contains("of 2026-03-01-00-00-00") && !told.contains("not known"), "{told}");
}

#[test]
fn without_tables_countries_are_unknown_and_that_is_said() {
    let desk = Desk::new();
    let lake = lake(&desk);
    let sql = "select count(country(sourceIPAddress)) as n from cloudtrail";
    let output = desk.command(&["sql", sql, "--lake", &lake, "--format", "json"]).output().unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer, json!([{"n": 0}]));
    assert!(said(&output).contains("countries are not known: `haechi enrich update`"));
    let shown = desk.run(&["enrich", "show"]);
    assert!(
        shown.contains("networks are not known") && shown.contains("ip-ranges.json"),
        "{shown}"
    );
}

#[test]
fn tables_answer_in_sql_and_in_the_language_of_logs_insights() {
    let desk = Desk::new();
    tables(&desk);
    let lake = lake(&desk);
    let sql = "select country(sourceIPAddress) as c, asn(sourceIPAddress) as a, \
        asn_org(sourceIPAddress) as o, aws_service(sourceIPAddress) as s, \
        aws_region(sourceIPAddress) as r, user_agent_family(userAgent) as f, \
        user_agent_kind(userAgent) as k, user_agent_system(userAgent) as y \
        from cloudtrail order by \"time\"";
    let rows = desk.sql(Path::new(&lake), sql);
    let none = serde_json::Value::Null;
    let first = json!({"c": "SE", "a": 64_496, "o": "Example, Inc.", "s": none, "r": none,
        "f": "AWS CLI", "k": "command_line", "y": "Amazon Linux"});
    assert_eq!(rows[0], first);
    let second = json!({"c": none, "a": none, "o": none, "s": "EC2", "r": "eu-north-1",
        "f": "Boto3", "k": "sdk", "y": none});
    assert_eq!(rows[1], second);
    assert_eq!((&rows[2]["c"], &rows[2]["k"]), (&json!("KR"), &json!("storage_tool")));
    assert_eq!((&rows[3]["c"], &rows[3]["k"]), (&none, &json!("service")));

    let query = "stats count(*) as n by country(sourceIPAddress) as c, userAgentFamily(userAgent) as f \
        | filter c = 'SE' or f = 'Boto3' | sort f";
    let answer = desk.json(&["query", query, "--lake", &lake, "--format", "json"]);
    assert_eq!(answer[0]["f"], "AWS CLI");
    assert_eq!(answer[1]["f"], "Boto3");
    for (function, value) in [
        ("country", "KR"),
        ("asn", "64496"),
        ("asnOrg", "Example, Inc."),
        ("awsService", "EC2"),
        ("AwsRegion", "eu-north-1"),
    ] {
        let query = format!("stats count(*) as n by {function}(sourceIPAddress) as it | sort it");
        let answer = desk.run(&["query", &query, "--lake", &lake, "--format", "jsonl"]);
        assert!(answer.contains(value), "{function}: {answer}");
    }
    let refused = desk.fail(&["query", query, "--lake", &lake, "--compat"]);
    assert!(refused.contains("AWS has no function"), "{refused}");
}

#[test]
fn a_plan_names_what_it_looks_into() {
    let desk = Desk::new();
    tables(&desk);
    let lake = lake(&desk);
    let sql = "select country(sourceIPAddress), user_agent_kind(userAgent) from cloudtrail";
    let plan = desk.run(&["sql", sql, "--lake", &lake, "--explain"]);
    assert!(plan.contains("countries.table") && plan.contains("built-in "), "{plan}");
    // A table that is not the one that a plan names is not looked into.
    let named = r#"select country('203.0.113.9', '[["FILE","0"]]') as c"#;
    let table = desk.path(".local/share/haechi/origins/countries.table");
    let said =
        desk.fail(&["sql", &named.replace("FILE", table.to_str().unwrap()), "--lake", &lake]);
    assert!(said.contains("is not the table that it was"), "{said}");
}

#[test]
fn findings_say_where_their_actor_is_and_what_it_calls_with() {
    let desk = Desk::new();
    tables(&desk);
    let lake = lake(&desk);
    let found = desk.json(&["findings", "list", "--lake", &lake, "--format", "json"]);
    let of = |user: &str| {
        let is_of = |it: &&serde_json::Value| it["subject"].as_str().unwrap().ends_with(user);
        found.as_array().unwrap().iter().find(is_of).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let shown = desk.run(&["findings", "show", &of("user0"), "--lake", &lake]);
    for line in ["from        203.0.113.9", "country     SE", "network     AS64496 Example, Inc."] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    assert!(shown.contains("client      AWS CLI (command line) on Amazon Linux"), "{shown}");
    let shown = desk.run(&["findings", "show", &of("user1"), "--lake", &lake]);
    assert!(shown.contains("AWS         EC2 eu-north-1"), "{shown}");
    let ocsf = desk.run(&["findings", "export", "--as", "ocsf", "--lake", &lake]);
    assert!(
        ocsf.contains(r#""autonomous_system":{"number":64496,"name":"Example, Inc."}"#),
        "{ocsf}"
    );
}

#[test]
fn a_file_that_is_no_table_is_named_and_replaces_nothing() {
    let desk = Desk::new();
    tables(&desk);
    let bad = desk.path("bad.csv");
    fs::write(&bad, "203.0.113.0,203.0.113.255,SE\nnothing\n").unwrap();
    let refused = |file: &Path| desk.fail(&["enrich", "update", file.to_str().unwrap()]);
    let said = refused(&bad);
    assert!(said.contains("bad.csv:2: a range begins and ends with an address"), "{said}");
    let (package_without, text) = (desk.path("empty.tgz"), desk.path("table.txt"));
    package(&package_without, "x", &[("README.md", "nothing")]);
    assert!(refused(&package_without).contains("there is no table"));
    fs::write(&text, "x").unwrap();
    assert!(refused(&text).contains("a table is `.tgz`, `.csv`, `.json` or `.mmdb`"));
    fs::write(desk.path("cut.tgz"), &fs::read(&package_without).unwrap()[..40]).unwrap();
    assert!(refused(&desk.path("cut.tgz")).contains("cut.tgz"));
    assert!(!desk.run(&["enrich", "show"]).contains("not known"));

    let table = desk.path(".local/share/haechi/origins/countries.table");
    let mut bytes = fs::read(&table).unwrap();
    bytes[40] ^= 1;
    fs::write(&table, bytes).unwrap();
    let said = desk.fail(&["enrich", "show"]);
    assert!(said.contains("countries.table: it is damaged"), "{said}");
}

#[cfg(unix)]
#[test]
fn npm_is_asked_for_the_packages_where_no_file_is_given() {
    use std::os::unix::fs::PermissionsExt;

    let mut desk = Desk::new();
    let (programs, npm) = (desk.path("bin"), desk.path("bin/npm"));
    fs::create_dir(&programs).unwrap();
    let ready = desk.path("ready.tgz");
    package(&ready, "@example/countries", &[("countries.csv", COUNTRIES)]);
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = pack ] || exit 1\n/bin/cp '{}' fetched.tgz\n",
        ready.display()
    );
    let write = |script: &str| {
        fs::write(&npm, script).unwrap();
        fs::set_permissions(&npm, fs::Permissions::from_mode(0o755)).unwrap();
    };
    write(&script);
    desk.set("PATH", programs.to_str().unwrap());
    assert!(desk.run(&["enrich", "update"]).contains("@example/countries 1.2.3"));
    write("#!/bin/sh\necho 'no network' >&2\nexit 1\n");
    let said = desk.fail(&["enrich", "update"]);
    assert!(said.contains("said `no network`") && said.contains("give the files to"), "{said}");
    fs::remove_file(&npm).unwrap();
    assert!(desk.fail(&["enrich", "update"]).contains("npm cannot be run"));
}
