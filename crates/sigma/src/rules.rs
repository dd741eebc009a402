//! Files of rules: what can be used, and what cannot with its place and reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rsigma_eval::compiler::CompiledRule;
use rsigma_eval::{CorrelationEngine, compile_rule};
use rsigma_parser::{
    ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType,
    LogSource, SigmaRule, parse_sigma_yaml,
};

use crate::called::Called;
use crate::event::{self, Parts, Wanted};
use crate::finding::kind_of;
use crate::index::Index;
use crate::limits::{CHAIN_MAX, FILE_BYTES_MAX};
use crate::place::{self, Place};

/// Rules that are ready to look at events.
#[derive(Default)]
pub struct Rules {
    pub(crate) single: Vec<Rule>,
    pub(crate) index: Index,
    /// What of a record rules read.
    pub(crate) parts: Parts,
    pub(crate) correlations: Vec<(CorrelationRule, About)>,
    /// What correlations may call rules, and correlations.
    called: Called,
    /// What could not be used.
    pub unusable: Vec<Unusable>,
}

/// One rule that is ready.
pub(crate) struct Rule {
    pub(crate) compiled: CompiledRule,
    pub(crate) about: About,
    /// What of a record it reads.
    pub(crate) wanted: Wanted,
    /// Whether it looks at the members of an array one by one.
    pub(crate) goes_through_members: bool,
}

/// What a rule says of every finding it makes.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// What stands for the page: `sigma/` and the rule's id.
    pub(crate) page: String,
    pub(crate) title: String,
    pub(crate) severity: f64,
    pub(crate) techniques: Vec<String>,
    /// The tactics of MITRE ATT&CK, as ATT&CK's own tools spell them.
    pub(crate) tactics: Vec<String>,
    /// Whether it only serves correlations and says nothing by itself.
    pub(crate) is_silent: bool,
}

/// What a rule says of ATT&CK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged<'a> {
    /// What stands for the rule's page in its findings.
    pub page: &'a str,
    /// The finding type.
    pub kind: String,
    /// The tactics, as ATT&CK's own tools spell them.
    pub tactics: &'a [String],
    /// The technique ids.
    pub techniques: &'a [String],
}

/// Something in a file of rules that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.reason)
    }
}

/// Correlations whose references are looked up when all files have been read.
type Waiting = Vec<(CorrelationRule, String, Place)>;

impl Rules {
    /// Reads files, each a name and its text; what cannot be used is named, the rest is ready.
    #[must_use]
    pub fn read(files: &[(String, String)]) -> Self {
        let mut rules = Self::default();
        let mut waiting = Waiting::new();
        let mut pages = BTreeSet::new();
        for (name, text) in files {
            rules.read_file(name, text, &mut waiting, &mut pages);
        }
        rules.add_correlations(waiting, &mut pages);
        rules.unusable.sort_by(|first, after| {
            (&first.file, first.line, first.column).cmp(&(&after.file, after.line, after.column))
        });
        rules
    }

    /// Returns how many rules and correlations are ready.
    #[must_use]
    pub fn len(&self) -> usize {
        self.single.len() + self.correlations.len()
    }

