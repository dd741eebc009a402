//! Fuzzes [`haechi_fuzz::series::series`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| haechi_fuzz::series::series(data));
