//! One stream as tracks: its scans, and what its windows say of the writers.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::track_event::{Arguments, TraceWriter, Track};
use crate::events::event::Event;
use crate::linux::kernel_text::in_plain_words;
use crate::maps::scan_text::{MAX_WRITERS, Window};
use crate::oracle::site::SiteStates;
use crate::oracle::states::States;
use crate::recording::open::Recording;
use crate::recording::read_scans::ScanReader;
use crate::recording::record::Record;
use crate::recording::stream::StreamInfo;
use crate::text::sanitise::one_line;

/// Tracks a stream has at most.
const TRACKS: u64 = 32;

/// The tracks of one stream.
#[derive(Debug)]
pub(crate) struct StreamTracks<'a> {
    info: &'a StreamInfo,
    /// Without sites where nobody knows the states.
    states: States,
    writers: Vec<Writer>,
}

/// What is known of one writer up to some scan.
#[derive(Clone, Copy, Debug, Default)]
struct Writer {
    /// The counts that were told last.
    told: (Option<u64>, Option<u64>),
    /// The latest operation that had begun, from 1, and since and until when it was
    /// under way for certain.
    latest: u64,
    since: u64,
    until: u64,
}

impl<'a> StreamTracks<'a> {
    pub(crate) fn new(info: &'a StreamInfo) -> Self {
        StreamTracks {
            info,
            states: info.states().unwrap_or_else(|_| States::unknown()),
            writers: vec![Writer::default(); info.writers.min(MAX_WRITERS)],
        }
    }

    fn uuid(&self, track: u64) -> u64 {
        TRACKS * (u64::from(self.info.stream) + 1) + track
    }

    fn scans(&self) -> u64 {
        self.uuid(1)
    }

    fn operations(&self, writer: usize) -> u64 {
        self.uuid(2 + 3 * writer as u64)
    }

    fn finished(&self, writer: usize) -> u64 {
        self.operations(writer) + 1
    }

    fn begun(&self, writer: usize) -> u64 {
        self.operations(writer) + 2
    }

    fn write_tracks(&self, writer: &mut TraceWriter<'_>) -> io::Result<()> {
        let StreamInfo { reader, rule, .. } = self.info;
        let track = |uuid, parent| Track {
            uuid,
            parent,
            rank: uuid,
        };
        let name = format!("{}: {}", self.info.case, in_plain_words(*reader, *rule));
        writer.track(track(self.uuid(0), None), &one_line(&name))?;
        let parent = Some(self.uuid(0));
        let scans = match reader.queries() {
            true => "passes of queries",
            false => "scans (when each chunk was read is not recorded)",
        };
        writer.track(track(self.scans(), parent), scans)?;
        for number in 0..self.writers.len() {
            let of = match self.writers.len() {
                1 => String::new(),
                _ => format!(" of writer {}", number + 1),
            };
            let name = format!("operations{of} under way for certain");
            writer.track(track(self.operations(number), parent), &name)?;
            let name = format!("operations{of} finished");
            writer.counter_track(track(self.finished(number), parent), &name)?;
            let name = format!("operations{of} begun");
            writer.counter_track(track(self.begun(number), parent), &name)?;
        }
        Ok(())
    }

    /// Writes the scans that were read within these times; `found` is what was found,
    /// by the number of the scan.
    pub(crate) fn write(
        mut self,
        recording: &Arc<Recording>,
        (from, to): (u64, u64),
        found: &BTreeMap<u64, &Event>,
        writer: &mut TraceWriter<'_>,
    ) -> io::Result<()> {
        let info = self.info;
        let writers = self.writers.len();
        let mut reader = ScanReader::new(recording.clone(), info.stream, writers);
        let mut is_begun = false;
        while let Some(record) = reader.read_next() {
            if record.begun_ns > to {
                break;
            }
            if record.ended_ns < from {
                continue;
            }
            if !std::mem::replace(&mut is_begun, true) {
                self.write_tracks(writer)?;
            }
            let what = if info.reader.queries() {
                "pass"
            } else {
                "scan"
            };
            let name = match found.get(&record.number) {
                Some(event) => one_line(&format!("{what}: {}", event.title())),
                None => what.to_owned(),
            };
            let times = (record.begun_ns, record.ended_ns);
            writer.slice(self.scans(), &name, times, &self.told(record))?;
            self.follow(record, writer)?;
        }
        (0..self.writers.len()).try_for_each(|number| self.end_operation(number, writer))
    }

