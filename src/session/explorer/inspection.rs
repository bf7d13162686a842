//! What the kernel says of one address.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::linux::procmap_query::{
    Filter, Lookup, NameBuffers, QueriedVma, Query, QueryError, VmaQuery,
};
use crate::maps::line::MapsLine;
use crate::text::bytes_as_text;

/// An answer of `PROCMAP_QUERY`, with all that it can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedVma {
    pub vma: QueriedVma,
    /// Its name, as the kernel gives it: not escaped; to be sanitised.
    #[serde(with = "bytes_as_text")]
    pub name: Vec<u8>,
    /// The ELF build ID; empty where there is none, or it is not in memory.
    #[serde(with = "bytes_as_text")]
    pub build_id: Vec<u8>,
}

/// What was asked of an address, and answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// The address, in bytes.
    pub address: u64,
    /// When, since the session started.
    pub at: Duration,
    /// The VMA that covers it.
    pub covering: Option<NamedVma>,
    /// Where none does: the next one above.
    pub next: Option<NamedVma>,
    /// Why there is no answer.
    pub error: Option<String>,
}

impl Inspection {
    pub(crate) fn ask(
        file: &mut impl VmaQuery,
        address: u64,
        at: Duration,
    ) -> (Self, Option<QueryError>) {
        let mut inspection = Inspection {
            address,
            at,
            ..Inspection::default()
        };
        let mut ask = |lookup| -> Result<Option<NamedVma>, QueryError> {
            let query = Query {
                address,
                lookup,
                filter: Filter::default(),
            };
            let mut names = NameBuffers::default();
            let vma = file.query_named(&query, &mut names)?;
            Ok(vma.map(|vma| NamedVma {
                vma,
                name: names.name,
                build_id: names.build_id,
            }))
        };
        let answered = ask(Lookup::Covering).and_then(|covering| {
            inspection.covering = covering;
            if inspection.covering.is_none() {
                inspection.next = ask(Lookup::CoveringOrNext)?;
            }
            Ok(())
        });
        let error = answered.err();
        inspection.error = error.as_ref().map(ToString::to_string);
        (inspection, error)
    }

    /// Whether it says the same, whenever that was.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let at = other.at;
        Inspection { at, ..self.clone() } == *other
    }
}

/// In what a line and an answer differ, a word for each; nothing: they agree.
#[must_use]
pub(crate) fn differences(line: &MapsLine<'_>, answer: &NamedVma) -> Vec<&'static str> {
    let vma = &answer.vma;
    // A newline in a name is printed as `\012` in maps, and a zero byte ends
    // what the query returns.
    let same_name = *line.unescaped_name() == answer.name || line.name == answer.name;
    [
        ("vm_start", line.start == vma.start),
        ("vm_end", line.end == vma.end),
        ("permissions", line.perms == vma.permissions),
        ("offset", line.offset == vma.offset),
        ("device", line.device == vma.device),
        ("inode", line.inode == vma.inode),
        ("name", same_name),
    ]
    .into_iter()
    .filter(|(_, same)| !same)
    .map(|(what, _)| what)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::features::KernelFacts;
    use crate::linux::file::ProcFile;
    use crate::linux::proc_file_name::ProcFileName;

    const LINE: &str =
        "55d0c0000000-55d0c0001000 r-xp 00001000 fe:00 77                         /tmp/a\\012b";

    fn answer() -> NamedVma {
        let line = MapsLine::parse(LINE.as_bytes()).unwrap();
        NamedVma {
            vma: QueriedVma {
                start: line.start,
                end: line.end,
                permissions: line.perms,
                page_size: 4096,
                offset: line.offset,
                inode: line.inode,
                device: line.device,
            },
            name: b"/tmp/a\nb".to_vec(),
            build_id: Vec::new(),
        }
    }

    #[test]
    fn each_field_that_differs_is_named() {
        let line = MapsLine::parse(LINE.as_bytes()).unwrap();
        assert_eq!(differences(&line, &answer()), [""; 0]);
        let mut other = answer();
        other.vma.end += 0x1000;
        other.vma.permissions.write = true;
        other.name = b"/tmp/c".to_vec();
        assert_eq!(
            differences(&line, &other),
            ["vm_end", "permissions", "name"]
        );
    }

    #[test]
    fn this_process_agrees_with_itself() {
        if !KernelFacts::detect().unwrap().procmap_query {
            return crate::support::skip("no PROCMAP_QUERY before Linux 6.11");
        }
        let mut file = ProcFile::open(std::process::id(), ProcFileName::Maps).unwrap();
        let here = this_address();
        let text = std::fs::read("/proc/self/maps").unwrap();
        let line = text
            .split(|&byte| byte == b'\n')
            .filter_map(|line| MapsLine::parse(line).ok())
            .find(|line| (line.start..line.end).contains(&here))
            .unwrap();
        let (inspection, error) = Inspection::ask(&mut file, here, Duration::ZERO);
        assert_eq!(error, None);
        let answer = inspection.covering.unwrap();
        assert_eq!(differences(&line, &answer), [""; 0]);
        // Nothing is mapped in the first page, and something behind it.
        let (inspection, _) = Inspection::ask(&mut file, 0, Duration::ZERO);
        assert_eq!(inspection.covering, None);
        assert!(inspection.next.is_some());
    }

    /// An address in this program's code.
    fn this_address() -> u64 {
        this_process_agrees_with_itself as fn() as usize as u64
    }
}
