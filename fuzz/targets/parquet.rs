//! Fuzzes [`haechi_fuzz::reading::parquet`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| haechi_fuzz::reading::parquet(data));
