//! A finding as a program in C that shows it by itself.
//!
//! What changes from one to the next is written here: the pages, the calls, what
//! is read. The rest is in `program/`, and of that only what a finding needs. Found
//! by trying: reads no longer than the lines of the site find H2 a hundred times as
//! often as reads of a page do; the change between one CPU and several finds all of
//! them on kernels that are preemptible and on others, and where each of the two
//! threads is bound to its CPU, on a busy machine as well; a state that lasts for a
//! varying time does, too.

use std::fmt::Write as _;
use std::ops::Range;

use textwrap::Options;

use super::finding::Finding;
use super::objects::{Object, objects_of};
use crate::events::event::Seen;
use crate::linux::known_holes::KnownHole;
use crate::linux::reader::Reader;
use crate::scenario::call::Call;
use crate::scenario::page_layout::PageLayout;
use crate::scenario::raw_call::{pages_from, pages_long};
use crate::scenario::special_call::{Backing, SpecialCall};
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;
use crate::setup::state_info::StateInfo;

/// Columns of the program, and of a tab.
const COLUMNS: usize = 75;
const TAB: usize = 8;

/// The flags of most of its mappings, as calls have them.
const ANONYMOUS: &str = "MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE";

/// Bytes of the line of a fence at the lowest addresses.
const FENCE_LINE: usize = "00100000-00101000 ---p 00000000 00:00 0 \n".len();

/// Bytes a read, with which every line is a chunk: less than a line has.
const BELOW_A_LINE: usize = 32;

/// Bytes a read where there is nothing to be gained by less.
const USUAL_READ: usize = 4096;

/// The program, or why there is none.
pub(crate) fn c_program(finding: &Finding<'_>) -> Result<String, &'static str> {
    let scenario = finding.scenario;
    if !["hole", "lost tail"].contains(&&*finding.event.name) {
        return Err("it can show only that something is missing which is always mapped");
    }
    if scenario.has_huge_pages() {
        return Err("its pages are huge, and there may be none to be read");
    }
    let Some(pages) = always_mapped_at(finding) else {
        return Err("no page is mapped in every state, so that none may be called missing");
    };
    let reader: Reader = (finding.event.case.reader.parse())
        .map_err(|_| "it has no way to read what this reader reads")?;
    let program = Program {
        finding,
        reader,
        last: scenario.last || finding.event.placement == Placement::Last,
        first: pages_from("site", pages.start),
        end: pages_from("site", pages.end),
        objects: objects_of(scenario),
    };
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = program.write(&mut out);
    Ok(out)
}

/// The pages that it looks for: they follow each other, are readable in every state,
/// and the hole is among them, where it is among such pages at all.
fn always_mapped_at(finding: &Finding<'_>) -> Option<Range<u32>> {
    let always = finding.scenario.always_readable();
    let mut runs = always
        .chunk_by(|page, next| page + 1 == *next)
        .filter_map(|run| Some(*run.first()?..*run.last()? + 1));
    let first = runs.clone().next();
    let (start, end) = finding.info.site;
    let letter = (end - start) / u64::from(finding.scenario.original.page_count()).max(1);
    let hole = match &finding.event.seen {
        Seen::Text(text) => text.hole,
        Seen::Query(query) => query.hole,
    };
    let has_hole = |run: &Range<u32>| {
        let at = |page: u32| start + u64::from(page) * letter;
        hole.is_some_and(|(from, to)| from < at(run.end) && to > at(run.start))
    };
    runs.find(has_hole).or(first)
}

/// What is written of one finding.
struct Program<'a> {
    finding: &'a Finding<'a>,
    reader: Reader,
    /// Whether the site must be the last thing that is mapped.
    last: bool,
    /// The pages that it looks for, as C: the first, and what is behind them.
    first: String,
    end: String,
    objects: Vec<&'static Object>,
}

