//! The SQL as it grows: subselects with names, each built on those before it.

/// The subselects so far.
#[derive(Debug, Default)]
pub(super) struct Script {
    parts: Vec<(String, String)>,
    n_steps: usize,
    n_events: usize,
}

/// The place of a subselect that is written later than those that read it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(usize);

impl Script {
    /// Adds a step and returns its name.
    pub(super) fn step(&mut self, select: &str) -> String {
        self.n_steps += 1;
        let name = format!("step_{}", self.n_steps);
        self.parts.push((name.clone(), select.to_owned()));
        name
    }

    /// Keeps a place for what the following steps read, and returns its name.
    pub(super) fn reserve(&mut self) -> (Place, String) {
        self.n_events += 1;
        let number = if self.n_events == 1 { String::new() } else { format!("_{}", self.n_events) };
        let name = format!("events{number}");
        self.parts.push((name.clone(), String::new()));
        (Place(self.parts.len() - 1), name)
    }

    /// Fills a place.
    pub(super) fn fill(&mut self, place: Place, select: String) {
        if let Some(part) = self.parts.get_mut(place.0) {
            part.1 = select;
        }
    }

    /// Returns the SQL that ends with this selection.
    pub(super) fn with(&self, select: &str) -> String {
        let parts: Vec<String> =
            self.parts.iter().map(|(name, select)| format!("{name} AS (\n{select}\n)")).collect();
        format!("WITH {}\n{select}", parts.join(", "))
    }
}
