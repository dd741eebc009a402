//! `ESTIMATE`: how much a query would read at most, without reading it.

use crate::fixture::Lake;

/// Returns the answer's one number.
async fn bytes(lake: &Lake, sql: &str) -> u64 {
    let answer = lake.ask(sql).await;
    assert!(answer.contains("estimatedBytesScanned"), "{answer}");
    answer.lines().nth(3).unwrap().trim_matches(['|', ' ']).parse().unwrap()
}

#[tokio::test]
async fn every_file_counts_that_may_hold_an_answer() {
    let lake = Lake::of_three_days();
    let sizes: Vec<u64> = lake.files.iter().map(|file| file.size).collect();
    let all = bytes(&lake, "ESTIMATE select count(*) from cloudtrail where \"bytes\" > 10").await;
    assert_eq!(all, sizes.iter().sum::<u64>());
    let second = "ESTIMATE select * from cloudtrail where date = '2024-05-02'";
    assert_eq!(bytes(&lake, second).await, sizes[1]);
    let none = "ESTIMATE select * from cloudtrail where date = '2025-05-02'";
    assert_eq!(bytes(&lake, none).await, 0);
}

#[tokio::test]
async fn no_file_is_opened() {
    let lake = Lake::of_three_days();
    lake.lose(0);
    assert!(0 < bytes(&lake, "ESTIMATE select eventName from cloudtrail").await);
}

#[tokio::test]
async fn what_cannot_be_planned_cannot_be_estimated() {
    let answer = Lake::of_three_days().ask("ESTIMATE select nothing from cloudtrail").await;
    assert!(answer.contains("nothing"), "{answer}");
    let answer = Lake::of_three_days().ask("ESTIMATE drop table cloudtrail").await;
    assert!(answer.contains("is not a query"), "{answer}");
}
