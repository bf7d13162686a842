//! `vmascope learn`: the lessons, on this kernel.

use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use etcetera::BaseStrategy as _;
use rustix::fs::{MemfdFlags, memfd_create};

use super::demo::{need_terminal, show, theme};
use super::exit::{Exit, Failure, unless_unread};
use super::settings;
use crate::cli::learn::LearnArguments;
use crate::lesson::catalogue::{find, lessons};
use crate::lesson::definition::{Lesson, Need, RecordingName, WatchedTarget};
use crate::lesson::progress::Progress;
use crate::linux::features::KernelFacts;
use crate::linux::features::rule::Rule;
use crate::linux::reader::Reader;
use crate::linux::small_file::read_text;
use crate::modifier::options::ModifierOptions;
use crate::process::attached::AttachedTarget;
use crate::recording::open::Recording;
use crate::report::lessons::text;
use crate::report::output::{print, tell};
use crate::report::save::Saved;
use crate::scenario::catalogue::{own_scenario, place_of, scenarios, scenarios_and};
use crate::scenario::definition::Scenario;
use crate::scenario::most_repeats::MostRepeats;
use crate::session::new_setup::new_setup;
use crate::session::{Subject, ToWatch};
use crate::settings::rates::Rates;
use crate::setup::evidence::gather_evidence;
use crate::text::sanitise::sanitise;
use crate::tui::learn::{LessonStart, OwnScenario};
use crate::tui::protocol::drawn::ModelStart;
use crate::tui::run::lessons::{Lessons, read_progress};
use crate::tui::run::{Begin, RunOptions, Source};
use crate::tui::view::View;

/// In the folder for the state of programs (XDG).
const FOLDER: &str = "vmascope";
const PROGRESS: &str = "learn.json";
const OWN_SCENARIO: &str = "own-scenario.toml";

/// Most bytes that the file of the learner's own scenario may have.
const MOST: u64 = 1 << 20;

/// What the file of the learner's own scenario holds to begin with.
const TEMPLATE: &str = include_str!("../lesson/own-scenario.toml");

pub(crate) fn run(arguments: &LearnArguments) -> Result<Exit, Failure> {
    let at = arguments.lesson.as_deref().map(find).transpose();
    let at = at.map_err(|why| Failure::usage(anyhow::anyhow!(why)))?;
    let settings = settings::load(&arguments.look.config)?;
    if arguments.text {
        let wanted = lessons().iter().enumerate();
        let wanted = wanted.filter(|(n, _)| at.is_none_or(|at| at == *n));
        let with_keys = |text: &str| settings.keys.hint(text);
        let texts: Vec<String> = wanted.map(|(n, it)| text(n, it, &with_keys)).collect();
        let written = print(&texts.join("\n\n"));
        unless_unread(written.map_err(anyhow::Error::from), ())?;
        return Ok(Exit::Held);
    }
    need_terminal("learn --text` prints the lessons")?;
    let folder = state_folder();
    let file = folder.as_ref().map(|folder| folder.join(PROGRESS));
    let known = |file: &Path| {
        let progress = read_progress(file)?;
        // Whether it can be written is known now: what is not kept vanishes.
        drop(Saved::create(file)?);
        anyhow::Ok(progress)
    };
    let (progress, file) = match file.as_deref().map(known).transpose() {
        Ok(progress) => (progress.unwrap_or_default(), file),
        Err(why) => {
            // It is still there when the screen is given back.
            tell(&format!("vmascope: progress is not kept: {why:#}"));
            (Progress::default(), None)
        }
    };
    let theme = theme(&arguments.look, &settings);
    let chosen = settings.chosen(false, false);
    let first = at.unwrap_or_else(|| next_lesson(&progress));
    let mut shows_contents = at.is_none();
    let mut locks = None;
    let make = move |at: usize, progress: &Progress| {
        let start = LessonStart {
            lesson: at,
            progress: progress.clone(),
            is_recorded: false,
            shows_contents: std::mem::take(&mut shows_contents),
            own: OwnScenario::default(),
        };
        begin(start, &settings.rates, folder.as_deref(), &mut locks)
    };
    let mut lessons = Box::new(Lessons::new(Box::new(make), progress, file));
    let begin = lessons.begin(first)?;
    show(RunOptions {
        begin,
        theme,
        chosen,
        inbox: None,
        lessons: Some(lessons),
        panic_in: None,
    })
}

/// Where the state of programs is kept; none: nobody's home is known.
fn state_folder() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.state_dir()?.join(FOLDER))
}

/// The lesson that was left, or the first that was not gone through.
fn next_lesson(progress: &Progress) -> usize {
    let is_open = |lesson: &Lesson| progress.of(&lesson.name).is_none_or(|known| !known.done);
    let was_left = |lesson: &Lesson| lesson.name == progress.last && is_open(lesson);
    let mut all = lessons().iter();
    let found = all.position(was_left);
    found
        .or_else(|| lessons().iter().position(is_open))
        .unwrap_or(0)
}

