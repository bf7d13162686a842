//! An error as one line for people.

use super::sanitise::one_line;

/// The longest word of an error, and the longest error, in characters. Somebody's
/// argument or file may have any length.
const LONGEST_WORD: usize = 300;
const LONGEST: usize = 2000;

/// An error with its causes, each said once: those that say their cause
/// themselves name it to others too. Sanitised, and cut in the middle where it
/// is long: what failed comes first, and what to do last.
pub(crate) fn error_line(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            let colon = if text.is_empty() { "" } else { ": " };
            text.push_str(colon);
            text.push_str(&cause);
        }
    }
    let text = one_line(&text);
    let words: Vec<String> = text
        .split(' ')
        .map(|word| cut(word, LONGEST_WORD))
        .collect();
    cut(&words.join(" "), LONGEST)
}

/// A text with its middle left out where it is longer than that.
fn cut(text: &str, longest: usize) -> String {
    let count = text.chars().count();
    if count <= longest {
        return text.to_owned();
    }
    let kept = (longest - 1) / 2;
    let start = text.chars().take(kept);
    let end = text.chars().skip(count - kept);
    start.chain(['…']).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use std::io;

    use anyhow::Context as _;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Error {
        #[error("cannot run it: {source}; raise the limit")]
        SaysItsSource { source: io::Error },
        #[error("cannot write: {0}")]
        SaysItsOrigin(#[from] io::Error),
        #[error(transparent)]
        Transparent(#[from] Box<Error>),
    }

    #[test]
    fn a_cause_is_said_once() {
        let cause = || io::Error::from_raw_os_error(24);
        let source = || Error::SaysItsSource { source: cause() };
        let origin = anyhow::Error::from(Error::from(cause())).context("the check ended");
        for (error, line) in [
            (
                source().into(),
                "cannot run it: Too many open files (os error 24); raise the limit",
            ),
            (
                Error::from(Box::new(source())).into(),
                "cannot run it: Too many open files (os error 24); raise the limit",
            ),
            (
                origin,
                "the check ended: cannot write: Too many open files (os error 24)",
            ),
            (
                Err::<(), _>(cause()).context("cannot print").unwrap_err(),
                "cannot print: Too many open files (os error 24)",
            ),
        ] {
            assert_eq!(error_line(&error), line);
        }
    }

    #[test]
    fn what_failed_and_what_to_do_survive_an_argument_of_any_length() {
        for argument in [
            "a".repeat(100_000),
            "a ".repeat(50_000),
            "ä\n".repeat(50_000),
        ] {
            let error = anyhow::anyhow!("cannot read {argument}; check it");
            let line = error_line(&error);
            assert!(line.starts_with("cannot read ") && line.ends_with("; check it"));
            assert!(line.chars().count() <= LONGEST && line.lines().count() == 1);
            assert!(line.contains('…'));
        }
    }
}
