//! What came into the lake since one looked.

use deltalake_core::kernel::Action;
use deltalake_core::logstore::get_actions;

use crate::files::LakeFile;
use crate::{Lake, LakeError};

impl Lake {
    /// Looks again at the lake, and returns the files of rows that were not in it at that version,
    /// in the order in which they came. Files that compaction made hold old rows, and are none.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn arrivals(&mut self, since: u64) -> Result<Vec<LakeFile>, LakeError> {
        self.refresh().await?;
        let log = self.table.log_store();
        let mut files = Vec::new();
        for version in since.saturating_add(1)..=self.version() {
            let Some(commit) = log.read_commit_entry(version).await? else { continue };
            for action in get_actions(version, &commit)? {
                if let Action::Add(add) = action
                    && add.data_change
                {
                    files.push(LakeFile::added(add)?);
                }
            }
        }
        Ok(files)
    }
}
