//! Fuzzes [`haechi_fuzz::reading::container`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| haechi_fuzz::reading::container(data));
