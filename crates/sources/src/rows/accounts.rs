//! Which account each row belongs to.

use haechi_model::EntityKind;

use super::words::Words;

/// Accounts by their numbers, as rows gather.
pub(crate) struct Accounts {
    /// For each row, which of the known ones it belongs to.
    pub numbers: Vec<Option<u32>>,
    /// The accounts met.
    pub known: Vec<String>,
    /// The account that came last, and its number.
    last: (Words, u32),
}

impl Accounts {
    /// Returns none, in the memory of numbers that nobody needs any more.
    pub(crate) fn again(mut numbers: Vec<Option<u32>>) -> Self {
        numbers.clear();
        Self { numbers, known: Vec::new(), last: (Words::NONE, 0) }
    }

    /// Adds a row's account, if the text is one.
    pub(crate) fn push(&mut self, account: Option<&str>) {
        let number = account.and_then(|account| self.number(account));
        self.numbers.push(number);
    }

    #[expect(clippy::cast_possible_truncation, reason = "a batch has fewer rows than u32 counts")]
    fn number(&mut self, account: &str) -> Option<u32> {
        // Nearly always it is the account of the row before. Accounts are short texts.
        let words = Words::of(account)?;
        if words == self.last.0 {
            return Some(self.last.1);
        }
        if !EntityKind::Account.accepts(account) {
            return None;
        }
        let known = self.known.iter().position(|known| known == account);
        let number = known.unwrap_or_else(|| {
            self.known.push(account.to_owned());
            self.known.len() - 1
        });
        self.last = (words, number as u32);
        Some(number as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_has_one_number_and_other_texts_have_none() {
        let mut accounts = Accounts::again(vec![Some(7)]);
        let (first, second) = ("111122223333", "444455556666");
        let texts = [first, first, second, "anonymous", second, first, "", first];
        for text in texts {
            accounts.push(Some(text));
        }
        accounts.push(None);
        let (one, two) = (Some(0), Some(1));
        assert_eq!(accounts.numbers, [one, one, two, None, two, one, None, one, None]);
        assert_eq!(accounts.known, [first, second]);
    }
}