impl Program<'_> {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        self.write_head(out)?;
        self.write_names(out)?;
        out.push_str(include_str!("program/threads.c"));
        let functions = self.objects.iter().map(|object| object.functions);
        for text in functions.filter(|text| !text.is_empty()) {
            writeln!(out, "{text}")?;
        }
        self.write_operate(out)?;
        let missing = match self.way_to_read() {
            Way::Query => include_str!("program/read_query.c").to_owned(),
            Way::Once(bytes) => with_size(include_str!("program/read_once.c"), bytes),
            Way::On(bytes) => with_size(include_str!("program/read_on.c"), bytes),
        };
        writeln!(out, "{}", missing.replace("FIRST", &self.first))?;
        self.write_main(out)
    }

    fn write_head(&self, out: &mut String) -> std::fmt::Result {
        let name = self.finding.name();
        let file = self.reader.file().name();
        let looks = match self.reader.queries() {
            true => format!("asks PROCMAP_QUERY of /proc/self/{file} for them"),
            false => format!("looks for them in /proc/self/{file}"),
        };
        let head = format!(
            "One thread makes these calls, one reads pages that are always mapped, and main() \
             {looks}. Exit status: 1 as soon as one is missing, 0 if none is in ten seconds, 125 \
             (git bisect run: skip) if that cannot be told here. Compile with -pthread."
        );
        writeln!(out, "/*")?;
        comment(out, &format!("{name}: {}.", self.finding.scenario.summary))?;
        writeln!(out, " *")?;
        comment(out, &head)?;
        writeln!(out, " */")?;
        writeln!(out, "#define _GNU_SOURCE")?;
        let usual = [
            "err.h",
            "fcntl.h",
            "pthread.h",
            "stdio.h",
            "stdlib.h",
            "sys/mman.h",
            "unistd.h",
        ];
        let to_read: &[&str] = match self.reader.queries() {
            true => &["errno.h", "stdint.h", "sys/ioctl.h"],
            false => &["string.h"],
        };
        let of_objects = self.objects.iter().flat_map(|object| object.headers);
        let mut headers: Vec<&str> = usual
            .iter()
            .chain(to_read)
            .chain(of_objects)
            .copied()
            .collect();
        headers.sort_unstable();
        headers.dedup();
        for header in headers {
            writeln!(out, "#include <{header}>")?;
        }
        Ok(())
    }

    /// Macros and variables.
    fn write_names(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "\n#define ANON ({ANONYMOUS})\n\
             #define MUST(call) ((long)(call) < 0 ? err(125, \"%s\", #call) : (void)0)"
        )?;
        let mut pointers = "*site, *end".to_owned();
        if self.finding.scenario.source.is_some() {
            pointers += ", *source";
        }
        match self.way_to_read() {
            Way::Query => {
                writeln!(out, "#define PROCMAP_QUERY _IOWR('f', 17, char[104])")?;
            }
            Way::Once(_) => pointers += ", text[1 << 12]",
            Way::On(_) => pointers = format!("text[1 << 20], *seen = text, {pointers}"),
        }
        writeln!(out, "\nstatic char {pointers};")?;
        // The schedule of the finding comes first.
        let one_cpu = match self.finding.event.schedule {
            Some(Schedule::Preempt | Schedule::PreemptIdle) => "",
            _ => " = 1",
        };
        writeln!(
            out,
            "static volatile long page, touched, one_cpu{one_cpu};\n"
        )
    }

    /// The writer: the cycle of its calls.
    fn write_operate(&self, out: &mut String) -> std::fmt::Result {
        let scenario = self.finding.scenario;
        writeln!(out, "static void *operate(void *site)\n{{")?;
        writeln!(
            out,
            "\t/* A letter a page: r r--, w rw-, x r-x, . unmapped. */\n\tfor (;;) {{\t\t/* {} */",
            scenario.original
        )?;
        for operation in &scenario.operations {
            statement(out, 2, &operation.call.code("site"))?;
            writeln!(out, "\t\trest();\t\t/* {} */", operation.state)?;
        }
        writeln!(out, "\t}}\n\treturn site;\n}}\n")
    }

    /// The layout, the threads, and the reader.
    fn write_main(&self, out: &mut String) -> std::fmt::Result {
        let scenario = self.finding.scenario;
        let file = self.reader.file().name();
        let main = include_str!("program/main_begin.c");
        out.push_str(&main.replace("/FILE\"", &format!("/{file}\"")));
        let pages = scenario.original.page_count();
        let source_pages = scenario.source.as_ref().map_or(0, |it| it.page_count());
        let (site, source, reserved) = match self.last {
            true => (
                format!(
                    "(char *){:#x} - {}",
                    self.finding.info.site.1,
                    pages_long(pages)
                ),
                "(char *)0x100000".to_owned(),
                1 + pages,
            ),
            false => (
                "(char *)0x100000 + page".to_owned(),
                pages_from("site", pages + 1),
                // A fence before, between and behind them.
                2 + pages + source_pages + u32::from(source_pages > 0),
            ),
        };
        writeln!(out, "\tsite = {site};\n\tend = {};", self.end)?;
        if source_pages > 0 {
            writeln!(out, "\tsource = {source};")?;
        }
        writeln!(
            out,
            "\t/* What is inaccessible around them merges with nothing. */"
        )?;
        // Where a stack may be, if it has no random place.
        let replaces = if self.last {
            "ANON | MAP_FIXED_NOREPLACE"
        } else {
            "ANON"
        };
        let bytes = pages_long(reserved);
        statement(
            out,
            1,
            &format!("mmap(site - page, {bytes}, PROT_NONE, {replaces}, -1, 0)"),
        )?;
        lay_out(out, &scenario.original, "site")?;
        if let Some(source) = &scenario.source {
            lay_out(out, source, "source")?;
        }
        for object in &self.objects {
            out.push_str(object.statements);
        }
        for call in &scenario.setup {
            statement(out, 1, &call.code("site"))?;
        }
        let share = match self.wants_fifo() {
            true => include_str!("program/share_fifo.c"),
            false => include_str!("program/share.c"),
        };
        let main = include_str!("program/main_end.c").replace("SHARE", share);
        out.push_str(&main.replace("FIRST", &self.first));
        let says = match self.way_to_read() {
            Way::Query => r#"printf("read %ld times; missing %p\n", touched, lost);"#,
            Way::Once(_) => r#"printf("%s\nread %ld times; missing %p\n", text, touched, lost);"#,
            Way::On(_) => {
                r#"*strchrnul(seen, '\n') = 0;
	printf("%s\nread %ld times; missing %p\n", seen, touched, lost);"#
            }
        };
        writeln!(out, "\t{says}\n\treturn !!lost;\n}}")
    }

    /// Whether the writer must come before the reader where they share a CPU: then
    /// H2 shows ten times as often where the kernel is preemptible.
    fn wants_fifo(&self) -> bool {
        let schedule = self.finding.event.schedule;
        schedule == Some(Schedule::Preempt) || self.finding.known().has(KnownHole::H2)
    }

    fn way_to_read(&self) -> Way {
        let event = self.finding.event;
        let at_a_boundary = matches!(&event.seen, Seen::Text(text) if text.first_in_chunk);
        if self.reader.queries() {
            Way::Query
        } else if at_a_boundary && self.finding.known().is_empty() {
            Way::On(BELOW_A_LINE)
        } else if self.last || self.reader != Reader::Maps {
            Way::On(USUAL_READ)
        } else {
            let bytes = |state: &StateInfo| -> usize {
                let lines = state.lines.lines.iter();
                lines.map(|line| line.text.len() + 1).sum()
            };
            let longest = self.finding.info.states.iter().map(bytes).max();
            Way::Once(longest.unwrap_or(0) + 2 * FENCE_LINE)
        }
    }
}

