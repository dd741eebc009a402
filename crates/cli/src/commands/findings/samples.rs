//! `haechi findings create-samples`: findings of every type about nobody, marked as samples.

use anyhow::{Result, bail};
use haechi_catalog::Detection;
use haechi_model::{Explanation, Finding, FindingId};
use haechi_output as output;

use crate::args::LakeArgs;
use crate::lake::{findings, location, open};
use crate::session::Session;

/// The account that AWS's own examples use.
const ACCOUNT: &str = "111122223333";

pub fn create(session: &Session, types: &[String], lake: &LakeArgs) -> Result<()> {
    open(session, lake)?;
    let pages: Vec<&Detection> = session.catalog.detections.values().collect();
    if let Some(unknown) =
        types.iter().find(|it| !pages.iter().any(|page| page.finding_type == **it))
    {
        bail!("no detection has the type `{unknown}`: `haechi detect coverage` lists the types");
    }
    let wanted = |page: &&&Detection| types.is_empty() || types.contains(&page.finding_type);
    let samples: Vec<Finding> =
        pages.iter().filter(wanted).map(|page| sample(page, session)).collect();
    let ids: Vec<FindingId> = samples.iter().map(|sample| sample.id.clone()).collect();
    let mut store = findings(&location(lake)?)?;
    store.put(&samples, session.now)?;
    store.mark_samples(&ids, session.now)?;
    output::text(&format!("{} sample findings\n", samples.len()))
}

/// Returns a finding of a page's type about nobody, whose evidence gives no record.
fn sample(page: &Detection, session: &Session) -> Finding {
    let id = blake3::hash(format!("sample {}", page.name).as_bytes()).to_hex();
    Finding {
        id: FindingId(id.chars().take(20).collect()),
        kind: page.finding_type.clone(),
        page: page.name.clone(),
        title: format!("[SAMPLE] {}", page.title),
        title_ko: format!("[예시] {}", page.ko.title),
        severity: page.severity,
        subject: format!("arn:aws:iam::{ACCOUNT}:user/sample"),
        account: Some(ACCOUNT.to_owned()),
        region: Some("us-east-1".to_owned()),
        count: 1,
        first_seen: session.now,
        last_seen: session.now,
        records: Vec::new(),
        why: Explanation {
            en: "This is a sample: nothing happened.".to_owned(),
            ko: "예시이며, 실제로 일어난 일이 아닙니다.".to_owned(),
        },
        evidence: format!("select * from \"{}\" where false", page.source),
        techniques: page.techniques.clone(),
    }
}
