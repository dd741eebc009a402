//! Detection over an engine: what is planned is what is asked, and what is found is the same.

use std::sync::{Arc, Mutex};

use arrow::record_batch::RecordBatch;
use futures::executor::block_on;
use futures::stream;
use haechi_detect::{DetectError, Detector, run};
use haechi_model::Window;
use haechi_query::{Answer, Engine, QueryError};

use crate::lake::Lake;
use crate::{examples, reader};

/// An engine over one table, which answers row by row and remembers what it was asked.
struct Stub {
    lake: Mutex<Lake>,
    asked: Mutex<Vec<String>>,
}

#[async_trait::async_trait]
impl Engine for Stub {
    async fn query(&self, sql: &str) -> Result<Answer, QueryError> {
        self.asked.lock().unwrap().push(sql.to_owned());
        let batch = self.lake.lock().unwrap().batch(sql);
        let rows: Vec<Result<RecordBatch, QueryError>> =
            (0..batch.num_rows()).map(|index| Ok(batch.slice(index, 1))).collect();
        Ok(Answer { schema: batch.schema(), batches: Box::pin(stream::iter(rows)) })
    }
}

/// An engine that always fails.
struct Broken;

#[async_trait::async_trait]
impl Engine for Broken {
    async fn query(&self, _: &str) -> Result<Answer, QueryError> {
        Err(QueryError::Run { message: "no disk".to_owned() })
    }
}

const EVENTS: &str = r#"{"eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging","requestParameters":{"name":"t"}}
{"repeat":5,"eventName":"ListBuckets","errorCode":"AccessDenied"}
{"eventSource":"ec2.amazonaws.com","eventName":"ModifySnapshotAttribute","requestParameters":{"snapshotId":"snap-1","createVolumePermission":{"add":{"items":[{"userId":"444455556666"}]}}}}
{"eventName":"DescribeInstances","recipientAccountId":"444455556666"}"#;

#[test]
fn a_lake_gives_what_its_rows_give() {
    let mut catalog = examples::catalog();
    catalog.detections.retain(|_, detection| detection.source == "cloudtrail");
    let rows = reader::batch(
        &catalog.sources["cloudtrail"],
        &reader::events(&catalog.sources["cloudtrail"], EVENTS),
    );
    let lake = Mutex::new(Lake::of("cloudtrail", &rows));
    let stub = Arc::new(Stub { lake, asked: Mutex::default() });
    let found = block_on(run(stub.as_ref(), &catalog, Window::default())).unwrap();
    let pages: Vec<&str> = found.iter().map(|finding| finding.page.as_str()).collect();
    // The snapshot goes to an account whose records the lake holds: one of our own.
    assert_eq!(pages, ["defence/trail-stopped"]);
    assert_eq!(
        stub.asked.lock().unwrap().len(),
        3,
        "the accounts, the rows, and the records of few"
    );
}

#[test]
fn at_most_two_queries_are_planned_for_a_source() {
    let plans = Detector::new(&examples::catalog()).unwrap().plans();
    for source in ["cloudtrail", "vpc_flow", "route53_resolver", "zeek"] {
        let n_plans = plans.iter().filter(|plan| plan.source == source).count();
        assert!((1..=2).contains(&n_plans), "{source}: {n_plans}");
    }
    for plan in plans {
        let reads_record = plan.columns.contains(&"\"record\"".to_owned());
        assert_eq!(reads_record, plan.depth != haechi_detect::Depth::Plain);
    }
}

#[test]
fn an_engines_failure_names_the_source() {
    let error = block_on(run(&Broken, &examples::catalog(), Window::default())).unwrap_err();
    assert!(matches!(error, DetectError::Query { source_name, .. } if source_name == "cloudtrail"));
}
