//! Saved texts in every state that texts are found in.

use proptest::prelude::*;

use super::*;
use crate::maps::diff::tests::text as layout_text;

const MAPS: &str = "\
5580a000-5580b000 r--p 00000000 fe:00 77                                 /usr/bin/cat\n\
5580c000-5582d000 rw-p 00000000 00:00 0                                  [heap]\n\
7f0000000000-7f0000002000 r-xp 00001000 fe:00 9                          /usr/lib/libc.so.6\n\
7f0000002000-7f0000003000 rw-p 00000000 00:00 0 \n\
7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]\n\
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

/// As another process has it.
const OTHER: &str = "\
5660a000-5660b000 r--p 00000000 fe:00 77                                 /usr/bin/cat\n\
7e0000000000-7e0000002000 r-xp 00001000 fe:00 9                          /usr/lib/libc.so.6\n\
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]\n\
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

fn read(text: &str) -> Result<(String, Vec<String>), String> {
    let mut saved = SavedText::default();
    for line in Lines::of(text.as_bytes()) {
        saved.push(line).map_err(|error| error.to_string())?;
    }
    let (text, notes) = saved.finish().map_err(|error| error.to_string())?;
    Ok((String::from_utf8(text).unwrap(), notes))
}

fn plain(text: &str) -> String {
    let (plain, notes) = read(text).unwrap();
    assert_eq!(notes, [""; 0], "{text}");
    plain
}

#[test]
fn what_can_be_read_right_is_read_and_said() {
    let reversed: String = MAPS.lines().rev().map(|line| format!("{line}\n")).collect();
    let first_with_return = MAPS.replacen("[heap]\n", "[heap]\r\n", 1);
    let smaps: String = (MAPS.lines())
        .map(|line| format!("{line}\nRss:       12 kB\nVmFlags: rd ex ?? \nTHPeligible:    0\n"))
        .collect();
    for (text, says) in [
        (MAPS.to_owned(), None),
        (format!("\n{MAPS}\n \n"), None),
        (smaps, None),
        // Blanks at the ends of lines taken away.
        (MAPS.replace(" \n", "\n"), None),
        (MAPS.replace('\n', "\r\n"), Some("CR LF")),
        // Cut between the two.
        (
            MAPS.replace('\n', "\r\n").trim_end_matches('\n').to_owned(),
            Some("CR LF"),
        ),
        (first_with_return, Some("1 of its 6 lines end in CR LF")),
        (format!("\u{feff}{MAPS}"), Some("byte order mark")),
        (
            MAPS.trim_end().to_owned(),
            Some("its last line, 6, has no newline"),
        ),
        (reversed, Some("is line 2): sorted")),
    ] {
        let (found, notes) = read(&text).unwrap();
        assert_eq!(found, plain(MAPS), "{text}");
        assert_eq!(notes.len(), usize::from(says.is_some()), "{notes:?}");
        assert!(says.is_none_or(|says| notes[0].contains(says)), "{notes:?}");
    }
}

