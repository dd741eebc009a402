//! Which crate may know which: dependencies point up this list, never down or
//! sideways, and some libraries belong to few crates.

use super::Remark;
use super::manifests::Member;

/// The crates, each line built only on the lines above it.
const LAYERS: &[&[&str]] = &[
    &["haechi-model"],
    &["haechi-catalog", "haechi-query"],
    &["haechi-sources", "haechi-integrity", "haechi-output", "haechi-baseline", "haechi-origins"],
    &["haechi-lake"],
    &["haechi-detect", "haechi-sigma", "haechi-simulate"],
    &["haechi-engine"],
    &["haechi"],
    &["haechi-stories", "haechi-bench", "xtask"],
];

/// A library and the only crates that name it, in tests too.
struct Owned {
    library: &'static str,
    owners: &'static [&'static str],
}

/// Libraries that are heavy, or that would spread if anyone could reach for them.
const OWNED: &[Owned] = &[
    Owned { library: "datafusion", owners: &["haechi-engine"] },
    Owned { library: "haechi-engine", owners: &["haechi", "haechi-stories"] },
    Owned { library: "deltalake-core", owners: &["haechi-lake"] },
    Owned {
        library: "object_store",
        owners: &["haechi-sources", "haechi-lake", "haechi-engine", "haechi"],
    },
    // sources reads Security Lake and flow logs, output writes answers.
    Owned {
        library: "parquet",
        owners: &["haechi-sources", "haechi-lake", "haechi-engine", "haechi-output"],
    },
    // bench runs it as a peer.
    Owned { library: "rsigma-eval", owners: &["haechi-sigma", "haechi-bench"] },
    Owned { library: "rsigma-parser", owners: &["haechi-sigma", "haechi-bench"] },
    Owned { library: "clap", owners: &["haechi", "haechi-output", "haechi-bench"] },
    Owned { library: "clap_complete", owners: &["haechi"] },
    Owned { library: "clap_mangen", owners: &["haechi"] },
];

/// Returns what the manifests say against the two lists.
pub(super) fn remarks(members: &[Member]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for member in members {
        match layer_of(&member.name) {
            Some(layer) => remarks.extend(upward_edges(member, layer)),
            None => remarks.push(Remark::error(
                &member.manifest,
                format!("`{}` has no place in the layers: give it one in xtask", member.name),
            )),
        }
        remarks.extend(borrowed_libraries(member));
    }
    remarks
}

/// Tests may look anywhere; what is built may not.
fn upward_edges(member: &Member, layer: usize) -> Vec<Remark> {
    let built = member.dependencies.iter().filter(|dependency| !dependency.is_for_tests);
    let not_below =
        built.filter(|dependency| layer_of(&dependency.name).is_some_and(|other| layer <= other));
    not_below
        .map(|dependency| {
            let text = format!("`{}` may not know `{}`", member.name, dependency.name);
            Remark::error(&member.manifest, text)
        })
        .collect()
}

fn borrowed_libraries(member: &Member) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for dependency in &member.dependencies {
        let Some(owned) = OWNED.iter().find(|owned| owned.library == dependency.name) else {
            continue;
        };
        if !owned.owners.contains(&member.name.as_str()) {
            let owners = owned.owners.join(", ");
            let text = format!("`{}` may be named only by {owners}", owned.library);
            remarks.push(Remark::error(&member.manifest, text));
        }
    }
    remarks
}

fn layer_of(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::super::manifests::member_for_test;
    use super::*;

    #[track_caller]
    fn check(member: Member, expected: &[&str]) {
        let texts: Vec<String> = remarks(&[member]).into_iter().map(|each| each.text).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn a_crate_knows_what_stands_above_it() {
        check(member_for_test("haechi-lake", &["haechi-sources", "parquet"], &[]), &[]);
    }

    #[test]
    fn a_crate_does_not_know_what_stands_below_or_beside_it() {
        check(
            member_for_test("haechi-sources", &["haechi-lake"], &[]),
            &["`haechi-sources` may not know `haechi-lake`"],
        );
        check(
            member_for_test("haechi-detect", &["haechi-simulate"], &[]),
            &["`haechi-detect` may not know `haechi-simulate`"],
        );
    }

    #[test]
    fn tests_may_look_anywhere_but_not_borrow() {
        check(member_for_test("haechi-lake", &[], &["haechi-simulate"]), &[]);
        check(
            member_for_test("haechi-lake", &[], &["datafusion"]),
            &["`datafusion` may be named only by haechi-engine"],
        );
    }

    #[test]
    fn a_new_crate_needs_a_place() {
        check(
            member_for_test("haechi-utils", &[], &[]),
            &["`haechi-utils` has no place in the layers: give it one in xtask"],
        );
    }
}
