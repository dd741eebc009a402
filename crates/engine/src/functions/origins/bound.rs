//! What the functions look into, as an argument that planning adds.

use std::sync::{Arc, Mutex, OnceLock};

use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, DataFusionError, exec_err};
use datafusion::config::ConfigOptions;
use datafusion::logical_expr::expr_rewriter::FunctionRewrite;
use datafusion::logical_expr::{Expr, lit};
use haechi_origins::{Clients, Tables};

use super::{ALL, Look, Origin};
use crate::limits::TABLES_OPEN_MAX;

/// What a session looks into, named so that any process finds the same.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    /// [`Tables::names`].
    pub(crate) tables: String,
    /// [`Clients::names`].
    pub(crate) clients: String,
}

impl Default for Names {
    fn default() -> Self {
        let clients = Clients::built_in().names();
        Self { tables: Tables::default().names(), clients }
    }
}

/// Adds to each call what it looks into.
#[derive(Debug, Default)]
pub(crate) struct Bind(pub(crate) Arc<OnceLock<Names>>);

impl FunctionRewrite for Bind {
    fn name(&self) -> &'static str {
        "origins"
    }

    fn rewrite(
        &self,
        expr: Expr,
        _: &DFSchema,
        _: &ConfigOptions,
    ) -> Result<Transformed<Expr>, DataFusionError> {
        let Expr::ScalarFunction(mut call) = expr else { return Ok(Transformed::no(expr)) };
        let is_ours = ALL.iter().any(|function| function.name == call.func.name());
        if !is_ours || call.args.len() != 1 {
            return Ok(Transformed::no(Expr::ScalarFunction(call)));
        }
        let names = self.0.get_or_init(Names::default);
        let origin = (call.func.inner().as_ref() as &dyn std::any::Any).downcast_ref::<Origin>();
        let is_of_client = origin.is_some_and(|it| matches!(it.look, Look::Client(_)));
        let name = if is_of_client { &names.clients } else { &names.tables };
        call.args.push(lit(name.as_str()));
        Ok(Transformed::yes(Expr::ScalarFunction(call)))
    }
}

/// What has been opened, by its name: a name says what is in it, so that nothing can be stale.
struct Opened<T>(Mutex<Vec<(String, Arc<T>)>>);

static TABLES: Opened<Tables> = Opened(Mutex::new(Vec::new()));
static CLIENTS: Opened<Clients> = Opened(Mutex::new(Vec::new()));

impl<T> Opened<T> {
    fn of(
        &self,
        names: &str,
        open: impl FnOnce() -> Result<T, DataFusionError>,
    ) -> Result<Arc<T>, DataFusionError> {
        let Ok(mut opened) = self.0.lock() else { return exec_err!("a look-up has gone wrong") };
        if let Some((_, known)) = opened.iter().find(|(name, _)| name == names) {
            return Ok(Arc::clone(known));
        }
        let new = Arc::new(open()?);
        if TABLES_OPEN_MAX <= opened.len() {
            opened.remove(0);
        }
        opened.push((names.to_owned(), Arc::clone(&new)));
        Ok(new)
    }
}

/// Opens the tables of that name, unless they are open.
pub(super) fn tables(names: &str) -> Result<Arc<Tables>, DataFusionError> {
    let open =
        || Tables::named(names).map_err(|error| DataFusionError::Execution(error.to_string()));
    TABLES.of(names, open)
}

/// Reads the rules of that name, unless they are read.
pub(super) fn clients(names: &str) -> Result<Arc<Clients>, DataFusionError> {
    let unknown = || {
        let reason = "the rules of clients are those of another version of haechi";
        DataFusionError::Execution(reason.to_owned())
    };
    CLIENTS.of(names, || Clients::named(names).ok_or_else(unknown))
}
