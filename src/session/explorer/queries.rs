//! What the explorer wants to know of the kernel, asked on the session's
//! thread.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::change_log::{LoggedChange, RateOfChanges};
use super::history::{History, Past, listed, past};
use super::inspection::Inspection;
use super::recent::Recent;
use super::request::ExplorerRequest;
use super::usage::Usage;
use crate::linux::features::KernelFacts;
use crate::linux::file::ProcFile;
use crate::linux::kernel_text::in_plain_words;
use crate::linux::limits::max_map_count;
use crate::linux::open_error::OpenError;
use crate::linux::pid_handle::PidHandle;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::procmap_query::{Filter, Lookup, Query, QueryError, VmaQuery};
use crate::linux::reader::Reader;
use crate::session::live::{PageAnswer, PageAnswers};
use crate::session::picture::Picture;
use crate::session::rows::Row;

/// How often what is on the screen is asked about; besides with each scan that
/// is shown.
const ASK: Duration = Duration::from_millis(200);
/// How often limits are read, which nearly never change.
const LIMITS: Duration = Duration::from_secs(5);
/// VMAs asked about at once: more than any screen shows.
const MOST: usize = 512;

/// What a snapshot tells the explorer.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    /// What was asked for.
    pub request: Arc<ExplorerRequest>,
    /// Whether `PROCMAP_QUERY` is there to be asked.
    pub has_query: bool,
    /// What it answered for the start of each line on the screen.
    pub answers: PageAnswers,
    /// What it answered for the VMA that is open.
    pub inspection: Option<Arc<Inspection>>,
    /// What `smaps` says of it, if that was asked for.
    pub usage: Option<Arc<Usage>>,
    /// What reading `smaps` locks on this kernel.
    pub smaps_locks: Arc<str>,
    /// `vm.max_map_count`: VMAs that a process may have.
    pub max_map_count: Option<u64>,
    /// What happened to each VMA in the last minute, by address.
    pub recent: Arc<Vec<Recent>>,
    /// The latest changes that fit the filter, newest first, if the log is
    /// read.
    pub log: Arc<Vec<LoggedChange>>,
    /// What became of the VMA that is open.
    pub past: Arc<Past>,
    /// Changes since the session started, and lately.
    pub changes: (u64, RateOfChanges),
    /// Since when changes are looked for; none: not yet.
    pub since: Option<Duration>,
    /// The picture that stands still, arranged as it was asked for.
    pub still: Option<Arc<Picture>>,
}

/// Asks about one target what the explorer wants to know.
#[derive(Debug)]
pub(crate) struct ExplorerQueries {
    pid: u32,
    life: Option<PidHandle>,
    file: Option<ProcFile>,
    explored: Explored,
    /// The addresses that the VMA that is open has, or had last.
    open_range: Option<Range<u64>>,
    /// Something else is asked for than when changes were last listed.
    list_due: bool,
    ask_due: Duration,
    limits_due: Duration,
}

impl ExplorerQueries {
    /// Of a process that runs.
    pub(crate) fn new(pid: u32, facts: &KernelFacts) -> Self {
        let rule = facts.rule_for(Reader::Smaps).rule;
        let locks = in_plain_words(Reader::Smaps, rule);
        ExplorerQueries::with(pid, facts.procmap_query, locks.into())
    }

    fn with(pid: u32, has_query: bool, smaps_locks: Arc<str>) -> Self {
        ExplorerQueries {
            pid,
            life: PidHandle::of(pid).ok(),
            file: None,
            explored: Explored {
                has_query,
                smaps_locks,
                ..Explored::default()
            },
            open_range: None,
            list_due: false,
            ask_due: Duration::ZERO,
            limits_due: Duration::ZERO,
        }
    }

    /// Asks the same about another process.
    pub(crate) fn turn_to(&mut self, pid: u32) {
        let old = std::mem::take(&mut self.explored);
        *self = ExplorerQueries::with(pid, old.has_query, old.smaps_locks);
        self.explored.request = old.request;
    }

    pub(crate) fn explored(&self) -> Explored {
        self.explored.clone()
    }

    /// What the explorer asks for.
    pub(crate) fn request(&self) -> &ExplorerRequest {
        &self.explored.request
    }

