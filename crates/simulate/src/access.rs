//! S3 server access log: one line of text a request, 26 fields.

use crate::{ids, moment::Moment, random::Random};

/// A request to a bucket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) bucket: &'static str,
    pub(crate) time: Moment,
    pub(crate) address: &'a str,
    /// The caller's ARN, or `-` for everybody.
    pub(crate) requester: &'a str,
    /// `GET`, `HEAD` or `PUT`.
    pub(crate) method: &'static str,
    pub(crate) key: &'a str,
    pub(crate) status: u16,
    pub(crate) bytes: i64,
    pub(crate) agent: &'a str,
}

/// One line.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) bucket: &'static str,
    pub(crate) time: Moment,
    pub(crate) text: String,
}

/// The canonical id of the shop's account.
const OWNER: &str = "3b1f6c0a9d2e48577f60a1c2d3e4f5968778695a4b3c2d1e0f9a8b7c6d5e4f30";

/// Writes down a request.
pub(crate) fn visit(request: &Request<'_>, random: &mut Random) -> Visit {
    let Request { bucket, time, address, requester, method, key, status, bytes, agent } = *request;
    let error = match status {
        403 => "AccessDenied",
        404 => "NoSuchKey",
        _ => "-",
    };
    let (sent, size) = if error == "-" {
        (bytes.to_string(), bytes.to_string())
    } else {
        ("243".to_owned(), "-".to_owned())
    };
    let (signature, authentication) =
        if requester == "-" { ("-", "-") } else { ("SigV4", "AuthHeader") };
    let request_id = ids::capitals(random, 16);
    let host_id = ids::unique(random, 75);
    let total = random.between(8, 90);
    let turnaround = total - random.between(1, 7);
    let text = format!(
        "{OWNER} {bucket} [{}] {address} {requester} {request_id} REST.{method}.OBJECT {key} \
         \"{method} /{key} HTTP/1.1\" {status} {error} {sent} {size} {total} {turnaround} \"-\" \
         \"{agent}\" - {host_id}= {signature} TLS_AES_128_GCM_SHA256 {authentication} \
         {bucket}.s3.us-east-1.amazonaws.com TLSv1.3 - -",
        time.apache()
    );
    Visit { bucket, time, text }
}
