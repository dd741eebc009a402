//! Fuzzes [`haechi_fuzz::list::list`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| haechi_fuzz::list::list(data));
