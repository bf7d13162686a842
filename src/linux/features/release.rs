//! The kernel's release, `6.18.44-1-amd64`, as numbers that compare.

use std::fmt;
use std::str::FromStr;

/// A kernel release as `uname -r` gives it. A release candidate counts as the
/// release it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// `6` of `6.18.44`.
    pub major: u32,
    /// `18` of `6.18.44`.
    pub minor: u32,
    /// `44` of `6.18.44`; 0 where there is none.
    pub patch: u32,
    /// The whole text.
    pub text: String,
}

impl Release {
    /// Whether this is version `major.minor` or later.
    #[must_use]
    pub fn at_least(&self, major: u32, minor: u32) -> bool {
        (self.major, self.minor) >= (major, minor)
    }

    /// The release of the running kernel (uname(2)).
    ///
    /// # Errors
    /// [`ParseReleaseError`].
    pub fn running() -> Result<Self, ParseReleaseError> {
        rustix::system::uname().release().to_string_lossy().parse()
    }
}

/// The version without what a distribution appends: `6.18`.
impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Release {
    type Err = ParseReleaseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
        let mut numbers = text[..end.unwrap_or(text.len())].split('.');
        let mut number = || numbers.next().and_then(|digits| digits.parse().ok());
        match (number(), number()) {
            (Some(major), Some(minor)) => Ok(Self {
                major,
                minor,
                patch: number().unwrap_or(0),
                text: text.to_owned(),
            }),
            _ => Err(ParseReleaseError {
                text: crate::text::sanitise::sanitise_cut(text.as_bytes(), 80).into_owned(),
            }),
        }
    }
}

/// A release that does not start with two numbers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot read the kernel release \"{text}\": it does not start like 6.18; give the rule for the readers by hand"
)]
pub struct ParseReleaseError {
    /// The release, sanitised.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_of_all_kinds_are_read() {
        for (text, expected) in [
            ("6.18.44-fc-v669", (6, 18, 44)),
            ("6.1.0-18-amd64", (6, 1, 0)),
            ("7.3-rc2+", (7, 3, 0)),
            ("6.12.0-rc1-next-20240930", (6, 12, 0)),
            ("5.15.167.4-microsoft-standard-WSL2", (5, 15, 167)),
            ("6.6.30-android15-8-g1234-ab56", (6, 6, 30)),
            ("7.2", (7, 2, 0)),
        ] {
            let release: Release = text.parse().unwrap();
            assert_eq!(
                (release.major, release.minor, release.patch),
                expected,
                "{text}"
            );
            assert_eq!(release.text, text);
        }
        for text in ["", "linux", "6", "6.", ".6.1", "6.x"] {
            let error = text.parse::<Release>().unwrap_err().to_string();
            assert_eq!(error.lines().count(), 1);
        }
    }

    #[test]
    fn versions_compare_as_numbers() {
        let at_least = |text: &str, minor| text.parse::<Release>().unwrap().at_least(6, minor);
        assert!(at_least("6.18.0", 9) && at_least("6.17.0-rc1", 17) && at_least("7.0.1", 18));
        assert!(!at_least("6.9.12", 10) && !at_least("5.19.0", 1));
    }
}
