//! Who is given every scan as it was read.

use std::fmt::Debug;
use std::time::Instant;

use super::Published;
use crate::recording::raw::Raw;
use crate::recording::record::Record;

/// Is given every scan of a sampler, on the sampler's thread: it must not wait.
pub trait ScanSink: Debug + Send {
    /// The sampler starts now; no scan has been read.
    fn begin(&mut self, start: Instant);

    /// A scan was read and judged.
    fn take(&mut self, scan: &ReadScan<'_>);

    /// So much was counted, the scan that was taken last included.
    fn counted(&mut self, _: &Published) {}

    /// Nothing more is read; so much was counted.
    fn end(&mut self, _: &Published) {}

    /// Nothing is read for a while.
    fn look(&mut self) {}
}

/// A scan, or a pass of queries, as it was read.
#[derive(Clone, Copy, Debug)]
pub struct ReadScan<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// When reading began, in nanoseconds since the sampler started.
    pub begun_ns: u64,
    /// When it had been read, the same.
    pub ended_ns: u64,
    pub raw: Raw<'a>,
}

impl ReadScan<'_> {
    /// Puts it into a record, of a sampler that started at this time of the recording,
    /// in nanoseconds.
    pub fn put_into(&self, started_ns: u64, record: &mut Record) {
        record.number = self.number;
        record.begun_ns = started_ns.saturating_add(self.begun_ns);
        record.ended_ns = started_ns.saturating_add(self.ended_ns);
        self.raw.put_into(record);
    }
}
