//! One page made ready: its conditions, its kind, its words, and what it needs of each row.

use std::collections::BTreeSet;
use std::sync::Arc;

use haechi_catalog::Detection;
use haechi_model::{Finding, FindingId, Window};
use toml::Value as Toml;

use crate::DetectError;
use crate::about::About;
use crate::attacks::{Ended, Outline as AttackOutline, Signal};
use crate::conditions::AnyOf;
use crate::exchanges::{Aspect, Exchange, TraceSql};
use crate::habits::{Habits, Outline};
use crate::kept::Part;
use crate::kinds::{Kind, Watch};
use crate::limits::ROUTINE_HISTORY_DAYS;
use crate::lists::Lists;
use crate::raised::{Draft, Raised, Subject};
use crate::rows::Row;
use crate::schema::{ACCOUNT, RECORD, REGION, Schema};
use crate::sentence::Sentence;
use crate::setup::{Fault, Setup};
use crate::signals::{Sign, Teller};

/// A page that looks at rows.
pub(crate) struct Watcher {
    about: About,
    matches: AnyOf,
    unless: AnyOf,
    /// Whether calls that AWS services make are looked at too.
    includes_service_calls: bool,
    /// The page's name and its definition: what its state belongs to.
    definition: String,
    /// The same conditions as they are written.
    conditions: String,
    watch: Box<dyn Watch>,
    raised: Raised,
    /// The columns that the page reads.
    pub(crate) slots: BTreeSet<usize>,
    /// SQL that holds for at least the page's rows, and whether for no others.
    predicate: (String, bool),
}

/// What is known of a row whatever the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    /// AWS itself made the call.
    pub(crate) is_service_call: bool,
    /// A trusted list has one of its addresses or domains.
    pub(crate) is_trusted: bool,
}

impl Watcher {
    /// Makes a detection ready to look at rows of its source.
    pub(crate) fn new(detection: &Detection, schema: &Schema) -> Result<Self, DetectError> {
        Self::read(detection, schema).map_err(|fault| fault.in_page(&detection.page))
    }

    fn read(detection: &Detection, schema: &Schema) -> Result<Self, Fault> {
        let kind = Kind::named(&detection.kind)?;
        let mut setup = Setup::new(schema, detection);
        let conditions = setup.conditions();
        let matches = setup.matches_if_any()?;
        let none = Toml::Array(Vec::new());
        let unless = setup.take::<Toml>("unless")?.unwrap_or(none);
        let unless = AnyOf::read(&unless, &mut setup)?;
        let includes_service_calls = setup.take("service_calls")?.unwrap_or(false);
        let (en, ko) = (&detection.why, &detection.ko.why);
        let sentence = Sentence::read(en, ko, kind.facts, &mut setup)?;
        let watch = kind.read(&mut setup)?;
        let matches = match matches {
            // An attack is made of findings; it need not look at rows.
            None if watch.attack().is_some() => AnyOf::default(),
            None => return Err(Fault::near("kind", "a detection needs `match`")),
            Some(matches) => matches,
        };
        // The detector has given the page to these sources already.
        setup.take::<Vec<String>>("also")?;
        let withdraw_after_days = setup.take("withdraw_after_days")?;
        let subject = subject_of(detection, watch.sees_exchanges(), &mut setup)?;
        let identity = subject.sql(schema);
        let (also, mut slots) = setup.finish()?;
        slots.extend([ACCOUNT, REGION]);
        slots.extend(schema.id_slots());
        slots.extend(schema.service.iter().flat_map(|it| [it.identity_type, it.invoked_by]));
        let about = About {
            page: detection.name.clone(),
            other_source: Some(schema.source.clone()).filter(|it| *it != detection.source),
            title: detection.title.clone(),
            title_ko: detection.ko.title.clone(),
            finding_type: detection.finding_type.clone(),
            severity: detection.severity,
            techniques: detection.techniques.clone(),
            select: format!("select * from \"{}\" where ", schema.source),
            subject: identity.as_ref().and_then(|columns| columns.first().cloned()),
            identity: identity.filter(|_| kind.every_row_speaks()),
            id: schema.id.map(|slot| schema.quoted(slot)),
            flows: TraceSql::of(schema),
        };
        let mut raised = Raised::new(subject, sentence);
        raised.withdraw_after_days = withdraw_after_days;
        let mut watcher = Self {
            about,
            matches: matches.or(also),
            unless,
            includes_service_calls,
            definition: format!("{}\n{}", detection.name, detection.page.definition),
            conditions,
            watch,
            raised,
            slots,
            predicate: (String::new(), false),
        };
        watcher.predicate = watcher.sql(schema);
        Ok(watcher)
    }

