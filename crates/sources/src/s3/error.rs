//! Why S3 did not do what it was asked: one line for people, and what to do about it.
//!
//! S3 explains itself in XML over many lines, inside a sentence about attempts and elapsed time.

use std::error::Error;

use object_store::client::{HttpError, HttpErrorKind};

use crate::limits::S3_RETRIES_MAX;

/// Why S3 did not do what it was asked, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {verb} `{address}`: {reason}")]
pub struct S3Error {
    verb: &'static str,
    address: String,
    reason: String,
    fault: S3Fault,
}

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum S3Fault {
    /// The bucket is not there.
    NoBucket,
    /// The object is not there.
    NoObject,
    /// S3 does not let us.
    Refused,
    /// There are no credentials.
    NoCredentials,
    /// No connection, or one that broke off or was silent, and so were those that followed it.
    Unreachable,
    /// Another Region's bucket.
    Elsewhere,
    /// Something else, such as an error of the service.
    Other,
}

/// How the reason of each fault begins.
const REASONS: [(S3Fault, &str); 9] = [
    (S3Fault::NoBucket, "there is no such bucket"),
    (S3Fault::NoObject, "there is no such object"),
    (S3Fault::Refused, "access is refused"),
    (S3Fault::NoCredentials, "there are no credentials"),
    (S3Fault::Unreachable, NO_CONNECTION),
    (S3Fault::Unreachable, BROKEN_OFF),
    (S3Fault::Unreachable, NO_ANSWER),
    (S3Fault::Elsewhere, "the bucket is in another Region"),
    (S3Fault::Other, "S3 failed"),
];
const NO_CONNECTION: &str = "no connection";
const BROKEN_OFF: &str = "the connection broke off";
const NO_ANSWER: &str = "no answer in time";

/// What can be done with a bucket.
const VERBS: [&str; 4] = ["read", "write", "list", "delete below"];

impl S3Error {
    /// Returns the S3 error among an error and its causes, if there is one.
    ///
    /// It is looked for in their words: some libraries keep no more of a cause than those.
    #[must_use]
    pub fn behind(error: &(dyn Error + 'static)) -> Option<Self> {
        chain(error).find_map(|cause| Self::in_words(&cause.to_string()))
    }

    fn in_words(text: &str) -> Option<Self> {
        text.match_indices("cannot ").find_map(|(at, _)| {
            let (verb, rest) = text.get(at..)?.strip_prefix("cannot ")?.split_once(" `")?;
            let verb = VERBS.into_iter().find(|it| *it == verb)?;
            let (address, reason) = rest.split_once("`: ")?;
            let reason = reason.lines().next()?;
            let (fault, _) = REASONS.into_iter().find(|(_, begin)| reason.starts_with(begin))?;
            let (address, reason) = (address.to_owned(), reason.to_owned());
            Some(Self { verb, address, reason, fault })
        })
    }

    /// Returns what kind of fault it is.
    #[must_use]
    pub fn fault(&self) -> S3Fault {
        self.fault
    }

    /// Returns what the person can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self.fault {
            S3Fault::NoBucket => {
                "check the bucket's name, and AWS_ENDPOINT_URL where the service is not AWS"
            }
            S3Fault::NoObject => "check the key; something may have deleted the object just now",
            S3Fault::Refused => {
                "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and that \
                 their policy allows s3:ListBucket and s3:GetObject, for a lake s3:PutObject and \
                 s3:DeleteObject too"
            }
            S3Fault::NoCredentials => {
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true for \
                 a public bucket"
            }
            S3Fault::Unreachable => {
                "check AWS_ENDPOINT_URL, AWS_REGION and the network, then run it again: what is \
                 done already is not done twice; HAECHI_S3_TIMEOUT gives slow requests more seconds"
            }
            S3Fault::Elsewhere => "set AWS_REGION to the Region of the bucket",
            S3Fault::Other => "run it again later: what is done already is not done twice",
        }
    }
}

