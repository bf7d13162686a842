//! A thread that is told to stop, and whose panic becomes a message.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::panic_text::{catch, panic_text};

/// How long to wait before a failure is told again to somebody who had no room
/// for it.
const AGAIN: Duration = Duration::from_millis(33);

/// How long a thread that was told to stop may take to end. One that hangs in
/// the kernel, in a read of somebody's `maps` perhaps, takes longer, and ends
/// with this process.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked whether a thread has ended.
const LOOK: Duration = Duration::from_millis(1);

/// Why a thread ended before it was told to.
#[derive(Debug)]
pub(crate) enum Failure<E> {
    Error(E),
    /// It panicked, and this is what the panic said.
    Panic(String),
}

/// A thread of ours. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct WorkerThread<T> {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<T>>,
    /// Whether dropping it waits for its end.
    awaited: bool,
}

impl<T: Send + 'static> WorkerThread<T> {
    /// Starts to work; `work` gets what tells it to stop.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(crate) fn start(
        name: &str,
        work: impl FnOnce(&Arc<AtomicBool>) -> T + Send + 'static,
    ) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::Builder::new().name(name.into()).spawn({
            let stop = stop.clone();
            move || work(&stop)
        })?;
        Ok(WorkerThread {
            stop,
            thread: Some(thread),
            awaited: true,
        })
    }

    /// Dropping it tells it to stop, and does not wait until it has.
    pub(crate) fn not_awaited(mut self) -> Self {
        self.awaited = false;
        self
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Tells it to stop, and does not wait until it has.
    pub(crate) fn tell_to_stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Stops it; what it came to, or what it said when it panicked. `None`: it
    /// was stopped before.
    pub(crate) fn stop(&mut self) -> Option<Result<T, String>> {
        self.tell_to_stop();
        let ended = self.thread.take()?.join();
        Some(ended.map_err(|panic| panic_text(&*panic)))
    }
}

impl WorkerThread<()> {
    /// Starts to work with `listener`, who is told if the work fails. `tell`
    /// says whether there was room; it is called again until there is, or the
    /// thread is to stop.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(crate) fn start_telling<L: Send + 'static, E>(
        name: &str,
        mut listener: L,
        work: impl FnOnce(&mut L, &Arc<AtomicBool>) -> Result<(), E> + Send + 'static,
        tell: impl Fn(&mut L, &Failure<E>) -> bool + Send + 'static,
    ) -> io::Result<Self> {
        Self::start(name, move |stop| {
            let failure = match catch(|| work(&mut listener, stop)) {
                Ok(Ok(())) => return,
                Ok(Err(error)) => Failure::Error(error),
                Err(panic) => Failure::Panic(panic),
            };
            while !tell(&mut listener, &failure) && !stop.load(Ordering::Relaxed) {
                std::thread::sleep(AGAIN);
            }
        })
    }
}

/// Starts to work for as long as the process runs. If the work panics,
/// `listener` is told so.
///
/// # Errors
/// When the thread cannot be started.
pub(crate) fn start_for_good<L: Send + 'static>(
    name: &'static str,
    listener: L,
    work: impl FnOnce(&mut L) + Send + 'static,
    tell: impl Fn(&mut L, String) + Send + 'static,
) -> io::Result<()> {
    let work = |listener: &mut L, _: &Arc<AtomicBool>| -> Result<(), Infallible> {
        work(listener);
        Ok(())
    };
    let tell = move |listener: &mut L, failure: &Failure<Infallible>| {
        if let Failure::Panic(text) = failure {
            let text = format!("the {name} thread panicked: {text}; please report this");
            tell(listener, text);
        }
        true
    };
    let thread = WorkerThread::start_telling(name, listener, work, tell)?;
    drop(thread.not_awaited());
    Ok(())
}

impl<T> Drop for WorkerThread<T> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take().filter(|_| self.awaited) {
            let deadline = Instant::now() + PATIENCE;
            while !thread.is_finished() && Instant::now() < deadline {
                std::thread::sleep(LOOK);
            }
            if thread.is_finished() {
                // How it ended is asked for by `stop`.
                let _ = thread.join();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{SyncSender, sync_channel};

    use super::*;

    #[test]
    fn it_works_until_it_is_stopped() {
        let mut worker = WorkerThread::start("test", |stop| {
            while !stop.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            7
        })
        .unwrap();
        assert!(!worker.has_ended());
        assert_eq!(worker.stop(), Some(Ok(7)));
        assert!(worker.has_ended());
        assert_eq!(worker.stop(), None);
    }

    #[test]
    fn a_panic_is_told_when_there_is_room() {
        let (sender, told) = sync_channel(1);
        sender.send(String::from("no room yet")).unwrap();
        let work = |_: &mut SyncSender<String>, _: &Arc<AtomicBool>| -> Result<(), ()> {
            panic!("of {}", "some")
        };
        let tell = |sender: &mut SyncSender<String>, failure: &Failure<()>| {
            sender.try_send(format!("{failure:?}")).is_ok()
        };
        let _worker = WorkerThread::start_telling("test", sender, work, tell).unwrap();
        assert_eq!(told.recv().unwrap(), "no room yet");
        assert_eq!(told.recv().unwrap(), "Panic(\"of some\")");
    }
}
