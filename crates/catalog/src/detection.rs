//! A detection: what to look for in one source, how bad it is, and how to speak of it.

use haechi_model::{Band, Severity};
use serde::Deserialize;

use crate::{CatalogError, Page};

/// A detection, read from `detections/<name>.md`.
#[derive(Debug, Clone)]
pub struct Detection {
    /// The page's name: its path below `detections/`, without `.md`.
    pub name: String,
    /// What the finding says has happened, in English.
    pub title: String,
    /// The kind that runs the page, such as `match`; its settings stand in `settings`.
    pub kind: String,
    /// The finding type, GuardDuty's own where it has one.
    pub finding_type: String,
    /// How bad.
    pub severity: Severity,
    /// The source whose records are looked at.
    pub source: String,
    /// The field that says whom a finding is about: one finding for each value.
    pub subject: String,
    /// MITRE ATT&CK technique ids.
    pub techniques: Vec<String>,
    /// One sentence that says why, with `{field}` for values.
    pub why: String,
    /// The Korean words.
    pub ko: Korean,
    /// Everything in the definition that belongs to the kind.
    pub settings: toml::Table,
    /// The page, for its prose and examples.
    pub page: Page,
}

/// The words of a detection in Korean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Korean {
    /// The title.
    pub title: String,
    /// What it means.
    pub about: String,
    /// How to respond.
    pub respond: String,
    /// One sentence that says why, with `{field}` for values.
    pub why: String,
}

#[derive(Deserialize)]
struct Definition {
    kind: String,
    #[serde(rename = "type")]
    finding_type: String,
    severity: SeverityDefinition,
    source: String,
    subject: String,
    #[serde(default)]
    techniques: Vec<String>,
    why: String,
    ko: Korean,
    #[serde(flatten)]
    settings: toml::Table,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SeverityDefinition {
    Band(Band),
    Number(f64),
}

impl Detection {
    /// Reads a detection's page.
    pub(crate) fn from_page(name: &str, page: Page) -> Result<Self, CatalogError> {
        let definition: Definition = page.definition()?;
        let severity = match definition.severity {
            SeverityDefinition::Band(band) => band.typical(),
            SeverityDefinition::Number(number) => Severity::new(number)
                .ok_or_else(|| page.fault("a severity lies between 1.0 and 10.0"))?,
        };
        if page.about.is_empty() || !page.prose.iter().any(|(heading, _)| heading == "Respond") {
            return Err(page.fault("a detection says what it means and has a `## Respond` section"));
        }
        Ok(Self {
            name: name.to_owned(),
            title: page.title.clone(),
            kind: definition.kind,
            finding_type: definition.finding_type,
            severity,
            source: definition.source,
            subject: definition.subject,
            techniques: definition.techniques,
            why: definition.why,
            ko: definition.ko,
            settings: definition.settings,
            page,
        })
    }
}
