//! Fuzzes [`haechi_fuzz::query::query`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| haechi_fuzz::query::query(data));
