//! The log of a function, as CloudWatch Logs exports it: a time and a message a line.

use crate::{
    ids,
    moment::{HOUR, Moment},
    random::Random,
};

/// The function whose log group is exported.
pub(crate) const FUNCTION: &str = "checkout-worker";

/// One line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) time: Moment,
    pub(crate) text: String,
}

/// Adds so many calls of the function within an hour.
pub(crate) fn invoke(n_calls: u64, hour: Moment, random: &mut Random, lines: &mut Vec<Line>) {
    for _ in 0..n_calls {
        let start = hour.plus(random.between(0, HOUR - 10));
        let is_broken = random.permille(20);
        one_call(start, is_broken, random, lines);
    }
}

fn one_call(start: Moment, is_broken: bool, random: &mut Random, lines: &mut Vec<Line>) {
    let request = ids::uuid(random);
    let order = random.between(100_000, 999_999);
    let millis = random.between(12, 900);
    let memory = random.between(61, 118);
    let told = if is_broken {
        format!("[ERROR] PaymentDeclined: provider answered 402 for order {order}")
    } else {
        format!("[INFO] order {order} accepted, {} items", random.between(1, 9))
    };
    let messages = [
        format!("START RequestId: {request} Version: $LATEST"),
        told,
        format!("END RequestId: {request}"),
        format!(
            "REPORT RequestId: {request}\tDuration: {millis}.{:02} ms\tBilled Duration: {} ms\t\
             Memory Size: 128 MB\tMax Memory Used: {memory} MB\t",
            random.between(0, 99),
            millis + 1
        ),
    ];
    let shown = start.iso();
    let second = shown.trim_end_matches('Z');
    for (message, milli) in messages.iter().zip([4, 9, 17, 17]) {
        lines.push(Line { time: start, text: format!("{second}.{milli:03}Z {message}") });
    }
}
