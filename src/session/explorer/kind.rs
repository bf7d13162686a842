//! What a VMA is for, as far as its line in `maps` says.

use crate::maps::line::MapsLine;

/// The column at which names start in lines of 64-bit kernels.
const NAME_COLUMN: usize = 73;

/// What a VMA is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VmaKind {
    /// Memory without a file, or with a name of its own (`[anon:NAME]`).
    #[default]
    Anonymous,
    /// A file that may be executed.
    Code,
    /// Any other file.
    File,
    Heap,
    Stack,
    /// What the kernel itself puts there: `[vdso]`, `[vvar]`, the gate VMA.
    Kernel,
    /// Nothing is allowed there, and no file is mapped: a guard, or reserved.
    NoAccess,
}

impl VmaKind {
    pub(crate) const ALL: [VmaKind; 7] = [
        VmaKind::Code,
        VmaKind::File,
        VmaKind::Heap,
        VmaKind::Anonymous,
        VmaKind::Stack,
        VmaKind::Kernel,
        VmaKind::NoAccess,
    ];

    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            VmaKind::Anonymous => "anonymous",
            VmaKind::Code => "code",
            VmaKind::File => "file",
            VmaKind::Heap => "heap",
            VmaKind::Stack => "stack",
            VmaKind::Kernel => "kernel's",
            VmaKind::NoAccess => "no access",
        }
    }

    /// Of a line that starts with its range; anything of other lines.
    #[must_use]
    pub(crate) fn of_line(line: &[u8]) -> Self {
        let permissions = memchr::memchr(b' ', line).and_then(|at| line.get(at + 1..at + 5));
        let Some(permissions) = permissions else {
            return VmaKind::Anonymous;
        };
        match name_of_line(line) {
            b"" if permissions.starts_with(b"---") => VmaKind::NoAccess,
            b"" => VmaKind::Anonymous,
            b"[heap]" => VmaKind::Heap,
            name if name.starts_with(b"[anon") => VmaKind::Anonymous,
            name if name.starts_with(b"[stack") => VmaKind::Stack,
            name if name.starts_with(b"[") => VmaKind::Kernel,
            _ if permissions[2] == b'x' => VmaKind::Code,
            _ => VmaKind::File,
        }
    }
}

/// The name in a line of `maps`, as it is printed; empty where there is none.
#[must_use]
pub(crate) fn name_of_line(line: &[u8]) -> &[u8] {
    // Nearly always: nothing, or a name in the kernel's column.
    if line.last() == Some(&b' ') && line.len() < NAME_COLUMN {
        return b"";
    }
    match line.get(NAME_COLUMN - 1..NAME_COLUMN + 1) {
        Some([b' ', first]) if *first != b' ' => &line[NAME_COLUMN..],
        _ => MapsLine::parse(line).map_or(b"", |line| line.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::line::Device;
    use crate::maps::permissions::Permissions;

    fn line(permissions: &str, name: &str) -> Vec<u8> {
        let permissions = Permissions::from_bytes(permissions.as_bytes().try_into().unwrap());
        let device = Device { major: 8, minor: 1 };
        let line = MapsLine::new(
            0x7000..0x8000,
            permissions.unwrap(),
            0,
            device,
            12,
            name.as_bytes(),
        );
        let mut out = Vec::new();
        line.write_to(&mut out);
        out.pop();
        out
    }

    #[test]
    fn names_are_what_the_parser_finds() {
        for name in ["", "/a b", "[heap]", "/usr/lib/libc.so.6", "a"] {
            let line = line("rw-p", name);
            assert_eq!(name_of_line(&line), name.as_bytes(), "{name}");
        }
        // A prefix that is longer than the column.
        let long = b"ffffffffff600000-ffffffffff601000 r-xp ffffffffff600000 fff:fffff 18446744073709551615 /x y";
        assert_eq!(name_of_line(long), b"/x y");
        assert_eq!(name_of_line(b"nonsense"), b"");
    }

    #[test]
    fn kinds_follow_names_and_permissions() {
        for (permissions, name, kind) in [
            ("r-xp", "/bin/true", VmaKind::Code),
            ("rw-s", "/dev/zero (deleted)", VmaKind::File),
            ("rw-p", "", VmaKind::Anonymous),
            ("rwxp", "", VmaKind::Anonymous),
            ("---p", "", VmaKind::NoAccess),
            ("---p", "/bin/true", VmaKind::File),
            ("rw-p", "[anon:x]", VmaKind::Anonymous),
            ("rw-s", "[anon_shmem:x]", VmaKind::Anonymous),
            ("rw-p", "[heap]", VmaKind::Heap),
            ("rw-p", "[stack]", VmaKind::Stack),
            ("r-xp", "[vdso]", VmaKind::Kernel),
        ] {
            assert_eq!(VmaKind::of_line(&line(permissions, name)), kind, "{name}");
        }
    }
}
