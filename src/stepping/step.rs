//! What can be done by hand, a key each.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much one read asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReadSize {
    /// A page: the kernel generates as many lines as fit into its buffer.
    #[default]
    Page,
    /// As many bytes as the next line has: a chunk of one line.
    Line,
}

impl ReadSize {
    #[must_use]
    pub(crate) fn other(self) -> Self {
        match self {
            ReadSize::Page => ReadSize::Line,
            ReadSize::Line => ReadSize::Page,
        }
    }

    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            ReadSize::Page => "a page",
            ReadSize::Line => "one line",
        }
    }
}

/// What can be done by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ManualStep {
    /// `r`: the reader reads one more chunk.
    Read,
    /// `m`: the modifier does its next operation.
    Operate,
    /// `l`: from now on a read asks for a page, or for one line.
    Size,
    /// `R`: the reader goes back to the start of the file.
    Rewind,
}

impl ManualStep {
    /// All of them, the commonest first.
    pub(crate) const ALL: [ManualStep; 4] = [
        ManualStep::Read,
        ManualStep::Operate,
        ManualStep::Size,
        ManualStep::Rewind,
    ];

    #[must_use]
    pub(crate) fn key(self) -> char {
        match self {
            ManualStep::Read => 'r',
            ManualStep::Operate => 'm',
            ManualStep::Size => 'l',
            ManualStep::Rewind => 'R',
        }
    }

    #[must_use]
    pub(crate) fn of_key(key: char) -> Option<Self> {
        ManualStep::ALL.into_iter().find(|step| step.key() == key)
    }
}

impl fmt::Display for ManualStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key())
    }
}

/// Keys with spaces between them.
#[must_use]
pub(crate) fn keys(steps: &[ManualStep]) -> String {
    let keys: Vec<String> = steps.iter().map(ManualStep::to_string).collect();
    keys.join(" ")
}

/// A text that is no sequence of steps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no step; write r (read a chunk), m (one operation), l (chunks of a page or of one line), R (rewind), as in \"m r m r\""
)]
pub(crate) struct UnknownStep(char);

/// The steps of a text like `m r m r`; spaces and commas may be left out.
///
/// # Errors
/// [`UnknownStep`], for the first letter that means nothing.
pub(crate) fn parse_steps(text: &str) -> Result<Vec<ManualStep>, UnknownStep> {
    text.chars()
        .filter(|letter| !letter.is_whitespace() && *letter != ',')
        .map(|letter| ManualStep::of_key(letter).ok_or(UnknownStep(letter)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_written_as_their_keys() {
        let steps = parse_steps("m r,lR").unwrap();
        assert_eq!(
            steps,
            [
                ManualStep::Operate,
                ManualStep::Read,
                ManualStep::Size,
                ManualStep::Rewind
            ]
        );
        assert_eq!(keys(&steps), "m r l R");
        assert_eq!(parse_steps("m x r"), Err(UnknownStep('x')));
        assert_eq!(parse_steps(" "), Ok(vec![]));
    }
}
