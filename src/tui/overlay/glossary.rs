//! What the words mean that the screen uses: names that a student can look up.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::wrapped;

/// Columns of a word.
const WORD: u16 = 15;

/// Whose screen has a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Any,
    /// A modifier, and what is judged by its states.
    Modifier,
    /// A target that is not ours.
    Foreign,
}

/// A word, and what it means; in the order in which they explain each other.
const WORDS: [(Of, &str, &str); 56] = [
    (
        Of::Any,
        "VMA",
        "virtual memory area, struct vm_area_struct: a range of pages of one kind; a line of /proc/PID/maps",
    ),
    (
        Of::Any,
        "page",
        "the unit of mapping, 4096 bytes on x86; a letter is one page: w rw-, r r--, x r-x",
    ),
    (
        Of::Any,
        "read()",
        "one system call; with a buffer of a page or more it returns one chunk",
    ),
    (
        Of::Any,
        "chunk",
        "the lines that the kernel generates at once: mostly a page of text (seq_file)",
    ),
    (
        Of::Any,
        "scan",
        "the file read from its beginning to its end, chunk by chunk",
    ),
    (
        Of::Any,
        "boundary",
        "between two chunks: last line of one, first of the next; there the kernel holds nothing",
    ),
    (
        Of::Any,
        "reader",
        "whoever reads maps, or another file of this kind: maps, query, smaps, numa_maps, smaps_rollup",
    ),
    (
        Of::Modifier,
        "writer",
        "whoever changes VMAs: the modifier; in Latency a process of its own, in Protocol the model's",
    ),
    (
        Of::Foreign,
        "writer",
        "whoever changes VMAs: the target itself; in Protocol the model's",
    ),
    (
        Of::Any,
        "trigger",
        "which scans are held on the screen, so that they can be read: those that are torn, or none (live)",
    ),
    (
        Of::Modifier,
        "scenario",
        "what the modifier does to a site, over and over",
    ),
    (
        Of::Modifier,
        "site",
        "some pages of the modifier that one scenario changes",
    ),
    (
        Of::Modifier,
        "modifier",
        "the process that changes VMAs; its states are known, so that what is read can be judged",
    ),
    (
        Of::Modifier,
        "operation",
        "one system call of a scenario; the last one leads back to the original state",
    ),
    (
        Of::Modifier,
        "placement",
        "where a site stands: at a boundary, inside a chunk, at each line, at the end of all",
    ),
    (
        Of::Modifier,
        "state",
        "all VMAs as they are between two operations",
    ),
    (
        Of::Modifier,
        "coherent",
        "a scan of which one state has all the lines: as if all had stood still",
    ),
    (
        Of::Modifier,
        "tear",
        "what is torn in a scan: a duplicate, or lines of several states",
    ),
    (
        Of::Modifier,
        "torn",
        "a scan of which no single state has all the lines: allowed",
    ),
    (
        Of::Any,
        "duplicate",
        "a line that starts before the previous one ends: the same pages before and after a change; allowed",
    ),
    (
        Of::Any,
        "backward",
        "a duplicate that even starts before the line in front of it does",
    ),
    (Of::Any, "gap", "addresses that are not mapped: normal"),
    (
        Of::Modifier,
        "violation",
        "what no correct kernel shows: a hole, a lost tail, a foreign or a stale line",
    ),
    (
        Of::Modifier,
        "promise",
        "of proc.rst: addresses never go backwards (broken everywhere), and what is mapped all the time is printed",
    ),
    (
        Of::Modifier,
        "hole",
        "addresses that are mapped in every state and in no line: forbidden by proc.rst",
    ),
    (
        Of::Modifier,
        "lost tail",
        "the scan ends where every state has more: forbidden",
    ),
    (
        Of::Modifier,
        "foreign line",
        "a line that no state has: forbidden",
    ),
    (
        Of::Modifier,
        "stale line",
        "a line that ends at or before where the reader already is: forbidden",
    ),
    (
        Of::Foreign,
        "blink",
        "of a process that is not ours: a line that was missing from one scan; it may have been unmapped",
    ),
    (
        Of::Foreign,
        "remapped",
        "a line that was missing from one scan, with another line in its place afterwards: normal",
    ),
    (
        Of::Foreign,
        "suspected hole",
        "a blink during which the target's calls were seen, and none unmapped the address",
    ),
    (
        Of::Any,
        "mmap_lock",
        "the lock of a whole address space, struct mm_struct: writers hold it alone",
    ),
    (
        Of::Any,
        "VMA lock",
        "the lock of one VMA (CONFIG_PER_VMA_LOCK): readers need no mmap_lock with it",
    ),
    (
        Of::Any,
        "fallback",
        "a reader of single VMAs that finds one locked takes mmap_lock instead",
    ),
    (
        Of::Any,
        "sequence",
        "mm_lock_seq, a count that moves with each writer that has mmap_lock: a reader sees that one was there",
    ),
    (
        Of::Any,
        "RCU",
        "read-copy-update: who reads under it may find what is changed or removed meanwhile, but never memory used for something else before it ends",
    ),
    (
        Of::Any,
        "0-2, 0..2",
        "pages 0 and 1 of the site: the end is not part of it, as in maps",
    ),
    (
        Of::Any,
        "position",
        "the end of the last line, from which the reader looks for the next VMA; the kernel keeps it as an address",
    ),
    (
        Of::Any,
        "query",
        "PROCMAP_QUERY, an ioctl of maps: which VMA is at an address, or the next; each answer by itself",
    ),
    (
        Of::Any,
        "ENOENT",
        "the answer to a query where there is no such VMA",
    ),
    (
        Of::Any,
        "share",
        "of all answers in a tenth of a second, how many were this one: the height of a bar",
    ),
    (
        Of::Any,
        "mean, p50, p99",
        "of many times: their sum by their number; what half, and 99 of 100, do not exceed",
    ),
    (
        Of::Any,
        "ratio",
        "the mean call of a writer while others read, by the mean while nobody reads",
    ),
    (
        Of::Any,
        "inversion",
        "a reader that has no CPU holds a lock, and a writer that has one waits for it",
    ),
    (
        Of::Any,
        "tracepoint",
        "a place in the kernel that tells that it was passed: mmap_lock has some, so taking it is counted",
    ),
    (
        Of::Any,
        "iterator",
        "the reader's place in the tree of VMAs (struct vma_iterator): it may be older than the tree",
    ),
    (
        Of::Any,
        "case",
        "what the writer of the model does, over and over",
    ),
    (
        Of::Any,
        "protocol",
        "which locks a reader takes and what it checks: that of a kernel, or with a cure",
    ),
    (
        Of::Any,
        "interleaving",
        "one order of the reader's and the writer's steps; the model visits all there are",
    ),
    (
        Of::Any,
        "cure",
        "a change of the reader's protocol, after which the model has no such hole",
    ),
    (
        Of::Modifier,
        "fence",
        "the VMAs before and behind a site, which never change",
    ),
    (
        Of::Modifier,
        "H1",
        "the empty tree: mremap unmaps its destination, then moves; a reader in between believes the gap",
    ),
    (
        Of::Modifier,
        "H2",
        "the stale iterator: a merge extends the VMA just printed; the reader steps past it",
    ),
    (
        Of::Modifier,
        "H3",
        "the believed end: nothing is found behind the last VMA while it is being replaced",
    ),
    (
        Of::Any,
        "moved start",
        "in the model: a hole in front of a VMA that was shortened while it was looked for; the gap check is against it",
    ),
    (
        Of::Any,
        "seen twice",
        "in the model: a duplicate, of one VMA before and after a change",
    ),
];

