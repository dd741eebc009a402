//! Patterns that differ in few words are one: the words that differ become tokens.

use std::collections::{BTreeMap, HashMap};

use super::words::{TOKEN, parts, token_length, written};
use crate::limits::CLUSTERS_COMPARED_MAX;

/// Of how many words one may differ: patterns with more differences say different things.
const WORDS_PER_DIFFERENCE: usize = 3;

/// A cluster in the making.
struct Cluster<'a> {
    words: Vec<&'a str>,
    count: u64,
    members: Vec<&'a str>,
}

/// Patterns that were put together.
pub(crate) struct Found<'a> {
    /// What they have in common; tokens are numbered by their place.
    pub(crate) pattern: String,
    /// How often they are there.
    pub(crate) count: u64,
    /// The patterns.
    pub(crate) members: Vec<&'a str>,
}

/// Returns the clusters, the largest first.
pub(crate) fn of(counts: &HashMap<String, u64>) -> Vec<Found<'_>> {
    let mut patterns: Vec<(&String, &u64)> = counts.iter().collect();
    patterns.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    // Only patterns with the same marks between their words are compared.
    let mut shapes: BTreeMap<String, Vec<Cluster<'_>>> = BTreeMap::new();
    for (pattern, count) in patterns {
        let (shape, words) = parts(pattern);
        let clusters = shapes.entry(shape).or_default();
        let near = clusters
            .iter_mut()
            .take(CLUSTERS_COMPARED_MAX)
            .find(|cluster| are_near(&cluster.words, &words));
        match near {
            Some(cluster) => {
                cluster.count += count;
                cluster.members.push(pattern);
                for (known, word) in cluster.words.iter_mut().zip(words) {
                    if *known != word {
                        *known = TOKEN;
                    }
                }
            }
            None => clusters.push(Cluster { words, count: *count, members: vec![pattern] }),
        }
    }
    let mut found: BTreeMap<String, (u64, Vec<&str>)> = BTreeMap::new();
    for (shape, clusters) in shapes {
        for cluster in clusters {
            let known = found.entry(written(&shape, &cluster.words)).or_default();
            known.0 += cluster.count;
            known.1.extend(cluster.members);
        }
    }
    let found = found.into_iter();
    let mut found: Vec<Found<'_>> =
        found.map(|(pattern, (count, members))| Found { pattern, count, members }).collect();
    found.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.pattern.cmp(&b.pattern)));
    found
}

/// Tells whether so few words differ that the rest says the same.
fn are_near(known: &[&str], words: &[&str]) -> bool {
    let pairs = || known.iter().zip(words);
    let n_words = pairs().filter(|(known, _)| token_length(known) == 0).count();
    let n_different = pairs().filter(|(known, word)| known != word && **known != TOKEN).count();
    n_different * WORDS_PER_DIFFERENCE <= n_words
}
