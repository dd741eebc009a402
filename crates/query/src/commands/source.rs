//! `SOURCE`: which logs to read.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Number, Selector, Source, TagFilter, Text, TimeBound};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::parser::Parser;
use crate::print::Printer;
use crate::span::Span;
use crate::token::{self, Sign, TokenKind};

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "SOURCE",
    aliases: &[],
    usage: "SOURCE 'group' | logGroups(namePrefix: ['a'], accountIdentifier: ['1'], class: \
            ['STANDARD']) | dataSource(['a.b']) | logGroupTags([{\"key\": \"k\", \"values\": \
            [\"v\"]}]) [start=-1d] [end=now]",
    doc: "Chooses the logs to read.",
    example: "SOURCE logGroups(namePrefix: ['/aws/lambda']) | filter @message like /ERROR/",
    takes: Takes::Nothing,
    keywords: &["logGroups(", "dataSource(", "logGroupTags(", "start=", "end="],
    parse,
};

const EXPECTED: &[&str] = &[
    "the name of a log group in quotes",
    "`logGroups(…)`",
    "`dataSource(…)`",
    "`logGroupTags(…)`",
];

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let mut source = Source { selectors: Vec::new(), start: None, end: None };
    while !parser.is_at_stage_end() {
        if parser.take_option("start")? {
            source.start = Some(time_bound(parser)?);
        } else if parser.take_option("end")? {
            source.end = Some(time_bound(parser)?);
        } else {
            if !source.selectors.is_empty() {
                parser.take(Sign::Comma)?;
            }
            source.selectors.push(selector(parser)?);
        }
    }
    if source.selectors.is_empty() {
        return Err(parser.unexpected(EXPECTED));
    }
    Ok(Command::Source(source))
}

fn selector(parser: &mut Parser<'_>) -> Outcome<Selector> {
    if let TokenKind::String(_) = parser.token.kind {
        return Ok(Selector::Group(parser.text()?));
    }
    let is_call = parser.second()?.kind == TokenKind::Sign(Sign::LeftParenthesis);
    if !is_call {
        return Ok(Selector::Group(bare_group(parser)?));
    }
    if parser.take_word("logGroups")? {
        return log_groups(parser);
    }
    if parser.take_word("dataSource")? || parser.take_word("dataSources")? {
        parser.advance()?;
        let names = texts(parser)?;
        parser.need(Sign::RightParenthesis, "`)`")?;
        return Ok(Selector::DataSource(names));
    }
    if parser.take_word("logGroupTags")? {
        return tags(parser);
    }
    Err(parser.unexpected(EXPECTED))
}

/// The name of a log group without quotes, as in `SOURCE /aws/lambda/a`.
fn bare_group(parser: &mut Parser<'_>) -> Outcome<Text> {
    let start = parser.token.span.start;
    let behind = token::rest(parser.source, start);
    let is_name = |it: char| token::is_word_character(it) || matches!(it, '/' | '-' | '#' | ':');
    let length = behind.find(|it| !is_name(it)).unwrap_or(behind.len());
    if length == 0 {
        if let TokenKind::Word(_) = parser.token.kind {
            let name = parser.name()?;
            return Ok(Text { text: name.text, span: name.span });
        }
        return Err(parser.unexpected(EXPECTED));
    }
    let span = Span::new(start, start + length);
    parser.jump(span.end)?;
    Ok(Text { text: span.text(parser.source).to_owned(), span })
}

fn log_groups(parser: &mut Parser<'_>) -> Outcome<Selector> {
    parser.advance()?;
    let (mut name_prefixes, mut accounts, mut classes) = (Vec::new(), Vec::new(), Vec::new());
    while !parser.take(Sign::RightParenthesis)? {
        let list = if parser.is_word("namePrefix") {
            &mut name_prefixes
        } else if parser.is_word("accountIdentifier") || parser.is_word("accountIdentifiers") {
            &mut accounts
        } else if parser.is_word("class") || parser.is_word("logGroupClass") {
            &mut classes
        } else {
            let expected = ["`namePrefix:`", "`accountIdentifier:`", "`class:`", "`)`"];
            return Err(parser.unexpected(&expected));
        };
        parser.advance()?;
        if !parser.take(Sign::Equal)? {
            parser.need(Sign::Colon, "`:`")?;
        }
        list.extend(texts(parser)?);
        if !parser.is(Sign::RightParenthesis) {
            parser.need(Sign::Comma, "`,`")?;
        }
    }
    Ok(Selector::LogGroups { name_prefixes, accounts, classes })
}

/// `['a', 'b']`, or one string alone.
fn texts(parser: &mut Parser<'_>) -> Outcome<Vec<Text>> {
    if let TokenKind::String(_) = parser.token.kind {
        return Ok(vec![parser.text()?]);
    }
    parser.need(Sign::LeftBracket, "a list, such as `['a', 'b']`")?;
    if parser.take(Sign::RightBracket)? {
        return Ok(Vec::new());
    }
    let texts = parser.separated(Parser::text)?;
    parser.need(Sign::RightBracket, "`]`")?;
    Ok(texts)
}

