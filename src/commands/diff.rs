//! `vmascope diff A B`: what differs between two address spaces.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::io::{Read, Write};

use anyhow::{Context, Result};

use super::exit::{Exit, Failure, unless_unread};
use crate::cli::watch::{DiffArguments, TextFormat};
use crate::maps::line::{MapsLine, is_smaps_header};
use crate::maps::scan_text::Lines;
use crate::process::attached::AttachedTarget;
use crate::report::difference::{Difference, Side};
use crate::sampling::follow::Follower;
use crate::text::sanitise::sanitise;

/// The largest text that is read, in bytes: that is `maps` of a few million
/// VMAs; a device could go on for ever.
const LARGEST: u64 = 256 << 20;

pub(crate) fn run(arguments: &DiffArguments) -> Result<Exit, Failure> {
    if arguments.before == "-" && arguments.after == "-" {
        return Err(Failure::usage(anyhow::anyhow!(
            "both sides cannot be standard input; save one to a file"
        )));
    }
    let difference = Difference::of(side(&arguments.before)?, side(&arguments.after)?);
    let mut out = io::BufWriter::new(io::stdout());
    let written = match arguments.format {
        TextFormat::Human => difference.write_text(&mut out),
        TextFormat::Json => difference.write_json(&mut out),
    };
    let written = written.and_then(|()| out.flush());
    unless_unread(written.context("cannot write the difference"), ())?;
    Ok(Exit::Held)
}

/// A process, or a saved text.
fn side(called: &OsStr) -> Result<Side> {
    let pid = called.to_str().and_then(|text| text.parse().ok());
    match pid {
        Some(pid) => process(pid),
        None => file(called),
    }
}

fn process(pid: u64) -> Result<Side> {
    let mut follower = Follower::new(AttachedTarget::attach(pid)?, false)?;
    // One that is just running another program shows after that.
    while follower.latest().is_empty() && follower.step(|_| {})? {}
    if follower.latest().is_empty() {
        anyhow::bail!("cannot read process {pid}: it has exited; start it again");
    }
    let info = &follower.target().info;
    Ok(Side {
        what: format!("process {} ({})", info.pid, info.comm()),
        text: clean(follower.latest()),
    })
}

fn file(path: &OsStr) -> Result<Side> {
    let shown = sanitise(path.as_encoded_bytes()).into_owned();
    let what = if path == "-" {
        "standard input".to_owned()
    } else {
        format!("file {shown}")
    };
    let mut text = Vec::new();
    let reading = if path == "-" {
        io::stdin().lock().take(LARGEST).read_to_end(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut text))
    };
    reading.with_context(|| {
        format!("cannot read {what}; name a PID or a file with the text of /proc/PID/maps")
    })?;
    let mut kept = Vec::with_capacity(text.len());
    for (number, line) in (1..).zip(Lines::of(&text)) {
        // The details of smaps start with a capital letter and have a colon.
        let is_detail = line.first().is_some_and(u8::is_ascii_uppercase)
            && memchr::memchr(b':', line).is_some();
        if is_detail && !is_smaps_header(line) || line.trim_ascii().is_empty() {
            continue;
        }
        MapsLine::parse(line).with_context(|| format!("{what}, line {number}"))?;
        kept.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            kept.push(b'\n');
        }
    }
    Ok(Side {
        what,
        text: clean(&kept),
    })
}

/// The text as an export of it would be: with names sanitised, so that a
/// process and its saved text compare as equal.
fn clean(text: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(text.len());
    for line in Lines::of(text) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        clean.extend_from_slice(sanitise(line).as_bytes());
        clean.push(b'\n');
    }
    clean
}
