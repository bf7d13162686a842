//! Addresses and names in lines of `maps`, and in sentences.

use super::Anonymiser;
use crate::maps::line::MapsLine;

/// Paths that are the same everywhere.
const COMMON: [&[u8]; 2] = [b"/proc/", b"/sys/"];

/// Digits of a number in a sentence that is an address by itself, at least.
const DIGITS: usize = 8;

impl Anonymiser {
    /// Lines as `maps` prints them, each as long as before; what is none is taken for a
    /// sentence.
    pub(super) fn lines(&mut self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            let body = line.strip_suffix(b"\n").unwrap_or(line);
            if let Some(known) = self.known.get(body) {
                out.extend_from_slice(known);
            } else {
                let begin = out.len();
                match self.line(body) {
                    Some(changed) => out.extend_from_slice(&changed),
                    None => self.sentence(body, true, &mut out),
                }
                self.known.keep(body, &out[begin..]);
            }
            out.extend_from_slice(&line[body.len()..]);
        }
        out
    }

    /// A line, without its newline; none if it is none.
    pub(super) fn line(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        let parsed = MapsLine::parse(line).ok()?;
        if parsed.is_gate() {
            return Some(line.to_vec());
        }
        if !self.changes {
            self.addresses.see(parsed.start, parsed.end);
        }
        let mut fields = line.splitn(6, |&byte| byte == b' ');
        let range = fields.next()?;
        let (start, end) = range.split_at(memchr::memchr(b'-', range)?);
        let (permissions, offset) = (fields.next()?, fields.next()?);
        let (device, inode) = (fields.next()?, fields.next()?);
        let (major, minor) = device.split_at(memchr::memchr(b':', device)?);
        let address = |was: &[u8], address| {
            let other = self.addresses.changed(address).unwrap_or(address);
            format!("{other:0width$x}", width = was.len())
        };
        let range = format!(
            "{}-{}",
            address(start, parsed.start),
            address(&end[1..], parsed.end)
        );
        let other = self.names.device(parsed.device);
        let device = format!(
            "{:0major$x}:{:0minor$x}",
            other.major,
            other.minor,
            major = major.len(),
            minor = minor.len() - 1
        );
        let other = self.names.inode(parsed.inode);
        let inode = format!("{other:0width$}", width = inode.len());
        let parts = [
            range.as_bytes(),
            permissions,
            offset,
            device.as_bytes(),
            inode.as_bytes(),
        ];
        let mut out = parts.join(&b' ');
        let rest = line.len() - parsed.name.len();
        // The spaces in front of the name.
        out.extend_from_slice(line.get(out.len()..rest).unwrap_or_default());
        out.extend_from_slice(&self.names.name(parsed.name));
        (out.len() == line.len()).then_some(out)
    }

    /// Anything that is said. A text that is kept as long as it was has its numbers with
    /// as many digits.
    pub(super) fn sentence(&mut self, text: &[u8], keep_length: bool, out: &mut Vec<u8>) {
        // A single word is one of ours.
        let has_words = text.contains(&b' ');
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let is_begin = at == 0 || !text[at - 1].is_ascii_alphanumeric();
            let mut taken = 0;
            if is_begin && has_words {
                taken = self.odd_name(rest, out);
            }
            if is_begin && taken == 0 {
                taken = self.word_of(rest, keep_length, out);
            }
            if taken == 0 {
                out.push(text[at]);
            }
            at += taken.max(1);
        }
    }

    /// The name at the front that has no such form, changed: its length.
    fn odd_name(&mut self, text: &[u8], out: &mut Vec<u8>) -> usize {
        let Some(odd) = self.names.odd_at(text).map(<[u8]>::to_vec) else {
            return 0;
        };
        if text.get(odd.len()).is_some_and(u8::is_ascii_alphanumeric) {
            return 0;
        }
        let other = match odd.iter().any(|byte| b"/[".contains(byte)) {
            true => self.names.name(&odd),
            false => self.names.word(&odd),
        };
        out.extend_from_slice(&other);
        odd.len()
    }

    /// What stands at the front, if it is an address or a path, changed: its length.
    fn word_of(&mut self, text: &[u8], keep_length: bool, out: &mut Vec<u8>) -> usize {
        if text.starts_with(b"/") && !COMMON.iter().any(|common| text.starts_with(common)) {
            let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"\"'),;".contains(byte);
            let path = text.split(is_end).next().unwrap_or_default();
            if path.len() > 1 {
                out.extend_from_slice(&self.names.name(path));
            }
            return if path.len() > 1 { path.len() } else { 0 };
        }
        self.number(text, keep_length, out)
    }

    fn number(&mut self, text: &[u8], keep_length: bool, out: &mut Vec<u8>) -> usize {
        let prefix = if text.starts_with(b"0x") { 2 } else { 0 };
        let is_digit = |byte: &&u8| byte.is_ascii_hexdigit();
        let count = text[prefix..].iter().take_while(is_digit).count();
        let digits = &text[prefix..prefix + count];
        let after = text.get(prefix + count);
        // Before or after a hyphen it is one end of a range.
        let is_range = after == Some(&b'-') || out.ends_with(b"-");
        let is_one = (count >= DIGITS || prefix > 0 || is_range && count > 3)
            && !after.is_some_and(u8::is_ascii_alphanumeric);
        let number = std::str::from_utf8(digits).ok().filter(|_| is_one);
        let number = number.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let Some(other) = number.and_then(|number| self.addresses.changed(number)) else {
            return 0;
        };
        out.extend_from_slice(&text[..prefix]);
        let width = match keep_length || digits.starts_with(b"0") {
            true => count,
            false => 0,
        };
        out.extend_from_slice(format!("{other:0width$x}").as_bytes());
        prefix + count
    }
}
