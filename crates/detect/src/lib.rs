//! Rows in time order to findings.
//!
//! A page of the catalogue names a *kind*, the conditions of the rows it looks at, and the words
//! for what it finds. [`Detector`] runs all pages at once over rows from a lake or a stream;
//! [`run`] feeds it from an engine; [`FindingStore`] keeps what was found.
//!
//! Adding a kind is one file under `kinds`, an operator one file under `conditions/operators`.

mod about;
mod attacks;
mod conditions;
mod criteria;
mod detector;
mod documents;
mod error;
mod exchanges;
mod field;
mod follow;
mod group;
mod habits;
mod kept;
pub mod kinds;
pub mod limits;
mod lineage;
mod lists;
mod live;
mod names;
mod network;
mod origins;
mod page;
mod places;
mod raised;
mod record;
mod room;
mod rows;
mod run;
mod schema;
mod sentence;
mod setup;
mod signals;
mod snapshot;
mod sql;
mod state;
mod store;
mod stretches;
mod trust;
mod value;

pub use conditions::{OPERATORS, Operator};
pub use criteria::{BadCriteria, Criteria};
pub use detector::{Depth, Detector, Plan};
pub use documents::{asff, details, guardduty, ocsf, source_of};
pub use error::{DetectError, StoreError};
pub use follow::{Following, Round, follow};
pub use lists::{Lists, Refused, Taken};
pub use live::{Live, Passed};
pub use places::{Place, Places};
pub use run::{Evidence, Found, Known, run, run_keeping, run_with};
pub use setup::{Fault, Setup};
pub use snapshot::Source;
pub use store::{
    BY_TRUSTED_LIST, Feedback, Filter, FilterAction, FindingStore, SavedFilter, SavedList,
    StoredFinding,
};
