//! One line of `/proc/PID/maps`, taken apart without copying, and put
//! together again byte for byte.
//!
//! ```text
//! 7f3a5c021000-7f3a5c189000 r-xp 00022000 fe:00 1835287      /usr/lib/libc.so.6
//! vm_start     vm_end       |    offset   |     inode        name
//!                           permissions   device
//! ```

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::hex;
use super::permissions::Permissions;
use crate::text::sanitise::sanitise_cut;

/// The column at which names start on 64-bit kernels, in bytes: the width that
/// `show_vma_header_prefix()` sets, 25 + 6 × 8 − 1, and one space.
const NAME_COLUMN: usize = 73;

/// How much of a bad line an error quotes, in bytes.
const QUOTE_LIMIT: usize = 120;

/// The device a mapped file lies on; `00:00` for anonymous memory.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Device {
    /// `MAJOR(dev)`, 12 bits in the kernel.
    pub major: u32,
    /// `MINOR(dev)`, 20 bits in the kernel: up to five digits.
    pub minor: u32,
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}:{:02x}", self.major, self.minor)
    }
}

/// One VMA as `/proc/PID/maps` prints it (`show_map_vma()`,
/// fs/proc/task_mmu.c). The header lines of `smaps` have the same form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MapsLine<'a> {
    /// `vm_start`: the first address, in bytes.
    pub start: u64,
    /// `vm_end`: the first address behind, in bytes. A sound kernel prints
    /// `start < end`; the parser does not insist, so that a reader can report it.
    pub end: u64,
    /// The permission letters.
    pub perms: Permissions,
    /// Where in the file the mapping starts, in bytes; 0 for anonymous memory.
    pub offset: u64,
    /// The file's device; `00:00` where there is no file.
    pub device: Device,
    /// The file's inode number; 0 where there is no file.
    pub inode: u64,
    /// The name as printed: a path in which a newline is `\012`, or
    /// `[heap]`, `[anon:NAME]` and the like; empty where the VMA has none.
    /// Chosen by whoever made the file: control characters must be taken out
    /// before it is shown.
    pub name: &'a [u8],
    /// Spaces between the inode and the name.
    padding: u32,
    /// Whether the line ended in a newline.
    newline: bool,
}

impl<'a> MapsLine<'a> {
    /// The line a 64-bit kernel prints for these values, newline included.
    #[must_use]
    pub fn new(
        range: std::ops::Range<u64>,
        perms: Permissions,
        offset: u64,
        device: Device,
        inode: u64,
        name: &'a [u8],
    ) -> Self {
        let mut line = Self {
            start: range.start,
            end: range.end,
            perms,
            offset,
            device,
            inode,
            name,
            padding: 1,
            newline: true,
        };
        if !name.is_empty() {
            let mut prefix = Vec::with_capacity(NAME_COLUMN + 16);
            line.write_prefix(&mut prefix);
            let fill = NAME_COLUMN.saturating_sub(prefix.len()).max(2);
            line.padding = fill as u32;
        }
        line
    }

    /// The same VMA's line with its newline, and one space before the name.
    pub(crate) fn narrow(self) -> Self {
        Self {
            padding: 1,
            newline: true,
            ..self
        }
    }

    /// Takes one line apart, with or without its newline.
    ///
    /// Only what the kernel prints is taken: lower-case digits, numbers
    /// without extra leading zeros. So every line that parses prints back
    /// byte for byte with [`write_to`](Self::write_to).
    ///
    /// # Errors
    /// Which field is not as the kernel prints it, and the line, sanitised.
    pub fn parse(line: &'a [u8]) -> Result<Self, ParseLineError> {
        Self::parse_fields(line).map_err(|(field, at)| ParseLineError {
            field,
            column: at + 1,
            line: sanitise_cut(line, QUOTE_LIMIT).into_owned(),
        })
    }

    fn parse_fields(line: &'a [u8]) -> Result<Self, (&'static str, usize)> {
        let (body, newline) = match line.split_last() {
            Some((b'\n', body)) => (body, true),
            _ => (line, false),
        };
        let number = |field, at, width, delimiter| {
            hex::hex(body, at, width)
                .filter(|&(_, end)| delimiter == 0 || body.get(end) == Some(&delimiter))
                .ok_or((field, at))
        };
        let (start, at) = number("vm_start", 0, 8, b'-')?;
        let (end, at) = number("vm_end", at + 1, 8, b' ')?;
        let at = at + 1;
        let perms = body
            .get(at..at + 5)
            .filter(|letters| letters[4] == b' ')
            .and_then(|letters| Permissions::from_bytes(letters[..4].try_into().ok()?))
            .ok_or(("the permissions", at))?;
        let (offset, at) = number("the offset", at + 5, 8, b' ')?;
        let (major, end_major) = number("the device's major number", at + 1, 2, b':')?;
        let major = u32::try_from(major).map_err(|_| ("the device's major number", at + 1))?;
        let (minor, at) = number("the device's minor number", end_major + 1, 2, b' ')?;
        let minor =
            u32::try_from(minor).map_err(|_| ("the device's minor number", end_major + 1))?;
        let (inode, at) = hex::decimal(body, at + 1).ok_or(("the inode", at + 1))?;
        let padding = body[at..].iter().take_while(|&&byte| byte == b' ').count();
        let name = &body[at + padding..];
        if padding == 0 {
            return Err(("the space behind the inode", at));
        }
        if let Some(newline) = memchr::memchr(b'\n', name) {
            return Err(("the name, which has a newline,", at + padding + newline));
        }
        Ok(Self {
            start,
            end,
            perms,
            offset,
            device: Device { major, minor },
            inode,
            name,
            padding: u32::try_from(padding).map_err(|_| ("the padding", at))?,
            newline,
        })
    }