    /// Tells whether the page reaches into the verbatim record.
    pub(crate) fn is_deep(&self) -> bool {
        self.slots.contains(&RECORD)
    }

    /// Returns SQL that holds for at least the page's rows.
    pub(crate) fn predicate(&self) -> &str {
        &self.predicate.0
    }

    /// Tells whether calls that AWS services make are looked at too.
    pub(crate) fn includes_service_calls(&self) -> bool {
        self.includes_service_calls
    }

    /// Returns the only values that the column can have in a row that the page looks at.
    pub(crate) fn only(&self, slot: usize) -> Option<Vec<String>> {
        self.matches.only(slot)
    }

    /// Tells whether the page looks at rows of some values of the column alone.
    pub(crate) fn tests(&self, slot: usize) -> bool {
        self.matches.tests(slot)
    }

    /// Returns how many days of rows before the window the page wants to see.
    pub(crate) fn history_days(&self) -> u32 {
        let routine = self.raised.withdraw_after_days.map_or(0, |_| ROUTINE_HISTORY_DAYS);
        self.watch.history_days().max(routine)
    }

    /// Raises only what happens inside the window from here on.
    pub(crate) fn set_window(&mut self, window: Window) {
        self.raised.window = window;
    }

    /// Returns the attack sequence that the page asks for.
    pub(crate) fn attack(&self) -> Option<&AttackOutline> {
        self.watch.attack()
    }

    /// Notes for attack sequences whose findings are, when one of them asks for this page's, or
    /// is this page.
    pub(crate) fn begin_signs(&mut self, outlines: &[AttackOutline], teller: &Teller) {
        let page = self.about.page.as_str();
        let asks = |outline: &&AttackOutline| {
            outline.stage_of(page).is_some() || self.watch.attack() == Some(*outline)
        };
        let seconds = outlines.iter().filter(asks).map(|outline| outline.within_seconds).max();
        if let Some(seconds) = seconds {
            self.slots.extend(teller.slots());
            self.raised.begin_signs(teller.clone(), seconds);
        }
    }

    /// Ends the watching: what may still be raised is raised.
    pub(crate) fn end(&mut self) {
        self.raised.is_muted = false;
        self.watch.finish(&mut self.raised);
    }

    /// Returns the moments of the page's findings, in no order.
    pub(crate) fn signals(&self, source: &Arc<str>) -> Vec<Signal> {
        let (page, kind) =
            (Arc::from(self.about.page.as_str()), Arc::from(&*self.about.finding_type));
        let signal = |(draft, sign): (&Draft, &Sign)| Signal {
            source: Arc::clone(source),
            page: Arc::clone(&page),
            kind: Arc::clone(&kind),
            severity: self.about.severity.value(),
            account: draft.account.clone(),
            region: draft.region.clone(),
            sign: sign.clone(),
        };
        self.raised.trails().map(signal).collect()
    }

    /// Takes the user's lists.
    pub(crate) fn set_lists(&mut self, lists: &Arc<Lists>) {
        self.watch.set_lists(lists);
    }

    /// Returns the page's name and definition, and what of it outlives the process.
    pub(crate) fn state(&mut self) -> (&str, Vec<&mut dyn Part>) {
        let mut parts = self.watch.state();
        parts.extend(self.raised.state());
        (&self.definition, parts)
    }

    /// Returns the habits that the page compares rows with.
    pub(crate) fn habits(&self) -> Option<&Outline> {
        self.watch.habits()
    }

    /// Looks at the next row beside the habits of the days before it.
    ///
    /// Tells whether the row is one of the page's own.
    pub(crate) fn observe_with_habits(
        &mut self,
        row: &Row<'_>,
        habits: &mut Habits,
        is_trusted: bool,
    ) -> bool {
        let admits = self.admits(row);
        self.raised.has_trusted |= admits && is_trusted;
        if admits && !is_trusted {
            self.watch.observe_with_habits(row, habits, &mut self.raised);
        }
        admits
    }

    /// Looks at the next row in time order.
    pub(crate) fn observe(&mut self, row: &Row<'_>, standing: Standing) {
        let is_excluded = standing.is_service_call && !self.includes_service_calls;
        if !is_excluded && self.admits(row) && self.begin(standing.is_trusted) {
            self.watch.observe(row, &mut self.raised);
        }
    }

