//! Fuzzes [`haechi_fuzz::sigma::sigma`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| haechi_fuzz::sigma::sigma(data));
