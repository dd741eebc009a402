//! What a user agent says of a client: the rules are pages of the catalogue, this applies them.

use haechi_catalog::{Catalog, ClientPart, Clients as Page};
use serde::{Deserialize, Serialize};

use crate::limits::{NAME_CHARACTERS_MAX, USER_AGENT_BYTES_MAX};

/// What the name of the built-in rules begins with.
const BUILT_IN: &str = "built-in ";

/// What all clients are known by, in the order in which they are asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clients {
    clients: Vec<Rule>,
    systems: Vec<Rule>,
}

/// What one client is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Rule {
    family: String,
    kind: Option<String>,
    names: Vec<String>,
    contains: Vec<String>,
}

impl Clients {
    /// Takes the rules of a catalogue.
    #[must_use]
    pub fn of(catalog: &Catalog) -> Self {
        let mut pages: Vec<&Page> = catalog.clients.values().collect();
        pages.sort_by_key(|page| page.rank);
        let rules = |of: ClientPart| {
            let pages = pages.iter().filter(move |page| page.of == of);
            pages.flat_map(|page| rules_of(page)).collect()
        };
        Self { clients: rules(ClientPart::Client), systems: rules(ClientPart::System) }
    }

    /// Returns the rules of the built-in catalogue.
    #[must_use]
    pub fn built_in() -> Self {
        // A test of the catalogue keeps malformed pages from being released.
        Catalog::clients().map(|catalog| Self::of(&catalog)).unwrap_or_default()
    }

    /// Names the rules, so that another process applies the same ones: the built-in ones by their
    /// digest, others in full.
    #[must_use]
    pub fn names(&self) -> String {
        let built_in = Self::built_in();
        if *self == built_in { built_in.digest() } else { self.written() }
    }

    /// Returns the rules that [`Clients::names`] has named; nothing when they are those of another
    /// version of haechi.
    #[must_use]
    pub fn named(names: &str) -> Option<Self> {
        if names.starts_with(BUILT_IN) {
            let built_in = Self::built_in();
            return (built_in.digest() == names).then_some(built_in);
        }
        serde_json::from_str(names).ok()
    }

    fn digest(&self) -> String {
        format!("{BUILT_IN}{}", blake3::hash(self.written().as_bytes()).to_hex())
    }

    fn written(&self) -> String {
        // Texts and lists of texts can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns what the client is called, or calls itself; nothing when it says nothing.
    #[must_use]
    pub fn family(&self, user_agent: &str) -> Option<String> {
        let text = small(user_agent);
        let known = self.clients.iter().find(|rule| rule.fits(&text));
        known.map(|rule| rule.family.clone()).or_else(|| first_name(user_agent))
    }

    /// Returns what the client is for, such as `attack_tool`, `console` or `sdk`.
    #[must_use]
    pub fn kind(&self, user_agent: &str) -> Option<String> {
        let text = small(user_agent);
        self.clients.iter().find(|rule| rule.fits(&text)).and_then(|rule| rule.kind.clone())
    }

    /// Returns the operating system that the client says it runs on.
    #[must_use]
    pub fn system(&self, user_agent: &str) -> Option<String> {
        let text = small(user_agent);
        self.systems.iter().find(|rule| rule.fits(&text)).map(|rule| rule.family.clone())
    }
}

fn rules_of(page: &Page) -> impl Iterator<Item = Rule> {
    page.clients.iter().map(|client| Rule {
        family: client.family.clone(),
        kind: page.kind.clone(),
        names: client.names.clone(),
        contains: client.contains.clone(),
    })
}

impl Rule {
    fn fits(&self, text: &str) -> bool {
        self.contains.iter().any(|part| text.contains(part.as_str()))
            || self.names.iter().any(|name| has_name(text, name))
    }
}

/// Tells whether a name stands in the text with no part of another name beside it.
fn has_name(text: &str, name: &str) -> bool {
    let is_beside = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let bytes = text.as_bytes();
    text.match_indices(name).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let after = bytes.get(at + name.len());
        !before.is_some_and(is_beside) && !after.is_some_and(is_beside)
    })
}

/// Returns the beginning of the text in small letters: what stands behind is no name.
fn small(user_agent: &str) -> String {
    let mut end = USER_AGENT_BYTES_MAX.min(user_agent.len());
    // Ends because a text begins at a boundary.
    while !user_agent.is_char_boundary(end) {
        end -= 1;
    }
    user_agent.get(..end).unwrap_or_default().to_lowercase()
}

/// Returns the first name in a user agent, without its version.
fn first_name(user_agent: &str) -> Option<String> {
    let text = user_agent.trim().trim_matches(['[', ']', '"']);
    let end = text.find(['/', ' ', ';', ',', '(']).unwrap_or(text.len());
    let name = text.get(..end).filter(|name| !name.is_empty() && *name != "-")?;
    Some(name.chars().take(NAME_CHARACTERS_MAX).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn built_in() -> (Catalog, Clients) {
        // From the files, so that an edit of a page shows without a build.
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog"));
        let catalog = Catalog::with_overlay(folder).unwrap();
        let clients = Clients::of(&catalog);
        (catalog, clients)
    }

    #[test]
    fn every_example_is_told_as_its_page_says() {
        let (catalog, clients) = built_in();
        let mut n_lines = 0;
        for page in catalog.clients.values() {
            for block in page.page.examples.iter().flat_map(|example| &example.blocks) {
                for line in block.text.lines() {
                    n_lines += 1;
                    let mut parts = line.split(" | ").map(|part| part.trim_end_matches(" |"));
                    let user_agent = parts.next().unwrap();
                    let told = match block.language.as_str() {
                        "clients" => vec![clients.family(user_agent), clients.kind(user_agent)],
                        _ => vec![clients.system(user_agent)],
                    };
                    let told: Vec<String> = told.into_iter().flatten().collect();
                    let expected: Vec<&str> = parts.filter(|it| !it.is_empty()).collect();
                    assert_eq!(told, expected, "{}: {user_agent}", page.page.path);
                }
            }
        }
        assert!(30 < n_lines, "{n_lines}");
    }

    #[test]
    fn every_page_has_examples() {
        for page in built_in().0.clients.values() {
            assert!(!page.page.examples.is_empty(), "{}", page.page.path);
        }
    }

    #[test]
    fn rules_travel_as_text() {
        let clients = Clients::built_in();
        assert!(clients.names().len() < 100, "{}", clients.names());
        assert_eq!(Clients::named(&clients.names()), Some(clients));
        let none = Clients::default();
        assert_eq!(Clients::named(&none.names()), Some(none));
        assert_eq!(Clients::named("nothing"), None);
        assert_eq!(Clients::named("built-in of another version"), None);
    }

    #[test]
    fn what_says_nothing_has_no_family_and_long_texts_are_cut() {
        let clients = built_in().1;
        for nothing in ["", "-", "  ", "()", "[]"] {
            assert_eq!(clients.family(nothing), None, "{nothing}");
        }
        let long = "가".repeat(100_000);
        assert_eq!(clients.family(&long).unwrap().chars().count(), NAME_CHARACTERS_MAX);
        assert_eq!(clients.kind(&(long + " pacu/1")), None);
    }
}
