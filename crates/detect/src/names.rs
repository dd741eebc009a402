//! Domain names: what somebody registered, what stands before it, and whether a person chose it.

mod score;
mod words;

pub(crate) use score::likelihood;

/// A domain name, taken apart at what somebody registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// The whole name: lower case, without the final dot.
    text: String,
    /// Where the registered domain begins.
    domain_from: usize,
    /// Where the public suffix begins.
    suffix_from: usize,
}

impl Name {
    /// Reads a name as a resolver logs it; nothing when nobody can have registered it.
    ///
    /// Providers give names away below domains of their own, not all of which the list of public
    /// suffixes knows: below those that are named here, what somebody took counts as registered.
    pub(crate) fn parse(text: &str, providers: &[String]) -> Option<Self> {
        let text = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let ends = |provider: &&String| {
            let before = text.strip_suffix(provider.as_str());
            before.is_some_and(|before| before.ends_with('.') && 1 < before.len())
        };
        if let Some(provider) = providers.iter().find(ends) {
            let suffix_from = text.len() - provider.len();
            let before = text.get(..suffix_from.saturating_sub(1)).unwrap_or_default();
            let domain_from = before.rfind('.').map_or(0, |dot| dot + 1);
            return Some(Self { text, domain_from, suffix_from });
        }
        let domain = psl::domain(text.as_bytes())?;
        let domain_length = domain.as_bytes().len();
        let suffix_length = domain.suffix().as_bytes().len();
        Some(Self {
            domain_from: text.len().checked_sub(domain_length)?,
            suffix_from: text.len().checked_sub(suffix_length)?,
            text,
        })
    }

    /// Returns the registered domain: `example.co.uk`.
    pub(crate) fn domain(&self) -> &str {
        self.text.get(self.domain_from..).unwrap_or_default()
    }

    /// Returns the label that was registered: `example`.
    pub(crate) fn label(&self) -> &str {
        let label = self.text.get(self.domain_from..self.suffix_from).unwrap_or_default();
        label.strip_suffix('.').unwrap_or(label)
    }

    /// Returns what stands behind the registered label: `co.uk`.
    pub(crate) fn suffix(&self) -> &str {
        self.text.get(self.suffix_from..).unwrap_or_default()
    }

    /// Returns what stands before the registered domain, which is in its owner's hands.
    pub(crate) fn below(&self) -> &str {
        let below = self.text.get(..self.domain_from).unwrap_or_default();
        below.strip_suffix('.').unwrap_or(below)
    }
}

/// The ends of names that search lists are most often put behind.
const ENDS: [&str; 6] = ["com", "net", "org", "local", "internal", "arpa"];

/// Tells whether a text before a domain is an address written backwards, as lists of spammers are
/// asked, or a whole name of its own, as a search list makes one of every name.
pub(crate) fn is_mechanical(below: &str) -> bool {
    let labels: Vec<&str> = below.split('.').collect();
    let is_octet = |label: &&str| label.parse::<u8>().is_ok();
    let is_nibble = |label: &&str| label.len() == 1 && is_hexadecimal(label);
    let n_octets = labels.iter().take_while(|label| is_octet(label)).count();
    let n_nibbles = labels.iter().take_while(|label| is_nibble(label)).count();
    let is_address = 4 <= n_octets || 8 <= n_nibbles;
    is_address || labels.iter().skip(1).any(|label| ENDS.contains(label))
}

fn is_hexadecimal(label: &str) -> bool {
    label.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, &str, &str)>) {
        let name = Name::parse(text, &["free.example".to_owned()]);
        let parts = name.as_ref().map(|it| (it.below(), it.label(), it.domain()));
        assert_eq!(parts, expected, "{text}");
    }

    #[test]
    fn a_name_is_cut_where_somebody_registered_it() {
        check("WWW.Example.co.uk.", Some(("www", "example", "example.co.uk")));
        check("a.b.example.com", Some(("a.b", "example", "example.com")));
        check("example.com.", Some(("", "example", "example.com")));
        check("d1.cloudfront.net.", Some(("", "d1", "d1.cloudfront.net")));
    }

    #[test]
    fn below_a_provider_of_free_names_somebody_took_one() {
        check("www.Shop.free.example.", Some(("www", "shop", "shop.free.example")));
        check("shop.free.example", Some(("", "shop", "shop.free.example")));
        check("free.example", Some(("", "free", "free.example")));
        check("carefree.example", Some(("", "carefree", "carefree.example")));
    }

    #[test]
    fn what_nobody_registered_is_no_name() {
        for text in ["", ".", "com.", "wpad", "co.uk."] {
            check(text, None);
        }
    }

    #[test]
    fn programs_make_names_of_addresses_and_of_names() {
        assert!(is_mechanical("4.3.2.1") && is_mechanical("1.0.0.0.8.b.d.0"));
        assert!(is_mechanical("4.3.2.1.list") && is_mechanical("www.example.com.corp"));
        assert!(is_mechanical("www.example.com") && is_mechanical("api.shop.svc.cluster.local"));
        assert!(!is_mechanical("5d2301340f59af309420872c7ac913512997.www"));
        assert!(!is_mechanical("mail") && !is_mechanical("assets-2024-build-7781"));
    }
}
