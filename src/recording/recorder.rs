//! The thread that keeps frames and writes them to a file.
//!
//! Whoever reads or shows hands frames over and never waits: what finds no room, as
//! where a disk hangs, is counted as lost. Only what is told once, by who may wait, is
//! held back for a while until there is room.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use serde::Serialize;

use super::file::{RecordError, RecordingFile};
use super::frame::{Frame, FrameHead, FrameKind};
use super::header::Header;
use super::json::to_json;
use super::open::Recording;
use super::ring::{Keep, Ring};
use crate::text::number::nanoseconds;

/// Frames that may wait to be kept.
const QUEUE: usize = 128;

/// How often samplers are asked for what they have: so much is lost where this
/// process is killed.
const FLUSH: Duration = Duration::from_millis(250);

/// How long what is kept is waited for, so that samplers hand over what they have.
const HAND_OVER: Duration = Duration::from_millis(40);

/// How long the end of a recording may take: a disk may hang.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long room is waited for; after that nobody waits any more.
const WAIT: Duration = Duration::from_secs(1);

/// Bytes of the largest buffer that is used again: that of a scan that was told in full
/// is some megabytes, where few others need as much.
const SPARE: usize = 256 << 10;

/// How often it is looked whether there is room.
const LOOK: Duration = Duration::from_millis(1);

/// What the thread and those who hand frames over share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) start: Instant,
    commands: SyncSender<Command>,
    /// Grows when samplers are to hand over what they have.
    pub(crate) flush: AtomicU32,
    streams: AtomicU32,
    lost_scans: AtomicU64,
    lost_moments: AtomicU64,
    is_ending: AtomicBool,
    /// Room was waited for in vain.
    hangs: AtomicBool,
    /// Why the file grows no longer.
    problem: Mutex<Option<String>>,
    /// Whether somebody has told it.
    is_told: AtomicBool,
}

#[derive(Debug)]
enum Command {
    Put {
        head: FrameHead,
        payload: Vec<u8>,
        /// Where the buffer is wanted again.
        back: Option<SyncSender<Vec<u8>>>,
    },
    /// Nothing more comes of a stream.
    Ended(u32),
    /// Somebody wants what is kept.
    Kept(SyncSender<Vec<Arc<Frame>>>),
    End,
}

/// Hands frames over to the thread. Copies are of the same recording.
#[derive(Clone, Debug)]
pub struct Recorder {
    shared: Arc<Shared>,
}

/// The thread of a recording, which ends it.
#[derive(Debug)]
pub struct RecorderThread {
    pub recorder: Recorder,
    done: Receiver<()>,
}

impl RecorderThread {
    /// Begins a recording, now, which keeps so much in memory and writes everything
    /// to `file`, if there is one.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(header: Header, keep: Keep, file: Option<RecordingFile>) -> std::io::Result<Self> {
        let (commands, receiver) = sync_channel(QUEUE);
        let (tell_done, done) = sync_channel(1);
        let shared = Arc::new(Shared {
            start: Instant::now(),
            commands,
            flush: AtomicU32::new(0),
            streams: AtomicU32::new(0),
            lost_scans: AtomicU64::new(0),
            lost_moments: AtomicU64::new(0),
            is_ending: AtomicBool::new(false),
            hangs: AtomicBool::new(false),
            problem: Mutex::new(None),
            is_told: AtomicBool::new(false),
        });
        let keeping = Keeping {
            shared: shared.clone(),
            ring: Ring::new(keep),
            file,
        };
        let header = Header {
            began: Utc::now(),
            ..header
        };
        // Not waited for where a disk hangs: it ends with this process.
        std::thread::Builder::new()
            .name("recorder".into())
            .spawn(move || {
                keeping.run(&receiver);
                let _ = tell_done.try_send(());
            })?;
        let recorder = Recorder { shared };
        recorder.put_json(FrameKind::Header, 0, &header);
        Ok(RecorderThread { recorder, done })
    }

    /// Waits until all that was handed over is written; why that is not so.
    pub fn finish(self) -> Option<String> {
        let shared = &self.recorder.shared;
        shared.is_ending.store(true, Ordering::Relaxed);
        // Where there is no room the flag is seen.
        let _ = shared.commands.try_send(Command::End);
        let ended = self.done.recv_timeout(PATIENCE);
        // Said again where it stays to be read.
        let problem = shared.problem();
        match ended {
            Err(RecvTimeoutError::Timeout) => Some(
                "the recording could not be ended: its disk does not answer; it is whole up to what \
                 was written"
                    .into(),
            ),
            _ => problem,
        }
    }
}

impl Recorder {
    /// When it began: all its times are counted from then.
    pub fn start(&self) -> Instant {
        self.shared.start
    }

    pub(crate) fn now_ns(&self) -> u64 {
        nanoseconds(self.shared.start.elapsed())
    }

    /// Why the file grows no longer, the first time that this is asked after it.
    pub(crate) fn problem(&self) -> Option<String> {
        let problem = self.shared.problem()?;
        let is_told = self.shared.is_told.swap(true, Ordering::Relaxed);
        (!is_told).then_some(problem)
    }

    /// Scans and moments that were lost so far.
    pub fn lost(&self) -> (u64, u64) {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (
            load(&self.shared.lost_scans),
            load(&self.shared.lost_moments),
        )
    }

