//! What the words mean that the screen uses: names that a student can look up.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::wrapped;

/// Columns of a word.
const WORD: u16 = 13;

/// A word, and what it means; in the order in which they explain each other.
pub(crate) const WORDS: [(&str, &str); 25] = [
    (
        "VMA",
        "virtual memory area, struct vm_area_struct: a range of pages of one kind; a line of /proc/PID/maps",
    ),
    (
        "page",
        "the unit of mapping, 4096 bytes on x86; a letter is one page: w rw-, r r--, x r-x",
    ),
    (
        "read()",
        "one system call; with a buffer of a page or more it returns one chunk",
    ),
    (
        "chunk",
        "the lines that the kernel generates at once, at most a page of text (seq_file)",
    ),
    (
        "scan",
        "the file read from its beginning to its end, chunk by chunk",
    ),
    (
        "scenario",
        "what the modifier does to a site, over and over",
    ),
    (
        "site",
        "some pages of the modifier that one scenario changes",
    ),
    (
        "modifier",
        "the process that changes VMAs; its states are known, so that what is read can be judged",
    ),
    ("state", "all VMAs as they are between two operations"),
    (
        "torn",
        "a scan of which no single state has all the lines: allowed",
    ),
    (
        "duplicate",
        "a line that starts before the previous one ends: the same pages before and after a change; allowed",
    ),
    (
        "backward",
        "a duplicate that even starts before the previous line does",
    ),
    ("gap", "addresses that are not mapped: normal"),
    (
        "hole",
        "addresses that are mapped in every state and in no line: forbidden by proc.rst",
    ),
    (
        "lost tail",
        "the scan ends where every state has more: forbidden",
    ),
    ("foreign line", "a line that no state has: forbidden"),
    (
        "stale line",
        "a line that ends at or before where the reader already is: forbidden",
    ),
    (
        "blink",
        "of a process that is not ours: a line that was missing from one scan; it may have been unmapped",
    ),
    (
        "mmap_lock",
        "the lock of a whole address space, struct mm_struct: writers hold it alone",
    ),
    (
        "VMA lock",
        "the lock of one VMA (CONFIG_PER_VMA_LOCK): readers need no mmap_lock with it",
    ),
    (
        "fallback",
        "a reader of single VMAs that finds one locked takes mmap_lock instead",
    ),
    (
        "sequence",
        "mm_lock_seq, a number that is odd while a writer holds mmap_lock: a reader sees that one was there",
    ),
    (
        "H1",
        "the empty tree: mremap unmaps its destination, then moves; a reader in between believes the gap",
    ),
    (
        "H2",
        "the stale iterator: a merge extends the VMA just printed; the reader steps past it",
    ),
    (
        "H3",
        "the believed end: nothing is found behind the last VMA while it is being replaced",
    ),
];

/// All of them, in so many columns.
pub(crate) fn lines(theme: Theme, width: u16) -> Vec<Line<'static>> {
    let of_word = |(word, meaning): (&'static str, &'static str)| {
        let meaning = wrapped(meaning, width.saturating_sub(WORD + 2), Style::new());
        meaning.into_iter().enumerate().map(move |(row, line)| {
            let word = if row == 0 { word } else { "" };
            let word = format!(" {word:<column$}", column = usize::from(WORD));
            let mut spans = vec![Span::styled(word, theme.style(Role::Title))];
            spans.extend(line.spans);
            Line::from(spans)
        })
    };
    WORDS.into_iter().flat_map(of_word).collect()
}
