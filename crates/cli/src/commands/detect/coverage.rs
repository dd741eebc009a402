//! `haechi detect coverage`: techniques of MITRE ATT&CK, and the pages that look for them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Result;
use haechi_output as output;
use haechi_sigma::Tagged;
use serde_json::{Value, json};

use crate::args::CoverageFormat;
use crate::knowledge;
use crate::session::Session;

/// The folders of the catalogue and the tactics of ATT&CK that they stand for.
const TACTICS: &[(&str, &str)] = &[
    ("recon", "discovery"),
    ("initial-access", "initial-access"),
    ("execution", "execution"),
    ("persistence", "persistence"),
    ("privilege-escalation", "privilege-escalation"),
    ("defence", "defense-evasion"),
    ("credential", "credential-access"),
    ("lateral-movement", "lateral-movement"),
    ("command-and-control", "command-and-control"),
    ("exfiltration", "exfiltration"),
    ("impact", "impact"),
];

/// The pages by tactic and technique.
type Matrix<'a> = BTreeMap<(usize, &'a str), BTreeSet<&'a str>>;

pub fn run(session: &Session, rules: &[PathBuf], format: CoverageFormat) -> Result<()> {
    let rules = knowledge::rules(rules)?;
    let rules: Vec<Tagged<'_>> = rules.tagged().collect();
    let mut matrix = Matrix::new();
    for (name, page) in &session.catalog.detections {
        let folder = name.split('/').next().unwrap_or_default();
        let tactic = TACTICS.iter().position(|(it, _)| *it == folder).unwrap_or(TACTICS.len());
        for technique in &page.techniques {
            matrix.entry((tactic, technique)).or_default().insert(name);
        }
    }
    for rule in &rules {
        for technique in rule.techniques {
            for tactic in tactics_of(rule) {
                matrix.entry((tactic, technique)).or_default().insert(rule.page);
            }
        }
    }
    match format {
        CoverageFormat::Table => output::text(&table(session, &rules, &matrix)?),
        CoverageFormat::Navigator => output::json(&layer(&matrix)),
    }
}

/// Returns the tactics of a rule; one that names none stands among the others.
fn tactics_of(rule: &Tagged<'_>) -> BTreeSet<usize> {
    let place =
        |name: &String| TACTICS.iter().position(|(_, it)| it == name).unwrap_or(TACTICS.len());
    let tactics: BTreeSet<usize> = rule.tactics.iter().map(place).collect();
    if tactics.is_empty() { BTreeSet::from([TACTICS.len()]) } else { tactics }
}

fn tactic_name(tactic: usize) -> &'static str {
    TACTICS.get(tactic).map_or("other", |(_, name)| name)
}

fn table(session: &Session, rules: &[Tagged<'_>], matrix: &Matrix<'_>) -> Result<String> {
    let kinds: BTreeMap<&str, &str> =
        rules.iter().map(|rule| (rule.page, rule.kind.as_str())).collect();
    let techniques: BTreeSet<&str> = matrix.keys().map(|(_, technique)| *technique).collect();
    let mut text = String::new();
    let mut last = None;
    for ((tactic, technique), pages) in matrix {
        if last != Some(*tactic) {
            writeln!(text, "{}", tactic_name(*tactic))?;
            last = Some(*tactic);
        }
        for (index, page) in pages.iter().enumerate() {
            let technique = if index == 0 { technique } else { "" };
            let kind = session.catalog.detections.get(*page).map(|it| it.finding_type.as_str());
            let kind = kind.or_else(|| kinds.get(page).copied()).unwrap_or_default();
            writeln!(text, "  {technique:<10}  {page:<48}  {kind}")?;
        }
    }
    let n_pages = session.catalog.detections.len() + rules.len();
    writeln!(text, "\n{} techniques, {n_pages} detections", techniques.len())?;
    Ok(text)
}

/// Returns a layer in the form 4.5, which ATT&CK Navigator opens as a file.
fn layer(matrix: &Matrix<'_>) -> Value {
    // A technique has its tactics from ATT&CK: the layer need not name one.
    let mut pages_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for ((_, technique), pages) in matrix {
        pages_of.entry(technique).or_default().extend(pages);
    }
    let highest = pages_of.values().map(BTreeSet::len).max().unwrap_or(1);
    let entry = |(technique, pages): (&&str, &BTreeSet<&str>)| {
        let names: Vec<&str> = pages.iter().copied().collect();
        json!({
            "techniqueID": technique,
            "score": pages.len(),
            "comment": names.join("\n"),
            "enabled": true,
            "showSubtechniques": technique.contains('.'),
        })
    };
    let techniques: Vec<Value> = pages_of.iter().map(entry).collect();
    json!({
        "name": "haechi",
        "versions": { "attack": "17", "navigator": "5.1.0", "layer": "4.5" },
        "domain": "enterprise-attack",
        "description": "Techniques that haechi's detections look for; the score counts pages.",
        "filters": { "platforms": ["IaaS", "Linux", "Windows", "Network Devices"] },
        "techniques": techniques,
        "gradient": { "colors": ["#cfe8f3", "#1f77b4"], "minValue": 0, "maxValue": highest },
        "sorting": 0,
        "hideDisabled": false,
    })
}
