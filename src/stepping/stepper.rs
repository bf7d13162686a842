//! Steps taken with a reader and a modifier.

use super::narration::{Narration, Narrator};
use super::reader_model::ReaderPosition;
use super::script::Script;
use super::step::{ManualStep, ReadSize};
use super::way_to_duplicate::{SearchState, WayToDuplicate, shortest_way};
use crate::linux::chunk;
use crate::linux::chunk::{ChunkReader, ReadClock, ScanError};
use crate::linux::features::rule::Rule;
use crate::linux::maps_file::MapsFile;
use crate::linux::reader::Reader;
use crate::maps::line::parse_range;
use crate::maps::scan_text::{Counts, Lines, ScanText, Window};
use crate::modifier::error::ModifierError;
use crate::oracle::text_judge::TextJudge;
use crate::oracle::verdict::Verdict;

/// Why a step could not be taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepperError {
    /// The file could not be read.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The modifier could not do its operation.
    #[error(transparent)]
    Modifier(#[from] ModifierError),
}

/// A clock that shows the operations of a modifier that stands still.
#[derive(Clone, Copy, Debug)]
struct StandingStill {
    finished: u64,
}

impl ReadClock for StandingStill {
    fn finished(&self) -> Counts {
        Window::of_one(self.finished, 0).finished
    }

    fn begun(&self) -> Counts {
        Window::of_one(0, self.finished).begun
    }
}

/// A reader and a modifier that do nothing by themselves.
#[derive(Debug)]
pub(crate) struct Stepper<F> {
    script: Script,
    rule: Rule,
    reader: ChunkReader<F>,
    text: ScanText,
    judge: TextJudge,
    /// Operations finished since the layout.
    finished: u64,
    size: ReadSize,
    stand: ReaderPosition,
    ended: bool,
    /// The reader did something else than its rule says: until it is rewound,
    /// nobody knows where it stands.
    astray: bool,
    narration: Narration,
    steps: Vec<ManualStep>,
    repeats: u64,
    violations: u64,
}

impl<F: MapsFile> Stepper<F> {
    /// Takes hold of a file at its start and of a modifier that has finished
    /// so many operations and stands still.
    ///
    /// # Errors
    /// When the file cannot be rewound.
    pub(crate) fn new(
        script: Script,
        rule: Rule,
        file: F,
        finished: u64,
    ) -> Result<Self, StepperError> {
        let mut reader = ChunkReader::new(file, script.page_size as usize);
        let mut text = ScanText::default();
        reader.rewind(&mut text)?;
        let mut manual = Stepper {
            script,
            rule,
            reader,
            text,
            judge: TextJudge::new(Reader::Maps, rule),
            finished,
            size: ReadSize::default(),
            stand: ReaderPosition::START,
            ended: false,
            astray: false,
            narration: Narration::default(),
            steps: Vec::new(),
            repeats: 0,
            violations: 0,
        };
        manual.narration = manual.narrator().beginning(manual.state(), manual.size);
        Ok(manual)
    }

    /// Begins afresh: the reader at the start of the file, a modifier that has
    /// finished so many operations and stands still.
    ///
    /// # Errors
    /// When the file cannot be rewound.
    pub(crate) fn restart(&mut self, finished: u64) -> Result<(), StepperError> {
        self.reader.rewind(&mut self.text)?;
        self.judge.judge_beginning(&self.script.states, &self.text);
        self.finished = finished;
        self.size = ReadSize::default();
        self.stand = ReaderPosition::START;
        (self.ended, self.astray) = (false, false);
        (self.repeats, self.violations) = (0, 0);
        self.steps.clear();
        self.narration = self.narrator().beginning(self.state(), self.size);
        Ok(())
    }

    /// Says this before what is said of the last step.
    pub(crate) fn tell_first(&mut self, text: &str) {
        self.narration.happened.insert_str(0, text);
    }

