//! Fuzzes [`haechi_fuzz::reading::json`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| haechi_fuzz::reading::json(data));