    /// Appends the line as it was read, byte for byte, with its newline if it
    /// had one.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        self.write_prefix(out);
        out.resize(out.len() + self.padding as usize, b' ');
        out.extend_from_slice(self.name);
        if self.newline {
            out.push(b'\n');
        }
    }

    /// Everything up to the inode.
    fn write_prefix(&self, out: &mut Vec<u8>) {
        hex::write_hex(out, self.start, 8);
        out.push(b'-');
        hex::write_hex(out, self.end, 8);
        out.push(b' ');
        out.extend_from_slice(&self.perms.as_bytes());
        out.push(b' ');
        hex::write_hex(out, self.offset, 8);
        out.push(b' ');
        hex::write_hex(out, u64::from(self.device.major), 2);
        out.push(b':');
        hex::write_hex(out, u64::from(self.device.minor), 2);
        out.push(b' ');
        hex::write_decimal(out, self.inode);
    }

    /// The name with `\012` turned back into a newline, as `PROCMAP_QUERY`
    /// returns it.
    ///
    /// The kernel escapes the newline but not the backslash, so a file that is
    /// really called `a\012b` cannot be told from one with a newline.
    #[must_use]
    pub fn unescaped_name(&self) -> Cow<'a, [u8]> {
        const ESCAPED: &[u8] = b"\\012";
        let mut found = memchr::memmem::find_iter(self.name, ESCAPED).peekable();
        if found.peek().is_none() {
            return Cow::Borrowed(self.name);
        }
        let mut out = Vec::with_capacity(self.name.len());
        let mut copied = 0;
        for at in found {
            out.extend_from_slice(&self.name[copied..at]);
            out.push(b'\n');
            copied = at + ESCAPED.len();
        }
        out.extend_from_slice(&self.name[copied..]);
        Cow::Owned(out)
    }

    /// Whether the name ends in ` (deleted)`, which the kernel appends for an
    /// unlinked file; a file may also be called so.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.name.ends_with(b" (deleted)")
    }

    /// Whether this is the gate VMA (`[vsyscall]` on x86, `[vectors]` on Arm),
    /// which is in no process's tree and which `PROCMAP_QUERY` never finds.
    ///
    /// A path starts with `/`, so no file can be called like it.
    #[must_use]
    pub fn is_gate(&self) -> bool {
        self.inode == 0 && matches!(self.name, b"[vsyscall]" | b"[vectors]")
    }
}

/// The line as printed, without its newline, sanitised.
impl fmt::Display for MapsLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::with_capacity(NAME_COLUMN + self.name.len());
        Self {
            newline: false,
            ..*self
        }
        .write_to(&mut out);
        f.write_str(&crate::text::sanitise::sanitise(&out))
    }
}

/// A line that is not as the kernel prints it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot read a maps line: {field} at byte {column} is not as the kernel prints it: \"{line}\""
)]
pub struct ParseLineError {
    /// The field that could not be read.
    pub field: &'static str,
    /// Where it starts in the line, in bytes from 1.
    pub column: usize,
    /// The line, sanitised and cut.
    pub line: String,
}

/// `vm_start` and `vm_end` of a line, for the hot loop: nothing behind them is
/// looked at. `None` where the line does not start with `x-y `.
#[inline]
#[must_use]
pub fn parse_range(line: &[u8]) -> Option<(u64, u64)> {
    let (start, dash) = hex::address(line, 0, b'-')?;
    let (end, _) = hex::address(line, dash + 1, b' ')?;
    Some((start, end))
}

/// Whether a line of `smaps` is the header of a VMA, rather than one of its
/// detail lines (`Rss:    12 kB`, `VmFlags: rd ex`).
///
/// A header is a line of `maps`: it starts with a digit, or with a letter of
/// `a`–`f`; details start with a capital.
#[inline]
#[must_use]
pub(crate) fn is_smaps_header(line: &[u8]) -> bool {
    matches!(line.first(), Some(b'0'..=b'9' | b'a'..=b'f')) && parse_range(line).is_some()
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