    /// The explorer asks for something else.
    pub(crate) fn set_request(&mut self, request: Arc<ExplorerRequest>) {
        let explored = &mut self.explored;
        if explored.request.open != request.open {
            explored.inspection = None;
            explored.usage = None;
            self.open_range = None;
        }
        if explored.request.still != request.still
            || explored.request.arrangement != request.arrangement
        {
            explored.still = request
                .still
                .as_ref()
                .map(|still| Arc::new(still.0.arranged(request.arrangement.clone())));
        }
        explored.request = request;
        self.list_due = true;
        self.ask_due = Duration::ZERO;
    }

    /// Asks what is due; whether there is something new. `changed`: the
    /// history has.
    pub(crate) fn tick(
        &mut self,
        now: Duration,
        picture: Option<&Picture>,
        history: &History,
        changed: bool,
    ) -> bool {
        let mut news = changed | self.list_due;
        if news {
            self.list_due = false;
            self.list(picture, history);
        }
        if now >= self.limits_due {
            self.limits_due = now + LIMITS;
            let limit = max_map_count();
            news |= limit != self.explored.max_map_count;
            self.explored.max_map_count = limit;
        }
        let is_new = picture.is_some_and(|picture| picture.at == now);
        if (is_new || now >= self.ask_due) && self.explored.has_query {
            self.ask_due = now + ASK;
            news |= self.ask(now, picture);
        }
        news
    }

    fn list(&mut self, picture: Option<&Picture>, history: &History) {
        let explored = &mut self.explored;
        explored.recent = history.recent().clone();
        explored.changes = (history.total(), history.rates());
        explored.since = history.since();
        let request = &explored.request;
        explored.log = match request.log {
            Some(row) => Arc::new(listed(history.log(), &request.arrangement.filter, row)),
            None => Arc::default(),
        };
        let open = open_range(request, picture);
        self.open_range = open
            .or(self.open_range.take())
            .filter(|_| request.open.is_some());
        explored.past = match &self.open_range {
            Some(range) => Arc::new(past(history.log(), range.clone())),
            None => Arc::default(),
        };
    }

    /// Asks `PROCMAP_QUERY`; whether it answers otherwise than before.
    fn ask(&mut self, now: Duration, picture: Option<&Picture>) -> bool {
        if self.file.is_none() {
            self.file = self.open(ProcFileName::Maps).ok();
        }
        let Some(file) = &mut self.file else {
            return false;
        };
        let explored = &mut self.explored;
        let mut news = false;
        let mut failed = None;
        match answers(file, picture, &explored.request.shown) {
            Ok(answers) => news |= explored.answers.renew(now, answers),
            Err(error) => failed = Some(error),
        }
        if let Some(address) = explored.request.open.filter(|_| failed.is_none()) {
            let (inspection, error) = Inspection::ask(file, address, now);
            let same = |old: &Arc<Inspection>| old.says_the_same(&inspection);
            news |= !explored.inspection.as_ref().is_some_and(same);
            explored.inspection = Some(Arc::new(inspection));
            failed = error;
        }
        if failed == Some(QueryError::TargetGone) {
            // After an exec there is another address space to open.
            self.file = None;
        }
        news
    }

    /// Reads `smaps` for an address.
    pub(crate) fn read_usage(&mut self, address: u64, now: Duration, stop: &AtomicBool) {
        let usage = match self.open(ProcFileName::Smaps) {
            Ok(mut file) => Usage::read(&mut file, address, stop).unwrap_or_else(|error| Usage {
                address,
                error: Some(format!("cannot read /proc/{}/smaps: {error}", self.pid)),
                ..Usage::default()
            }),
            Err(error) => Usage {
                address,
                error: Some(error.to_string()),
                ..Usage::default()
            },
        };
        self.explored.usage = Some(Arc::new(Usage { at: now, ..usage }));
    }

    /// A file of the process, never of another that got its PID.
    fn open(&self, file: ProcFileName) -> Result<ProcFile, OpenError> {
        let opened = ProcFile::open(self.pid, file)?;
        let is_alive = self.life.as_ref().is_some_and(PidHandle::is_alive);
        let pid = self.pid;
        is_alive
            .then_some(opened)
            .ok_or(OpenError::NoSuchProcess { pid, file })
    }
}

/// The addresses that the VMA that is open has now.
pub(crate) fn open_range(
    request: &ExplorerRequest,
    picture: Option<&Picture>,
) -> Option<Range<u64>> {
    let (address, picture) = (request.open?, picture?);
    let line = picture.lines.get(picture.line_at(address)? as usize)?;
    let range = line.start..line.end;
    range.contains(&address).then_some(range)
}

