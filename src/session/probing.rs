//! The probe of a session: started when it is looked at, and again when the
//! target has another address space.

use std::sync::Arc;
use std::time::Duration;

use crate::linux::procmap_query::Query;
use crate::sampling::probe::Probe;
use crate::sampling::probe::reading::{ProbeError, Reading};

/// How long to wait after an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ProbeInterval {
    /// Our own modifier may be asked as often as it changes.
    Ours,
    /// A target of the user's is to notice nothing.
    Foreign,
}

impl ProbeInterval {
    fn pause(self) -> Duration {
        match self {
            ProbeInterval::Ours => Duration::from_micros(50),
            ProbeInterval::Foreign => Duration::from_millis(1),
        }
    }
}

/// The probe, if it is looked at.
#[derive(Debug)]
pub(crate) struct Probing {
    interval: ProbeInterval,
    query: Option<Query>,
    probe: Option<Probe>,
    pub(crate) reading: Option<Arc<Reading>>,
}

impl Probing {
    pub(crate) fn new(interval: ProbeInterval) -> Self {
        Probing {
            interval,
            query: None,
            probe: None,
            reading: None,
        }
    }

    /// Asks this from now on, or nothing.
    pub(crate) fn ask(&mut self, pid: u32, query: Option<Query>) {
        let Some(asked) = query else {
            *self = Probing::new(self.interval);
            return;
        };
        if self.query == query && self.probe.is_some() {
            return;
        }
        self.query = query;
        let is_asked = self.probe.as_ref().is_some_and(|probe| probe.ask(asked));
        if !is_asked {
            self.go_on_with(pid);
        }
    }

    /// Asks the same of another address space.
    pub(crate) fn go_on_with(&mut self, pid: u32) {
        let Some(query) = self.query else {
            return;
        };
        match Probe::start(pid, query, self.interval.pause()) {
            Ok(probe) => self.probe = Some(probe),
            Err(error) => {
                let error = format!("cannot start the probe's thread: {error}; try again");
                let reading = Reading::failed(query, ProbeError::Open(error));
                self.reading = Some(Arc::new(reading));
            }
        }
    }

    /// Asks nothing while the session is suspended, or goes on.
    pub(crate) fn suspend(&mut self, pid: u32, suspended: bool) {
        if suspended {
            self.probe = None;
        } else {
            self.go_on_with(pid);
        }
    }

    /// Takes the latest reading; whether there was one.
    pub(crate) fn tick(&mut self) -> bool {
        let reading = self.probe.as_ref().and_then(Probe::latest);
        let Some(reading) = reading.filter(|reading| Some(reading.query) == self.query) else {
            return false;
        };
        self.reading = Some(Arc::new(reading));
        true
    }
}
