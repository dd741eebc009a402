//! Flow logs in a lake, where most rows keep neither line nor entities, answer as the files do.

use std::fmt::Write as _;

use crate::support::Desk;

/// What is asked, of the lake and of the files.
const QUERIES: [&str; 7] = [
    "fields @timestamp, @message | sort @timestamp, srcPort | limit 1000",
    "filter @message like /REJECT/ | stats count(*) as n by action",
    "filter @message like '203.0.113.1 ' | fields @message | sort @message",
    "parse @message '* * * * * *' as a, b, c, source, target, rest | stats count(*) as n by source | sort source",
    "filter dstPort = 443 | fields @message, entities | sort @message",
    "stats count(*) as n, sum(bytes) as b, count(entities) as e by interfaceId | sort interfaceId",
    "filter isIpv4InSubnet(srcAddr, '10.0.0.0/24') | stats count_distinct(@message) as n",
];

#[test]
fn flows_of_a_lake_are_those_of_the_files() {
    let desk = Desk::new();
    let logs = desk.path("logs");
    std::fs::create_dir_all(&logs).unwrap();
    std::fs::write(logs.join("first.log"), flows(1)).unwrap();
    std::fs::write(logs.join("second.log"), flows(2)).unwrap();
    let (logs, lake) = (logs.to_str().unwrap(), desk.path("lake"));
    let lake = lake.to_str().unwrap();
    desk.run(&["ingest", logs, "--lake", lake]);
    let answers = |place: [&str; 2]| {
        QUERIES.map(|query| {
            desk.json(&["query", query, "-g", "vpc_flow", "--format", "json", place[0], place[1]])
        })
    };
    let of_files = answers(["-f", logs]);
    assert!(of_files.iter().all(|answer| !answer.as_array().unwrap().is_empty()), "{of_files:?}");
    assert_eq!(answers(["--lake", lake]), of_files);
    desk.run(&["lake", "compact", "--lake", lake]);
    assert_eq!(answers(["--lake", lake]), of_files);
}

/// Lines of the default format; some are written in another way than their columns would be.
fn flows(file: u32) -> String {
    let mut text = "version account-id interface-id srcaddr dstaddr srcport dstport protocol \
                    packets bytes start end action log-status\n"
        .to_owned();
    for number in 0..300 {
        let odd = if number % 7 == 0 { "0" } else { "" };
        let (host, port) = (number % 9, [443, 22, 53][number as usize % 3]);
        let action = if number % 5 == 0 { "REJECT" } else { "ACCEPT" };
        let start = 1_717_200_000 + number;
        let _ = writeln!(
            text,
            "2 111122223333 eni-0a1b2c3{file} 10.0.0.{host} 203.0.113.{} {} {odd}{port} 6 {number} \
             40 {start} {} {action} OK",
            number % 4,
            1_000 * file + number,
            start + 60,
        );
    }
    text
}