/// Puts one readable line in the place of what is behind the error.
pub(super) fn readable(
    error: object_store::Error,
    verb: &'static str,
    address: &str,
) -> object_store::Error {
    use object_store::Error as E;
    let Some((fault, details)) = explained(&error) else { return error };
    let begin = REASONS.into_iter().find_map(|(it, begin)| (it == fault).then_some(begin));
    let reason = match (fault, begin) {
        (S3Fault::Unreachable, _) | (_, None) => details,
        (_, Some(begin)) => format!("{begin}{details}"),
    };
    let source = Box::new(S3Error { verb, address: address.to_owned(), reason, fault });
    match error {
        E::NotFound { path, .. } => E::NotFound { path, source },
        E::AlreadyExists { path, .. } => E::AlreadyExists { path, source },
        E::Precondition { path, .. } => E::Precondition { path, source },
        E::NotModified { path, .. } => E::NotModified { path, source },
        E::PermissionDenied { path, .. } => E::PermissionDenied { path, source },
        E::Unauthenticated { path, .. } => E::Unauthenticated { path, source },
        _ => E::Generic { store: "S3", source },
    }
}

/// Tells whether an answer began and broke off, which the library does not try again: neither for
/// a listing nor for the words of a refusal, such as that an object is not there.
pub(super) fn is_cut(error: &object_store::Error) -> bool {
    let used_up = format!("after {S3_RETRIES_MAX} retries");
    let is_used_up = error.to_string().contains(&used_up);
    !is_used_up
        && http_error(error)
            .is_some_and(|it| !matches!(it.kind(), HttpErrorKind::Connect | HttpErrorKind::Timeout))
}

/// Returns what is wrong, and the details behind the words that stand for the fault; nothing for
/// errors that are none of S3's.
fn explained(error: &object_store::Error) -> Option<(S3Fault, String)> {
    use object_store::Error as E;
    let text = error.to_string();
    let answer = Answer::of(&text);
    Some(match error {
        E::NotSupported { .. } | E::NotImplemented { .. } | E::InvalidPath { .. } => return None,
        _ if answer.code == Some("NoSuchBucket") => (S3Fault::NoBucket, String::new()),
        E::NotFound { .. } => (S3Fault::NoObject, String::new()),
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => {
            (S3Fault::Refused, answer.in_brackets())
        }
        _ if answer.is_refusal() => (S3Fault::Refused, answer.in_brackets()),
        _ if text.contains("redirect") => (S3Fault::Elsewhere, String::new()),
        _ if text.contains("169.254.169.254") => {
            (S3Fault::NoCredentials, ", and this machine has no role of its own".to_owned())
        }
        _ if answer.status.is_some() => (S3Fault::Other, answer.in_brackets()),
        _ => match http_error(error) {
            Some(http) => (S3Fault::Unreachable, without_answer(http)),
            None => (S3Fault::Other, format!(": {}", one_line(&own_words(error)))),
        },
    })
}

fn http_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a HttpError> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

/// Returns the error's text without the name that the library gives its kind.
fn own_words(error: &object_store::Error) -> String {
    error.source().unwrap_or(error).to_string()
}

fn without_answer(error: &HttpError) -> String {
    let root = chain(error).last().map(|cause| one_line(&cause.to_string())).unwrap_or_default();
    match error.kind() {
        HttpErrorKind::Connect => format!("{NO_CONNECTION}: {root}"),
        HttpErrorKind::Timeout => NO_ANSWER.to_owned(),
        _ => format!("{BROKEN_OFF}: {root}"),
    }
}

/// What S3 answered, found in the text of an error.
struct Answer<'a> {
    status: Option<&'a str>,
    code: Option<&'a str>,
    message: Option<&'a str>,
}

impl<'a> Answer<'a> {
    fn of(text: &'a str) -> Self {
        let after = |start: &str| Some(text.split_once(start)?.1);
        let within = |start: &str, end: &str| Some(after(start)?.split_once(end)?.0);
        let status = after("status code: ").and_then(|it| it.split([':', '<']).next());
        Self {
            status: status.map(str::trim),
            code: within("<Code>", "</Code>"),
            message: within("<Message>", "</Message>"),
        }
    }

