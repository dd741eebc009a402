//! Fuzzes [`haechi_fuzz::digest::digest`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| haechi_fuzz::digest::digest(data));