/// What a lesson shows; `per_vma_locks` is what is known of this kernel.
fn begin(
    mut start: LessonStart,
    rates: &Rates,
    folder: Option<&Path>,
    per_vma_locks: &mut Option<bool>,
) -> anyhow::Result<Begin> {
    let lesson = &lessons()[start.lesson];
    let is_shown_live = match lesson.needs {
        None => true,
        Some(Need::PerVmaLocks) => match *per_vma_locks {
            Some(known) => known,
            None => *per_vma_locks.insert(has_per_vma_locks()?),
        },
    };
    if let (Some(name), false) = (lesson.recording, is_shown_live) {
        start.is_recorded = true;
        let source = Source::Recording(Arc::new(recording(name)?));
        return Ok(Begin {
            lesson: Some(start),
            ..Begin::with(source, rates.modifier)
        });
    }
    let view = View::named(&lesson.watch.view);
    let is_by_hand = view == Some(View::Manual);
    let mut model = None;
    let subject = match &lesson.watch.target {
        WatchedTarget::Own => Subject::Target(Box::new(ToWatch {
            target: AttachedTarget::attach(std::process::id().into())?,
            rate: rates.target,
            // Calls of its own would be made by looking at them.
            see_calls: false,
        })),
        WatchedTarget::Scenario(name) => of_catalogue(name, is_by_hand)?,
        WatchedTarget::Model(wanted) => {
            model = Some(ModelStart::named(&wanted.case, &wanted.protocol)?);
            of_catalogue(&wanted.case, is_by_hand)?
        }
        WatchedTarget::OwnScenario => {
            let (scenario, own) = own(folder)?;
            start.own = own;
            let all = scenarios_and(scenario);
            modifier(all, all.len() - 1, is_by_hand)
        }
    };
    Ok(Begin {
        view,
        model,
        lesson: Some(start),
        ..Begin::with(Source::Live(subject, None), rates.modifier)
    })
}

fn of_catalogue(name: &str, by_hand: bool) -> anyhow::Result<Subject> {
    let at = place_of(scenarios(), name)?;
    Ok(modifier(scenarios(), at, by_hand))
}

fn modifier(scenarios: &'static [Scenario], scenario: usize, by_hand: bool) -> Subject {
    Subject::Modifier {
        scenarios,
        scenario,
        moves_on: false,
        by_hand,
        modifier: Box::default(),
    }
}

/// Whether readers of `maps` lock one VMA at a time here, as was seen.
fn has_per_vma_locks() -> anyhow::Result<bool> {
    let mut facts = KernelFacts::detect()?;
    let mut setup = new_setup(&ModifierOptions::default())?;
    gather_evidence(&mut setup, &mut facts, &[Reader::Maps])?;
    Ok(facts.rule_for(Reader::Maps).rule == Rule::LINE_END)
}

/// A recording that is part of the program.
fn recording(name: RecordingName) -> anyhow::Result<Recording> {
    let bytes: &[u8] = match name {
        RecordingName::HoleInside => include_bytes!("../../assets/recordings/hole-inside"),
        RecordingName::HoleMremap => include_bytes!("../../assets/recordings/hole-mremap"),
    };
    // Read as any other is, from a file without a name.
    let file = memfd_create("recording", MemfdFlags::CLOEXEC);
    let mut file = std::fs::File::from(file.context("cannot unpack the recording")?);
    file.write_all(bytes)
        .context("cannot unpack the recording")?;
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(Recording::open(Path::new(&path))?)
}

/// The learner's own scenario; where its file does not hold one, that of the template, and
/// why.
fn own(folder: Option<&Path>) -> anyhow::Result<(Scenario, OwnScenario)> {
    let template = || own_scenario(TEMPLATE, "the template");
    let (file, read) = match folder {
        None => ("(nowhere: no home folder is known)".to_owned(), Err(None)),
        Some(folder) => {
            let path = folder.join(OWN_SCENARIO);
            let name = sanitise(path.as_os_str().as_encoded_bytes()).into_owned();
            let read = own_file(&path).map_err(Some);
            let scenario = read
                .and_then(|text| own_scenario(&text, OWN_SCENARIO).map_err(|it| Some(it.into())));
            (name, scenario)
        }
    };
    let (scenario, problem) = match read {
        Ok(scenario) => (scenario, None),
        Err(None) => (template()?, None),
        Err(Some(why)) => (template()?, Some(format!("{why:#}"))),
    };
    let states: Vec<_> = scenario.states().collect();
    let repeats = MostRepeats::of(&states).pages_again() > 0;
    let name = scenario.name.clone();
    Ok((
        scenario,
        OwnScenario {
            file,
            name,
            repeats,
            problem,
        },
    ))
}

/// The text of the file, which is made where there is none.
fn own_file(path: &Path) -> anyhow::Result<String> {
    match read_text(path, MOST) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("cannot create {}", folder.display()))?;
            }
            Saved::create(path)?.keep(TEMPLATE)?;
            Ok(TEMPLATE.to_owned())
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
