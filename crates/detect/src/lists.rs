//! Lists of addresses, networks and domains that the user knows to be bad, or to be something.
//!
//! A list is a text file: one entry a line, the first word of it; what follows `#`, `;` or `//`
//! is a comment. Lists never come from the network and never leave the machine.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use crate::limits::{LIST_ENTRIES_MAX, LIST_PREFIXES_MAX};
use crate::network::Network;

/// Lists by name; several files of one name are one list.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    by_name: BTreeMap<String, List>,
}

/// What became of the lines of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// The lines that are now entries, or were before.
    pub accepted: u64,
    /// The lines that are neither address, network nor domain, or were too many.
    pub rejected: u64,
}

#[derive(Debug, Clone, Default)]
struct List {
    networks: HashSet<Network>,
    /// How many networks have each length, of IPv4 and of IPv6.
    lengths: HashMap<(bool, u8), u32>,
    domains: HashSet<String>,
}

impl Lists {
    /// Adds the lines of a file to the list of that name.
    pub fn add(&mut self, name: &str, text: &str) -> Taken {
        let list = self.by_name.entry(name.to_owned()).or_default();
        let mut taken = Taken::default();
        for line in text.lines() {
            let Some(entry) = entry_of(line) else { continue };
            let is_full = LIST_ENTRIES_MAX <= list.networks.len() + list.domains.len();
            if !is_full && list.takes(&entry) {
                taken.accepted += 1;
            } else {
                taken.rejected += 1;
            }
        }
        taken
    }

    /// Returns the entry of a list that an address or a network of it lies in.
    pub(crate) fn entry_for(&self, name: &str, address: IpAddr) -> Option<String> {
        self.by_name.get(name)?.network_of(address).map(|network| network.to_string())
    }

    /// Returns the domain of a list that a name is, or stands below.
    pub(crate) fn domain_for(&self, name: &str, text: &str) -> Option<String> {
        let list = self.by_name.get(name)?;
        let text = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let mut rest = Some(text.as_str());
        while let Some(domain) = rest {
            if list.domains.contains(domain) {
                return Some(domain.to_owned());
            }
            rest = domain.split_once('.').map(|(_, rest)| rest);
        }
        None
    }
}

/// Returns what a line says, without comments, defanging and the parts of an address on the web.
fn entry_of(line: &str) -> Option<String> {
    let line = line.split(['#', ';']).next().unwrap_or_default();
    let line = line.trim_start().strip_prefix("ExitAddress ").unwrap_or(line);
    let word = line.split([' ', '\t', ',', '"']).find(|word| !word.is_empty())?;
    let word = word.replace("[.]", ".").replace("hxxp", "http").to_ascii_lowercase();
    if word.starts_with("//") {
        return None;
    }
    let Some((_, address)) = word.split_once("://") else { return Some(word) };
    let host = address.split(['/', '?']).next().unwrap_or_default();
    Some(host.split_once(':').map_or(host, |(host, _)| host).to_owned())
}

impl List {
    fn takes(&mut self, entry: &str) -> bool {
        if let Some(network) = Network::parse(entry) {
            let length = network.length_key();
            // Each length is one look-up more for every address.
            let is_new = !self.lengths.contains_key(&length);
            if is_new && LIST_PREFIXES_MAX <= self.lengths.len() {
                return false;
            }
            if self.networks.insert(network) {
                *self.lengths.entry(length).or_default() += 1;
            }
            return true;
        }
        let domain = entry.trim_matches('.');
        let is_domain = domain.contains('.')
            && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        if is_domain {
            self.domains.insert(domain.to_owned());
        }
        is_domain
    }

    fn network_of(&self, address: IpAddr) -> Option<Network> {
        let mut found: Vec<Network> = self
            .lengths
            .keys()
            .filter(|(is_v4, _)| *is_v4 == address.is_ipv4())
            .map(|(_, length)| Network::of(address, *length))
            .filter(|network| self.networks.contains(network))
            .collect();
        // The narrowest says the most.
        found.sort_by_key(Network::length_key);
        found.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(text: &str) -> (Lists, Taken) {
        let mut lists = Lists::default();
        let taken = lists.add("threat", text);
        (lists, taken)
    }

    #[test]
    fn entries_are_addresses_networks_and_domains() {
        let text = "# bad\n203.0.113.9\t7\n198.51.100.0/24\n2001:db8:bad::/48\nevil.example.net\n\
            hxxps://drop[.]example[.]org:8443/a?b\nExitAddress 192.0.2.9 2026-01-01 00:00:00\n\n\
            nonsense\n// more\n192.0.2.0/99\n";
        let (lists, taken) = lists(text);
        assert_eq!(taken, Taken { accepted: 6, rejected: 2 });
        let entry = |text: &str| lists.entry_for("threat", text.parse().unwrap());
        assert_eq!(entry("203.0.113.9").as_deref(), Some("203.0.113.9/32"));
        assert_eq!(entry("198.51.100.77").as_deref(), Some("198.51.100.0/24"));
        assert_eq!(entry("2001:db8:bad:1::5").as_deref(), Some("2001:db8:bad::/48"));
        assert_eq!(entry("192.0.2.9").as_deref(), Some("192.0.2.9/32"));
        assert_eq!((entry("203.0.113.8"), entry("2001:db8::1")), (None, None));
        let domain = |text: &str| lists.domain_for("threat", text);
        assert_eq!(domain("A.Evil.example.net.").as_deref(), Some("evil.example.net"));
        assert_eq!(domain("drop.example.org").as_deref(), Some("drop.example.org"));
        assert_eq!((domain("notevil.example.net"), domain("example.net")), (None, None));
    }

    #[test]
    fn lists_are_kept_apart() {
        let (lists, _) = lists("203.0.113.9");
        assert!(lists.entry_for("tor", "203.0.113.9".parse().unwrap()).is_none());
    }
}
