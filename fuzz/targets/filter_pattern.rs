//! Fuzzes [`haechi_fuzz::filter_pattern::filter_pattern`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| haechi_fuzz::filter_pattern::filter_pattern(data));