    /// What is told of a scan.
    fn told(&self, record: &Record) -> Arguments {
        let queries = self.info.reader.queries();
        let mut arguments = Arguments::default().number("number", record.number);
        if !queries {
            arguments = arguments
                .number("chunks", record.ends.len() as u64)
                .number("bytes", record.text.len() as u64);
        }
        if !record.whole {
            arguments = arguments.text("whole", "no: it ends before the end of the file");
        }
        if self.writers.is_empty() {
            return arguments;
        }
        let mut first = 0;
        for same in record.windows.chunk_by(|a, b| a == b) {
            let last = first + same.len();
            let name = windows_name(queries, first..last, record.windows.len());
            arguments = arguments.text(&name, &self.window(same[0]));
            first = last;
        }
        arguments
    }

    /// What writers did around a read.
    fn window(&self, window: Window) -> String {
        let counts = |counts: &[u64]| {
            let counts = counts[..self.writers.len()].iter().map(u64::to_string);
            counts.collect::<Vec<_>>().join(" + ")
        };
        let (finished, begun) = (counts(&window.finished), counts(&window.begun));
        let sites = self.states.sites().iter();
        let mut under_way: Vec<&str> = sites
            .flat_map(|site| {
                site.under_way(window)
                    .map(|(_, operation)| &*operation.text)
            })
            .collect();
        under_way.dedup();
        let under_way = match under_way.is_empty() {
            true => String::new(),
            false => format!("; perhaps under way: {}", one_line(&under_way.join(", "))),
        };
        format!("{finished} finished before, {begun} begun after{under_way}")
    }

    /// Goes on to what the windows of the next scan say.
    fn follow(&mut self, record: &Record, writer: &mut TraceWriter<'_>) -> io::Result<()> {
        let (Some(first), Some(last)) = (record.windows.first(), record.windows.last()) else {
            return Ok(());
        };
        for number in 0..self.writers.len() {
            let (finished, begun) = (first.finished[number], last.begun[number]);
            let now = &mut self.writers[number];
            if now.latest > finished {
                now.until = record.begun_ns;
            }
            let told = std::mem::replace(&mut now.told, (Some(finished), Some(begun)));
            if now.latest != begun {
                self.end_operation(number, writer)?;
                let now = &mut self.writers[number];
                (now.latest, now.since, now.until) = (begun, record.ended_ns, record.ended_ns);
            }
            if told.0 != Some(finished) {
                writer.counter(self.finished(number), record.begun_ns, finished)?;
            }
            if told.1 != Some(begun) {
                writer.counter(self.begun(number), record.ended_ns, begun)?;
            }
        }
        Ok(())
    }

    /// Writes the time for which an operation was under way for certain.
    fn end_operation(&self, number: usize, writer: &mut TraceWriter<'_>) -> io::Result<()> {
        let Writer {
            latest,
            since,
            until,
            ..
        } = self.writers[number];
        if until <= since {
            return Ok(());
        }
        let name = operation(self.states.sites(), number, latest);
        let arguments = Arguments::default().number("number", latest);
        let track = self.operations(number);
        writer.slice(track, &one_line(name), (since, until), &arguments)
    }
}

/// What some of the windows of a record, of so many, are the windows of: chunks are
/// counted from 0, as everywhere.
fn windows_name(queries: bool, which: Range<usize>, of: usize) -> String {
    let (first, last) = (which.start, which.end - 1);
    // The last window of a scan is that of the read that found nothing more.
    match (queries, last + 1 == of, first == last) {
        (true, _, true) => format!("answer {}", first + 1),
        (true, _, false) => format!("answers {} to {}", first + 1, last + 1),
        (false, true, true) => "end of file".into(),
        (false, true, false) => format!("chunk {first} to end of file"),
        (false, false, true) => format!("chunk {first}"),
        (false, false, false) => format!("chunks {first} to {last}"),
    }
}

/// The call that a writer's operation of this number, from 1, is.
fn operation(sites: &[SiteStates], writer: usize, number: u64) -> &str {
    let before = number.saturating_sub(1);
    let is_its = |site: &&SiteStates| {
        site.clock.writer == writer && before % site.clock.turns == site.clock.turn
    };
    let operation = sites.iter().find(is_its).and_then(|site| {
        let own = before / site.clock.turns;
        let at = own % (site.operations.len() as u64).max(1);
        site.operations.get(usize::try_from(at).ok()?)
    });
    operation.map_or("operation", |operation| &operation.text)
}
