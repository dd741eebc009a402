//! `policy_…`: what a policy document grants, whether it is JSON or JSON inside a text.

use toml::Value as Toml;

use super::{Operator, only_true};
use crate::conditions::Test;
use crate::conditions::policy::{Policy, Statement};
use crate::rows::Row;
use crate::value::Value;

pub(super) const POLICY_IS_PUBLIC: Operator = Operator {
    name: "policy_is_public",
    doc: "The policy allows something to everybody, and no condition narrows that down.",
    read: |argument, _| some_statement(argument, |statement, _| statement.is_public()),
};

pub(super) const POLICY_IS_ADMIN: Operator = Operator {
    name: "policy_is_admin",
    doc: "The policy allows every action on every resource.",
    read: |argument, _| some_statement(argument, |statement, _| statement.is_admin()),
};

pub(super) const POLICY_TRUSTS_OTHERS: Operator = Operator {
    name: "policy_trusts_others",
    doc: "The policy allows something to everybody or to an account that is not ours.",
    read: |argument, _| some_statement(argument, trusts_others),
};

struct SomeStatement(fn(&Statement<'_>, &Row<'_>) -> bool);

fn some_statement(
    argument: &Toml,
    test: fn(&Statement<'_>, &Row<'_>) -> bool,
) -> Result<Box<dyn Test>, String> {
    only_true(argument)?;
    Ok(Box::new(SomeStatement(test)))
}

fn trusts_others(statement: &Statement<'_>, row: &Row<'_>) -> bool {
    let is_ours = |account: &str| row.is_own_account(account);
    statement.is_public() || statement.accounts().any(|account| !is_ours(account))
}

impl Test for SomeStatement {
    fn holds(&self, value: &Value<'_>, row: &Row<'_>) -> bool {
        let (Value::Text(text) | Value::Nested(text)) = value else { return false };
        let Some(policy) = Policy::parse(text) else { return false };
        policy.statements().any(|statement| self.0(&statement, row))
    }
}
