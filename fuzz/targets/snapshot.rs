//! Fuzzes [`haechi_fuzz::snapshot::snapshot`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| haechi_fuzz::snapshot::snapshot(data));
