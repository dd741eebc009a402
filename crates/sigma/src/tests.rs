use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray};
use async_trait::async_trait;
use haechi_model::{Finding, FindingId, Window};
use haechi_query::{Answer, Engine, QueryError};
use serde_json::{Value, json};

use crate::{Rules, run, run_without};

/// An engine that gives the same rows whatever it is asked, and keeps the question.
struct Given {
    events: Vec<Value>,
    asked: std::sync::Mutex<String>,
}

#[async_trait]
impl Engine for Given {
    async fn query(&self, sql: &str) -> Result<Answer, QueryError> {
        sql.clone_into(&mut self.asked.lock().unwrap());
        let text = |name: &'static str| -> ArrayRef {
            let values = self.events.iter().map(|event| event[name].as_str());
            Arc::new(values.collect::<StringArray>())
        };
        let times = self.events.iter().map(|event| event["seconds"].as_i64().unwrap() * 1_000_000);
        let records: StringArray = self.events.iter().map(|it| Some(it.to_string())).collect();
        let arn = self.events.iter().map(|event| event["userIdentity"]["arn"].as_str());
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("time", Arc::new(times.map(Some).collect::<TimestampMicrosecondArray>())),
            ("eventID", text("eventID")),
            ("eventName", text("eventName")),
            ("eventSource", text("eventSource")),
            ("userIdentity_arn", Arc::new(arn.collect::<StringArray>())),
            ("account", text("recipientAccountId")),
            ("region", text("awsRegion")),
            ("record", Arc::new(records)),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let schema = batch.schema();
        Ok(Answer { schema, batches: Box::pin(futures::stream::once(async { Ok(batch) })) })
    }
}