    /// The number of another stream.
    pub(crate) fn next_stream(&self) -> u32 {
        self.shared.streams.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn shared(&self) -> Arc<Shared> {
        self.shared.clone()
    }

    /// Hands over something that stands for itself.
    pub(crate) fn put_json(&self, kind: FrameKind, stream: u32, value: &impl Serialize) {
        if let Some((head, payload)) = self.json(kind, stream, value) {
            self.put(head, payload);
        }
    }

    /// The same of what is told once, on a thread that may wait for room.
    pub(crate) fn put_json_patiently(&self, kind: FrameKind, stream: u32, value: &impl Serialize) {
        if let Some((head, payload)) = self.json(kind, stream, value) {
            self.shared.put_patiently(head, payload);
        }
    }

    /// As a frame of now; none of what has no JSON, which was not made by us.
    fn json(
        &self,
        kind: FrameKind,
        stream: u32,
        value: &impl Serialize,
    ) -> Option<(FrameHead, Vec<u8>)> {
        let head = FrameHead {
            stream,
            ..FrameHead::alone(kind, self.now_ns())
        };
        Some((head, to_json(value)?))
    }

    /// Hands over a frame; whether there was room for it.
    pub(crate) fn put(&self, head: FrameHead, payload: Vec<u8>) -> bool {
        self.shared.put(head, payload, None)
    }

    /// All that is kept in memory; none where it cannot be had in time.
    pub fn kept(&self) -> Option<Recording> {
        let (reply, kept) = sync_channel(1);
        self.shared.commands.try_send(Command::Kept(reply)).ok()?;
        Recording::in_memory(kept.recv_timeout(PATIENCE).ok()?)
    }
}

impl Shared {
    fn fail(&self, problem: String) {
        let told = self.problem.lock();
        *told.unwrap_or_else(PoisonError::into_inner) = Some(problem);
    }

    fn problem(&self) -> Option<String> {
        let problem = self.problem.lock();
        problem.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn put(
        &self,
        head: FrameHead,
        payload: Vec<u8>,
        back: Option<SyncSender<Vec<u8>>>,
    ) -> bool {
        let command = Command::Put {
            head,
            payload,
            back,
        };
        match self.commands.try_send(command) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                let lost = match head.kind {
                    FrameKind::Scans => &self.lost_scans,
                    _ => &self.lost_moments,
                };
                lost.fetch_add(head.count.into(), Ordering::Relaxed);
                false
            }
        }
    }

    /// Nothing more comes of a stream. Where there is no room for that, what its scans
    /// are judged by stays in memory: a few hundred bytes.
    pub(crate) fn end_stream(&self, stream: u32) {
        let _ = self.commands.try_send(Command::Ended(stream));
    }

    fn put_patiently(&self, head: FrameHead, payload: Vec<u8>) {
        let due = Instant::now() + WAIT;
        let mut command = Command::Put {
            head,
            payload,
            back: None,
        };
        while !self.hangs.load(Ordering::Relaxed) {
            match self.commands.try_send(command) {
                Ok(()) => return,
                Err(TrySendError::Full(back)) if Instant::now() < due => command = back,
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                    self.hangs.store(true, Ordering::Relaxed);
                    break;
                }
            }
            std::thread::sleep(LOOK);
        }
        self.lost_moments
            .fetch_add(head.count.into(), Ordering::Relaxed);
    }
}

/// What runs on the thread.
struct Keeping {
    shared: Arc<Shared>,
    ring: Ring,
    file: Option<RecordingFile>,
}

impl Drop for Keeping {
    /// A fault of ours ends the recording, and is said as what a disk does is.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.fail(
                "the recording has ended: its thread failed, which is a fault of vmascope; it is \
                 whole up to what was written"
                    .into(),
            );
        }
    }
}

impl Keeping {
    fn run(mut self, commands: &Receiver<Command>) {
        let mut flush_due = Instant::now() + FLUSH;
        let mut wanted: Option<(Instant, SyncSender<Vec<Arc<Frame>>>)> = None;
        loop {
            let now = Instant::now();
            if now >= flush_due {
                flush_due = now + FLUSH;
                self.shared.flush.fetch_add(1, Ordering::Relaxed);
                self.with_file(|file| file.look());
            }
            if let Some((_, reply)) = wanted.take_if(|(due, _)| now >= *due) {
                // Whoever asked may have lost patience.
                let _ = reply.try_send(self.ring.frames());
            }
            let due = wanted
                .as_ref()
                .map_or(flush_due, |(due, _)| flush_due.min(*due));
            match commands.recv_timeout(due.saturating_duration_since(now)) {
                Ok(Command::Kept(reply)) => {
                    self.shared.flush.fetch_add(1, Ordering::Relaxed);
                    wanted = Some((now + HAND_OVER, reply));
                }
                Ok(Command::Put {
                    head,
                    payload,
                    back,
                }) => self.keep(head, payload, back.as_ref()),
                Ok(Command::Ended(stream)) => self.ring.end_stream(stream),
                Ok(Command::End) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.shared.is_ending.load(Ordering::Relaxed) {
                break;
            }
        }
        for command in commands.try_iter() {
            if let Command::Put { head, payload, .. } = command {
                self.keep(head, payload, None);
            }
        }
        self.with_file(|file| file.look());
    }

    fn keep(&mut self, head: FrameHead, payload: Vec<u8>, back: Option<&SyncSender<Vec<u8>>>) {
        let frame = Arc::new(Frame::new(head, &payload));
        if let Some(back) = back
            && payload.capacity() <= SPARE
        {
            // The sampler has enough of them, or has ended.
            let _ = back.try_send(payload);
        }
        self.with_file(|file| file.append(&frame));
        self.ring.push(frame);
    }

    /// Does something with the file, if there is one; what fails ends it.
    fn with_file(&mut self, act: impl FnOnce(&mut RecordingFile) -> Result<(), RecordError>) {
        if let Some(file) = &mut self.file
            && let Err(error) = act(file)
        {
            self.file = None;
            self.shared.fail(error.to_string());
        }
    }
}
