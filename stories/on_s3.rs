//! Logs and lakes in S3, against a server of each test's own.

mod errors;
mod lake;
mod logs;
mod network;
mod proxy;
mod server;
mod verify;
