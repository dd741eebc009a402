//! Fuzzes [`haechi_fuzz::page::page`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| haechi_fuzz::page::page(data));
