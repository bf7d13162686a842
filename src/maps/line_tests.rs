//! Tests of the line parser: everything the kernel prints must come back.

use super::*;
use proptest::prelude::*;

fn round_trip(line: &[u8]) -> MapsLine<'_> {
    let parsed = MapsLine::parse(line).unwrap();
    let mut out = Vec::new();
    parsed.write_to(&mut out);
    assert_eq!(out, line, "{}", String::from_utf8_lossy(line));
    assert_eq!(parse_range(line), Some((parsed.start, parsed.end)));
    assert!(is_smaps_header(line));
    parsed
}

#[test]
fn lines_of_all_kinds_print_back() {
    let names: &[&[u8]] = &[
        b"",
        b"[heap]",
        b"[stack]",
        b"[vdso]",
        b"[vvar]",
        b"[vvar_vclock]",
        b"[vsyscall]",
        b"[anon:glibc: malloc arena]",
        b"[anon_shmem:a name]",
        b"/memfd:x (deleted)",
        b"/tmp/a b  c",
        b"/tmp/a\\012b",
        b"/tmp/\xff\xfe\x1b[2J",
        b"anon_inode:[io_uring]",
        b"/SYSV00000000 (deleted)",
        b"/tmp/[heap]",
        b"/tmp/trailing  ",
        b"(unreachable)/x",
    ];
    for (range, offset, device, inode) in [
        (0x10000..0x20000, 0, (0, 0), 0),
        (
            0x7f3a_5c02_1000..0x7f3a_5c18_9000,
            0x22000,
            (0xfe, 0),
            1_835_287,
        ),
        (0xffff_ffff_ff60_0000..0xffff_ffff_ff60_1000, 0, (0, 0), 0),
        (
            0x1000..0xffff_ffff_ffff_f000,
            u64::MAX - 4095,
            (0xfff, 0xf_ffff),
            u64::MAX,
        ),
    ] {
        for name in names {
            for letters in [b"rw-p", b"---s", b"r-xp"] {
                let (major, minor) = device;
                let made = MapsLine::new(
                    range.clone(),
                    Permissions::from_bytes(*letters).unwrap(),
                    offset,
                    Device { major, minor },
                    inode,
                    name,
                );
                let mut line = Vec::new();
                made.write_to(&mut line);
                assert_eq!(round_trip(&line), made);
                line.pop();
                assert_eq!(round_trip(&line).name, *name);
            }
        }
    }
}

#[test]
fn real_lines_are_read_right() {
    let bare = round_trip(b"7ffff7fc1000-7ffff7fc5000 rw-p 00000000 00:00 0 \n");
    assert_eq!((bare.name, bare.padding), (&b""[..], 1));
    let text = b"7f3a5c021000-7f3a5c189000 r-xp 00022000 fe:00 1835287                    /usr/lib/x86_64-linux-gnu/libc.so.6 (deleted)\n";
    let line = round_trip(text);
    assert_eq!(line.start, 0x7f3a_5c02_1000);
    assert_eq!(line.end, 0x7f3a_5c18_9000);
    assert_eq!(line.perms.to_string(), "r-xp");
    assert_eq!(line.offset, 0x22000);
    assert_eq!(line.device.to_string(), "fe:00");
    assert_eq!(line.inode, 1_835_287);
    assert!(line.is_deleted() && !line.is_gate());
    let again = MapsLine::new(
        line.start..line.end,
        line.perms,
        line.offset,
        line.device,
        line.inode,
        line.name,
    );
    assert_eq!(again, line, "names start in column {NAME_COLUMN}");
    let gate = round_trip(
        b"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n",
    );
    assert!(gate.is_gate());
}

#[test]
fn newlines_in_names_come_back() {
    let line = round_trip(b"00400000-00401000 r--p 00000000 00:01 7  /tmp/\\012a\\012\n");
    assert_eq!(&*line.unescaped_name(), b"/tmp/\na\n");
    let plain = round_trip(b"00400000-00401000 r--p 00000000 00:01 7  /tmp/a\\01\n");
    assert!(matches!(
        plain.unescaped_name(),
        Cow::Borrowed(b"/tmp/a\\01")
    ));
}

