//! Who reads while the writer is timed.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::linux::reader::Reader;
use crate::linux::scanner::Scanner;

/// Who reads while the writer is timed: one reader, or nobody, with which all
/// others are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load(pub(crate) Option<Reader>);

impl Load {
    /// Nobody reads.
    pub(crate) const NONE: Self = Self(None);

    /// All that can be measured, in the order of what they are expected to
    /// cost. `query` asks for one VMA after the other.
    pub(crate) const ALL: [Self; 6] = [
        Self::NONE,
        Self(Some(Reader::Maps)),
        Self(Some(Reader::Query)),
        Self(Some(Reader::Smaps)),
        Self(Some(Reader::SmapsRollup)),
        Self(Some(Reader::NumaMaps)),
    ];

    /// Its name on the command line and in reports.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        self.0.map_or("none", Reader::name)
    }

    /// Whether this kernel has it, tried on this process.
    ///
    /// # Errors
    /// Why not, in one line.
    pub(crate) fn try_here(self) -> Result<(), String> {
        self.0.map_or(Ok(()), Scanner::try_here)
    }
}

impl From<Reader> for Load {
    fn from(reader: Reader) -> Self {
        Self(Some(reader))
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Load {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl FromStr for Load {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|load| load.name() == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            let text = crate::text::sanitise::sanitise_cut(text.as_bytes(), 80).into_owned();
            format!("unknown reader \"{text}\"; choose among {names}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for load in Load::ALL {
            assert_eq!(load.to_string().parse(), Ok(load));
        }
        let error = "pagemap\n".parse::<Load>().unwrap_err();
        assert!(
            error.contains("smaps_rollup") && error.lines().count() == 1,
            "{error}"
        );
    }
}
