//! A hunt as it is watched: a thread that hunts until it is stopped, and says some
//! four times a second what there is to show.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::find::Find;
use super::generate::Generator;
use super::hunt::{Hunt, HuntOptions};
use super::news::{News, Purpose};
use super::plan::HuntPlan;
use super::request::HuntRequest;
use super::totals::Totals;
use super::transition::Transition;
use super::trial::Meeting;
use crate::events::run_info::RunInfo;
use crate::modifier::child_process::patience::Patience;
use crate::modifier::options::ModifierOptions;
use crate::scenario::definition::Scenario;
use crate::threads::worker::{Failure, WorkerThread};
use anyhow::Result;

/// How often there may be something new.
const TICK: Duration = Duration::from_millis(250);

/// How long a round lasts, as a hunt does where nobody says how long.
pub(crate) const ROUND: Duration = Duration::from_secs(60);

/// How long a step is new.
const NEW: Duration = Duration::from_secs(5);

/// Which hunt of the program it is: two may have the same seed.
pub(crate) type HuntNumber = u32;

/// A sequence that is read.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    pub(crate) scenario: Scenario,
    pub(crate) meeting: Meeting,
    pub(crate) purpose: Purpose,
}

/// A find as it is listed.
#[derive(Clone, Debug)]
pub(crate) struct ListedFind {
    pub(crate) find: Find,
    /// Whether it was made smaller and repeated, as far as time allowed.
    pub(crate) is_worked_on: bool,
    /// Its hunt, and the command that hunts for the same without a screen.
    pub(crate) number: HuntNumber,
    pub(crate) command: String,
    pub(crate) run: Arc<RunInfo>,
}

/// Everything there is to show at one moment.
#[derive(Clone, Debug, Default)]
pub struct HuntSnapshot {
    pub number: HuntNumber,
    pub seed: u64,
    pub elapsed: Duration,
    pub(crate) totals: Totals,
    /// Steps that were made for the first time just now.
    pub(crate) new: Vec<Transition>,
    pub(crate) running: Option<Arc<Running>>,
    /// In the order they were seen in.
    pub(crate) finds: Vec<Arc<ListedFind>>,
    /// Whether it is over.
    pub ended: bool,
    /// Why it could not go on, if so.
    pub failed: Option<String>,
}

/// A hunt under way. Dropping it ends it, and its modifier.
#[derive(Debug)]
pub(crate) struct LiveHunt {
    /// Dropping it ends it.
    _thread: WorkerThread<()>,
}

impl LiveHunt {
    /// Starts it. `tell` is called from its thread and must not block; it says
    /// whether it had room. `tell_silence` hears each second that the modifier
    /// does not answer.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(crate) fn start(
        number: HuntNumber,
        seed: u64,
        request: HuntRequest,
        tell: impl FnMut(HuntSnapshot) -> bool + Send + 'static,
        tell_silence: impl Fn(String) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let thread = WorkerThread::start_telling(
            "hunt",
            Teller::new(number, seed, request.command(seed), tell),
            move |teller, stop| {
                let patience = Patience::new(stop.clone(), tell_silence).without_limit();
                hunt(seed, request, teller, patience, stop)
            },
            |teller, failure: &Failure<anyhow::Error>| {
                teller.snapshot.failed = Some(match failure {
                    Failure::Error(error) => format!("{error:#}"),
                    Failure::Panic(text) => {
                        format!("it panicked: {text}; please report this")
                    }
                });
                teller.end()
            },
        )?;
        Ok(LiveHunt { _thread: thread })
    }
}

fn hunt<T: FnMut(HuntSnapshot) -> bool>(
    seed: u64,
    request: HuntRequest,
    teller: &mut Teller<T>,
    patience: Patience,
    stop: &AtomicBool,
) -> Result<()> {
    teller.tell();
    let modifier = ModifierOptions {
        touch_thread: true,
        patience,
        ..ModifierOptions::default()
    };
    let duration = request.duration.unwrap_or(ROUND);
    let schedules = request.schedule.map(|one| vec![one]);
    let HuntPlan { options, info } = HuntPlan::new(duration, request.readers, schedules, modifier)?;
    teller.run = Some(Arc::new(info));
    let options = HuntOptions {
        endless: request.duration.is_none(),
        ..options
    };
    let generator = Generator::new(seed, request.families, request.kinds);
    let mut hunt = Hunt::new(options, generator, stop)?;
    let ran = hunt.run(&mut |news| {
        teller.hear(&news);
        Ok(())
    });
    let result = hunt.result(ran);
    teller.snapshot.totals = result.totals;
    if let Some(problem) = result.problem {
        return Err(problem);
    }
    teller.end();
    Ok(())
}

/// Keeps what there is to show, and tells it at times.
struct Teller<T> {
    tell: T,
    snapshot: HuntSnapshot,
    command: String,
    run: Option<Arc<RunInfo>>,
    began: Instant,
    told: Instant,
    /// When each step was made first.
    first: BTreeMap<Transition, Duration>,
}