/// Those that are used where there is a modifier, or none, in so many columns.
pub(crate) fn lines(theme: Theme, has_modifier: bool, width: u16) -> Vec<Line<'static>> {
    let other = match has_modifier {
        true => Of::Foreign,
        false => Of::Modifier,
    };
    let used = WORDS.into_iter().filter(|(of, ..)| *of != other);
    let of_word = |(_, word, meaning): (Of, &'static str, &'static str)| {
        let meaning = wrapped(meaning, width.saturating_sub(WORD + 2), Style::new());
        meaning.into_iter().enumerate().map(move |(row, line)| {
            let word = if row == 0 { word } else { "" };
            let word = format!(" {word:<column$}", column = usize::from(WORD));
            let mut spans = vec![Span::styled(word, theme.style(Role::Title))];
            spans.extend(line.spans);
            Line::from(spans)
        })
    };
    used.flat_map(of_word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the screens say that lessons show.
    #[test]
    fn the_words_of_the_lessons_are_explained() {
        for word in [
            "VMA",
            "page",
            "read()",
            "chunk",
            "scan",
            "boundary",
            "reader",
            "writer",
            "trigger",
            "scenario",
            "site",
            "modifier",
            "operation",
            "placement",
            "state",
            "coherent",
            "torn",
            "tear",
            "duplicate",
            "backward",
            "gap",
            "hole",
            "violation",
            "promise",
            "blink",
            "remapped",
            "mmap_lock",
            "VMA lock",
            "fallback",
            "sequence",
            "iterator",
            "position",
            "query",
            "ENOENT",
            "share",
            "ratio",
            "inversion",
            "case",
            "protocol",
            "interleaving",
            "cure",
            "fence",
            "H1",
            "H2",
            "H3",
            "moved start",
            "seen twice",
        ] {
            assert!(WORDS.iter().any(|(_, it, _)| *it == word), "{word}");
        }
        for (_, word, meaning) in WORDS {
            assert!(
                word.len() < usize::from(WORD) && meaning.len() > 20,
                "{word}"
            );
        }
    }
}
