//! Other names, as long as those that were there, and the same for the same.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::maps::line::Device;

/// What other names are made of.
const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// What the kernel adds to the name of a file that is gone.
const DELETED: &[u8] = b" (deleted)";

/// What was replaced by what.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// A part of a path, or a word.
    words: BTreeMap<Vec<u8>, Vec<u8>>,
    /// How many words of each length there are.
    counts: BTreeMap<usize, u64>,
    inodes: Numbers,
    majors: Numbers,
    minors: Numbers,
    /// Whole names that are not found in a sentence by their form.
    odd: BTreeSet<Vec<u8>>,
}

impl Names {
    /// Another word of that length.
    pub(super) fn word(&mut self, word: &[u8]) -> Vec<u8> {
        if let Some(known) = self.words.get(word) {
            return known.clone();
        }
        let count = self.counts.entry(word.len()).or_default();
        let other = loop {
            let other = letters(*count, word.len());
            *count += 1;
            if other != word || word.is_empty() {
                break other;
            }
        };
        self.words.insert(word.to_vec(), other.clone());
        other
    }

    /// A name as `maps` prints it. What the kernel calls something by itself, like
    /// `[heap]`, stays.
    pub(super) fn name(&mut self, name: &[u8]) -> Vec<u8> {
        let is_of_kernel = name.starts_with(b"[") && !is_by_target(name);
        let is_number = name.windows(2).any(|two| two == b":[");
        if name.is_empty() || is_of_kernel || is_number && !name.contains(&b'/') {
            return name.to_vec();
        }
        if name.contains(&b' ') || !name.starts_with(b"/") {
            self.odd.insert(name.to_vec());
        }
        if let Some(colon) = memchr::memchr(b':', name).filter(|_| is_by_target(name)) {
            let end = name.len() - usize::from(name.ends_with(b"]"));
            let inner = self.word(&name[colon + 1..end.max(colon + 1)]);
            return [&name[..=colon], &inner, &name[end.max(colon + 1)..]].concat();
        }
        let (path, deleted) = match name.strip_suffix(DELETED) {
            Some(path) => (path, DELETED),
            None => (name, &[][..]),
        };
        let memfd = b"/memfd:";
        let (kept, path) = match path.strip_prefix(memfd) {
            Some(path) => (&memfd[..], path),
            None => (&[][..], path),
        };
        let parts = path.split(|&byte| byte == b'/');
        let parts: Vec<Vec<u8>> = parts.map(|part| self.word(part)).collect();
        [kept, &parts.join(&b'/'), deleted].concat()
    }

    /// The name of a target that is called by its name and its PID, `sh (PID 12)` or
    /// `sh, PID 12`: it may stand in sentences.
    pub(super) fn target(&mut self, text: &str) {
        let ways = [" (PID ", ", PID "].into_iter();
        if let Some((name, _)) = ways.filter_map(|way| text.split_once(way)).next() {
            self.odd.insert(name.into());
        }
    }

    /// The longest name at the front of a text, of those that are not found by their
    /// form.
    pub(super) fn odd_at(&self, text: &[u8]) -> Option<&[u8]> {
        let mut front = text;
        loop {
            let before = (Bound::Unbounded, Bound::Included(front));
            let name = self.odd.range::<[u8], _>(before).next_back()?;
            let same = name.iter().zip(front).take_while(|(a, b)| a == b).count();
            if same == name.len() {
                return Some(name)
                    .filter(|name| !name.is_empty())
                    .map(|name| &name[..]);
            }
            // A beginning of the text is a beginning of what they have in common.
            front = &front[..same];
        }
    }

    /// The command line of this program: its own words stay.
    pub(super) fn command_line(&mut self, text: &str) -> String {
        let mut is_ours = true;
        let words = text.split(' ').enumerate().map(|(i, word)| {
            is_ours &= word != "--";
            let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
            match i {
                0 => "vmascope".into(),
                1 if is_ours => word.into(),
                _ if is_ours && is_number || word == "--" => word.into(),
                _ if is_ours && word.starts_with("--") => match word.split_once('=') {
                    Some((option, value)) => format!("{option}={}", self.text_word(value)),
                    None => word.into(),
                },
                _ => self.text_word(word),
            }
        });
        words.collect::<Vec<String>>().join(" ")
    }

    /// The command line of a target.
    pub(super) fn command(&mut self, text: &str) -> String {
        let words = text.split(' ').map(|word| self.text_word(word));
        words.collect::<Vec<String>>().join(" ")
    }

    fn text_word(&mut self, word: &str) -> String {
        let parts = word.split('/');
        let parts = parts.map(|part| String::from_utf8(self.word(part.as_bytes())));
        let parts: Result<Vec<String>, _> = parts.collect();
        parts.unwrap_or_default().join("/")
    }

    /// Another number of as many decimal digits; 0 stays.
    pub(super) fn inode(&mut self, inode: u64) -> u64 {
        self.inodes.other(inode, (10, 1))
    }

    pub(super) fn major(&mut self, major: u64) -> u64 {
        self.majors.other(major, (16, 2))
    }

    pub(super) fn minor(&mut self, minor: u64) -> u64 {
        self.minors.other(minor, (16, 2))
    }

    pub(super) fn device(&mut self, device: Device) -> Device {
        let part = |number: u64, was: u32| u32::try_from(number).unwrap_or(was);
        Device {
            major: part(self.major(device.major.into()), device.major),
            minor: part(self.minor(device.minor.into()), device.minor),
        }
    }
}

/// Whether a name in brackets has a part that the target chose (`PR_SET_VMA_ANON_NAME`).
fn is_by_target(name: &[u8]) -> bool {
    name.starts_with(b"[anon:") || name.starts_with(b"[anon_shmem:")
}

/// Words of one length, by number: there are as many of a length as anybody names.
fn letters(mut number: u64, length: usize) -> Vec<u8> {
    let mut word = vec![LETTERS[0]; length];
    let base = LETTERS.len() as u64;
    for letter in word.iter_mut().rev() {
        *letter = LETTERS[(number % base) as usize];
        number /= base;
    }
    word
}

/// Other numbers, of as many digits.
#[derive(Debug, Default)]
struct Numbers {
    known: BTreeMap<u64, u64>,
    /// How many there are, by digits.
    counts: BTreeMap<u32, u64>,
}

impl Numbers {
    /// The same for the same; 0 stays. Of fewer digits than `least` all are alike.
    fn other(&mut self, number: u64, (base, least): (u64, u32)) -> u64 {
        if number == 0 {
            return 0;
        }
        if let Some(other) = self.known.get(&number) {
            return *other;
        }
        let digits = number.ilog(base) + 1;
        let (class, first) = match digits > least {
            true => (digits, base.pow(digits - 1)),
            false => (least, 1),
        };
        let count = self.counts.entry(class).or_default();
        // There are no more of so many digits than there were.
        let other = first.saturating_add(*count);
        *count += 1;
        self.known.insert(number, other);
        other
    }
}
