//! One line on a terminal that says how far a run is.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::Reporter;
use crate::events::Observation;
use crate::events::event::EventKind;

/// How often the line is drawn anew.
const TICK: Duration = Duration::from_millis(200);

/// Does the work, and meanwhile shows on a terminal how many of `all` scans it has
/// counted in `done`.
pub(crate) fn count_scans<T>(all: u64, done: &AtomicU64, work: impl FnOnce() -> T) -> T {
    let bar = ProgressBar::new(all);
    let style = ProgressStyle::with_template("{bar:24} {elapsed} {human_pos} of {human_len} scans");
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("━╸─"));
    }
    let is_over = AtomicBool::new(bar.is_hidden());
    std::thread::scope(|scope| {
        let draw = || {
            while !is_over.load(Ordering::Relaxed) {
                bar.set_position(done.load(Ordering::Relaxed));
                std::thread::park_timeout(TICK);
            }
        };
        // Without a thread to draw there is no line.
        let drawing = std::thread::Builder::new().spawn_scoped(scope, draw).ok();
        let _over = OnDrop(|| {
            is_over.store(true, Ordering::Relaxed);
            if let Some(drawing) = &drawing {
                drawing.thread().unpark();
            }
            bar.finish_and_clear();
        });
        work()
    })
}

/// Does something however a scope is left.
struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// A reporter with a line of progress below what it prints. The line is drawn
/// on standard error, and only where that is a terminal; it is gone when the
/// run is over, however it ends.
#[derive(Debug)]
pub(crate) struct WithProgress<R> {
    reporter: R,
    bar: ProgressBar,
}

impl<R: Reporter> WithProgress<R> {
    /// Draws below what `reporter` prints.
    pub(crate) fn new(reporter: R) -> Self {
        Self::on(reporter, ProgressBar::no_length())
    }

    fn on(reporter: R, bar: ProgressBar) -> Self {
        let style = ProgressStyle::with_template("{pos:>3} of {len} {bar:24} {elapsed} {wide_msg}");
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("━╸─"));
        }
        WithProgress { reporter, bar }
    }

    fn follow(&self, observation: &Observation) {
        match observation {
            Observation::RunStarted(run) => {
                self.bar.set_length(run.cases as u64);
                if !self.bar.is_hidden() {
                    self.bar.enable_steady_tick(TICK);
                }
            }
            Observation::CaseStarted(info) => {
                let (number, _) = info.number;
                self.bar.set_position(number.saturating_sub(1) as u64);
                self.bar
                    .set_message(format!("{}, {}", info.case, info.placement.name()));
            }
            Observation::CaseFinished(result) => self.bar.set_position(result.number.0 as u64),
            Observation::RunFinished { .. } => self.bar.finish_and_clear(),
            Observation::Progress | Observation::Event(_) => {}
        }
    }
}

/// Whether a reporter may print something of it.
fn prints(observation: &Observation) -> bool {
    match observation {
        Observation::Progress => false,
        Observation::Event(event) => event.kind == EventKind::Violation,
        _ => true,
    }
}

impl<R: Reporter> Reporter for WithProgress<R> {
    fn observe(&mut self, observation: &Observation) -> io::Result<()> {
        let WithProgress { reporter, bar } = self;
        let result = if prints(observation) {
            bar.suspend(|| reporter.observe(observation))
        } else {
            reporter.observe(observation)
        };
        self.follow(observation);
        result
    }
}

impl<R> Drop for WithProgress<R> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
