//! Tests against the kernel they run on. What it lacks is skipped with a
//! printed reason.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;

use rustix::fs::MemfdFlags;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use super::chunk::{ChunkReader, NoClock};
use super::file::ProcFile;
use super::proc_file_name::ProcFileName;
use super::process::page_size;
use super::procmap_query::{Filter, Lookup, NameBuffers, QueriedVma, Query, QueryError, VmaQuery};
use crate::maps::line::{MapsLine, is_smaps_header};
use crate::maps::scan_text::{Records, ScanText};
use crate::support::Resting;
use crate::support::skip;

/// Opens a file of a process.
fn open(of: &Resting, file: ProcFileName) -> ProcFile {
    ProcFile::open(of.pid(), file).unwrap()
}

#[test]
fn every_buffer_size_reads_the_same_text() {
    let target = Resting::start();
    let truth = std::fs::read(format!("/proc/{}/maps", target.pid())).unwrap();
    let page = page_size() as usize;
    let mut reader = ChunkReader::new(open(&target, ProcFileName::Maps), 1);
    let mut into = ScanText::default();
    for size in [
        1,
        7,
        72,
        73,
        74,
        100,
        1000,
        page - 1,
        page,
        page + 1,
        16 * page,
    ] {
        reader.set_read_size(size);
        reader.scan(&NoClock, &mut into).unwrap();
        assert_eq!(into.text(), truth, "buffer of {size}");
        let mut out = Vec::new();
        for chunk in &into.chunks {
            for line in into.lines(chunk) {
                MapsLine::parse(line).unwrap().write_to(&mut out);
            }
        }
        assert_eq!(out, truth, "buffer of {size}");
    }
}

#[test]
fn smaps_has_the_lines_of_maps_as_headers() {
    let target = Resting::start();
    if !std::fs::exists(format!("/proc/{}/smaps", target.pid())).unwrap() {
        return skip("this kernel has no smaps (CONFIG_PROC_PAGE_MONITOR)");
    }
    let truth = std::fs::read(format!("/proc/{}/maps", target.pid())).unwrap();
    for size in [33, 500, 4096, 65536] {
        let mut into = ScanText::default();
        ChunkReader::with_records(open(&target, ProcFileName::Smaps), size, Records::Smaps)
            .scan(&NoClock, &mut into)
            .unwrap();
        let lines = into.chunks.iter().flat_map(|chunk| into.lines(chunk));
        let headers: Vec<_> = lines.filter(|line| is_smaps_header(line)).collect();
        assert_eq!(headers.concat(), truth);
    }
}

#[test]
fn queries_agree_with_maps_line_by_line() {
    let target = Resting::start();
    let mut file = open(&target, ProcFileName::Maps);
    let mut into = ScanText::default();
    ChunkReader::new(open(&target, ProcFileName::Maps), 4096)
        .scan(&NoClock, &mut into)
        .unwrap();
    let mut names = NameBuffers::default();
    let mut query = Query {
        lookup: Lookup::CoveringOrNext,
        ..Query::default()
    };
    for line in into.chunks.iter().flat_map(|chunk| into.lines(chunk)) {
        let line = MapsLine::parse(line).unwrap();
        if line.is_gate() {
            break;
        }
        let found = match file.query_named(&query, &mut names) {
            Err(QueryError::NotOnThisKernel) => return skip("no PROCMAP_QUERY before Linux 6.11"),
            found => found.unwrap().unwrap(),
        };
        let expected = QueriedVma {
            start: line.start,
            end: line.end,
            permissions: line.perms,
            page_size: page_size(),
            offset: line.offset,
            inode: line.inode,
            device: line.device,
        };
        assert_eq!(found, expected, "{line}");
        assert_eq!(names.name, &*line.unescaped_name());
        let covering = Query {
            address: line.end - 1,
            ..Query::default()
        };
        assert_eq!(file.query(&covering).unwrap(), Some(expected));
        let wrong = Filter {
            shared: !line.perms.shared,
            writable: !line.perms.write,
            ..Filter::default()
        };
        if wrong != Filter::default() {
            let filter = wrong;
            assert_eq!(file.query(&Query { filter, ..covering }).unwrap(), None);
        }
        query.address = line.end;
    }
    assert_eq!(
        file.query(&query).unwrap(),
        None,
        "the gate VMA is not found"
    );
    assert!(names.build_id.is_empty() || names.build_id.len() <= 20);
}

