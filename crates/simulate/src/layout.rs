//! Where AWS puts each file and what it calls it.

use crate::{ids, moment::Moment, organisation::Network, random::Random};

/// A CloudTrail file, named after the moment of its delivery.
pub(crate) fn cloudtrail(
    account: &str,
    region: &str,
    delivered: Moment,
    random: &mut Random,
) -> String {
    format!(
        "AWSLogs/{account}/CloudTrail/{region}/{}/{account}_CloudTrail_{region}_{}_{}.json.gz",
        delivered.folders(),
        delivered.stamp(),
        ids::unique(random, 16)
    )
}

/// A flow log file, named after the start of its period.
pub(crate) fn flows(network: &Network, hour: Moment, random: &mut Random) -> String {
    let Network { account, region, flow_log, .. } = network;
    format!(
        "AWSLogs/{account}/vpcflowlogs/{region}/{}/{account}_vpcflowlogs_{region}_{flow_log}_{}_{}.log.gz",
        hour.folders(),
        hour.stamp(),
        ids::hex(random, 8)
    )
}

/// A file of the resolver's query log.
pub(crate) fn lookups(network: &Network, hour: Moment, random: &mut Random) -> String {
    let Network { account, vpc, .. } = network;
    format!(
        "AWSLogs/{account}/vpcdnsquerylogs/{vpc}/{}/{vpc}_vpcdnsquerylogs_{account}_{}_{}.log.gz",
        hour.folders(),
        hour.stamp(),
        ids::hex(random, 8)
    )
}

/// A file of an S3 server access log, partitioned by the time of the requests.
pub(crate) fn visits(account: &str, bucket: &str, hour: Moment, random: &mut Random) -> String {
    format!(
        "s3-access-logs/{account}/us-east-1/{bucket}/{}/{}-{}",
        hour.folders(),
        hour.dashed(),
        ids::capitals(random, 16)
    )
}

/// The stream of a function in an export of its log group; one environment lives an hour.
pub(crate) fn function(seed: u64, name: &str, hour: Moment) -> String {
    let task = ids::uuid(&mut Random::stream(seed, "export-task", 0));
    let stream = ids::hex(&mut Random::stream(seed, "log-stream", hour.0), 32);
    let day = hour.folders().replace('/', "-");
    format!("exports/lambda-{name}/{task}/{day}-[$LATEST]{stream}/000000.gz")
}

/// The object by which an export proves that it may write.
pub(crate) fn export_check(name: &str) -> String {
    format!("exports/lambda-{name}/aws-logs-write-test")
}

/// A file of a delivery stream that a log group of a cluster is subscribed to.
pub(crate) fn audits(cluster: &str, hour: Moment, random: &mut Random) -> String {
    format!(
        "eks-audit/{}/{:02}/{cluster}-audit-1-{}-{}.gz",
        hour.folders(),
        hour.hour_of_day(),
        hour.dashed(),
        ids::uuid(random)
    )
}

/// The answer sheet.
pub(crate) const GROUND_TRUTH: &str = "ground-truth.json";
