//! Whole-product tests: they run the binary `haechi` as a user would.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod differential;
#[cfg(test)]
mod filter_pattern;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod flows;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod insights;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod metrics_in_the_lake;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod ocsf_pairs;
#[cfg(test)]
mod on_s3;
#[cfg(test)]
mod origins;
#[cfg(test)]
mod query;
#[cfg(test)]
mod questions;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tail;
#[cfg(test)]
mod twins;
#[cfg(test)]
mod twins_alone;
#[cfg(test)]
mod views;
#[cfg(test)]
mod watch;
#[cfg(test)]
mod writers;
