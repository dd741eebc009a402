//! Lists of addresses, networks and domains that the user knows to be bad, or to be something.
//!
//! Lists come in the forms that threat lists have; see [`formats`]. They never come from the
//! network and never leave the machine. What stands on a list named `trusted` is on
//! no other, and takes what comes of it out of every page.

mod formats;
mod stix;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::limits::REFUSED_KEPT_MAX;
use crate::network::Network;

/// The name of the lists that win over all others.
const TRUSTED: &str = "trusted";

/// Lists by name; several files of one name are one list.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    by_name: BTreeMap<String, List>,
}

/// What became of the lines of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// The form that the file has, as GuardDuty names it.
    pub format: &'static str,
    /// The lines that are now entries, or were before.
    pub accepted: u64,
    /// The lines that are neither address, network nor domain.
    pub rejected: u64,
    /// The first of those lines.
    pub refused: Vec<Refused>,
}

/// A line that is no entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
    /// Why.
    pub reason: String,
}

/// Single addresses and domains take as little as they can: 4, 16 and 8 bytes.
#[derive(Debug, Clone, Default)]
struct List {
    v4: Vec<u32>,
    v6: Vec<u128>,
    networks: HashSet<Network>,
    /// How many networks have each length, of IPv4 and of IPv6.
    lengths: HashMap<(bool, u8), u32>,
    /// Hashes of domains: of ten million, one name in a million million is taken for another.
    domains: Vec<u64>,
}

impl Lists {
    /// Adds the entries of a file to the list of that name.
    pub fn add(&mut self, name: &str, text: &str) -> Taken {
        let list = self.by_name.entry(name.to_owned()).or_default();
        let mut taken = Taken { format: formats::name_of(text), ..Taken::default() };
        formats::each(text, &mut |line, entry| {
            let outcome = entry.and_then(|entry| list.take(&entry));
            let Err(reason) = outcome else {
                taken.accepted += 1;
                return;
            };
            taken.rejected += 1;
            if taken.refused.len() < REFUSED_KEPT_MAX {
                let column = column_of(text, line, &reason);
                taken.refused.push(Refused { line, column, reason });
            }
        });
        list.put_in_order();
        taken
    }

    /// Returns how many entries the list of that name has.
    #[must_use]
    pub fn n_entries(&self, name: &str) -> usize {
        self.by_name.get(name).map_or(0, List::len)
    }

    /// Tells whether something is trusted.
    #[must_use]
    pub fn has_trusted(&self) -> bool {
        0 < self.n_entries(TRUSTED)
    }

    /// Tells whether a text is an address or a domain on a trusted list, or a list of JSON's that
    /// has one.
    #[must_use]
    pub fn trusts(&self, text: &str) -> bool {
        let Some(trusted) = self.by_name.get(TRUSTED) else { return false };
        let one = |text: &str| match text.parse() {
            Ok(address) => trusted.network_of(address).is_some(),
            Err(_) => trusted.domain_of(text).is_some(),
        };
        if text.starts_with('[') {
            let is_between = |letter| matches!(letter, '[' | ']' | '"' | ',' | ' ');
            return text.split(is_between).any(|part| !part.is_empty() && one(part));
        }
        one(text)
    }

    pub(crate) fn trusts_address(&self, address: IpAddr) -> bool {
        let trusted = self.by_name.get(TRUSTED);
        trusted.is_some_and(|trusted| trusted.network_of(address).is_some())
    }

    /// Returns the entry of a list that an address or a network of it lies in.
    pub(crate) fn entry_for(&self, name: &str, address: IpAddr) -> Option<String> {
        let found = self.by_name.get(name)?.network_of(address)?;
        let trusted = self.by_name.get(TRUSTED).and_then(|list| list.network_of(address));
        trusted.is_none().then(|| found.to_string())
    }

