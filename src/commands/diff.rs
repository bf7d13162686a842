//! `vmascope diff A B`: what differs between two address spaces.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::io::{BufRead, BufReader, Read as _, Write as _};

use anyhow::{Context, Result};

use super::exit::{Exit, Failure, unless_unread};
use crate::cli::watch::{DiffArguments, TextFormat};
use crate::linux::advice::Advised;
use crate::maps::line::MapsLine;
use crate::maps::saved_text::{LONGEST_LINE, SavedText, write_line};
use crate::maps::scan_text::Lines;
use crate::process::attached::AttachedTarget;
use crate::report::difference::{Difference, Side};
use crate::report::output::stdout_for;
use crate::sampling::follow::Follower;
use crate::text::sanitise::sanitise;

pub(crate) fn run(arguments: &DiffArguments) -> Result<Exit, Failure> {
    if arguments.before == "-" && arguments.after == "-" {
        return Err(Failure::usage(anyhow::anyhow!(
            "both sides cannot be standard input; save one to a file"
        )));
    }
    let sides = [side(&arguments.before)?, side(&arguments.after)?];
    let difference = Difference::of(&sides);
    let mut out = io::BufWriter::new(stdout_for(arguments.format == TextFormat::Human));
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
    let mut text = Vec::with_capacity(follower.latest().len());
    for line in Lines::of(follower.latest()) {
        write_line(&MapsLine::parse(line)?, &mut text);
    }
    Ok(Side {
        what: format!("process {} ({})", info.pid, info.comm()),
        text,
        notes: Vec::new(),
    })
}

fn file(path: &OsStr) -> Result<Side> {
    let what = match path == "-" {
        true => "standard input".to_owned(),
        false => format!("file {}", sanitise(path.as_encoded_bytes())),
    };
    let read = match path == "-" {
        true => read(io::stdin().lock()),
        false => File::open(path).map_or_else(
            |error| Err(not_read(error)),
            |file| read(BufReader::new(file)),
        ),
    };
    let (text, notes) = read.with_context(|| format!("cannot read {what}"))?;
    Ok(Side { what, text, notes })
}

fn read(mut from: impl BufRead) -> Result<(Vec<u8>, Vec<String>)> {
    let (mut saved, mut line) = (SavedText::default(), Vec::new());
    loop {
        line.clear();
        // A device could go on for ever.
        let mut start = from.by_ref().take(LONGEST_LINE as u64);
        let count = start.read_until(b'\n', &mut line).map_err(not_read)?;
        if count == 0 {
            return Ok(saved.finish()?);
        }
        saved.push(&line)?;
    }
}

fn not_read(error: io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::IsADirectory => {
            anyhow::anyhow!("{error}; name a PID or a file with the text of /proc/PID/maps")
        }
        _ => anyhow::anyhow!("{}", Advised(&error)),
    }
}
