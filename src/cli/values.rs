//! Times, sizes and names of recordings as the command line takes them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::{PathBufValueParser, TypedValueParser};

/// The longest time that can be asked for: a day.
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The name of a recording: one goes about in it, so that it is no stream.
pub(crate) fn recording() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| match path == Path::new("-") {
        true => Err("a recording is read back and forth: name a file"),
        false => Ok(path),
    })
}

pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like 500ms, 1s or 2m"))?;
    if duration.is_zero() || duration > LONGEST {
        return Err("it takes more than nothing and at most a day".into());
    }
    Ok(duration)
}

/// A size in bytes: `128MiB`, `4096`.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let factor = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err("write it like 128MiB, 64k or 1GiB".into()),
    };
    let bytes = digits.parse().ok().and_then(|n: u64| n.checked_mul(factor));
    // More would not be mapped anywhere.
    bytes
        .filter(|bytes| (1..1 << 46).contains(bytes))
        .ok_or_else(|| "write it like 128MiB; at most 64 TiB".into())
}

/// The most that a page of a layout may stand for: to fault in several of them takes
/// a modifier seconds.
const LARGEST_LETTER: u64 = 1 << 30;

/// The size of a letter: [`size`], at most 1 GiB.
pub(crate) fn populate(text: &str) -> Result<u64, String> {
    match size(text)? {
        bytes if bytes <= LARGEST_LETTER => Ok(bytes),
        _ => Err("it takes at most 1 GiB: more is faulted in too slowly".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("4096", Ok(4096)),
            ("128MiB", Ok(128 << 20)),
            ("128 mib", Ok(128 << 20)),
            ("64k", Ok(64 << 10)),
            ("2GiB", Ok(2 << 30)),
        ] {
            assert_eq!(size(text), bytes);
        }
        for text in [
            "",
            "0",
            "MiB",
            "-1",
            "1.5GiB",
            "12 pages",
            "99999999999GiB",
            "65536GiB",
        ] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
