//! A finding as a program in C that shows it by itself.
//!
//! What changes from one to the next is written here: the pages, the calls, what
//! is read. The rest is in `program/`. Found by trying: reads no longer than the
//! lines of the site find H2 a hundred times as often as reads of a page do; the
//! change between one CPU and several finds all of them on kernels that are
//! preemptible and on others. The writer is a process of its own, as the modifier
//! is; whether a thread of the reader's would do was not measured.

use std::fmt::Write as _;

use textwrap::Options;

use super::finding::Finding;
use super::objects::objects_of;
use crate::linux::reader::Reader;
use crate::scenario::call::Call;
use crate::scenario::page_layout::PageLayout;
use crate::scenario::special_call::{Backing, SpecialCall};
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;

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
    let always = scenario.always_readable();
    if !["hole", "lost tail"].contains(&&*finding.event.name) {
        return Err("it can show only that something is missing which is always mapped");
    }
    if scenario.has_huge_pages() {
        return Err("its pages are huge, and there may be none to be read");
    }
    if always.is_empty() {
        return Err("no page is mapped in every state, so that none may be called missing");
    }
    let reader: Reader = (finding.event.case.reader.parse())
        .map_err(|_| "it has no way to read what this reader reads")?;
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut out, finding, reader, &always);
    Ok(out)
}

fn write(
    out: &mut String,
    finding: &Finding<'_>,
    reader: Reader,
    always: &[u32],
) -> std::fmt::Result {
    let (scenario, name) = (finding.scenario, finding.name());
    let last = is_last(finding);
    let file = reader.file().name();
    let reads = match reader.queries() {
        true => format!("asks PROCMAP_QUERY of its /proc/PID/{file}"),
        false => format!("reads its /proc/PID/{file}"),
    };
    let head = format!(
        "A process makes the calls of operate() over and over; another {reads}, and looks for the \
         pages that are mapped in every state. A tenth of a second they share a CPU, the next they \
         do not. Exit status: 1 as soon as a page is missing, 0 if none is within 10 s, 125 (git \
         bisect run: skip) if that cannot be told here."
    );
    let summary = format!("{name}: {}.", scenario.summary);
    writeln!(out, "/*")?;
    comment(out, &summary)?;
    writeln!(out, " *")?;
    comment(out, &head)?;
    writeln!(out, " *\n *\tcc -O2 -pthread {name}.c\n */")?;
    writeln!(out, "#define _GNU_SOURCE")?;
    let usual = [
        "err.h",
        "fcntl.h",
        "pthread.h",
        "sched.h",
        "signal.h",
        "stdio.h",
        "stdlib.h",
        "string.h",
        "sys/mman.h",
        "sys/prctl.h",
        "sys/wait.h",
        "time.h",
        "unistd.h",
    ];
    let to_query = ["errno.h", "stdint.h", "sys/ioctl.h"];
    let more = to_query.iter().filter(|_| reader.queries());
    let objects = objects_of(scenario);
    let of_objects = objects.iter().flat_map(|object| object.headers);
    let mut headers: Vec<&str> = usual
        .iter()
        .chain(more)
        .chain(of_objects)
        .copied()
        .collect();
    headers.sort_unstable();
    headers.dedup();
    for header in headers {
        writeln!(out, "#include <{header}>")?;
    }
    // The schedule of the finding comes first.
    let turn = match finding.event.schedule {
        Some(Schedule::Preempt | Schedule::PreemptIdle) => "(shared->rounds + 400)",
        _ => "shared->rounds",
    };
    let mask = always.iter().fold(0, |mask: u64, page| mask | 1 << page);
    let pages = scenario.original.page_count();
    writeln!(
        out,
        "\n#define ANON ({ANONYMOUS})\n\
         #define MUST(call) ((long)(call) == -1 ? err(125, \"%s\", #call) : (void)0)\n\
         #define PAGES {pages}\t\t/* of the site */\n\
         #define ALWAYS {mask:#x}L\t/* those mapped in every state, a bit each */\n\
         #define TURN ({turn} / 400 % 2)\t/* each 0.1 s */"
    )?;
    if reader.queries() {
        writeln!(out, "#define PROCMAP_QUERY _IOWR('f', 17, char[104])")?;
    } else {
        let bytes = read_size(finding, reader, last);
        writeln!(out, "#define READ {bytes}\t/* bytes a read() */")?;
    }
    writeln!(out, "\n{}", include_str!("program/writer.c"))?;
    for object in &objects {
        writeln!(out, "{}", object.functions)?;
    }
    write_operate(out, finding, last)?;
    out.push_str(match reader.queries() {
        true => include_str!("program/read_query.c"),
        false => include_str!("program/read_text.c"),
    });
    let (site, source) = match last {
        true => (
            format!("(char *){:#x} - PAGES * page", finding.info.site.1),
            "(char *)0x100000".to_owned(),
        ),
        false => (
            "(char *)0x100000 + page".to_owned(),
            "site + (PAGES + 1) * page".to_owned(),
        ),
    };
    let mut main = include_str!("program/main.c")
        .replace("= SITE;", &format!("= {site};"))
        .replace("/FILE\"", &format!("/{file}\""));
    main = match scenario.source {
        Some(_) => main.replace("= SOURCE;", &format!("= {source};")),
        None => main.replace("\tsource = SOURCE;\n", ""),
    };
    if scenario.source.is_none() {
        *out = out.replace("*site, *source, *behind", "*site, *behind");
    }
    writeln!(out)?;
    out.push_str(&main);
    Ok(())
}

