//! `haechi insights series`: how often an API was called or failed, period by period.

use anyhow::Result;
use haechi_output as output;
use serde_json::json;

use crate::args::{InsightFormat, InsightsSeries};
use crate::commands::metrics::choice::{Choice, MetricLake, Statistic};
use crate::commands::metrics::get::{from, moment};
use crate::commands::metrics::series::OURS;
use crate::lake::{engine, open};
use crate::session::Session;

/// Prints the series; what counts calls for insights is the metric `calls`, or `errors`.
pub(super) fn run(session: &Session, args: &InsightsSeries) -> Result<()> {
    let lake = open(session, &args.lake)?;
    let engine = engine(&lake, &session.catalog, &args.lake)?;
    let window = session.window(&args.window)?;
    let known = [
        ("eventSource", Some(&args.event_source)),
        ("eventName", Some(&args.event_name)),
        ("errorCode", args.error_code.as_ref()),
        ("principal", args.principal.as_ref()),
    ];
    let dimensions = known.into_iter();
    let dimensions = dimensions.filter_map(|(name, it)| Some((name.to_owned(), it?.clone())));
    let (kind, name) = match args.error_code {
        Some(_) => ("ApiErrorRateInsight", "errors"),
        None => ("ApiCallRateInsight", "calls"),
    };
    let choice = Choice {
        namespace: Some(OURS.to_owned()),
        name: name.to_owned(),
        dimensions: dimensions.collect(),
        statistic: Statistic::Sum,
        period: args.period,
    };
    let choice = choice.checked()?;
    let lake = MetricLake { engine: &engine, catalog: &session.catalog };
    let series = session.runtime.block_on(choice.read(&lake, window))?;
    let mut series = from(series, window);
    if args.non_zero {
        series.retain(|_, calls| 0.0 < *calls);
    }
    if args.format == InsightFormat::Csv {
        let lines = series.iter().map(|(at, calls)| format!("{},{calls}\n", moment(*at)));
        return output::text(&format!("timestamp,value\n{}", lines.collect::<String>()));
    }
    let times: Vec<String> = series.keys().map(|at| moment(*at)).collect();
    let values: Vec<f64> = series.values().copied().collect();
    let mut answer = json!({
        "EventSource": args.event_source,
        "EventName": args.event_name,
        "InsightType": kind,
        "Timestamps": times,
        "Values": values,
    });
    if let (Some(code), Some(map)) = (&args.error_code, answer.as_object_mut()) {
        map.insert("ErrorCode".to_owned(), json!(code));
    }
    output::json(&answer)
}
