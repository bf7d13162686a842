//! An address space, or a part of it, as a file: the plain `maps` text, CSV or
//! JSON.
//!
//! Names are sanitised in all of them: an exported file is shown in terminals.

use std::io;
use std::io::Write;

use serde::{Serialize, Serializer};

use crate::events::document::MAPS;
use crate::maps::line::{MapsLine, ParseLineError};
use crate::text::sanitise::sanitise;

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ExportFormat {
    /// Lines as `/proc/PID/maps` has them.
    Maps,
    /// One row a line, with a header (RFC 4180, but for lines that end in `\n`).
    Csv,
    Json,
}

impl ExportFormat {
    /// The usual end of a file's name, without the dot.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            ExportFormat::Maps => "maps",
            ExportFormat::Csv => "csv",
            ExportFormat::Json => "json",
        }
    }
}

/// Why an address space could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A line is not one of `maps`.
    #[error(transparent)]
    Line(#[from] ParseLineError),
    #[error("cannot write the export: {0}")]
    Write(#[from] io::Error),
}

/// Writes lines of `maps`, with or without their newlines, in the order given:
/// all of a scan ([`Lines::of`](crate::maps::scan_text::Lines::of)), or those
/// that a filter leaves.
///
/// # Errors
/// When a line cannot be read (nothing of it is written), or on the error of
/// `out`.
pub fn export<'a>(
    lines: impl IntoIterator<Item = &'a [u8], IntoIter: Clone>,
    format: ExportFormat,
    mut out: impl Write,
) -> Result<(), ExportError> {
    let lines = lines.into_iter().map(MapsLine::parse);
    match format {
        ExportFormat::Maps => {
            for line in lines {
                writeln!(out, "{}", line?)?;
            }
        }
        ExportFormat::Csv => {
            let mut rows = csv_writer(out);
            // By hand, for it is there even where no VMA follows.
            rows.write_record(COLUMNS.split(','))
                .map_err(io::Error::from)?;
            for line in lines {
                rows.serialize(VmaRecord::from(&line?))
                    .map_err(io::Error::from)?;
            }
            rows.flush()?;
        }
        ExportFormat::Json => {
            // A document is whole or not there; and records of a million VMAs
            // are not all in memory at once.
            lines.clone().try_for_each(|vma| vma.map(drop))?;
            let records = lines.flatten().map(|vma| VmaRecord::from(&vma));
            let document = Document {
                format: MAPS.format,
                shape: MAPS.shape,
                lines: Records(records),
            };
            serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// The fields of a [`VmaRecord`].
const COLUMNS: &str = "start,end,size_bytes,permissions,offset,device,inode,name";

/// A writer of CSV whose lines end in `\n`.
pub(crate) fn csv_writer<W: Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new()
        .has_headers(false)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(out)
}

#[derive(Serialize)]
struct Document<R: Serialize> {
    format: &'static str,
    shape: u32,
    lines: R,
}

/// Records that are made while they are written.
struct Records<I>(I);

impl<I: Iterator<Item = VmaRecord> + Clone> Serialize for Records<I> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.0.clone())
    }
}

/// A line in JSON and CSV. Addresses are text: not every reader of JSON keeps 64
/// bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct VmaRecord {
    /// `vm_start`, `0x…`.
    pub start: String,
    /// `vm_end`, `0x…`.
    pub end: String,
    /// In bytes.
    pub size_bytes: u64,
    /// `rw-p`.
    pub permissions: String,
    /// Where in the file it starts, `0x…`, in bytes.
    pub offset: String,
    /// `MAJOR:MINOR`, in hexadecimal.
    pub device: String,
    pub inode: u64,
    /// The name, sanitised.
    pub name: String,
}

impl From<&MapsLine<'_>> for VmaRecord {
    fn from(line: &MapsLine<'_>) -> Self {
        VmaRecord {
            start: format!("{:#x}", line.start),
            end: format!("{:#x}", line.end),
            size_bytes: line.end.saturating_sub(line.start),
            permissions: line.perms.to_string(),
            offset: format!("{:#x}", line.offset),
            device: line.device.to_string(),
            inode: line.inode,
            name: sanitise(line.name).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::scan_text::Lines;

    const TEXT: &[u8] = b"00010000-00012000 r--p 00003000 fe:00 77                                 /tmp/a,\"b\"\n\
        00012000-00015000 rw-s 00000000 00:00 0 \n\
        7f0000000000-7f0000001000 rw-p 00000000 00:05 9                          /memfd:\x1b[2J (deleted)\n";

    fn exported(format: ExportFormat) -> String {
        let mut out = Vec::new();
        export(Lines::of(TEXT), format, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn maps_text_is_as_it_was_but_sanitised() {
        let text = exported(ExportFormat::Maps);
        let expected = String::from_utf8_lossy(TEXT).replace('\x1b', "\\x1b");
        assert_eq!(text, expected);
    }

    #[test]
    fn csv_has_a_row_a_line() {
        assert_eq!(
            exported(ExportFormat::Csv),
            "start,end,size_bytes,permissions,offset,device,inode,name\n\
             0x10000,0x12000,8192,r--p,0x3000,fe:00,77,\"/tmp/a,\"\"b\"\"\"\n\
             0x12000,0x15000,12288,rw-s,0x0,00:00,0,\n\
             0x7f0000000000,0x7f0000001000,4096,rw-p,0x0,00:05,9,/memfd:\\x1b[2J (deleted)\n"
        );
    }

    #[test]
    fn json_is_one_document() {
        let text = exported(ExportFormat::Json);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["format"], "vmascope-maps");
        assert_eq!(value["lines"].as_array().unwrap().len(), 3);
        assert_eq!(value["lines"][0]["start"], "0x10000");
        assert_eq!(value["lines"][2]["size_bytes"], 4096);
        assert_eq!(value["lines"][2]["name"], "/memfd:\\x1b[2J (deleted)");
    }

    #[test]
    fn what_is_no_line_is_an_error() {
        let mut out = Vec::new();
        let error = export([&b"rubbish\n"[..]], ExportFormat::Maps, &mut out).unwrap_err();
        assert!(error.to_string().contains("rubbish"), "{error}");
        assert!(out.is_empty());
    }
}