    /// Returns the domain of a list that a name is, or stands below.
    pub(crate) fn domain_for(&self, name: &str, text: &str) -> Option<String> {
        let found = self.by_name.get(name)?.domain_of(text)?;
        let trusted = self.by_name.get(TRUSTED).and_then(|list| list.domain_of(text));
        trusted.is_none().then_some(found)
    }
}

impl List {
    fn take(&mut self, entry: &str) -> Result<(), String> {
        if let Some(network) = Network::parse(entry) {
            self.take_network(network, entry);
            return Ok(());
        }
        let domain = entry.trim_start_matches("*.").trim_matches('.');
        let is_domain = domain.contains('.')
            && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
            && domain.bytes().any(|byte| byte.is_ascii_alphabetic());
        if !is_domain {
            let shown = crate::value::shown(entry);
            return Err(format!("`{shown}` is no address, network or domain"));
        }
        self.domains.push(hash(domain));
        Ok(())
    }

    fn take_network(&mut self, network: Network, entry: &str) {
        match entry.parse() {
            Ok(IpAddr::V4(v4)) => self.v4.push(v4.into()),
            Ok(IpAddr::V6(v6)) => self.v6.push(v6.into()),
            Err(_) => {
                if self.networks.insert(network) {
                    *self.lengths.entry(network.length_key()).or_default() += 1;
                }
            }
        }
    }

    /// Sorts what is looked up by halving, and keeps each entry once.
    fn put_in_order(&mut self) {
        self.v4.sort_unstable();
        self.v4.dedup();
        self.v4.shrink_to_fit();
        self.v6.sort_unstable();
        self.v6.dedup();
        self.v6.shrink_to_fit();
        self.domains.sort_unstable();
        self.domains.dedup();
        self.domains.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.v4.len() + self.v6.len() + self.networks.len() + self.domains.len()
    }

    /// Returns the narrowest entry that the address lies in: it says the most.
    fn network_of(&self, address: IpAddr) -> Option<Network> {
        let alone = match address {
            IpAddr::V4(v4) => self.v4.binary_search(&v4.into()).is_ok().then_some(32),
            IpAddr::V6(v6) => self.v6.binary_search(&v6.into()).is_ok().then_some(128),
        };
        if let Some(length) = alone {
            return Some(Network::of(address, length));
        }
        let lengths = self.lengths.keys().filter(|(is_v4, _)| *is_v4 == address.is_ipv4());
        let found = lengths
            .map(|(_, length)| Network::of(address, *length))
            .filter(|network| self.networks.contains(network));
        found.max_by_key(Network::length_key)
    }

    fn domain_of(&self, text: &str) -> Option<String> {
        let text = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let mut rest = Some(text.as_str());
        while let Some(domain) = rest {
            if self.domains.binary_search(&hash(domain)).is_ok() {
                return Some(domain.to_owned());
            }
            rest = domain.split_once('.').map(|(_, rest)| rest);
        }
        None
    }
}

/// Returns the column in which the word stands that a reason quotes, or the one that it names.
fn column_of(text: &str, line: usize, reason: &str) -> usize {
    if let Some((_, said)) = reason.rsplit_once(" column ") {
        let digits: String = said.chars().take_while(char::is_ascii_digit).collect();
        return digits.parse().unwrap_or(1).max(1);
    }
    let word = reason.split('`').nth(1).unwrap_or_default();
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_ascii_lowercase();
    let before = line.find(word).and_then(|at| line.get(..at)).unwrap_or_default();
    before.chars().count() + 1
}

fn hash(domain: &str) -> u64 {
    ahash::RandomState::with_seeds(1, 2, 3, 4).hash_one(domain)
}

/// Returns the network as lists write it when an address stands for it as a number.
#[cfg(test)]
fn written(address: u32) -> String {
    Network::of(IpAddr::V4(Ipv4Addr::from(address)), 32).to_string()
}

/// Tells whether text is an address of either family.
fn is_address(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok() || text.parse::<Ipv6Addr>().is_ok()
}
