//! Whole-product tests: they run the binary `haechi` as a user would.

mod corpus;
mod crash;
mod demo;
mod mistakes;
mod support;