/// How it looks for the pages.
enum Way {
    Query,
    /// By one read of so many bytes: those of the site, which is at the lowest
    /// addresses. What it cuts of an address is a smaller one, and no evidence.
    Once(usize),
    /// By reads of so many bytes, as far as the pages are, or to the end of the file.
    On(usize),
}

fn with_size(text: &str, bytes: usize) -> String {
    text.replace("READ,", &format!("{bytes},"))
}

/// Makes a layout of what is inaccessible.
fn lay_out(out: &mut String, layout: &PageLayout, name: &str) -> std::fmt::Result {
    let pages = 0..layout.page_count();
    if pages.clone().any(|page| !layout.is_mapped(page)) {
        statement(out, 1, &Call::Munmap { pages }.code(name))?;
    }
    for vma in layout.vmas() {
        let (pages, protection) = (vma.first_page..vma.end_page(), vma.protection);
        let call = match protection.is_shared() {
            false => Call::Mmap { pages, protection },
            true => Call::Special(SpecialCall::Map {
                pages,
                protection,
                backing: Backing::Anonymous,
                populate: false,
                grows_down: false,
            }),
        };
        statement(out, 1, &call.code(name))?;
    }
    Ok(())
}

/// A call that must not fail, indented by so many tabs.
fn statement(out: &mut String, tabs: usize, call: &str) -> std::fmt::Result {
    let text = format!("MUST({});", call.replace(ANONYMOUS, "ANON"));
    let indent = "\t".repeat(tabs);
    let options = Options::new(COLUMNS - tabs * TAB).subsequent_indent("     ");
    for line in textwrap::wrap(&text, options) {
        writeln!(out, "{indent}{line}")?;
    }
    Ok(())
}

fn comment(out: &mut String, text: &str) -> std::fmt::Result {
    let options = Options::new(COLUMNS)
        .initial_indent(" * ")
        .subsequent_indent(" * ");
    writeln!(out, "{}", textwrap::fill(text, options))
}