    /// Tells whether none is ready.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns for each rule what stands for its page, its finding type, its tactics and its
    /// techniques, in the order of the files.
    pub fn tagged(&self) -> impl Iterator<Item = Tagged<'_>> {
        let rules = self.single.iter().map(|rule| &rule.about);
        rules.chain(self.correlations.iter().map(|(_, about)| about)).map(|about| Tagged {
            page: &about.page,
            kind: kind_of(&about.title),
            tactics: &about.tactics,
            techniques: &about.techniques,
        })
    }

    /// Returns what stands for each rule's page in its findings, in the order of the files.
    pub fn pages(&self) -> impl Iterator<Item = &str> {
        let rules = self.single.iter().map(|rule| &rule.about);
        rules.chain(self.correlations.iter().map(|(_, about)| about)).map(|it| it.page.as_str())
    }

    fn read_file(
        &mut self,
        file: &str,
        text: &str,
        waiting: &mut Waiting,
        pages: &mut BTreeSet<String>,
    ) {
        if FILE_BYTES_MAX < text.len() {
            let reason = format!("the file is longer than {FILE_BYTES_MAX} bytes");
            self.refuse(file, (1, 1), &reason);
            return;
        }
        let collection = match parse_sigma_yaml(text) {
            Ok(collection) => collection,
            Err(error) => {
                let message = error.to_string();
                self.refuse(file, place::of_message(text, &message), &message);
                return;
            }
        };
        for message in &collection.errors {
            let place = place::of_message(text, message);
            if message.contains("| count(") {
                let reason = "`| count()` is no part of Sigma any more: write a correlation";
                self.refuse(file, place, reason);
            } else {
                self.refuse(file, place, message);
            }
        }
        for filter in &collection.filters {
            let reason = format!("`{}` is a filter, and filters are not applied", filter.title);
            self.refuse(file, place::of_title(text, &filter.title), &reason);
        }
        for mut rule in collection.rules {
            if let Err(reason) = self.add(file, &mut rule, pages) {
                self.refuse(file, place::of_reason(text, &rule.title, &reason), &reason);
            }
        }
        for correlation in collection.correlations {
            let place = place::of_title(text, &correlation.title);
            waiting.push((correlation, file.to_owned(), place));
        }
    }

    fn refuse(&mut self, file: &str, (line, column): Place, reason: &str) {
        // Parsers quote what they read over several lines.
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        self.unusable.push(Unusable { file: file.to_owned(), line, column, reason });
    }

    fn add(
        &mut self,
        file: &str,
        rule: &mut SigmaRule,
        pages: &mut BTreeSet<String>,
    ) -> Result<(), String> {
        check_source(&rule.logsource)?;
        if let Some(name) = event::placeholder(rule).filter(|name| !event::is_field(name)) {
            return Err(format!(
                "`{}` needs a list of values for `%{name}%`, and has none",
                rule.title
            ));
        }
        let own = rule.id.clone().or_else(|| rule.name.clone());
        let page = page_of(own.as_deref(), &rule.title, pages);
        // Correlations find rules by their ids.
        let id = own.unwrap_or_else(|| page.clone());
        rule.id = Some(id.clone());
        let compiled = compile_rule(rule).map_err(|error| format!("`{}`: {error}", rule.title))?;
        self.index.add(self.single.len(), rule);
        let about = About {
            page,
            title: rule.title.clone(),
            severity: severity_of(rule.level),
            techniques: techniques_of(&rule.tags),
            tactics: tactics_of(&rule.tags),
            is_silent: false,
        };
        self.called.add(file, &id, rule.name.as_ref(), &rule.title);
        let wanted = self.parts.of_rule(rule);
        let goes_through_members = event::goes_through_members(rule);
        self.single.push(Rule { compiled, about, wanted, goes_through_members });
        Ok(())
    }

    fn add_correlations(&mut self, waiting: Waiting, pages: &mut BTreeSet<String>) {
        let mut waiting = waiting;
        // Ends because each round but the last takes at least one correlation in.
        for _ in 0..=CHAIN_MAX {
            let called = &self.called;
            let is_ready = |(it, file, _): &(CorrelationRule, String, Place)| {
                it.rules.iter().all(|rule| called.id_of(file, rule).is_some())
            };
            let (ready, rest): (Waiting, Waiting) = waiting.into_iter().partition(is_ready);
            waiting = rest;
            if ready.is_empty() {
                break;
            }
            for (correlation, file, place) in ready {
                if let Err(reason) = self.add_correlation(&file, correlation, pages) {
                    self.refuse(&file, place, &reason);
                }
            }
        }
        for (correlation, file, place) in waiting {
            let is_unknown = |rule: &&String| self.called.id_of(&file, rule).is_none();
            let missing = correlation.rules.iter().find(is_unknown).map_or("", String::as_str);
            let reason = format!(
                "`{}` counts the rule `{missing}`, which is not there or cannot be used",
                correlation.title
            );
            self.refuse(&file, place, &reason);
        }
    }

    fn add_correlation(
        &mut self,
        file: &str,
        mut correlation: CorrelationRule,
        pages: &mut BTreeSet<String>,
    ) -> Result<(), String> {
        let id_of = |rule: &String| self.called.id_of(file, rule).unwrap_or(rule).clone();
        correlation.rules = correlation.rules.iter().map(id_of).collect();
        for alias in &mut correlation.aliases {
            alias.mapping =
                alias.mapping.iter().map(|(rule, it)| (id_of(rule), it.clone())).collect();
        }
        match &mut correlation.condition {
            CorrelationCondition::Extended(condition) => rename(condition, &id_of),
            CorrelationCondition::Threshold { predicates, .. } => {
                // The parser's word for "no condition", where all rules are meant. The same
                // written down would be met by any rule, and correlate nothing.
                let is_any = *predicates == [(ConditionOperator::Gte, 1)];
                if is_any && correlation.correlation_type == CorrelationType::Temporal {
                    *predicates = vec![(ConditionOperator::Gte, correlation.rules.len() as u64)];
                }
            }
        }
        let own = correlation.id.take().or_else(|| correlation.name.clone());
        let page = page_of(own.as_deref(), &correlation.title, pages);
        let id = own.unwrap_or_else(|| page.clone());
        correlation.id = Some(id.clone());
        let mut trial = CorrelationEngine::new(rsigma_eval::CorrelationConfig::default());
        trial
            .add_correlation(&correlation)
            .map_err(|error| format!("`{}`: {error}", correlation.title))?;
        let about = About {
            page,
            title: correlation.title.clone(),
            severity: severity_of(correlation.level),
            techniques: techniques_of(&correlation.tags),
            tactics: tactics_of(&correlation.tags),
            is_silent: false,
        };
        if !correlation.generate {
            self.silence(&correlation.rules);
        }
        self.called.add(file, &id, correlation.name.as_ref(), &correlation.title);
        self.correlations.push((correlation, about));
        Ok(())
    }

    /// Keeps rules from speaking by themselves: they only serve correlations.
    fn silence(&mut self, ids: &[String]) {
        let is_meant = |id: Option<&String>| id.is_some_and(|id| ids.contains(id));
        for rule in &mut self.single {
            rule.about.is_silent |= is_meant(rule.compiled.id.as_ref());
        }
        for (correlation, about) in &mut self.correlations {
            about.is_silent |= is_meant(correlation.id.as_ref());
        }
    }

    /// Returns what rules and correlations say of their findings, by id and by title.
    pub(crate) fn correlation_abouts(&self) -> BTreeMap<&str, &About> {
        let mut abouts = BTreeMap::new();
        for (correlation, about) in &self.correlations {
            abouts.insert(correlation.title.as_str(), about);
            abouts.extend(correlation.id.as_deref().map(|id| (id, about)));
        }
        abouts
    }
}

