//! `is_other_account`: an account that is not one of our own.

use toml::Value as Toml;

use super::{Operator, only_true};
use crate::conditions::Test;
use crate::conditions::policy::account_in;
use crate::rows::Row;
use crate::setup::Setup;
use crate::value::Value;

pub(super) const IS_OTHER_ACCOUNT: Operator = Operator {
    name: "is_other_account",
    doc: "The value is an account id, or an ARN with one, that is neither the record's account \
          nor any other account whose records the lake holds.",
    read: is_other_account,
};

struct IsOtherAccount;

fn is_other_account(argument: &Toml, _: &mut Setup<'_>) -> Result<Box<dyn Test>, String> {
    only_true(argument)?;
    Ok(Box::new(IsOtherAccount))
}

impl Test for IsOtherAccount {
    fn holds(&self, value: &Value<'_>, row: &Row<'_>) -> bool {
        let account = value.scalar().and_then(account_in);
        account.is_some_and(|account| !row.is_own_account(account))
    }
}