impl<T: FnMut(HuntSnapshot) -> bool> Teller<T> {
    fn new(number: HuntNumber, seed: u64, command: String, tell: T) -> Self {
        Teller {
            tell,
            command,
            snapshot: HuntSnapshot {
                number,
                seed,
                ..HuntSnapshot::default()
            },
            run: None,
            began: Instant::now(),
            told: Instant::now(),
            first: BTreeMap::new(),
        }
    }

    fn hear(&mut self, news: &News<'_>) {
        match news {
            News::Progress { totals, .. } => self.snapshot.totals = (*totals).clone(),
            News::Reading {
                scenario,
                meeting,
                purpose,
            } => {
                // What nobody gets to see is not copied.
                if self.told.elapsed() < TICK {
                    return;
                }
                self.snapshot.running = Some(Arc::new(Running {
                    scenario: (*scenario).clone(),
                    meeting: (*meeting).clone(),
                    purpose: (*purpose).clone(),
                }));
                self.tell();
            }
            News::Seen { find, totals } => {
                self.snapshot.totals = (*totals).clone();
                self.list(find, false);
                self.tell();
            }
            News::Found(find) => {
                self.list(find, true);
                self.tell();
            }
        }
    }

    /// A find takes the place of the one that was listed of it.
    fn list(&mut self, find: &Find, is_worked_on: bool) {
        let Some(run) = &self.run else {
            return;
        };
        let listed = Arc::new(ListedFind {
            find: find.clone(),
            is_worked_on,
            number: self.snapshot.number,
            command: self.command.clone(),
            run: run.clone(),
        });
        let finds = &mut self.snapshot.finds;
        match finds.iter_mut().find(|one| one.find.key == find.key) {
            Some(one) => *one = listed,
            None => finds.push(listed),
        }
    }

    fn end(&mut self) -> bool {
        self.snapshot.ended = true;
        self.snapshot.running = None;
        self.tell()
    }

    fn tell(&mut self) -> bool {
        self.told = Instant::now();
        let elapsed = self.began.elapsed();
        self.snapshot.elapsed = elapsed;
        let steps = self.snapshot.totals.coverage.rows().map(|(step, _)| *step);
        for step in steps {
            self.first.entry(step).or_insert(elapsed);
        }
        let is_new = |(_, first): &(&Transition, &Duration)| **first + NEW > elapsed;
        let new = self.first.iter().filter(is_new);
        self.snapshot.new = new.map(|(step, _)| *step).collect();
        (self.tell)(self.snapshot.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::linux::known_holes::KnownHole;
    use crate::tui::fixture::fuzz::{listed, run, snapshot};
    use crate::tui::fixture::snapshot::Kind;

    type Tell = Box<dyn FnMut(HuntSnapshot) -> bool>;

    fn teller() -> (Teller<Tell>, Receiver<HuntSnapshot>) {
        let (sender, told) = channel();
        let tell: Tell = Box::new(move |snapshot| sender.send(snapshot).is_ok());
        let mut teller = Teller::new(7, 1, String::new(), tell);
        teller.run = Some(Arc::new(run()));
        (teller, told)
    }

    #[test]
    fn a_find_that_was_made_smaller_takes_the_place_of_what_was_seen() {
        let (mut teller, told) = teller();
        let [seen, found] = [false, true].map(|worked_on| listed(KnownHole::H1.into(), worked_on));
        let totals = &Totals {
            run: 3,
            ..Totals::default()
        };
        let find = &seen.find;
        teller.hear(&News::Seen { find, totals });
        teller.hear(&News::Found(&found.find));
        // Both are told at once, with what had come of the hunt by then.
        let [first, second] = [0, 1].map(|_| told.try_recv().unwrap());
        assert_eq!((first.totals.run, second.totals.run), (3, 3));
        let [first, second] = [first, second].map(|told| told.finds);
        assert_eq!([first.len(), second.len()], [1, 1]);
        assert!(!first[0].is_worked_on && second[0].is_worked_on);
        assert_eq!(second[0].find.shortest, found.find.shortest);
        assert_eq!((second[0].number, told.try_recv().is_err()), (7, true));
    }

    #[test]
    fn a_step_is_new_for_some_time() {
        let (mut teller, told) = teller();
        teller.snapshot.totals = snapshot(Kind::Duplicate).totals;
        let steps = teller.snapshot.totals.coverage.len();
        assert!(teller.tell());
        teller.began -= NEW;
        assert!(teller.end());
        let [first, second] = [0, 1].map(|_| told.try_recv().unwrap());
        assert_eq!([first.new.len(), second.new.len()], [steps, 0]);
        assert!(second.elapsed >= NEW && second.ended && !first.ended);
    }
}
