//! `rarity`: a call that is unlike what the identity, and the account, have done before.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Kind, Watch};
use crate::habits::{Aspect, HISTORY_DAYS, Habits, Judgement, Outline, Rarity, Seen};
use crate::limits::HABIT_ASPECTS_MAX;
use crate::raised::Raised;
use crate::rows::Row;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};

pub(super) const KIND: Kind = Kind {
    name: "rarity",
    doc: "Raises a record that fits `match` and is unlike the last 45 days of its `identity` and of \
          its account. Each of the `aspects` (a name and a field; `network`, `country` and \
          `user_agent` compare what they are called) is FREQUENT, INFREQUENT, RARE or UNSEEN by the \
          days on which its value was seen. UNSEEN weighs 2 points, RARE one, for the identity and \
          for the account alike; a record with `score_min` points is raised when each of the aspects \
          in `need` (`a | b`: one of them) has points. An identity that is known from less than `history_days` days is judged by \
          the account alone, with `stranger_score_min`; without it, not at all. With \
          `learn_from = \"match\"`, habits are those of the records that fit, and of no others.",
    facts: &["count", "value", "unusual", "history_days"],
    every_row_speaks: false,
    read,
};

/// Which records habits are learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LearnFrom {
    All,
    Match,
}

struct Unusual {
    outline: Outline,
    /// Aspects of which one must be unusual, for each of several.
    need: Vec<Vec<String>>,
    score_min: u32,
    stranger_score_min: Option<u32>,
    history_days: u32,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let names: BTreeMap<String, String> = setup.require("aspects")?;
    if names.is_empty() || HABIT_ASPECTS_MAX < names.len() {
        let reason = format!("`aspects` names 1 to {HABIT_ASPECTS_MAX} fields");
        return Err(Fault::near("aspects", reason));
    }
    let mut aspects = Vec::new();
    for (name, field) in names {
        aspects.push(Aspect::new(name, setup.field("aspects", &field)?));
    }
    let need: Vec<String> = setup.require("need")?;
    let words = |text: &String| text.split('|').map(|word| word.trim().to_owned()).collect();
    let need: Vec<Vec<String>> = need.iter().map(words).collect();
    let is_known = |name: &&String| aspects.iter().any(|aspect| aspect.name == **name);
    if let Some(unknown) = need.iter().flatten().find(|name| !is_known(name)) {
        return Err(Fault::near("need", format!("there is no aspect `{unknown}`")));
    }
    let only_matching = setup.take("learn_from")? == Some(LearnFrom::Match);
    Ok(Box::new(Unusual {
        outline: Outline {
            identity: setup.require_field("identity")?,
            aspects,
            only_from: only_matching.then(|| setup.conditions()),
        },
        need,
        score_min: setup.require("score_min")?,
        stranger_score_min: setup.take("stranger_score_min")?,
        history_days: setup.require("history_days")?,
    }))
}

impl Watch for Unusual {
    fn habits(&self) -> Option<&Outline> {
        Some(&self.outline)
    }

    fn observe_with_habits(&mut self, row: &Row<'_>, habits: &mut Habits, raised: &mut Raised) {
        let Some(judgement) = habits.judge(row) else { return };
        let Some((score, n_days)) = self.score_of(&judgement) else { return };
        let Some(draft) = raised.add(row) else { return };
        draft.at_least("value", score.into());
        draft.at_least("history_days", n_days.into());
        if draft.count == 1 {
            draft.fact("unusual", Fact::Text(self.said(&judgement)));
        }
    }

    fn history_days(&self) -> u32 {
        HISTORY_DAYS
    }
}

impl Unusual {
    /// Returns the points of a row that is to be raised, and the days it is judged by.
    fn score_of(&self, judgement: &Judgement) -> Option<(u32, u32)> {
        let is_stranger = judgement.identity_days < self.history_days;
        if judgement.account_days < self.history_days {
            return None;
        }
        let points = |seen: &Seen| {
            let of_identity = if is_stranger { 0 } else { seen.for_identity.points() };
            of_identity + seen.for_account.points()
        };
        let mut score = 0;
        let mut unusual: Vec<&str> = Vec::new();
        for (aspect, seen) in self.outline.aspects.iter().zip(&judgement.aspects) {
            let Some(seen) = seen else { continue };
            score += points(seen);
            let rarity = if is_stranger { seen.for_account } else { seen.for_identity };
            unusual.extend((0 < rarity.points()).then_some(aspect.name.as_str()));
        }
        let has_one = |names: &Vec<String>| names.iter().any(|it| unusual.contains(&it.as_str()));
        let has_needed = self.need.iter().all(has_one);
        let score_min = if is_stranger { self.stranger_score_min? } else { self.score_min };
        let days = if is_stranger { judgement.account_days } else { judgement.identity_days };
        (has_needed && score_min <= score).then_some((score, days))
    }

    /// Says what was unusual, in GuardDuty's words.
    fn said(&self, judgement: &Judgement) -> String {
        let is_stranger = judgement.identity_days < self.history_days;
        let mut said = Vec::new();
        for (aspect, seen) in self.outline.aspects.iter().zip(&judgement.aspects) {
            let Some(seen) = seen else { continue };
            let unusual = |rarity: Rarity| 0 < rarity.points();
            if !unusual(seen.for_account) && (is_stranger || !unusual(seen.for_identity)) {
                continue;
            }
            let identity = if is_stranger { "NEW" } else { seen.for_identity.word() };
            let account = seen.for_account.word();
            said.push(format!("{} {} ({identity}/{account})", aspect.name, seen.value));
        }
        said.join("; ")
    }
}
