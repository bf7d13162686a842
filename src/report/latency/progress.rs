//! How far a measurement is.

use std::io;
use std::io::{IsTerminal, Write};

use crate::latency::run::LatencyProgress;

/// A line on standard error; nothing where that is no terminal.
#[derive(Debug)]
pub(crate) struct ProgressLine {
    is_terminal: bool,
}

impl ProgressLine {
    pub(crate) fn new() -> Self {
        ProgressLine {
            is_terminal: io::stderr().is_terminal(),
        }
    }

    pub(crate) fn show(&mut self, progress: LatencyProgress) {
        let text = match progress {
            LatencyProgress::Clock => "starting the writer, trying its clock".to_owned(),
            LatencyProgress::Sample { round, of, reader } => {
                format!("round {round} of {of}: {reader}")
            }
            LatencyProgress::Inversion {
                round,
                of,
                reader,
                place,
            } => format!("round {round} of {of}: {reader}, {}", place.name()),
            LatencyProgress::Locks { reader } => format!("counting locks: {reader}"),
        };
        self.write(&text);
    }

    pub(crate) fn clear(&mut self) {
        self.write("");
    }

    fn write(&mut self, text: &str) {
        if self.is_terminal {
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(io::stderr(), "\r\x1b[K{text}");
        }
    }
}
