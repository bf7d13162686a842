//! The mail of a kit.

use super::finding::Finding;
use super::mechanism::{check, how, walk, when};
use super::run_program::{Runs, Tried};
use super::trace::write_trace;
use crate::events::case::{CaseResult, place_name};
use crate::events::event::{Event, Seen};
use crate::events::run_info::RunInfo;
use crate::linux::known_holes::KnownHole;
use crate::linux::reader::Reader;
use crate::report::mail::SIBLING_OF_H2;
use crate::report::page::{MAIL, at_spaces};
use crate::report::seen::seen_lines;
use crate::text::number::{self, grouped, rate_text, seconds};

/// The mail: plain text, its lines at most 75 columns. `machine`: what it was found
/// on.
pub(crate) fn mail(
    finding: &Finding<'_>,
    run: &RunInfo,
    machine: &str,
    tried: &Tried,
    has_program: bool,
) -> String {
    let mut mail = Mail::default();
    let reader = finding.event.case.reader.parse().unwrap_or(Reader::Maps);
    mail.line(&format!("Subject: {}", subject(finding, reader)));
    mail.head(&summary(finding, run, reader));
    mail.about_functions(finding, reader);
    mail.about_promise(finding, reader);
    mail.about_calls(finding);
    mail.about_sight(finding.event);
    mail.about_counts(finding);
    mail.about_machine(finding, run, machine);
    mail.about_program(finding, tried, has_program);
    write_trace(finding, reader, &mut mail.text);
    mail.text
}

/// How often such a violation was seen in what a tally sums up.
fn count_in(event: &Event, tally: &crate::oracle::tally::Tally) -> u64 {
    let alike = tally
        .named()
        .filter(|(kind, known, _)| *kind == event.name && known.label() == event.known.as_deref());
    alike.map(|(_, _, count)| count).sum()
}

fn what_is_read(reader: Reader) -> String {
    match reader.queries() {
        true => "PROCMAP_QUERY".into(),
        false => format!("/proc/PID/{}", reader.file().name()),
    }
}

fn subject(finding: &Finding<'_>, reader: Reader) -> String {
    let file = match reader.queries() {
        true => "PROCMAP_QUERY",
        false => reader.file().name(),
    };
    let what = match &*finding.event.name {
        "hole" => format!("{file} misses mapped pages"),
        "lost tail" => format!("{file} misses the last mapping"),
        other => format!("{file}: {other}"),
    };
    let mut holes = finding.known().iter();
    match (holes.next(), holes.next()) {
        (Some(hole), None) => format!("fs/proc: {what} {}", when(hole)),
        _ => format!("fs/proc: {what}"),
    }
}

fn summary(finding: &Finding<'_>, run: &RunInfo, reader: Reader) -> String {
    let kernel = run.kernel.split_whitespace().nth(1).unwrap_or("unknown");
    let count = count_in(finding.event, &finding.result.tally);
    let what = match &*finding.event.name {
        "hole" => "leaves out pages that are mapped all the while",
        "lost tail" => "ends although more is mapped all the while",
        "skipped line" => "passes over what each state of the address space has there",
        "stale line" => "goes back to what it had already passed",
        "mixed chunk" => "shows lines that no one state has together",
        _ => "shows what no state of the address space has",
    };
    let mechanism = match finding.known().label() {
        Some(label) => format!(
            "This is {label}, explained below: it bears the signature, and the mechanism is \
             possible for this reader."
        ),
        None => "How it comes about is not known.".into(),
    };
    format!(
        "On {kernel}, {} {what}, while the process only makes the calls below. It was seen {} \
         in {}. {mechanism}",
        what_is_read(reader),
        number::count(count, "time"),
        number::count(finding.result.tally.scans, "scan"),
    )
}

#[derive(Debug, Default)]
struct Mail {
    text: String,
}

impl Mail {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A paragraph.
    fn head(&mut self, text: &str) {
        self.line("");
        for line in textwrap::wrap(text, at_spaces(MAIL)) {
            self.line(&line);
        }
    }

    fn section(&mut self, title: &str) {
        self.line(&format!("\n{title}\n{}", "-".repeat(title.len())));
    }

    /// A line that is not ours: long ones go on in the next.
    fn verbatim(&mut self, line: &str) {
        let options = at_spaces(MAIL + 3)
            .initial_indent("    ")
            .subsequent_indent("        ");
        for line in textwrap::wrap(line, options) {
            self.line(line.trim_end());
        }
    }