    /// Gets ready for something that may be trusted; tells whether it is looked at.
    fn begin(&mut self, is_trusted: bool) -> bool {
        self.raised.is_muted = is_trusted;
        self.raised.has_trusted |= is_trusted;
        !is_trusted || self.watch.learns_from_trusted()
    }

    /// Tells whether the page's own conditions let the row in.
    pub(crate) fn admits(&self, row: &Row<'_>) -> bool {
        self.matches.holds(row) && !self.unless.holds(row)
    }

    /// Tells whether the page looks at exchanges and not at rows.
    pub(crate) fn sees_exchanges(&self) -> bool {
        self.watch.sees_exchanges()
    }

    /// Returns the page's conditions as they are written: pages with the same share exchanges.
    pub(crate) fn conditions(&self) -> &str {
        &self.conditions
    }

    /// Looks at the next exchange in time order.
    pub(crate) fn observe_exchange(&mut self, exchange: &Exchange, is_trusted: bool) {
        if self.begin(is_trusted) {
            self.watch.observe_exchange(exchange, &mut self.raised);
        }
    }

    /// Notes the ids of all records, for somebody who takes them.
    pub(crate) fn keep_every_record(&mut self) {
        self.raised.keeps_every_record = true;
    }

    /// Takes the ids of records beyond those that findings hold.
    pub(crate) fn take_records(&mut self) -> impl Iterator<Item = (FindingId, Vec<String>)> {
        let about = &self.about;
        self.raised.with_more().map(|draft| {
            let id = about.id_of(draft);
            (id, draft.more.as_mut().map(std::mem::take).unwrap_or_default())
        })
    }

    /// Returns how many occurrences were not kept because there were too many findings.
    pub(crate) fn n_dropped(&self) -> u64 {
        self.raised.n_dropped()
    }

    fn sql(&self, schema: &Schema) -> (String, bool) {
        let (mut predicate, mut is_exact) = self.matches.sql(schema);
        let (unless, unless_is_exact) = self.unless.sql(schema);
        is_exact &= unless_is_exact;
        if unless_is_exact && unless != "false" {
            predicate = format!("{predicate} and ({unless}) is not true");
        }
        if !self.includes_service_calls
            && let Some(own) = no_service_calls(schema)
        {
            predicate = format!("{predicate} and {own}");
        }
        (predicate, is_exact)
    }

    /// Takes the page apart: its findings, in no order, or the attack that is yet to be judged.
    pub(crate) fn into_result(mut self, source: &Arc<str>) -> Result<Vec<Finding>, Box<Ended>> {
        let (window, weak) = (self.raised.window, self.watch.weak_steps());
        let has_trusted = self.raised.has_trusted;
        let outline = self.watch.attack().cloned();
        let (about, (predicate, is_exact)) = (self.about, self.predicate);
        let (sentence, drafts) = self.raised.into_drafts();
        if let Some(outline) = outline {
            let source = Arc::clone(source);
            return Err(Box::new(Ended { about, sentence, source, outline, weak, window }));
        }
        // What is trusted fits the page's conditions, and does not speak for its findings.
        let exact = (is_exact && !has_trusted).then_some(predicate);
        Ok(drafts.map(|draft| about.finding(&sentence, exact.as_deref(), draft)).collect())
    }
}

/// Returns SQL that holds for calls that no AWS service made, where the source tells them.
pub(crate) fn no_service_calls(schema: &Schema) -> Option<String> {
    let slots = schema.service?;
    let (kind, by) = (schema.quoted(slots.identity_type), schema.quoted(slots.invoked_by));
    Some(format!("{by} is null and ({kind} is null or {kind} <> 'AWSService')"))
}

/// Reads whom findings are about: a field, or the host of an exchange.
fn subject_of(
    detection: &Detection,
    sees_exchanges: bool,
    setup: &mut Setup<'_>,
) -> Result<Subject, Fault> {
    let group = setup.take::<Vec<String>>("group")?.unwrap_or_default();
    if !sees_exchanges {
        let subject = setup.field("subject", &detection.subject)?;
        let fields: Result<_, _> = group.iter().map(|name| setup.field("group", name)).collect();
        return Ok(Subject::Row(subject, fields?));
    }
    if detection.subject != "host" {
        return Err(Fault::near("subject", "pages about exchanges have the subject `host`"));
    }
    let aspect = |name: &String| {
        let reason = "exchanges are grouped by `peer` and `port`";
        Aspect::named(name).ok_or_else(|| Fault::near("group", reason))
    };
    Ok(Subject::Host(group.iter().map(aspect).collect::<Result<_, _>>()?))
}
