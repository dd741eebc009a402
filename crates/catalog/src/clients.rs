//! Clients: programs, and the systems they run on, told by how they call themselves.

use serde::Deserialize;

use crate::limits::CLIENTS_MAX;
use crate::{CatalogError, Page};

/// Clients of one kind, read from `clients/<name>.md`.
#[derive(Debug, Clone)]
pub struct Clients {
    /// The page's name.
    pub name: String,
    /// What is told: the program or its system.
    pub of: ClientPart,
    /// What they are for, such as `attack_tool`; nothing for systems.
    pub kind: Option<String>,
    /// The pages with lower ranks are asked first.
    pub rank: u32,
    /// The clients, asked in this order.
    pub clients: Vec<Client>,
    /// The page, for its prose and examples: `clients` and `systems` blocks.
    pub page: Page,
}

/// What a page of clients tells of a user agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientPart {
    /// The program.
    Client,
    /// The system that it runs on.
    System,
}

/// One client and what it is known by; capitals do not matter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// What it is called.
    pub family: String,
    /// Names that stand alone in its user agent: no letter, digit, `-`, `_` or `.` beside them.
    #[serde(default)]
    pub names: Vec<String>,
    /// Texts that stand anywhere in its user agent.
    #[serde(default)]
    pub contains: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    of: ClientPart,
    kind: Option<String>,
    rank: u32,
    client: Vec<Client>,
}

impl Clients {
    /// Reads a page of clients.
    pub(crate) fn from_page(name: &str, page: Page) -> Result<Self, CatalogError> {
        let definition: Definition = page.definition()?;
        let Definition { of, kind, rank, client: clients } = definition;
        if kind.is_some() != (of == ClientPart::Client) {
            return Err(page.fault("clients have a `kind`, systems have none"));
        }
        if CLIENTS_MAX < clients.len() {
            return Err(page.fault(format!("a page has at most {CLIENTS_MAX} clients")));
        }
        for client in &clients {
            let mut marks = client.names.iter().chain(&client.contains).peekable();
            if marks.peek().is_none() {
                let family = &client.family;
                return Err(page.fault(format!("`{family}` has neither `names` nor `contains`")));
            }
            let is_small = |it: &String| !it.is_empty() && !it.chars().any(char::is_uppercase);
            if let Some(mark) = marks.find(|mark| !is_small(mark)) {
                return Err(page.fault(format!("`{mark}`: write it in small letters")));
            }
        }
        Ok(Self { name: name.to_owned(), of, kind, rank, clients, page })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(definition: &str) -> Result<Clients, CatalogError> {
        let text = format!("# Tools\n```toml\n{definition}\n```\n");
        Clients::from_page("tools", Page::parse("clients/tools.md", &text)?)
    }

    #[test]
    fn a_page_names_clients_of_one_kind() {
        let client = "client = [{ family = \"Pacu\", names = [\"pacu\"] }]";
        let clients = read(&format!("of = \"client\"\nkind = \"attack_tool\"\nrank = 1\n{client}"));
        assert_eq!(clients.unwrap().clients[0].family, "Pacu");
    }

    #[test]
    fn a_page_that_names_none_says_why() {
        let check = |definition: &str, reason: &str| {
            let error = read(definition).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        };
        check("of = \"client\"\nrank = 1\nclient = []", "have a `kind`");
        check("of = \"system\"\nkind = \"x\"\nrank = 1\nclient = []", "systems have none");
        let of = "of = \"system\"\nrank = 1\n";
        check(&format!("{of}client = [{{ family = \"X\" }}]"), "neither `names` nor");
        let large = "client = [{ family = \"X\", names = [\"Linux\"] }]";
        check(&format!("{of}{large}"), "small letters");
    }
}