    fn item(&mut self, name: &str, text: &str) {
        let head = format!("{name:<15}");
        let options = at_spaces(MAIL)
            .initial_indent(&head)
            .subsequent_indent("               ");
        for line in textwrap::wrap(text, options) {
            self.line(&line);
        }
    }

    fn about_functions(&mut self, finding: &Finding<'_>, reader: Reader) {
        self.section("Where");
        let per_vma = finding.info.rule.starts_with("line");
        self.head(&format!("The walk: {}.", walk(reader, per_vma)));
        let known = finding.known();
        let holes: Vec<KnownHole> = known.iter().collect();
        if holes.is_empty() {
            return self.head(
                "The mechanism is not known: what was read bears the signature of none of the \
                 known ones. So no check is named here.",
            );
        }
        if holes.len() > 1 {
            self.head("What was read fits more than one mechanism, and does not tell which.");
        }
        for hole in &holes {
            self.head(how(*hole));
            self.head(&format!("The check: {}", check(*hole)));
        }
        if known.has(KnownHole::H2) {
            self.head(SIBLING_OF_H2);
        }
    }

    fn about_promise(&mut self, finding: &Finding<'_>, reader: Reader) {
        self.section("What is promised");
        let missing = ["hole", "lost tail"].contains(&&*finding.event.name);
        self.head(match (reader.queries(), missing) {
            (true, _) => {
                "No text says what PROCMAP_QUERY must find while the address space changes; that \
                 it finds what is mapped all the while is what its callers expect."
            }
            (false, true) => {
                "Documentation/filesystems/proc.rst, in the note that follows the description of \
                 /proc/PID/smaps, calls reading these files racy, and yet guarantees two things: \
                 addresses never go backwards, so that regions do not overlap; and if something \
                 is at an address during all of the walk, there is output for it. The second is \
                 broken here."
            }
            (false, false) => {
                "Documentation/filesystems/proc.rst, in the note that follows the description of \
                 /proc/PID/smaps, guarantees that addresses never go backwards, and that there is \
                 output for what is mapped during all of the walk. It does not say outright that \
                 a line must be one that some state of the address space has."
            }
        });
    }

    fn about_calls(&mut self, finding: &Finding<'_>) {
        self.section("What the process does");
        self.head(
            "Over and over it makes these calls. Above each is the state before it, one letter a \
             page: r r--, w rw-, x r-x, . unmapped, capital letters shared; a space ends a VMA.",
        );
        if !finding.scenario.setup.is_empty() {
            self.head("Before that, what is private and anonymous at first is made what it is by");
            self.line("");
            for call in &finding.scenario.setup {
                self.verbatim(&format!("{};", call.code("site")));
            }
        }
        self.line("");
        for state in &finding.info.states {
            self.verbatim(&format!("/* {} */", state.strip));
            self.verbatim(&format!("{};", state.code));
        }
        let pages = finding.scenario.always_mapped();
        let pages: Vec<String> = pages.iter().map(u32::to_string).collect();
        self.head(&match pages.is_empty() {
            true => "No page is mapped in every state.".into(),
            false => format!("Mapped in every state, pages from 0: {}.", pages.join(", ")),
        });
    }

    fn about_sight(&mut self, event: &Event) {
        self.section("What was read");
        self.line("");
        for line in seen_lines(&event.seen) {
            self.verbatim(&line);
        }
        self.head(&event.sentence);
        if let Some(window) = &event.window {
            let states: Vec<String> = window.allowed_states.iter().map(usize::to_string).collect();
            self.head(&format!(
                "The process counts its calls (\"operations\") before and after each: {} had \
                 finished before the read() or the query began, and {} had begun when it was over. \
                 So the site was in state {} (0 is the first of those above), or on the way from \
                 one to the next.",
                grouped(window.finished),
                grouped(window.begun),
                states.join(" or "),
            ));
        }
    }

