//! What is said around an answer, in the language of the asker.

use std::fmt::Write;

use anyhow::Result;
use haechi_catalog::{Catalog, Parameter, Question};
use serde_json::{Value, json};

use crate::args::{Ask, Language};
use haechi_output::{self as output, Format};

/// A question's words.
pub struct Words<'a> {
    title: &'a str,
    about: &'a str,
    read: &'a str,
    next: &'a str,
    language: Language,
}

impl<'a> Words<'a> {
    pub fn of(question: &'a Question, language: Language) -> Self {
        let ko = &question.ko;
        let (title, about, read, next) = match language {
            Language::En => (&question.title, &question.page.about, &question.read, &question.next),
            Language::Ko => (&ko.title, &ko.about, &ko.read, &ko.next),
        };
        Self { title, about, read, next, language }
    }

    /// Returns what stands before the answer.
    pub fn before(&self) -> String {
        format!("{}\n{}\n", self.title, self.about)
    }

    /// Returns what stands after the answer.
    pub fn after(&self) -> String {
        let (read, next) = match self.language {
            Language::En => ("How to read it", "What to ask next"),
            Language::Ko => ("읽는 법", "다음으로"),
        };
        format!("\n{read}\n{}\n\n{next}\n{}", self.read, self.next)
    }
}

/// Lists the questions, of one theme or of all.
pub fn list(catalog: &Catalog, theme: Option<&String>, args: &Ask) -> Result<()> {
    let is_listed = |it: &&Question| theme.is_none_or(|theme| it.theme == *theme);
    let questions: Vec<&Question> = catalog.questions.values().filter(is_listed).collect();
    if args.format == Format::Table {
        return output::text(&listing(&questions, args.lang));
    }
    output::json(&questions.iter().map(|it| described(it, args.lang)).collect())
}

fn listing(questions: &[&Question], language: Language) -> String {
    let mut text = String::new();
    let mut theme = "";
    for question in questions {
        if question.theme != theme {
            let gap = if theme.is_empty() { "" } else { "\n" };
            theme = &question.theme;
            // Writing to a string cannot fail.
            _ = writeln!(text, "{gap}{theme}");
        }
        let rest = question.name.strip_prefix(theme).unwrap_or_default().trim_start_matches('/');
        _ = writeln!(text, "  {rest:<28} {}", Words::of(question, language).title);
        for parameter in &question.parameters {
            _ = writeln!(text, "      {}", usage(parameter, language));
        }
    }
    text
}

/// Returns how a parameter is said.
fn usage(parameter: &Parameter, language: Language) -> String {
    let about = match language {
        Language::En => &parameter.about,
        Language::Ko => &parameter.ko,
    };
    let value = match &parameter.default {
        Some(default) if default.is_empty() => "[=…]".to_owned(),
        Some(default) => format!("[={default}]"),
        None => "=…".to_owned(),
    };
    format!("--param {}{value}  {about}", parameter.name)
}

fn described(question: &Question, language: Language) -> Value {
    let words = Words::of(question, language);
    let parameter = |it: &Parameter| {
        let about = match language {
            Language::En => &it.about,
            Language::Ko => &it.ko,
        };
        json!({ "name": it.name, "about": about, "default": it.default })
    };
    json!({
        "name": question.name,
        "theme": question.theme,
        "title": words.title,
        "about": words.about,
        "sources": question.sources,
        "parameters": question.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "query": question.query.text(),
        "read": words.read,
        "next": words.next,
    })
}
