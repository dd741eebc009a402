//! Every page is its own test: what its examples hold is found, and nothing else.
//!
//! `UPDATE_PAGES=1` writes what is found into the pages; read the diff.

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod dns;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod guardduty;
#[cfg(test)]
mod identities;
#[cfg(test)]
mod internet;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod lake;
#[cfg(test)]
mod live;
#[cfg(test)]
mod network;
#[cfg(test)]
mod reader;
#[cfg(test)]
mod rhythm;
#[cfg(test)]
mod trust;
#[cfg(test)]
mod zeek;