    fn about_counts(&mut self, finding: &Finding<'_>) {
        self.section("How often");
        self.head(&counted(finding.event, finding.result));
        self.line("");
        let mut others = 0;
        for one in &finding.result.placements {
            let count = count_in(finding.event, &one.tally);
            if count == 0 {
                others += one.tally.scans;
                continue;
            }
            self.item(
                &format!("  {}:", one.schedule.name()),
                &format!(
                    "{} in {} scans, {} a second, {}",
                    grouped(count),
                    grouped(one.tally.scans),
                    rate_text(count, one.elapsed_ns),
                    place_name(one.placement, one.variant),
                ),
            );
        }
        if others > 0 {
            let scans = grouped(others);
            self.item("  otherwise:", &format!("none in {scans} scans"));
        }
        for other in finding.others {
            self.head(&format!(
                "By {}: {}",
                other.case.reader,
                counted(finding.event, other)
            ));
        }
        if let Some(proof) = &finding.result.proof {
            self.head(&format!(
                "Meanwhile a thread of the process read the {} mapped in every state {}; {}.",
                number::count(u64::from(proof.pages), "page"),
                number::count(proof.rounds, "time"),
                proof
                    .fault
                    .map_or("none of its reads raised SIGSEGV".into(), |at| {
                        format!("its read at {at:x} raised SIGSEGV")
                    })
            ));
        }
    }

    fn about_machine(&mut self, finding: &Finding<'_>, run: &RunInfo, machine: &str) {
        self.section("On what");
        self.line("");
        self.item("Kernel:", &run.kernel);
        self.item("Config:", &run.per_vma_lock);
        self.item("Preemption:", &run.preemption);
        self.item("CPUs:", &run.cpus.to_string());
        self.item("Machine:", machine);
        self.item("Page:", &format!("{} bytes", run.page_size));
        if finding.scenario.has_huge_pages() {
            let huge = "a page of the calls and states is a huge page; hugetlb is a memfd of \
                        MFD_HUGETLB, and none of its pages is there (the pool may be empty): \
                        only VMAs are";
            self.item("Layout:", huge);
        }
        if let Some(populated) = &run.populated {
            self.item("Layout:", &populated.to_string());
        }
        if let Some(schedule) = finding.event.schedule {
            self.item("Schedule:", &format!("{schedule}, of {}", run.schedules));
        }
        self.item("Placement:", finding.event.placement.description());
        self.item(
            "Found by:",
            &format!("vmascope {}, {}", run.version, run.command_line),
        );
        self.item("At:", &run.started);
    }

    fn about_program(&mut self, finding: &Finding<'_>, tried: &Tried, has_program: bool) {
        let name = finding.name();
        self.section("To reproduce it");
        self.head(&format!("{name}.toml is the scenario:"));
        self.line("");
        self.line("    vmascope check \\");
        self.line(&format!("        --scenario-file {name}.toml \\"));
        self.line(&format!("        --scenario {name}"));
        if !has_program {
            if let Tried::NotRun(why) = tried {
                self.head(&format!("A program in C that shows it by itself: {why}."));
            }
            return;
        }
        let file = format!("{name}.c shows it by itself: plain C, no vmascope.");
        self.head(&match tried {
            Tried::Run(Runs {
                compiled,
                shown,
                runs,
                median,
            }) => {
                let median = median.map_or(String::new(), |median| {
                    format!(", after {:.2} s (the median)", median.as_secs_f64())
                });
                format!(
                    "{file} Compiled here with `{compiled}`, it showed a missing page in {shown} \
                     of {runs} runs of ten seconds at most{median}."
                )
            }
            Tried::NotRun(why) => format!("{file} It was not tried here: {why}."),
            Tried::Interrupted => {
                format!("{file} It was not tried here, as the run was interrupted before.")
            }
        });
        self.head(
            "It exits with 1 as soon as a page is missing, with 0 if none is within ten seconds, \
             and with 125 if that cannot be told, as a call is not possible here: as `git bisect \
             run` wants it. For that, link it with -static, and have a script build the kernel \
             (exit 125 if that fails), boot it in a virtual machine with two CPUs or more, run \
             the program there, and exit with its status:",
        );
        self.line("");
        self.line("    git bisect start BAD GOOD");
        self.line(&format!("    git bisect run ./build-boot-and-run {name}"));
    }
}

fn counted(event: &Event, result: &CaseResult) -> String {
    let count = count_in(event, &result.tally);
    if count == 0 {
        return format!("none in {} scans.", grouped(result.tally.scans));
    }
    let lines = match event.seen {
        Seen::Text(_) => "lines",
        Seen::Query(_) => "answers",
    };
    format!(
        "{} in {} scans of {} {lines}, during {} operations in {}: {:.1e} a scan, {} a second.",
        grouped(count),
        grouped(result.tally.scans),
        grouped(result.tally.lines),
        grouped(result.operations),
        seconds(result.elapsed_ns),
        count as f64 / result.tally.scans.max(1) as f64,
        rate_text(count, result.elapsed_ns),
    )
}