fn tags(parser: &mut Parser<'_>) -> Outcome<Selector> {
    parser.advance()?;
    parser.need(Sign::LeftBracket, "`[`")?;
    let filters = parser.separated(tag)?;
    parser.need(Sign::RightBracket, "`]`")?;
    parser.need(Sign::RightParenthesis, "`)`")?;
    Ok(Selector::LogGroupTags(filters))
}

/// `{"key": "team", "values": ["a"]}`.
fn tag(parser: &mut Parser<'_>) -> Outcome<TagFilter> {
    let open = parser.need(Sign::LeftBrace, "`{\"key\": \"k\", \"values\": [\"v\"]}`")?.span;
    let (mut key, mut values) = (None, Vec::new());
    // Ends because each turn takes an entry.
    loop {
        let name = entry(parser)?;
        parser.need(Sign::Colon, "`:`")?;
        match name.as_str() {
            "key" => key = Some(parser.text()?),
            _ => values = texts(parser)?,
        }
        if !parser.take(Sign::Comma)? {
            break;
        }
    }
    let close = parser.need(Sign::RightBrace, "`}`")?.span;
    let Some(key) = key.filter(|_| !values.is_empty()) else {
        let message = "a tag has a `key` and `values`";
        return Err(Diagnostic::error(open.to(close), message));
    };
    Ok(TagFilter { key, values })
}

/// The name of an entry, with or without quotes.
fn entry(parser: &mut Parser<'_>) -> Outcome<String> {
    let name = match &parser.token.kind {
        TokenKind::String(name) => name.clone(),
        _ => parser.token.span.text(parser.source).to_owned(),
    };
    if name != "key" && name != "values" {
        return Err(parser.unexpected(&["`\"key\"`", "`\"values\"`"]));
    }
    parser.advance()?;
    Ok(name)
}

fn time_bound(parser: &mut Parser<'_>) -> Outcome<TimeBound> {
    if parser.take_word("now")? {
        return Ok(TimeBound::Now);
    }
    if parser.take(Sign::Minus)? {
        return Ok(TimeBound::Ago(parser.period()?));
    }
    if let TokenKind::String(_) = parser.token.kind {
        return Ok(TimeBound::Text(parser.text()?));
    }
    // The console writes `END=0s` for now.
    if matches!(parser.token.kind, TokenKind::Period(it) if it.count == 0) {
        parser.advance()?;
        return Ok(TimeBound::Now);
    }
    let TokenKind::Number(Number::Integer(seconds)) = parser.token.kind else {
        let expected = ["`now`", "a period, such as `-1d`", "a time in quotes", "epoch seconds"];
        return Err(parser.unexpected(&expected));
    };
    parser.advance()?;
    Ok(TimeBound::Epoch(seconds))
}

pub(super) fn print(it: &Source, out: &mut Printer) {
    let mut between = "";
    for selector in &it.selectors {
        out.text(between);
        print_selector(selector, out);
        between = " ";
    }
    for (name, bound) in [(" start=", &it.start), (" end=", &it.end)] {
        let Some(bound) = bound else { continue };
        out.text(name);
        match bound {
            TimeBound::Now => out.text("now"),
            TimeBound::Epoch(seconds) => out.text(&seconds.to_string()),
            TimeBound::Text(text) => out.string(&text.text),
            TimeBound::Ago(period) => {
                out.text("-");
                out.period(*period);
            }
        }
    }
}

fn print_selector(selector: &Selector, out: &mut Printer) {
    match selector {
        Selector::Group(name) => out.string(&name.text),
        Selector::LogGroups { name_prefixes, accounts, classes } => {
            out.text("logGroups(");
            let mut between = "";
            let lists = [
                ("namePrefix", name_prefixes),
                ("accountIdentifier", accounts),
                ("class", classes),
            ];
            for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
                out.text(between);
                out.text(name);
                out.text(": ");
                print_texts(list, out);
                between = ", ";
            }
            out.text(")");
        }
        Selector::DataSource(names) => {
            out.text("dataSource(");
            print_texts(names, out);
            out.text(")");
        }
        Selector::LogGroupTags(filters) => {
            out.text("logGroupTags([");
            out.separated(filters, |out, filter| {
                out.text("{\"key\": ");
                out.string(&filter.key.text);
                out.text(", \"values\": ");
                print_texts(&filter.values, out);
                out.text("}");
            });
            out.text("])");
        }
    }
}

fn print_texts(texts: &[Text], out: &mut Printer) {
    out.text("[");
    out.separated(texts, |out, text| out.string(&text.text));
    out.text("]");
}