#[test]
fn a_carriage_return_at_the_end_of_a_name_is_part_of_it() {
    let (found, notes) = read(&MAPS.replacen("cat\n", "cat\r\n", 1)).unwrap();
    assert!(found.contains("/usr/bin/cat\\x0d\n"), "{found}");
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn what_cannot_be_read_right_is_refused_by_its_line() {
    let prefixed = |prefix: &str| -> String {
        MAPS.lines()
            .map(|line| format!("{prefix}{line}\n"))
            .collect()
    };
    for (text, says) in [
        (String::new(), "no line of maps"),
        ("\n\n".to_owned(), "no line of maps"),
        (prefixed("Nov 26: "), "line 1: "),
        (prefixed("INFO:"), "line 1: "),
        ("Rss:   12 kB\n".to_owned(), "line 1: "),
        (MAPS.replace("7ffc", "7FFC"), "line 5: "),
        (MAPS.replace("ffffffffff", "FFFFFFFFFF"), "upper-case"),
        (
            MAPS.replace("7ffc00021000", "7ffc00000000"),
            "line 5 cannot be",
        ),
        (
            MAPS[..MAPS.len() - 30].trim_end().to_owned(),
            "midst of line 6",
        ),
        (MAPS.replace("[heap]", "[rollup]"), "smaps_rollup"),
        ("5580a000 default heap anon=3\n".to_owned(), "line 1: "),
        ("x".repeat(LONGEST_LINE), "longer than any line"),
        // Two processes, and two scans of one.
        (
            format!("{MAPS}{OTHER}"),
            "line 9 has [stack] at 7ffd00000000, which line 5 has",
        ),
        (format!("{OTHER}\n{MAPS}"), "line 10 has [stack]"),
        (format!("{MAPS}{MAPS}"), "line 11 has [stack]"),
    ] {
        let error = read(&text).unwrap_err();
        assert!(error.contains(says), "{error}");
        assert!(error.lines().count() == 1 && error.len() < 400, "{error}");
    }
}

#[test]
fn a_torn_scan_is_no_second_one() {
    for torn in [
        // Grown, and gone backwards.
        "00010000-00011000 rw-p 00000000 00:00 0 \n00010000-00014000 rw-p 00000000 00:00 0 \n",
        "00012000-00013000 rw-p 00000000 00:00 0 \n00011000-00014000 rw-p 00000000 00:00 0 \n",
    ] {
        assert_eq!(
            plain(&format!("{torn}{MAPS}")),
            format!("{torn}{}", plain(MAPS))
        );
    }
    // A kernel that prints the boundary line twice.
    let line = MAPS.lines().nth(4).unwrap();
    let repeated = MAPS.replace(line, &format!("{line}\n{line}"));
    assert!(read(&repeated).unwrap().0.contains("[stack]\n7ffc"));
}

proptest! {
    /// Scans, torn or not: ends grow.
    #[test]
    fn whatever_was_done_to_a_text_it_reads_the_same(
        vmas in prop::collection::vec((1u64..9, 0u64..12, "[ rwx]{3}", "(/[a-z]{1,9}|\\[heap\\]|)"), 1..30),
        seed: u64,
    ) {
        let mut end = 0x10000;
        let mut lines: Vec<String> = Vec::new();
        for (size, more, permissions, name) in vmas {
            end += (more + 1) * 0x1000;
            let start = end - (size * 0x1000).min(end);
            let permissions = permissions.replace(' ', "-");
            let permissions: String = "rwx".chars().zip(permissions.chars())
                .map(|(letter, chosen)| if chosen == '-' { '-' } else { letter }).collect();
            lines.push(format!("{start:08x}-{end:08x} {permissions}p 00000000 00:00 0   {name}\n"));
        }
        let text = lines.concat();
        let expected = plain(&text);
        prop_assert_eq!(&read(&text.replace('\n', "\r\n")).unwrap().0, &expected);
        prop_assert_eq!(&read(text.strip_suffix('\n').unwrap()).unwrap().0, &expected);
        let returned = text.replace('\n', "\r\n");
        prop_assert_eq!(&read(returned.strip_suffix('\n').unwrap()).unwrap().0, &expected);
        prop_assert_eq!(&read(returned.strip_suffix("\r\n").unwrap()).unwrap().0, &expected);
        // Shuffled by a small generator.
        let mut state = seed | 1;
        for at in (1..lines.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            lines.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(&read(&lines.concat()).unwrap().0, &expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(lines in prop::collection::vec("(?s).{0,60}\n?", 0..5)) {
        let _ = read(&lines.concat());
    }

    /// A layout that somebody cut anywhere in its last line is refused, or said.
    #[test]
    fn a_cut_is_said(cut in any::<prop::sample::Index>()) {
        let text = layout_text("www r F");
        let start = text.trim_end().rfind('\n').unwrap() + 1;
        let cut = start + 1 + cut.index(text.len() - start - 1);
        match read(&text[..cut]) {
            Ok((_, notes)) => prop_assert!(notes[0].contains("no newline")),
            Err(error) => prop_assert!(error.contains("midst of line 3"), "{}", error),
        }
    }
}
