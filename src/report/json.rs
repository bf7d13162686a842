//! One JSON document of the whole run, written when it is over.

use std::io;
use std::io::Write;

use serde_json::{Value, json};

use super::Reporter;
use crate::events::Observation;
use crate::events::document::CHECK;

/// Collects the stream into one document.
#[derive(Debug)]
pub(crate) struct Json<W> {
    out: W,
    run: Value,
    starts: Vec<Value>,
    events: Vec<Value>,
    cases: Vec<Value>,
}

impl<W: Write> Json<W> {
    /// Writes to `out` when the run is over.
    pub(crate) fn new(out: W) -> Self {
        Json {
            out,
            run: Value::Null,
            starts: Vec::new(),
            events: Vec::new(),
            cases: Vec::new(),
        }
    }

    pub(crate) fn written(&self) -> &W {
        &self.out
    }
}

impl<W: Write> Reporter for Json<W> {
    fn observe(&mut self, observation: &Observation) -> io::Result<()> {
        match observation {
            Observation::RunStarted(run) => self.run = serde_json::to_value(run)?,
            Observation::CaseStarted(info) => self.starts.push(serde_json::to_value(info)?),
            Observation::Progress => {}
            Observation::Event(event) => self.events.push(serde_json::to_value(event)?),
            Observation::CaseFinished(result) => self.cases.push(serde_json::to_value(result)?),
            Observation::RunFinished {
                interrupted,
                problem,
                exit_code,
            } => {
                let document = json!({
                    "format": CHECK.format,
                    "shape": CHECK.shape,
                    "run": self.run.take(),
                    "placements": std::mem::take(&mut self.starts),
                    "cases": std::mem::take(&mut self.cases),
                    "events": std::mem::take(&mut self.events),
                    "interrupted": interrupted,
                    "problem": problem,
                    "exit_code": exit_code,
                });
                serde_json::to_writer_pretty(&mut self.out, &document)?;
                writeln!(self.out)?;
                self.out.flush()?;
            }
        }
        Ok(())
    }
}