#[test]
fn what_is_shown_is_sanitised() {
    let line =
        MapsLine::parse(b"00400000-00401000 r--p 00000000 00:01 7  /\x1b]0;x\x07\n").unwrap();
    assert_eq!(
        line.to_string(),
        "00400000-00401000 r--p 00000000 00:01 7  /\\x1b]0;x\\x07"
    );
}

#[test]
fn bad_lines_are_named_and_quoted() {
    for (line, field, column) in [
        (&b""[..], "vm_start", 1),
        (b"\n", "vm_start", 1),
        (b"400000-00401000 r--p 00000000 00:01 7 ", "vm_start", 1),
        (b"00400000-0040100 r--p 00000000 00:01 7 ", "vm_end", 10),
        (
            b"00400000-00401000 r--q 00000000 00:01 7 ",
            "the permissions",
            19,
        ),
        (b"00400000-00401000 r--p 00000000", "the offset", 24),
        (
            b"00400000-00401000 r--p 00000000 0:01 7 ",
            "the device's major number",
            33,
        ),
        (
            b"00400000-00401000 r--p 00000000 00:fffffffff 7 ",
            "the device's minor number",
            36,
        ),
        (b"00400000-00401000 r--p 00000000 00:01 x ", "the inode", 39),
        (
            b"00400000-00401000 r--p 00000000 00:01 7",
            "the space behind the inode",
            40,
        ),
        (
            b"00400000-00401000 r--p 00000000 00:01 7 a\nb",
            "the name, which has a newline,",
            42,
        ),
    ] {
        let error = MapsLine::parse(line).unwrap_err();
        assert_eq!((error.field, error.column), (field, column), "{error}");
        assert_eq!(error.to_string().lines().count(), 1);
    }
    let long = MapsLine::parse(&[b'\x1b'; 5000]).unwrap_err().to_string();
    assert!(long.len() < 700 && !long.contains('\x1b'), "{long}");
}

#[test]
fn details_of_smaps_are_no_headers() {
    for line in [
        "Rss:          12 kB\n",
        "VmFlags: rd ex mr \n",
        "THPeligible:    0",
        "",
        "abc\n",
        "deadbeef rw-p",
    ] {
        assert!(!is_smaps_header(line.as_bytes()), "{line}");
    }
}

proptest! {
    #[test]
    fn any_values_print_back(start: u64, end: u64, bits in 0u32..60, letters in 0usize..16,
                             offset: u64, major: u32, minor: u32, inode: u64,
                             name in proptest::collection::vec(any::<u8>().prop_filter("newline", |b| *b != b'\n'), 0..40)) {
        let perms = Permissions { read: letters & 1 != 0, write: letters & 2 != 0, execute: letters & 4 != 0, shared: letters & 8 != 0 };
        let name: Vec<u8> = name.into_iter().skip_while(|&byte| byte == b' ').collect();
        let made = MapsLine::new(start >> bits..end >> bits, perms, offset >> bits, Device { major, minor }, inode >> bits, &name);
        let mut line = Vec::new();
        made.write_to(&mut line);
        prop_assert_eq!(round_trip(&line), made);
    }

    /// Whatever parses, prints back; nothing panics.
    #[test]
    fn damaged_lines_print_back_or_are_refused(at in 0usize..80, byte: u8, cut in 0usize..90, insert: bool) {
        let mut line = b"7f3a5c021000-7f3a5c189000 r-xp 00022000 fe:00 1835287                    /usr/lib/l\n".to_vec();
        if insert { line.insert(at, byte) } else { line[at] = byte }
        line.truncate(cut);
        if let Ok(parsed) = MapsLine::parse(&line) {
            let mut out = Vec::new();
            parsed.write_to(&mut out);
            prop_assert_eq!(out, line);
        } else {
            let _ = parse_range(&line);
        }
    }
}