/// Gives the rules that a condition names their ids.
fn rename(condition: &mut ConditionExpr, id_of: &impl Fn(&String) -> String) {
    match condition {
        ConditionExpr::And(parts) | ConditionExpr::Or(parts) => {
            // The recursion ends because the parser bounds how deep conditions nest.
            for part in parts {
                rename(part, id_of);
            }
        }
        ConditionExpr::Not(part) => rename(part, id_of),
        ConditionExpr::Identifier(rule) => *rule = id_of(rule),
        ConditionExpr::Selector { .. } => {}
    }
}

fn check_source(source: &LogSource) -> Result<(), String> {
    let (product, service) = (source.product.as_deref(), source.service.as_deref());
    if product == Some("aws") && service.is_none_or(|service| service == "cloudtrail") {
        return Ok(());
    }
    let said = |name: &str, part: Option<&str>| format!("{name} {}", part.unwrap_or("-"));
    let mut parts = [
        said("category", source.category.as_deref()),
        said("product", product),
        said("service", service),
    ];
    if product != Some("aws") {
        // What is wrong stands last, where its place is looked for.
        parts.swap(1, 2);
    }
    let parts = parts.join(", ");
    Err(format!("{}; this one is for {parts}", place::WRONG_SOURCE))
}

/// Names what stands for a rule's page; no two rules have the same.
fn page_of(id: Option<&str>, title: &str, pages: &mut BTreeSet<String>) -> String {
    let base = format!("sigma/{}", id.map_or_else(|| slug(title), str::to_owned));
    let mut page = base.clone();
    let mut n_same = 1;
    // Ends because pages are finite.
    while !pages.insert(page.clone()) {
        n_same += 1;
        page = format!("{base}#{n_same}");
    }
    page
}

fn slug(title: &str) -> String {
    let words = title.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-").to_lowercase()
}

fn severity_of(level: Option<rsigma_parser::Level>) -> f64 {
    use rsigma_parser::Level;
    match level {
        Some(Level::Informational) => 1.0,
        Some(Level::Low) | None => 2.0,
        Some(Level::Medium) => 5.0,
        Some(Level::High) => 8.0,
        Some(Level::Critical) => 9.5,
    }
}

fn techniques_of(tags: &[String]) -> Vec<String> {
    let technique = |tag: &String| {
        let id = tag.to_ascii_lowercase().strip_prefix("attack.t")?.to_owned();
        id.starts_with(|first: char| first.is_ascii_digit()).then(|| format!("T{id}"))
    };
    tags.iter().filter_map(technique).collect()
}

/// Returns the tactics among the tags: what is neither a technique, a group nor a program.
fn tactics_of(tags: &[String]) -> Vec<String> {
    let tactic = |tag: &String| {
        let name = tag.to_ascii_lowercase().strip_prefix("attack.")?.replace('_', "-");
        let is_id = name.chars().any(|letter| letter.is_ascii_digit());
        (!is_id).then_some(name)
    };
    tags.iter().filter_map(tactic).collect()
}
