//! The members of the workspace, read from their manifests, and what holds for each.
//!
//! Our manifests are formatted, one dependency a line, so a line is all we parse.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Remark, tree};

/// One member: its name, where it stands, and what it depends on.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    /// The manifest, relative to the checkout.
    pub(super) manifest: PathBuf,
    pub(super) dependencies: Vec<Dependency>,
    /// Cargo makes a program of the unit tests: no `test = false` forbids it.
    pub(super) has_unit_tests: bool,
    inherits_lints: bool,
}

impl Member {
    /// Returns the folder of the member, relative to the checkout.
    pub(super) fn folder(&self) -> &Path {
        self.manifest.parent().unwrap_or(Path::new(""))
    }
}

/// One line of a manifest's dependencies.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// Only tests see it.
    pub(super) is_for_tests: bool,
    inherits_version: bool,
}

/// Returns the members in the order of the root manifest.
pub(super) fn members(checkout: &Path) -> Result<Vec<Member>> {
    let root = tree::text_of(checkout, Path::new("Cargo.toml"))?;
    let mut members = Vec::new();
    for folder in member_folders(&root) {
        let manifest = Path::new(folder).join("Cargo.toml");
        let text = tree::text_of(checkout, &manifest)?;
        let member = member_of(manifest, &text);
        members.push(member.with_context(|| format!("`{folder}/Cargo.toml` has no name"))?);
    }
    Ok(members)
}

/// Versions and lints are decided once, in the root manifest.
pub(super) fn remarks(members: &[Member]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for member in members {
        if !member.inherits_lints {
            remarks
                .push(Remark::error(&member.manifest, "lacks `[lints]` with `workspace = true`"));
        }
        for dependency in member.dependencies.iter().filter(|each| !each.inherits_version) {
            let advice = format!(
                "`{}` has a version of its own: put it under [workspace.dependencies]",
                dependency.name
            );
            remarks.push(Remark::error(&member.manifest, advice));
        }
    }
    remarks
}

fn member_folders(root: &str) -> impl Iterator<Item = &str> {
    root.lines()
        .skip_while(|line| line.trim() != "members = [")
        .skip(1)
        .take_while(|line| line.trim() != "]")
        .filter_map(|line| line.split('"').nth(1))
}

fn member_of(manifest: PathBuf, text: &str) -> Option<Member> {
    let mut name = None;
    let mut inherits_lints = false;
    let mut has_unit_tests = true;
    let mut dependencies = Vec::new();
    for (section, line) in lines_with_section(text) {
        match section {
            "package" if line.starts_with("name = ") => name = line.split('"').nth(1),
            "lib" | "[bin]" => has_unit_tests &= line != "test = false",
            "lints" => inherits_lints |= line == "workspace = true",
            _ if section.ends_with("dependencies") => dependencies.push(dependency(section, line)),
            _ => {}
        }
    }
    Some(Member { name: name?.to_owned(), manifest, dependencies, has_unit_tests, inherits_lints })
}

fn dependency(section: &str, line: &str) -> Dependency {
    let end = line.find(['.', ' ', '=']).unwrap_or(line.len());
    let (name, rest) = line.split_at_checked(end).unwrap_or((line, ""));
    Dependency {
        name: name.to_owned(),
        is_for_tests: section.ends_with("dev-dependencies"),
        inherits_version: rest.contains("workspace = true"),
    }
}

/// Pairs each line that says something with the section it stands in.
fn lines_with_section(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut section = "";
    text.lines().map(str::trim).filter_map(move |line| {
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = header;
            return None;
        }
        let says_something = !line.is_empty() && !line.starts_with('#');
        says_something.then_some((section, line))
    })
}

/// Makes a member out of names, for the tests of the rules.
#[cfg(test)]
pub(super) fn member_for_test(name: &str, normal: &[&str], for_tests: &[&str]) -> Member {
    let depends = |names: &[&str], is_for_tests| -> Vec<Dependency> {
        let one = |name: &&str| Dependency {
            name: (*name).to_owned(),
            is_for_tests,
            inherits_version: true,
        };
        names.iter().map(one).collect()
    };
    let mut dependencies = depends(normal, false);
    dependencies.extend(depends(for_tests, true));
    let manifest = PathBuf::from(format!("{name}/Cargo.toml"));
    Member {
        name: name.to_owned(),
        manifest,
        dependencies,
        has_unit_tests: true,
        inherits_lints: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
[package]
name = "haechi-lake"

[lints]
workspace = true

[dependencies]
# files
haechi-model.workspace = true
tokio = { workspace = true, features = ["time"] }
serde = "1"

[dev-dependencies]
tempfile.workspace = true
"#;

    #[test]
    fn a_manifest_is_read_line_by_line() {
        let member = member_of(PathBuf::from("Cargo.toml"), MANIFEST).unwrap();
        assert_eq!(member.name, "haechi-lake");
        let lines: Vec<(&str, bool, bool)> = member
            .dependencies
            .iter()
            .map(|each| (each.name.as_str(), each.is_for_tests, each.inherits_version))
            .collect();
        let expected = [
            ("haechi-model", false, true),
            ("tokio", false, true),
            ("serde", false, false),
            ("tempfile", true, true),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_version_of_its_own_is_an_error() {
        let member = member_of(PathBuf::from("Cargo.toml"), MANIFEST).unwrap();
        let remarks = remarks(&[member]);
        assert_eq!(remarks.len(), 1);
        assert!(remarks[0].text.starts_with("`serde` has a version of its own"));
    }

    #[test]
    fn members_are_read_in_their_order() {
        let root = "[workspace]\nmembers = [\n  \"crates/model\", # nouns\n  \"xtask\",\n]\n";
        assert_eq!(member_folders(root).collect::<Vec<_>>(), ["crates/model", "xtask"]);
    }
}
