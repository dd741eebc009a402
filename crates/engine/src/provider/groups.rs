//! Files dealt out to threads, about as many bytes for each.

use std::cmp::Reverse;

use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::FileGroup;

/// Deals the files out, largest first, each to the group that has least; within a group files keep
/// their order.
pub(super) fn balanced(files: Vec<PartitionedFile>, n_groups: usize) -> Vec<FileGroup> {
    let n_groups = n_groups.clamp(1, files.len().max(1));
    let mut groups = vec![Group::default(); n_groups];
    let mut by_size: Vec<(usize, PartitionedFile)> = files.into_iter().enumerate().collect();
    by_size.sort_by_key(|(index, file)| (Reverse(file.object_meta.size), *index));
    for (index, file) in by_size {
        if let Some(lightest) = groups.iter_mut().min_by_key(|group| group.n_bytes) {
            lightest.n_bytes = lightest.n_bytes.saturating_add(file.object_meta.size);
            lightest.files.push((index, file));
        }
    }
    groups.into_iter().map(Group::in_order).collect()
}

#[derive(Clone, Default)]
struct Group {
    n_bytes: u64,
    files: Vec<(usize, PartitionedFile)>,
}

impl Group {
    fn in_order(mut self) -> FileGroup {
        self.files.sort_by_key(|(index, _)| *index);
        FileGroup::new(self.files.into_iter().map(|(_, file)| file).collect())
    }
}