    /// Takes a step; `operate` has the modifier do its next operation and says
    /// how many it has finished since the layout.
    ///
    /// # Errors
    /// [`StepperError`].
    pub(crate) fn step(
        &mut self,
        step: ManualStep,
        operate: impl FnOnce() -> Result<u64, ModifierError>,
    ) -> Result<(), StepperError> {
        match step {
            ManualStep::Read => self.read()?,
            ManualStep::Operate => {
                let before = self.state();
                self.finished = operate()?;
                let states = (before, self.state());
                let code = &self.script.operations[before];
                self.narration = self.narrator().operated(code, &self.stand, states);
            }
            ManualStep::Size => {
                self.size = self.size.other();
                let (size, state) = (self.size, self.state());
                self.narration = self.narrator().resized(size, &self.stand, state);
            }
            ManualStep::Rewind => {
                self.reader.rewind(&mut self.text)?;
                self.stand = ReaderPosition::START;
                self.ended = false;
                self.astray = false;
                self.judge.judge_beginning(&self.script.states, &self.text);
                self.narration = self.narrator().rewound(self.state());
            }
        }
        if self.astray && step != ManualStep::Read {
            self.narration.next = ASTRAY.into();
        }
        self.steps.push(step);
        Ok(())
    }

    fn read(&mut self) -> Result<(), StepperError> {
        let state = self.state();
        let page = self.script.page_size as usize;
        let model = self.script.model(self.rule);
        let wanted = match self.size {
            ReadSize::Page => page,
            ReadSize::Line => model
                .next(&self.stand, state)
                .map_or(page, |line| line.text.len()),
        };
        self.reader.set_read_size(wanted);
        let from = self.text.text().len();
        let clock = StandingStill {
            finished: self.finished,
        };
        let before = self.judge.verdict().violations.len();
        let step = self.reader.step(&clock, &mut self.text)?;
        self.ended = step == chunk::Step::End;
        let verdict = if self.ended {
            self.judge.judge(&self.script.states, &self.text)
        } else {
            self.judge.judge_beginning(&self.script.states, &self.text)
        };
        let violation = verdict.violations.get(before).cloned();
        let end = if verdict.coherent() {
            "All lines are of one state."
        } else if verdict.violations.is_empty() {
            "The lines are of several states: torn, but allowed."
        } else {
            "The lines break a promise."
        };
        let generated = model.read(&self.stand, state, self.size);
        let printed = &self.text.text()[from..];
        let as_told = self.text.partial().is_empty()
            && Lines::of(printed).map(parse_range).eq(generated
                .lines
                .iter()
                .map(|line| Some((line.start, line.end))));
        self.astray |= !as_told;
        let repeats = generated.repeats(&self.stand);
        self.narration = self.narrator().read(&self.stand, &generated, state, end);
        self.stand = generated.stand;
        self.repeats += u64::from(repeats && as_told);
        if self.astray {
            self.narration = Narration {
                happened: format!(
                    "read() returned {}, which the rule {} does not say: this kernel does \
                     something else.",
                    describe(printed),
                    self.rule
                ),
                next: ASTRAY.into(),
            };
        }
        if let Some(violation) = violation {
            self.violations += 1;
            let text = format!(
                "VIOLATION, a {}: no correct kernel shows this. ",
                violation.kind.name()
            );
            self.narration.happened.insert_str(0, &text);
        }
        Ok(())
    }

    /// The fewest steps from here to a duplicate.
    #[must_use]
    pub(crate) fn way_to_duplicate(&self) -> WayToDuplicate {
        if self.astray {
            return WayToDuplicate::Unknown;
        }
        shortest_way(&self.script.model(self.rule), self.search_state())
    }

    /// Replaces the sentences by why there is no way to a duplicate.
    pub(crate) fn tell_none(&mut self, elsewhere: Option<&[ManualStep]>) {
        self.narration = Narration {
            happened: self.narrator().why_no_duplicate(elsewhere),
            next: self.narrator().next(&self.stand, self.state()),
        };
    }

