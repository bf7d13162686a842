//! A target that is not ours, followed scan by scan on the caller's thread.
//!
//! A [`Follower`] reads `maps` when it is told to, and says what happened since
//! it did so the last time: what changed, where the read tore, what blinked;
//! that the target stopped, went on, ran another program or ended.
//! For those who want every event in order, and not a picture now and then.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::followed_scans::FollowedScans;
use super::scanned_calls::{CallsBetween, CallsSeen};
use super::unknown::UnknownScanner;
use crate::linux::chunk::{ChunkReader, NoClock, ScanError};
use crate::linux::file::ProcFile;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::process::page_size;
use crate::maps::diff::change::{AddressSpaceChange, ChangeCounts};
use crate::maps::diff::compare::Diff;
use crate::maps::line_counts::LineCounts;
use crate::oracle::changed_by::ChangedBy;
use crate::oracle::evidence::Cause;
use crate::oracle::missing::{CameBack, MissingCounts};
use crate::oracle::verdict::Tear;
use crate::process::attached::{AttachError, AttachedTarget};
use crate::process::target_state::TargetState;
use crate::recording::recorder::Recorder;

/// How often a new address space is tried to be opened, when the target runs
/// one program after another faster than that.
const MOST_EXECS: u32 = 100;

/// What happened between two scans, or showed in one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum WatchEvent {
    /// Two scans differ; and the call that made the difference.
    Change(AddressSpaceChange, ChangedBy),
    /// The scan tore: allowed.
    Tear(Tear),
    /// Earlier scans lacked what is mapped before and after them: a blink, or a
    /// suspected hole.
    CameBack(CameBack, Cause),
    /// A signal or a tracer has stopped it.
    Stopped,
    /// It runs again.
    Continued,
    /// It has run another program, whose address space is followed from now on.
    Exec {
        /// The new name, sanitised.
        comm: String,
        /// Of the new address space.
        counts: LineCounts,
    },
    /// It is over, or can be followed no longer; nothing happens after this.
    End {
        /// How, as the end of "the target …": `has exited (exit status 1)`.
        how: String,
    },
}

/// What was counted while a target was followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchTotals {
    pub scans: u64,
    /// Changes, by kind.
    pub changes: ChangeCounts,
    pub tears: u64,
    /// What was missing and came back.
    pub missing: MissingCounts,
    /// Address spaces that an exec began.
    pub execs: u64,
}

#[derive(Debug)]
pub struct Follower {
    target: AttachedTarget,
    scanner: UnknownScanner,
    /// Whether to see the target's calls.
    see_calls: bool,
    calls: CallsBetween,
    /// Calls seen, and losses, in the address spaces before this one.
    calls_before: (u64, u64),
    diff: Diff,
    state: TargetState,
    /// Whether there is a scan of this address space to compare with.
    has_before: bool,
    /// How often the address space after an exec could not be opened yet.
    behind: u32,
    ended: bool,
    totals: WatchTotals,
    recorder: Option<Recorder>,
    /// The scans of this address space, where they are recorded.
    recorded: Option<FollowedScans>,
}

impl Follower {
    /// Follows the target from now on; its calls, too, if they may be seen.
    ///
    /// # Errors
    /// When its `maps` cannot be opened.
    pub fn new(target: AttachedTarget, see_calls: bool) -> Result<Self, AttachError> {
        Ok(Follower {
            scanner: scanner(&target, see_calls)?,
            see_calls,
            calls: CallsBetween::default(),
            calls_before: (0, 0),
            target,
            diff: Diff::new(),
            state: TargetState::Running,
            has_before: false,
            behind: 0,
            ended: false,
            totals: WatchTotals::default(),
            recorder: None,
            recorded: None,
        })
    }

    /// Records all scans from now on.
    pub(crate) fn record(&mut self, recorder: Recorder) {
        self.recorded = Some(FollowedScans::begin(&recorder, &self.target));
        self.recorder = Some(recorder);
    }

    #[must_use]
    pub(crate) fn target(&self) -> &AttachedTarget {
        &self.target
    }

    /// Whether the target's calls are seen, and how many in all its address spaces.
    #[must_use]
    pub fn calls_seen(&self) -> CallsSeen {
        match (self.scanner.calls_seen(), &self.calls_before) {
            (CallsSeen::Yes { calls, losses }, (more, lost)) => CallsSeen::Yes {
                calls: calls + more,
                losses: losses + lost,
            },
            (other, _) => other,
        }
    }

    /// Reads calls while nothing is scanned.
    pub(crate) fn meanwhile(&mut self) {
        self.scanner.meanwhile();
        if let Some(recorded) = &mut self.recorded {
            recorded.look();
        }
    }

    /// The text of the latest scan of the address space that is followed.
    #[must_use]
    pub fn latest(&self) -> &[u8] {
        self.scanner.latest().text()
    }