#[test]
fn threads_may_share_one_file_for_queries() {
    let target = Resting::start();
    let mut file = open(&target, ProcFileName::Maps);
    if file.query(&Query::default()) == Err(QueryError::NotOnThisKernel) {
        return skip("no PROCMAP_QUERY before Linux 6.11");
    }
    let walk = || {
        let (mut file, mut starts, mut address) = (&file, Vec::new(), 0);
        let lookup = Lookup::CoveringOrNext;
        while let Some(found) = file
            .query(&Query {
                address,
                lookup,
                ..Query::default()
            })
            .unwrap_or(None)
        {
            starts.push(found.start);
            address = found.end;
        }
        starts
    };
    let expected = walk();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..200).all(|_| walk() == expected)))
            .collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
    });
}

#[test]
fn query_errors_say_what_is_wrong() {
    let target = Resting::start();
    let mut file = open(&target, ProcFileName::Maps);
    let query = Query {
        lookup: Lookup::CoveringOrNext,
        ..Query::default()
    };
    if file.query(&query) == Err(QueryError::NotOnThisKernel) {
        return skip("no PROCMAP_QUERY before Linux 6.11");
    }
    match ProcFile::open(target.pid(), ProcFileName::Smaps) {
        Ok(mut smaps) => {
            let wrong = Err(QueryError::WrongFile {
                file: ProcFileName::Smaps,
            });
            assert_eq!(smaps.query(&query), wrong);
        }
        Err(error) => skip(error),
    }
    let mut short = NameBuffers {
        name: Vec::with_capacity(2),
        build_id: Vec::new(),
    };
    let error = file.query_named(&query, &mut short).unwrap_err();
    assert!(matches!(error, QueryError::NameTooLong { .. }), "{error}");
    assert!(error.to_string().contains("at 0x0"), "{error}");
    drop(target);
    assert_eq!(file.query(&query), Err(QueryError::TargetGone));
    let error = ChunkReader::new(file, 4096).scan(&NoClock, &mut ScanText::default());
    assert!(matches!(error, Err(super::chunk::ScanError::TargetGone)));
}

/// Maps one page of a file into this process and returns how `maps` prints it
/// and how a query names it.
fn named(fd: impl std::os::fd::AsFd) -> (Vec<u8>, Option<NameBuffers>) {
    let page = page_size() as usize;
    rustix::fs::ftruncate(&fd, page as u64).unwrap();
    let (prot, flags) = (ProtFlags::READ, MapFlags::SHARED);
    // SAFETY: a new mapping at an address of the kernel's choice, only looked
    // at from outside and unmapped below.
    let mapped = unsafe { mmap(std::ptr::null_mut(), page, prot, flags, fd, 0) }.unwrap();
    let address = mapped.addr() as u64;
    let mut file = ProcFile::open(std::process::id(), ProcFileName::Maps).unwrap();
    let mut names = NameBuffers::default();
    let query = Query {
        address,
        ..Query::default()
    };
    let queried = match file.query_named(&query, &mut names) {
        Err(QueryError::NotOnThisKernel) => None,
        found => found.unwrap().map(|_| names),
    };
    let mut into = ScanText::default();
    ChunkReader::new(file, 4096)
        .scan(&NoClock, &mut into)
        .unwrap();
    // SAFETY: unmaps what was mapped above; nothing refers to it.
    unsafe { munmap(mapped, page) }.unwrap();
    let mut lines = into.chunks.iter().flat_map(|chunk| into.lines(chunk));
    let line = lines.find(|line| MapsLine::parse(line).unwrap().start == address);
    (line.unwrap().to_vec(), queried)
}

#[test]
fn hostile_names_come_back_whole() {
    let directory = tempfile::tempdir().unwrap();
    // As maps will print it.
    let folder = directory.path().canonicalize().unwrap();
    for name in [
        &b"plain"[..],
        b"a\nb\n",
        b"\x1b[2J\x1b]0;title\x07",
        b"\xff\xfe\xc3",
        b"[heap] (deleted)",
        b"  spaces  ",
    ] {
        let fd =
            rustix::fs::memfd_create(&*CString::new(name).unwrap(), MemfdFlags::CLOEXEC).unwrap();
        let path = folder.join(std::ffi::OsStr::from_bytes(name));
        let file = std::fs::File::options()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(&path);
        let memory = [b"/memfd:", name, b" (deleted)"].concat();
        let mut cases = vec![(named(fd), memory)];
        match file {
            Ok(file) => {
                cases.push((named(&file), path.as_os_str().as_bytes().to_vec()));
            }
            Err(error) => skip(format!("no file of this name: {error}")),
        }
        for ((line, queried), expected) in cases {
            let parsed = MapsLine::parse(&line).unwrap();
            assert_eq!(&*parsed.unescaped_name(), expected);
            assert!(!parsed.to_string().contains(['\x1b', '\n', '\x07']));
            let mut again = Vec::new();
            parsed.write_to(&mut again);
            assert_eq!(again, line);
            match queried {
                Some(names) => assert_eq!(names.name, expected),
                None => skip("no PROCMAP_QUERY before Linux 6.11"),
            }
        }
    }
}