    /// Replaces them by why the way to a duplicate is not known.
    pub(crate) fn tell_unknown(&mut self) {
        self.narration.happened = if self.astray {
            "Where the reader stands is not known, so neither is a way: R rewinds it.".into()
        } else {
            "The address space is too large to look for a way to a duplicate.".into()
        };
    }

    fn search_state(&self) -> SearchState {
        SearchState {
            stand: self.stand,
            state: self.state(),
            size: self.size,
        }
    }

    fn narrator(&self) -> Narrator<'_> {
        Narrator {
            model: self.script.model(self.rule),
        }
    }

    /// The state of the site.
    #[must_use]
    pub(crate) fn state(&self) -> usize {
        (self.finished % self.script.operations.len().max(1) as u64) as usize
    }

    #[must_use]
    pub(crate) fn script(&self) -> &Script {
        &self.script
    }

    /// The modifier's next operation, as code.
    #[must_use]
    pub(crate) fn next_operation(&self) -> &str {
        self.script
            .operations
            .get(self.state())
            .map_or("", |code| code)
    }

    /// The same by the pages of the site.
    #[must_use]
    pub(crate) fn next_call(&self) -> &str {
        self.script.calls.get(self.state()).map_or("", |call| call)
    }

    #[must_use]
    pub(crate) fn rule(&self) -> Rule {
        self.rule
    }

    #[must_use]
    pub(crate) fn text(&self) -> &ScanText {
        &self.text
    }

    /// What the oracle says of the file so far.
    #[must_use]
    pub(crate) fn verdict(&self) -> &Verdict {
        self.judge.verdict()
    }

    #[must_use]
    pub(crate) fn stand(&self) -> ReaderPosition {
        self.stand
    }

    /// The line that the next read begins with as things are, as text without
    /// its newline; none at the end, or where nobody knows.
    #[cfg(test)]
    pub(crate) fn next_line(&self) -> Option<&[u8]> {
        if self.astray {
            return None;
        }
        let line = self
            .script
            .model(self.rule)
            .next(&self.stand, self.state())?;
        Some(line.text.strip_suffix(b"\n").unwrap_or(line.text))
    }

    /// How much a read asks for.
    #[must_use]
    pub(crate) fn size(&self) -> ReadSize {
        self.size
    }

    /// Bytes the last read asked for.
    #[must_use]
    pub(crate) fn read_size(&self) -> usize {
        self.reader.read_size()
    }

    /// Whether the end of the file was read.
    #[must_use]
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Whether the reader did something that its rule does not say.
    #[must_use]
    pub(crate) fn is_astray(&self) -> bool {
        self.astray
    }

    /// The sentences about the last step.
    #[must_use]
    pub(crate) fn narration(&self) -> &Narration {
        &self.narration
    }

    #[must_use]
    pub(crate) fn steps(&self) -> &[ManualStep] {
        &self.steps
    }

    /// Reads that began with a duplicate so far.
    #[must_use]
    pub(crate) fn repeats(&self) -> u64 {
        self.repeats
    }

    /// Reads in which the oracle found a violation so far.
    #[must_use]
    pub(crate) fn violations(&self) -> u64 {
        self.violations
    }
}

const ASTRAY: &str = "Where the reader stands now is not known; R rewinds it.";

fn describe(text: &[u8]) -> String {
    let mut lines = Lines::of(text);
    let first = lines.next().unwrap_or_default();
    let range: Vec<u8> = first
        .iter()
        .copied()
        .take_while(|&byte| byte != b' ')
        .collect();
    match (first.is_empty(), 1 + lines.count()) {
        (true, _) => "nothing".into(),
        (_, 1) => crate::text::sanitise::sanitise(&range).into_owned(),
        (_, count) => format!(
            "{count} lines from {} on",
            crate::text::sanitise::sanitise(&range)
        ),
    }
}