    /// What was counted so far.
    #[must_use]
    pub fn totals(&self) -> &WatchTotals {
        &self.totals
    }

    /// Scans once, and tells what happened. The first scan of an address space
    /// is what the next one is compared with. False: it was the last one.
    ///
    /// # Errors
    /// When the target lives and yet cannot be read.
    pub fn step(&mut self, mut tell: impl FnMut(WatchEvent)) -> Result<bool, AttachError> {
        if self.ended {
            return Ok(false);
        }
        let begin = Instant::now();
        let scanned = self.scanner.read(&NoClock);
        let end = Instant::now();
        // Asked after the scan: one that the end cut short does not count.
        let state = self.target.watch.state()?;
        if state == TargetState::Exiting {
            // The next look says how it ended.
            return Ok(true);
        }
        if state.is_over() || self.behind > 0 {
            self.after_the_end(state, &mut tell)?;
            return Ok(!self.ended);
        }
        match scanned {
            // It is just going: the next look says how.
            Err(ScanError::TargetGone | ScanError::MidLine { .. }) => return Ok(true),
            Err(error) => return Err(error.into()),
            Ok(()) => {}
        }
        self.note_state(state, &mut tell);
        self.compare(&mut tell);
        if let Some(recorded) = &mut self.recorded {
            recorded.put((begin, end), self.scanner.judged());
        }
        Ok(true)
    }

    fn note_state(&mut self, state: TargetState, tell: &mut impl FnMut(WatchEvent)) {
        if state != self.state {
            self.state = state;
            tell(match state {
                TargetState::Stopped => WatchEvent::Stopped,
                _ => WatchEvent::Continued,
            });
        }
    }

    fn compare(&mut self, tell: &mut impl FnMut(WatchEvent)) {
        self.totals.scans += 1;
        let scanner = &mut self.scanner;
        scanner.judge();
        if self.has_before {
            scanner.hand_over_calls(&mut self.calls);
            let (before, after) = (scanner.before().text(), scanner.latest().text());
            self.diff.compare(before, after);
            self.totals.changes.merge(self.diff.counts());
            for change in self.diff.drain() {
                let by = self.calls.that_made(&change, (before, after));
                tell(WatchEvent::Change(change, by));
            }
        }
        self.has_before = true;
        self.totals.missing.merge(scanner.counts());
        for (came_back, cause) in scanner.judged().came_back() {
            tell(WatchEvent::CameBack(came_back.clone(), cause.clone()));
        }
        for tear in &scanner.verdict().tears {
            self.totals.tears += 1;
            tell(WatchEvent::Tear(*tear));
        }
    }

    /// The address space is gone: after an exec the new one is followed.
    fn after_the_end(
        &mut self,
        state: TargetState,
        tell: &mut impl FnMut(WatchEvent),
    ) -> Result<(), AttachError> {
        if !matches!(state, TargetState::Execed) && state.is_over() {
            self.end(state.describe(), tell);
            return Ok(());
        }
        match self.open_again() {
            Ok(()) => {
                self.behind = 0;
                self.totals.execs += 1;
                self.has_before = false;
                self.state = TargetState::Running;
                tell(WatchEvent::Exec {
                    comm: self.target.info.comm(),
                    counts: self.target.info.counts,
                });
            }
            // It has ended or exec'd again: the next look says so.
            Err(why) if self.behind < MOST_EXECS && why.may_be_its_end() => self.behind += 1,
            Err(why) if why.is_refusal() || why.may_be_its_end() => self.end(
                format!("has run another program (exec), which cannot be read: {why}"),
                tell,
            ),
            Err(why) => return Err(why),
        }
        Ok(())
    }

    fn open_again(&mut self) -> Result<(), AttachError> {
        self.target.reopen()?;
        let scanner = scanner(&self.target, self.see_calls)?;
        if let CallsSeen::Yes { calls, losses } = self.calls_seen() {
            self.calls_before = (calls, losses);
        }
        self.scanner = scanner;
        if let Some(recorder) = &self.recorder {
            self.recorded = Some(FollowedScans::begin(recorder, &self.target));
        }
        Ok(())
    }

    fn end(&mut self, how: String, tell: &mut impl FnMut(WatchEvent)) {
        self.ended = true;
        tell(WatchEvent::End { how });
    }
}

/// Opens the address space that the target has now. The target is held by a
/// pidfd and by its own file: if that still reads after a scan, this file is of
/// the same address space.
fn scanner(target: &AttachedTarget, see_calls: bool) -> Result<UnknownScanner, AttachError> {
    let file = ProcFile::open(target.pid(), ProcFileName::Maps)?;
    let file = ChunkReader::new(file, page_size() as usize);
    Ok(UnknownScanner::new(
        file,
        false,
        see_calls.then(|| target.pid()),
    ))
}