fn event(id: &str, seconds: i64, name: &str, more: &Value) -> Value {
    let mut event = json!({
        "eventID": id, "seconds": seconds, "eventName": name,
        "eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1",
        "recipientAccountId": "111122223333",
        "userIdentity": {"arn": "arn:aws:iam::111122223333:user/eve"},
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

fn read(text: &str) -> Rules {
    Rules::read(&[("rules/one.yml".to_owned(), text.to_owned())])
}

fn found(rules: &Rules, events: Vec<Value>) -> (Vec<Finding>, String) {
    let engine = Given { events, asked: std::sync::Mutex::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let found = runtime.block_on(run(&engine, rules, Window::default())).unwrap();
    (found, engine.asked.into_inner().unwrap())
}

const KEY_MADE: &str = "\
title: Access Key Made
id: 11111111-2222-4333-8444-555555555555
name: key_made
logsource:
    product: aws
    service: cloudtrail
detection:
    selection:
        eventSource: iam.amazonaws.com
        eventName: CreateAccessKey
    filter:
        userIdentity.arn|endswith: ':user/ci'
    condition: selection and not filter
level: high
tags:
    - attack.persistence
    - attack.t1098.001
";

#[test]
fn a_rule_finds_who_fits_it() {
    let rules = read(KEY_MADE);
    assert_eq!((rules.len(), rules.unusable.as_slice()), (1, &[] as &[_]));
    let ci = json!({"userIdentity": {"arn": "arn:aws:iam::111122223333:user/ci"}});
    let events = vec![
        event("a", 10, "CreateAccessKey", &json!({})),
        event("b", 20, "CreateAccessKey", &ci),
        event("c", 30, "createaccesskey", &json!({})),
        event("d", 40, "ListUsers", &json!({})),
    ];
    let (found, asked) = found(&rules, events);
    assert!(asked.contains("lower(\"eventName\") in ('createaccesskey')"), "{asked}");
    assert_eq!(found.len(), 1);
    let finding = &found[0];
    assert_eq!(finding.subject, "arn:aws:iam::111122223333:user/eve");
    assert_eq!((finding.count, finding.records.join("")), (2, "ac".to_owned()));
    assert_eq!(finding.kind, "Sigma:CloudTrail/AccessKeyMade");
    assert_eq!(finding.techniques, ["T1098.001"]);
    assert!(finding.why.en.contains("eventName = CreateAccessKey"), "{}", finding.why.en);
    assert!(finding.evidence.contains("\"eventID\" in ('a', 'c')"));
}

#[test]
fn correlations_count_and_the_rules_they_count_stay_silent() {
    let text = format!(
        "{KEY_MADE}---
title: Many Access Keys
id: 22222222-2222-4333-8444-555555555555
correlation:
    type: event_count
    rules:
        - key_made
    group-by:
        - userIdentity.arn
    timespan: 60s
    condition:
        gte: 3
level: critical
"
    );
    let rules = read(&text);
    assert_eq!((rules.len(), rules.unusable.as_slice()), (2, &[] as &[_]));
    let made = |id, seconds| event(id, seconds, "CreateAccessKey", &json!({}));
    let (spread, _) = found(&rules, vec![made("a", 0), made("b", 100), made("c", 200)]);
    assert!(spread.is_empty(), "{spread:?}");
    let (near, _) = found(&rules, vec![made("a", 0), made("b", 20), made("c", 40)]);
    assert_eq!(near.len(), 1);
    assert_eq!(near[0].title, "Many Access Keys");
    assert_eq!(near[0].subject, "arn:aws:iam::111122223333:user/eve");
    assert_eq!(near[0].records, ["a", "b", "c"]);
}

/// The rule above and one for users, without ids and names, and a correlation of both.
fn chain(kind: &str, rules: &str, condition: &str) -> String {
    let key = KEY_MADE
        .replace("id: 11111111-2222-4333-8444-555555555555\n", "")
        .replace("name: key_made\n", "");
    let user = key.replace("Access Key Made", "User Made").replace("CreateAccessKey", "CreateUser");
    format!(
        "{key}---
{user}---
title: A User and a Key
correlation:
    type: {kind}
    rules: {rules}
    group-by: [userIdentity.arn]
    timespan: 1m
{condition}level: high
"
    )
}

#[track_caller]
fn check_chain(text: &str) {
    let rules = read(text);
    assert_eq!((rules.len(), rules.unusable.as_slice()), (3, &[] as &[_]));
    let calls = |names: &[(&str, i64)]| {
        let events = names.iter().enumerate();
        let events = events.map(|(n, (name, at))| event(&n.to_string(), *at, name, &json!({})));
        found(&rules, events.collect()).0.iter().map(|it| it.title.clone()).collect::<Vec<_>>()
    };
    let both = calls(&[("CreateUser", 0), ("CreateAccessKey", 9)]);
    assert_eq!(both, ["A User and a Key"], "both within a minute");
    let none: [&str; 0] = [];
    assert_eq!(calls(&[("CreateUser", 0), ("CreateUser", 9), ("CreateUser", 18)]), none);
    assert_eq!(calls(&[("CreateUser", 0), ("CreateAccessKey", 90)]), none);
}

#[test]
fn temporal_correlations_want_all_their_rules_which_titles_may_name() {
    check_chain(&chain("temporal", "[User Made, Access Key Made]", ""));
    check_chain(&chain("temporal_ordered", "[User Made, Access Key Made]", ""));
}

#[test]
fn conditions_may_name_rules_that_have_ids() {
    let named = |id: &str| format!("title: User Made\nid: {id}\nname: user_made\n");
    let text =
        chain("temporal", "[key_made, user_made]", "    condition: key_made and user_made\n");
    let text = text
        .replace("title: Access Key Made\n", "title: Access Key Made\nid: a-1\nname: key_made\n")
        .replace("title: User Made\n", &named("a-2"));
    check_chain(&text);
}

#[test]
fn a_title_means_the_rule_of_its_own_file() {
    let text = chain("temporal", "[User Made, Access Key Made]", "");
    let other = KEY_MADE.replace("eventName: CreateAccessKey", "eventName: ListUsers");
    let files = [("a.yml".to_owned(), other), ("b.yml".to_owned(), text)];
    let rules = Rules::read(&files);
    assert_eq!((rules.len(), rules.unusable.as_slice()), (4, &[] as &[_]));
    let call = |id, seconds, name| event(id, seconds, name, &json!({}));
    let (both, _) =
        found(&rules, vec![call("a", 0, "CreateUser"), call("b", 9, "CreateAccessKey")]);
    assert_eq!(both.len(), 1);
    let (other, _) = found(&rules, vec![call("a", 0, "CreateUser"), call("b", 9, "ListUsers")]);
    assert_eq!(other.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), ["Access Key Made"]);
}

#[test]
fn every_record_that_fits_is_kept() {
    let rules = read(KEY_MADE);
    let ids: Vec<String> = (0..450).map(|n| format!("id-{n:03}")).collect();
    let call = |(at, id): (i64, &String)| event(id, at, "CreateAccessKey", &json!({}));
    let events: Vec<Value> = (0..).zip(&ids).map(call).collect();
    let engine = Given { events, asked: std::sync::Mutex::default() };
    let mut more = Vec::new();
    let mut keep = |records: &[(FindingId, Vec<String>)]| {
        more.extend(records.to_vec());
        Ok(())
    };
    let found = run_without(&engine, &rules, Window::default(), &|_| false, Some(&mut keep));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let found = runtime.block_on(found).unwrap();
    assert_eq!((found[0].count, found[0].records.len()), (450, 200));
    let kept = more.iter().flat_map(|(id, records)| {
        assert_eq!(*id, found[0].id);
        records.clone()
    });
    assert_eq!(found[0].records.iter().cloned().chain(kept).collect::<Vec<_>>(), ids);
}

#[test]
fn rules_without_a_name_are_found_by_their_service_or_see_everything() {
    let by_service = KEY_MADE.replace("        eventName: CreateAccessKey\n", "");
    let (_, asked) = found(&read(&by_service), Vec::new());
    assert!(asked.contains("lower(\"eventSource\") in ('iam.amazonaws.com')"), "{asked}");
    let open = by_service.replace("eventSource: iam", "eventSource|contains: iam");
    let (found, asked) = found(&read(&open), vec![event("a", 1, "Anything", &json!({}))]);
    assert!(asked.contains("\"eventSource\" is not null"), "{asked}");
    assert_eq!(found.len(), 1);
    let anything = by_service.replace("eventSource: iam.amazonaws.com", "sourceIPAddress: '*'");
    let (_, asked) = self::found(&read(&anything), Vec::new());
    assert!(asked.contains(" and true "), "{asked}");
}

#[test]
fn either_of_two_selections_needs_the_names_of_both() {
    let text = KEY_MADE
        .replace("    filter:\n        userIdentity.arn|endswith: ':user/ci'\n",
            "    selection_two:\n        eventName:\n            - CreateUser\n            - DeleteUser\n")
        .replace("selection and not filter", "1 of selection*");
    let (found, asked) = found(&read(&text), vec![event("a", 1, "DeleteUser", &json!({}))]);
    assert!(asked.contains("in ('createaccesskey', 'createuser', 'deleteuser')"), "{asked}");
    assert_eq!(found.len(), 1);
}

/// The rule above with another condition on the call.
fn with(condition: &str) -> Rules {
    read(&KEY_MADE.replace("eventName: CreateAccessKey", condition))
}

#[test]
fn a_condition_on_an_object_is_about_the_values_in_it() {
    let policy = r#"{"Statement":[{"Effect":"Allow","Principal":"*"}]}"#;
    let call = json!({"requestParameters": {
        "VersioningConfiguration": {"Status": "Suspended"}, "policy": policy, "tags": [{"n": 7}],
    }});
    let count = |condition: &str| {
        let rules = with(condition);
        assert_eq!(rules.unusable, []);
        found(&rules, vec![event("a", 1, "PutBucketVersioning", &call)]).0.len()
    };
    assert_eq!(count("requestParameters|contains: Suspended"), 1);
    assert_eq!(count("requestParameters|contains: '\"Principal\":\"*\"'"), 1);
    assert_eq!(count("requestParameters.tags: 7"), 1);
    assert_eq!(count("requestParameters|contains: Enabled"), 0);
    assert_eq!(count("requestParameters|exists: true"), 1);
    assert_eq!(count("requestParameters: null"), 0);
}

#[test]
fn a_placeholder_is_another_field_or_cannot_be_used() {
    let own_name = with("requestParameters.userName|expand: '%userIdentity.userName%'");
    let call = |name: &str| {
        let more = json!({
            "requestParameters": {"userName": name},
            "userIdentity": {"arn": "arn:aws:iam::111122223333:user/eve", "userName": "eve"},
        });
        event("a", 1, "CreateAccessKey", &more)
    };
    assert_eq!(found(&own_name, vec![call("eve")]).0.len(), 1);
    assert_eq!(found(&own_name, vec![call("bob")]).0.len(), 0);
    let listed = with("userIdentity.userName|expand: '%administrators%'");
    assert_eq!(listed.len(), 0);
    assert!(listed.unusable[0].reason.contains("`%administrators%`"), "{:?}", listed.unusable);
}

#[track_caller]
fn refused(text: &str, place: (usize, usize), reason: &str) {
    let rules = read(&format!("{KEY_MADE}---\n{text}"));
    assert_eq!(rules.single.len(), 1, "the good rule is still there");
    let [unusable] = rules.unusable.as_slice() else { panic!("{:?}", rules.unusable) };
    assert!(unusable.reason.contains(reason), "{unusable}");
    assert_eq!((unusable.line, unusable.column), place, "{unusable}");
    assert!(unusable.to_string().starts_with("rules/one.yml:"));
}

#[test]
fn what_cannot_be_used_is_named_and_the_rest_is_used() {
    let other = KEY_MADE.replace("title: Access Key Made", "title: Other");
    let windows = other.replace("product: aws", "product: windows");
    refused(&windows, (23, 14), "category -, service cloudtrail, product windows");
    refused(&other.replace("|endswith", "|odd"), (30, 26), "odd");
    let linked =
        windows.replace("logsource:", "references: [https://example.com/windows]\nlogsource:");
    refused(&linked, (24, 14), "product windows");
    let condition = other.replace("selection and not filter", "selection and (");
    refused(&condition, (31, 31), "ondition");
    let counted = other.replace("selection and not filter", "selection | count() by eventName > 5");
    refused(&counted, (31, 26), "write a correlation");
    let unknown = other.replace("selection and not filter", "selection and not no_such");
    refused(&unknown, (31, 34), "no_such");
    let count = "title: Count\ncorrelation:\n    type: event_count\n    rules: [nothing]\n    \
        timespan: 1m\n    condition:\n        gte: 2\n";
    refused(count, (19, 1), "`nothing`, which is not there");
}

#[test]
fn nothing_in_a_file_stops_the_reader() {
    for text in ["", "---", "[]", "a: b: c", "title: x", "\u{0}", "- - - -", &"[".repeat(10_000)] {
        assert!(read(text).is_empty(), "{text}");
    }
    assert_eq!(read("a: b: c").unusable[0].line, 1);
}