/// The writer: the layout, and the cycle of its calls.
fn write_operate(out: &mut String, finding: &Finding<'_>, last: bool) -> std::fmt::Result {
    let scenario = finding.scenario;
    let site_pages = scenario.original.page_count();
    let source_pages = scenario
        .source
        .as_ref()
        .filter(|_| !last)
        .map_or(0, |source| source.page_count() + 1);
    let fences = if last { 1 } else { 2 };
    writeln!(out, "static void operate(void)\n{{\n\tpthread_t toucher;\n")?;
    writeln!(out, "\tprctl(PR_SET_PDEATHSIG, SIGKILL);")?;
    writeln!(out, "\tprctl(PR_SET_TIMERSLACK, 1);")?;
    writeln!(
        out,
        "\t/* Inaccessible pages around the site merge with nothing. */"
    )?;
    let reserve = format!(
        "mmap(site - page, {} * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | \
         MAP_FIXED_NOREPLACE, -1, 0)",
        site_pages + source_pages + fences
    );
    statement(out, 1, &reserve)?;
    lay_out(out, &scenario.original, "site")?;
    if let Some(source) = &scenario.source {
        lay_out(out, source, "source")?;
    }
    for object in objects_of(scenario) {
        out.push_str(object.statements);
    }
    for call in &scenario.setup {
        statement(out, 1, &call.code("site"))?;
    }
    statement(out, 1, "pthread_create(&toucher, NULL, touch, NULL)")?;
    writeln!(
        out,
        "\t/* A letter a page: r r--, w rw-, x r-x, . unmapped. */\n\tfor (;;) {{\t\t/* {} */",
        scenario.original
    )?;
    for operation in &scenario.operations {
        statement(out, 2, &operation.call.code("site"))?;
        writeln!(out, "\t\trest();\t\t/* {} */", operation.state)?;
    }
    writeln!(out, "\t}}\n}}\n")
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

/// Whether the site must be the last thing that is mapped.
fn is_last(finding: &Finding<'_>) -> bool {
    finding.scenario.last || finding.event.placement == Placement::Last
}

/// How many bytes to read at once.
fn read_size(finding: &Finding<'_>, reader: Reader, last: bool) -> usize {
    use crate::events::event::Seen;
    let at_a_boundary = matches!(&finding.event.seen, Seen::Text(text) if text.first_in_chunk);
    if at_a_boundary && finding.known().is_empty() {
        return BELOW_A_LINE;
    }
    if last || reader != Reader::Maps {
        return USUAL_READ;
    }
    let bytes = |lines: &crate::maps::excerpt::Excerpt| {
        lines.lines.iter().map(|line| line.text.len() + 1).sum()
    };
    let states = finding.info.states.iter();
    let longest: usize = states.map(|state| bytes(&state.lines)).max().unwrap_or(0);
    longest + 2 * FENCE_LINE
}
