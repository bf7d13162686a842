//! stub
#![allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permissions {
    pub read: bool,
    pub write: bool,
    pub execute: bool,
    pub shared: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Device {
    pub major: u32,
    pub minor: u32,
}
#[derive(Debug)]
pub struct ParseLineError(pub String);
impl std::fmt::Display for ParseLineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for ParseLineError {}
pub struct MapsLine<'a> {
    pub start: u64,
    pub end: u64,
    pub perms: Permissions,
    pub offset: u64,
    pub device: Device,
    pub inode: u64,
    pub name: &'a [u8],
}
impl<'a> MapsLine<'a> {
    pub fn parse(line: &'a [u8]) -> Result<Self, ParseLineError> {
        let text = std::str::from_utf8(line)
            .map_err(|e| ParseLineError(e.to_string()))?
            .trim_end();
        let bad = || ParseLineError(text.to_string());
        let mut words = text.split_ascii_whitespace();
        let (start, end) = parse_range(line).ok_or_else(bad)?;
        words.next();
        let p = words.next().ok_or_else(bad)?.as_bytes();
        let offset = u64::from_str_radix(words.next().ok_or_else(bad)?, 16).map_err(|_| bad())?;
        let (a, b) = words
            .next()
            .ok_or_else(bad)?
            .split_once(':')
            .ok_or_else(bad)?;
        let inode = words.next().ok_or_else(bad)?.parse().map_err(|_| bad())?;
        let name = words.next().unwrap_or("");
        Ok(MapsLine {
            start,
            end,
            perms: Permissions {
                read: p[0] == b'r',
                write: p[1] == b'w',
                execute: p[2] == b'x',
                shared: p[3] == b's',
            },
            offset,
            device: Device {
                major: u32::from_str_radix(a, 16).map_err(|_| bad())?,
                minor: u32::from_str_radix(b, 16).map_err(|_| bad())?,
            },
            inode,
            name: name.as_bytes(),
        })
    }
}
pub fn parse_range(line: &[u8]) -> Option<(u64, u64)> {
    let text = std::str::from_utf8(line).ok()?;
    let (a, rest) = text.split_once('-')?;
    let b = rest.split(' ').next()?;
    Some((
        u64::from_str_radix(a, 16).ok()?,
        u64::from_str_radix(b, 16).ok()?,
    ))
}
pub fn is_smaps_header(line: &[u8]) -> bool {
    parse_range(line).is_some()
}
impl Permissions {
    pub fn as_bytes(&self) -> [u8; 4] {
        [
            if self.read { b'r' } else { b'-' },
            if self.write { b'w' } else { b'-' },
            if self.execute { b'x' } else { b'-' },
            if self.shared { b's' } else { b'p' },
        ]
    }
}
