//! A document that somebody asked for by the name of a file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::save::{SaveError, Saved, WriteAll};
use crate::linux::advice::Advised;

/// What stands for standard output.
const STDOUT: &str = "-";

/// Writes a document: to standard output (`-`), to what is no regular file as it is
/// (`/dev/stdout`, a FIFO), else to a file that is new or takes the place of a regular
/// one when it is whole. `what` names it in errors. That nobody reads on is none.
pub(crate) fn write_document(path: &Path, what: &str, write: &WriteAll<'_>) -> anyhow::Result<()> {
    let written = if path == Path::new(STDOUT) {
        pass_on(io::stdout().lock(), write)
    } else if path
        .metadata()
        .is_ok_and(|it| !it.is_file() && !it.is_dir())
    {
        let file = File::options().write(true).open(path);
        let file = file.map_err(|error| SaveError::Create {
            path: path.into(),
            error,
        })?;
        pass_on(file, write)
    } else {
        return Ok(Saved::create(path)?.keep_all(write)?);
    };
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| {
            let (error, to) = (Advised(&error), path.display());
            match path == Path::new(STDOUT) {
                true => anyhow::anyhow!("cannot write {what} to standard output: {error}"),
                false => anyhow::anyhow!("cannot write {what} to {to}: {error}"),
            }
        }),
    }
}

fn pass_on(out: impl Write, write: &WriteAll<'_>) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    write(&mut out)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::save::text_of;

    #[test]
    fn a_file_is_whole_and_a_fifo_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write_document(&file, "the text", &text_of("first")).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "first");
        let fails = |out: &mut dyn Write| {
            out.write_all(b"half")?;
            Err(io::Error::other("no more"))
        };
        let error = write_document(&file, "the text", &fails).unwrap_err();
        assert!(error.to_string().contains("no more"), "{error}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "first");
        let fifo = folder.path().join("fifo");
        rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, 0o600.into()).unwrap();
        let reader = std::thread::spawn({
            let fifo = fifo.clone();
            move || std::fs::read_to_string(fifo).unwrap()
        });
        write_document(&fifo, "the text", &text_of("passed on")).unwrap();
        assert_eq!(reader.join().unwrap(), "passed on");
        assert!(!fifo.metadata().unwrap().is_file());
        let error = write_document(Path::new("/dev/full"), "the text", &text_of("x"));
        let error = error.unwrap_err().to_string();
        assert!(
            error.starts_with("cannot write the text to /dev/full: "),
            "{error}"
        );
        let error = write_document(folder.path(), "the text", &text_of("x")).unwrap_err();
        assert!(error.to_string().contains("not a regular file"), "{error}");
    }
}
