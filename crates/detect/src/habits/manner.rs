//! How a client calls itself, without what changes with every update.

/// The names that are kept: what comes after says which machine it runs on.
const NAMES_MAX: usize = 4;

/// Returns the names of the programs in a user agent, without versions and remarks.
///
/// `aws-cli/2.15.0 Python/3.11.6 Linux/5.15` and the same after an update are one client.
pub(super) fn client(user_agent: &str) -> String {
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let trimmed = user_agent.trim_matches(['[', ']']);
    for word in trimmed.split_whitespace() {
        let is_remark = 0 < depth || word.starts_with('(');
        depth = (depth + word.matches('(').count()).saturating_sub(word.matches(')').count());
        let name = word.split('/').next().unwrap_or_default();
        let is_name = name.starts_with(|letter: char| letter.is_alphabetic());
        if !is_remark && is_name && names.len() < NAMES_MAX {
            names.push(name);
        }
    }
    if names.is_empty() { trimmed.to_owned() } else { names.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::client;

    #[test]
    fn an_update_does_not_make_another_client() {
        let names = "aws-cli Python Linux exe";
        assert_eq!(client("aws-cli/2.15.0 Python/3.11.6 Linux/5.15.0 exe/x86_64.ubuntu.22"), names);
        assert_eq!(client("[aws-cli/2.16.1 Python/3.12.0 Linux/6.1 exe/x86_64]"), names);
        let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:1.0) AppleWebKit/537.36 Chrome/120.0.0.0";
        assert_eq!(client(browser), "Mozilla AppleWebKit Chrome");
        assert_eq!(client("Boto3/1.34 md/Botocore#1.34 ua/2.0"), "Boto3 md ua");
        assert_eq!(client("192.0.2.1"), "192.0.2.1");
        assert_eq!(client("AWS Internal"), "AWS Internal");
        assert_eq!(client(""), "");
    }
}