/// What `PROCMAP_QUERY` answers for the start of each line at these addresses
/// that has a row.
fn answers(
    file: &mut impl VmaQuery,
    picture: Option<&Picture>,
    shown: &Range<u64>,
) -> Result<Vec<PageAnswer>, QueryError> {
    let ask = |address: u64| {
        let query = Query {
            address,
            lookup: Lookup::Covering,
            filter: Filter::default(),
        };
        let answer = file.query(&query)?;
        Ok(PageAnswer::new(address, answer))
    };
    let Some(picture) = picture else {
        return Ok(Vec::new());
    };
    let first = picture
        .line_at(shown.start)
        .and_then(|line| picture.row_of_line(line));
    let rows = picture.rows.get(first.unwrap_or(usize::MAX)..);
    let lines = rows.unwrap_or_default().iter().filter_map(|row| match row {
        Row::Line(line) => Some(picture.lines[*line as usize].start),
        _ => None,
    });
    lines
        .take_while(|start| *start < shown.end)
        .take(MOST)
        .map(ask)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linux::procmap_query::{NameBuffers, QueriedVma};
    use crate::maps::scan_text::{ScanText, Window};
    use crate::session::picture::Context;

    const START: u64 = 0x10_0000;

    /// A VMA that only grows: by its end it is known when an answer was given.
    struct Growing(u64);

    impl VmaQuery for Growing {
        fn query(&mut self, query: &Query) -> Result<Option<QueriedVma>, QueryError> {
            let vma = QueriedVma {
                start: START,
                end: self.0,
                ..QueriedVma::default()
            };
            Ok(Some(vma).filter(|vma| (vma.start..vma.end).contains(&query.address)))
        }

        fn query_named(
            &mut self,
            query: &Query,
            _: &mut NameBuffers,
        ) -> Result<Option<QueriedVma>, QueryError> {
            self.query(query)
        }
    }

    impl Growing {
        fn grow(&mut self) {
            self.0 += 0x1000;
        }

        fn picture(&self, at: Duration) -> Picture {
            let text = format!("{START:08x}-{:08x} rw-p 00000000 00:00 0 \n", self.0);
            let mut picture = Picture::default();
            let chunk = (text.as_bytes(), Window::ANY);
            picture.scan.text = ScanText::from_chunks([chunk], Window::ANY);
            picture.at = at;
            picture.index(Context::default());
            picture.lay_out(Vec::new());
            picture
        }
    }

    proptest! {
        /// Whether a tick shows a scan, and whether it asks; without a scan it
        /// asks as well, about the last one.
        #[test]
        fn what_is_shown_beside_a_line_was_asked_after_it(ticks: Vec<(bool, bool)>) {
            let mut vma = Growing(START + 0x1000);
            let mut answers_shown = PageAnswers::default();
            let mut shown = None;
            for (tick, (is_new, is_asked)) in (1..).zip(ticks) {
                let now = Duration::from_millis(33 * tick);
                if is_new {
                    vma.grow();
                    shown = Some(vma.picture(now));
                }
                let Some(picture) = &shown else { continue };
                if is_asked {
                    vma.grow();
                    let range = START..START + 1;
                    answers_shown.renew(now, answers(&mut vma, Some(picture), &range).unwrap());
                }
                let line_end = picture.lines[0].end;
                for answer in answers_shown.beside(picture) {
                    prop_assert!(answer.answer.unwrap().1 > line_end);
                }
                prop_assert!(!is_asked || !answers_shown.beside(picture).is_empty());
            }
        }
    }

    #[test]
    fn every_line_on_the_screen_is_asked_about() {
        let mut vma = Growing(START + 0x1000);
        let picture = vma.picture(Duration::ZERO);
        let asked = |vma: &mut Growing, shown| answers(vma, Some(&picture), &shown).unwrap().len();
        assert_eq!(asked(&mut vma, START..START + 0x1000), 1);
        // It has grown down since: the line there is another.
        assert_eq!(asked(&mut vma, START + 0x800..START + 0x1000), 1);
        assert_eq!(asked(&mut vma, 0..START), 0);
        assert_eq!(asked(&mut vma, START + 0x1000..u64::MAX), 0);
        assert_eq!(asked(&mut vma, 0..0), 0);
    }
}
