//! What correlations call the rules that they count.

use std::collections::BTreeMap;

/// What stands for rules in correlations: an id, a name or, as Suzaku's rules have it, a title.
#[derive(Default)]
pub(crate) struct Called {
    /// The ids, by themselves and by the names.
    ids: BTreeMap<String, String>,
    /// For each title the files that have it, each with the id.
    titles: BTreeMap<String, Vec<(String, String)>>,
}

impl Called {
    /// Takes in a rule or a correlation of a file.
    pub(crate) fn add(&mut self, file: &str, id: &str, name: Option<&String>, title: &str) {
        self.ids.insert(id.to_owned(), id.to_owned());
        self.ids.extend(name.map(|name| (name.clone(), id.to_owned())));
        let same = self.titles.entry(title.trim().to_owned()).or_default();
        same.push((file.to_owned(), id.to_owned()));
    }

    /// Returns the id of what a correlation of that file means; a title of its own file goes before
    /// those of others.
    pub(crate) fn id_of(&self, file: &str, meant: &str) -> Option<&String> {
        let of_title = || {
            let same = self.titles.get(meant.trim())?;
            let here = same.iter().find(|(other, _)| other == file);
            here.or(same.first()).map(|(_, id)| id)
        };
        self.ids.get(meant).or_else(of_title)
    }
}