    /// Tells whether it is about who asks: listing does not tell it by the kind of the error.
    fn is_refusal(&self) -> bool {
        let expired = ["ExpiredToken", "InvalidToken", "RequestTimeTooSkewed"];
        self.status.is_some_and(|it| it.starts_with("401") || it.starts_with("403"))
            || self.code.is_some_and(|code| expired.contains(&code))
    }

    /// Returns the answer in brackets, with a space before it.
    fn in_brackets(&self) -> String {
        let words = [self.status, self.code, self.message].into_iter().flatten();
        let words: Vec<_> = words.map(one_line).filter(|word| !word.is_empty()).collect();
        if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
    }
}

/// Returns the text in one line, without the markup of an answer.
fn one_line(text: &str) -> String {
    let plain = text.split('<').map(|piece| piece.rsplit('>').next().unwrap_or(piece));
    plain.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: object_store::Error) -> (S3Fault, String) {
        let error = readable(error, "read", "s3://logs/a");
        let s3 = S3Error::behind(&error).unwrap();
        (s3.fault(), s3.to_string())
    }

    fn generic(text: &str) -> object_store::Error {
        object_store::Error::Generic { store: "S3", source: text.into() }
    }

    #[test]
    fn an_answer_in_xml_becomes_one_line() {
        let source = "Error performing GET http://h/logs in 2ms - Server returned non-2xx status \
                      code: 403 Forbidden: <?xml version=\"1.0\"?>\n<Error>\n<Code>AccessDenied\
                      </Code>\n<Message>Not for\nyou</Message></Error>";
        let error =
            object_store::Error::PermissionDenied { path: "a".to_owned(), source: source.into() };
        let line = "cannot read `s3://logs/a`: access is refused \
                    (403 Forbidden, AccessDenied, Not for you)";
        assert_eq!(said(error), (S3Fault::Refused, line.to_owned()));
    }

    #[test]
    fn a_bucket_that_is_not_there_is_told_from_an_object() {
        let missing = |source: &str| object_store::Error::NotFound {
            path: "a".to_owned(),
            source: source.into(),
        };
        assert_eq!(said(missing("404: <Code>NoSuchBucket</Code>")).0, S3Fault::NoBucket);
        assert_eq!(said(missing("404: <Code>NoSuchKey</Code>")).0, S3Fault::NoObject);
    }

    #[test]
    fn an_unknown_answer_is_told_without_its_markup() {
        let (fault, line) = said(generic("status code: 500: <Error>\n<Code>Oops</Code></Error>"));
        assert_eq!(fault, S3Fault::Other);
        assert_eq!(line, "cannot read `s3://logs/a`: S3 failed (500, Oops)");
        assert_eq!(
            said(generic("a <b>\nc</b> d")).1,
            "cannot read `s3://logs/a`: S3 failed: a c d"
        );
    }

    #[test]
    fn without_credentials_the_variables_are_named() {
        let error = generic("Error performing PUT http://169.254.169.254/latest/api/token in 5s");
        let error = readable(error, "list", "s3://logs/");
        assert!(S3Error::behind(&error).unwrap().hint().contains("AWS_ACCESS_KEY_ID"));
    }

    #[test]
    fn it_is_found_in_the_words_of_those_who_keep_no_causes() {
        let error = readable(generic("status code: 500"), "list", "s3://logs/a");
        let wrapped = std::io::Error::other(format!("a lake: cannot be: {error}\nbacktrace"));
        assert_eq!(S3Error::behind(&wrapped), S3Error::behind(&error));
        assert_eq!(S3Error::behind(&wrapped).unwrap().address, "s3://logs/a");
        assert_eq!(S3Error::behind(&std::io::Error::other("cannot read `a`: broken")), None);
    }
}
