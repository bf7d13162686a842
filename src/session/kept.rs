//! The session as it is recorded: every moment that was shown, every scan that was
//! read, every key.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::SessionCommand;
use super::by_hand::ManualCommand;
use super::explorer::change_log::ChangeLog;
use super::foreign_report::Report;
use super::moment::MomentEncoder;
use super::snapshot::Snapshot;
use crate::linux::features::rule::Rule;
use crate::linux::reader::Reader;
use crate::recording::frame::{FrameHead, FrameKind};
use crate::recording::recorder::Recorder;
use crate::recording::stream::StreamInfo;
use crate::sampling::describe::FindContext;
use crate::sampling::options::SamplerOptions;
use crate::sampling::recorded::RecordedScans;
use crate::setup::read_range::ReadRange;
use crate::text::number::nanoseconds;

/// How often a moment rests on none before it: not before so long, not before those
/// that rest on it have as many bytes as it, but after so long at any rate.
const WHOLE: Range<Duration> = Duration::from_secs(1)..Duration::from_secs(8);

/// How often there is what a report is made from.
const REPORT: Duration = Duration::from_secs(1);

/// What the user asked for, as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedKey {
    /// In a few words.
    pub(crate) what: String,
}

/// Hands over what a session shows.
#[derive(Debug)]
pub(crate) struct KeptSession {
    recorder: Recorder,
    encoder: MomentEncoder,
    /// The moment that was handed over last.
    head: FrameHead,
    /// When the last whole one was shown; none: the next is to be one.
    whole: Option<Duration>,
    /// Bytes of that one, and of those since.
    whole_bytes: usize,
    bytes: usize,
    /// The stream that is shown.
    stream: u32,
    /// Finds of the next snapshot that were handed over before, in one that was not
    /// shown.
    told: usize,
    report_due: Duration,
}

impl KeptSession {
    pub(crate) fn new(recorder: Recorder) -> Self {
        KeptSession {
            recorder,
            encoder: MomentEncoder::default(),
            head: FrameHead {
                count: 1,
                ..FrameHead::alone(FrameKind::Moment, 0)
            },
            whole: None,
            whole_bytes: 0,
            bytes: 0,
            stream: 0,
            told: 0,
            report_due: REPORT,
        }
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Begins the stream of a sampler with these options.
    pub(crate) fn stream(
        &mut self,
        options: &SamplerOptions,
        found_in: &FindContext<'_>,
    ) -> RecordedScans {
        let stream = RecordedScans::new(&self.recorder, options, found_in);
        self.stream = stream.number();
        stream
    }

    /// Begins the stream of what `PROCMAP_QUERY` answers for each of so many bytes of a
    /// site, from that moment of the session on.
    pub(crate) fn queries(
        &self,
        rule: Rule,
        found_in: &FindContext<'_>,
        (every, began): (u64, Duration),
    ) -> RecordedScans {
        let info = StreamInfo::new(found_in.case.clone(), Reader::Query, rule, found_in.states);
        let info = StreamInfo {
            stream: self.recorder.next_stream(),
            placement: found_in.placement,
            schedule: found_in.schedule,
            extent: ReadRange {
                ask_every: Some(every),
                ..info.extent
            },
            asks_exactly: true,
            ..info
        };
        let mut stream = RecordedScans::of(&self.recorder, info);
        stream.begin(self.recorder.start() + began);
        stream
    }

    /// Hands over what is about to be shown.
    pub(crate) fn moment(&mut self, snapshot: &Snapshot, log: &ChangeLog) {
        let is_due = |at: Duration| {
            snapshot.at >= at + WHOLE.end
                || snapshot.at >= at + WHOLE.start && self.bytes >= self.whole_bytes
        };
        let is_whole = self.whole.is_none_or(is_due);
        let payload = match self.told {
            0 => self.encoder.encode(snapshot, log, is_whole),
            told => {
                let mut rest = snapshot.clone();
                rest.found.drain(..told.min(rest.found.len()));
                self.encoder.encode(&rest, log, is_whole)
            }
        };
        if is_whole {
            (self.head.segment, self.head.part) = (self.head.segment + 1, 0);
            self.whole = Some(snapshot.at);
            (self.whole_bytes, self.bytes) = (payload.len(), 0);
        } else {
            self.bytes += payload.len();
        }
        self.head.first += 1;
        self.head.stream = self.stream;
        (self.head.first_ns, self.head.last_ns) =
            (nanoseconds(snapshot.at), nanoseconds(snapshot.at));
        let is_kept = self.recorder.put(self.head, payload);
        self.head.part += 1;
        if !is_kept {
            // The next one cannot rest on it.
            self.whole = None;
        }
    }

    /// Whether the snapshot handed over last was shown; else its finds, so many, come
    /// again with the next.
    pub(crate) fn was_shown(&mut self, shown: bool, finds: usize) {
        self.told = if shown { 0 } else { finds };
    }

    /// Whether it is time for what a report is made from.
    pub(crate) fn wants_report(&mut self, now: Duration) -> bool {
        let is_due = now >= self.report_due;
        if is_due {
            self.report_due = now + REPORT;
        }
        is_due
    }

    pub(crate) fn report(&self, report: &Report) {
        self.recorder.put_json(FrameKind::Report, 0, report);
    }

    /// Hands over what the user asked for, if it changes what is done.
    pub(crate) fn key(&self, command: &SessionCommand) {
        if let Some(what) = what_is_done(command) {
            let what = what.into();
            self.recorder
                .put_json(FrameKind::Key, 0, &RecordedKey { what });
        }
    }
}

/// What a command changes of what is done, in a few words.
fn what_is_done(command: &SessionCommand) -> Option<&'static str> {
    Some(match command {
        SessionCommand::NextScenario => "next scenario",
        SessionCommand::PreviousScenario => "scenario before",
        SessionCommand::Scenario(_) => "another scenario",
        SessionCommand::MoveOn(true) => "all scenarios",
        SessionCommand::MoveOn(false) => "this scenario only",
        SessionCommand::SwitchPlacement => "another placement",
        SessionCommand::Still(true) => "the modifier pauses",
        SessionCommand::Still(false) => "the modifier goes on",
        SessionCommand::Step => "one operation",
        SessionCommand::Rate(_) => "another rate",
        SessionCommand::Trigger(_) => "another trigger",
        SessionCommand::Manual(ManualCommand::Enter) => "by hand",
        SessionCommand::Manual(ManualCommand::Leave) => "not by hand any more",
        SessionCommand::Manual(ManualCommand::Back) => "a step by hand taken back",
        SessionCommand::Manual(ManualCommand::Step(_) | ManualCommand::Play) => "a step by hand",
        SessionCommand::Probe(_)
        | SessionCommand::Report
        | SessionCommand::Explore(_)
        | SessionCommand::Usage(_) => return None,
    })
}
