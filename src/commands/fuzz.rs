//! `vmascope fuzz`.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use super::exit::{Exit, Failure, is_unread};
use super::kits::{Kits, create_folder};
use super::repeats::without_repeats;
use super::signals::{patience, stop_flag};
use crate::cli::check::CheckFormat;
use crate::cli::fuzz::FuzzArguments;
use crate::fuzz::generate::Generator;
use crate::fuzz::hunt::Hunt;
use crate::fuzz::ingredients::Family;
use crate::fuzz::news::News;
use crate::fuzz::plan::{HuntPlan, any_seed};
use crate::fuzz::totals::HuntResult;
use crate::kit::finding::Finding;
use crate::modifier::options::ModifierOptions;
use crate::report::fuzz::FuzzReport;
use crate::report::fuzz::human::write_human;
use crate::report::fuzz::live::Live;
use crate::report::fuzz::machine::{write_json, write_ktap};
use crate::report::output::human_stdout;

pub(crate) fn run(arguments: &FuzzArguments) -> Result<Exit, Failure> {
    if !Family::make_a_cycle(&arguments.families()) {
        let problem = "--ops mseal calls nothing by itself: nothing undoes it, so it is of the \
                       original state only; name what is to be called beside what is sealed";
        return Err(Failure::usage(anyhow::anyhow!(problem)));
    }
    // It goes at the end, where there is no kit.
    let _folder = arguments.out.as_deref().map(create_folder).transpose()?;
    let interrupted = stop_flag()?;
    let modifier = ModifierOptions {
        touch_thread: true,
        slots: arguments.vmas,
        patience: patience(&interrupted),
        ..ModifierOptions::default()
    };
    let schedules = arguments.schedules();
    let schedules = schedules.map(|named| without_repeats(&named));
    let readers = without_repeats(&arguments.readers());
    let HuntPlan { options, info } =
        HuntPlan::new(arguments.duration, readers, schedules, modifier)?;
    let seed = arguments.seed.unwrap_or_else(any_seed);
    let people = arguments.format == CheckFormat::Human;
    let printer = Mutex::new(Live::new(people, seed, arguments.duration));
    // Where nobody reads on and no kit is to be made, only the status is left to be
    // found out.
    let settled = AtomicBool::new(false);
    let tell = |written| -> Result<()> {
        if is_unread(written)? && arguments.out.is_none() && settled.load(Ordering::Relaxed) {
            interrupted.store(true, Ordering::Relaxed);
        }
        Ok(())
    };
    tell(
        printer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .begin(&info),
    )?;
    let hunt = |job: u16| -> Result<HuntResult> {
        let seed = seed.wrapping_add(u64::from(job) << 32);
        let generator = Generator::new(seed, arguments.families(), arguments.kinds());
        let mut hunt = Hunt::new(options.clone(), generator, &interrupted)?;
        let ran = hunt.run(&mut |news| {
            let mut printer = printer.lock().unwrap_or_else(PoisonError::into_inner);
            if let News::Seen { find, .. } = &news
                && (find.key.label.is_none() || !arguments.allow_known)
            {
                settled.store(true, Ordering::Relaxed);
            }
            tell(printer.tell(&news))
        });
        Ok(hunt.result(ran))
    };
    let results: Vec<Result<HuntResult>> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..arguments.jobs)
            .map(|job| scope.spawn(move || hunt(job)))
            .collect();
        let mut results = vec![hunt(0)];
        results.extend(others.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err(anyhow::anyhow!("a hunter panicked; please report this")))
        }));
        results
    });
    let mut all = sum(results)?;
    let report = FuzzReport {
        info: &info,
        seed,
        result: &all,
        interrupted: interrupted.load(Ordering::Relaxed),
        allow_known: arguments.allow_known,
    };
    // The line of progress goes.
    drop(printer);
    is_unread(match arguments.format {
        CheckFormat::Human => write_human(&report, &mut human_stdout()),
        CheckFormat::Json => write_json(&report, &mut io::BufWriter::new(io::stdout())),
        CheckFormat::Ktap => write_ktap(&report, &mut io::stdout()),
    })?;
    let stopped_early = report.interrupted;
    if let Some(folder) = &arguments.out {
        let mut kits = Kits::new(folder, arguments.format, &interrupted);
        for find in &all.finds {
            kits.make(&Finding::from(find), &info)?;
        }
        kits.finish()?;
    }
    let problem = all.problem.take();
    let exit = if all.totals.unlabelled() > 0 || all.totals.labelled() > 0 && !arguments.allow_known
    {
        Exit::Violation
    } else if problem.is_some() || stopped_early {
        Exit::CouldNotRun
    } else if all.totals.tally.scans == 0 {
        Exit::AllSkipped
    } else {
        Exit::Held
    };
    match problem {
        Some(problem) => Err(Failure::with(exit, problem)),
        None => Ok(exit),
    }
}

/// What all hunters came to; one that failed takes nothing from the others, and is
/// why the hunt did not come to its end.
///
/// # Errors
/// When none of them could hunt.
fn sum(results: Vec<Result<HuntResult>>) -> Result<HuntResult> {
    let mut all = HuntResult::default();
    let (hunted, failed): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    let nobody = hunted.is_empty();
    hunted.into_iter().flatten().for_each(|one| all.merge(one));
    match failed.into_iter().find_map(Result::err) {
        Some(failed) if nobody => Err(failed),
        failed => {
            all.problem = all.problem.take().or(failed);
            Ok(all)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hunter_that_fails_takes_nothing_from_the_others() {
        let hunter = |run| -> Result<HuntResult> {
            let mut result = HuntResult::default();
            result.totals.run = run;
            Ok(result)
        };
        let failed = || -> Result<HuntResult> { Err(anyhow::anyhow!("no memory")) };
        let all = sum(vec![failed(), hunter(3), failed(), hunter(4)]).unwrap();
        assert_eq!(all.totals.run, 7);
        assert_eq!(all.problem.unwrap().to_string(), "no memory");
        assert!(sum(vec![hunter(1)]).unwrap().problem.is_none());
        assert!(sum(vec![failed(), failed()]).is_err());
    }
}
