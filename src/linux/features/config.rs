//! How the running kernel was configured, as far as it tells.

use std::fs;
use std::io::Read;
use std::path::Path;

/// The largest configuration that is read, in bytes; real ones have 300 kB.
const LARGEST: u64 = 16 << 20;

/// Whether an option is built in, and the file that says so. The kernel's own
/// `/proc/config.gz` comes before what a distribution installs beside it.
///
/// `None` where no file is found: many kernels carry none.
pub(crate) fn option(release: &str, name: &str) -> Option<(bool, String)> {
    let files = [
        "/proc/config.gz".to_owned(),
        format!("/boot/config-{release}"),
        format!("/lib/modules/{release}/config"),
        format!("/lib/modules/{release}/build/.config"),
    ];
    files.into_iter().find_map(|file| {
        let text = read(Path::new(&file))?;
        Some((is_set(&text, name), file))
    })
}

/// The text of a configuration, unpacked where its name ends in `.gz`.
fn read(path: &Path) -> Option<Vec<u8>> {
    let file = fs::File::open(path).ok()?;
    let mut text = Vec::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let unpacked = flate2::read::GzDecoder::new(file);
        unpacked.take(LARGEST).read_to_end(&mut text).ok()?;
    } else {
        file.take(LARGEST).read_to_end(&mut text).ok()?;
    }
    // An empty or foreign file says nothing.
    memchr::memmem::find(&text, b"CONFIG_").map(|_| text)
}

fn is_set(text: &[u8], name: &str) -> bool {
    let wanted = format!("{name}=y");
    text.split(|&byte| byte == b'\n')
        .any(|line| line == wanted.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const TEXT: &[u8] =
        b"CONFIG_SMP=y\n# CONFIG_NUMA is not set\nCONFIG_PER_VMA_LOCK=y\nCONFIG_EXT4_FS=m\n";

    #[test]
    fn only_what_is_built_in_counts() {
        assert!(is_set(TEXT, "CONFIG_PER_VMA_LOCK"));
        for name in [
            "CONFIG_NUMA",
            "CONFIG_EXT4_FS",
            "CONFIG_PER_VMA",
            "CONFIG_ABSENT",
        ] {
            assert!(!is_set(TEXT, name), "{name}");
        }
    }

    #[test]
    fn packed_and_plain_files_read_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let file = |name| directory.path().join(name);
        let (plain, packed) = (file("config.txt"), file("config.gz"));
        fs::write(&plain, TEXT).unwrap();
        let mut encoder = flate2::write::GzEncoder::new(
            fs::File::create(&packed).unwrap(),
            flate2::Compression::fast(),
        );
        encoder.write_all(TEXT).unwrap();
        encoder.finish().unwrap();
        assert_eq!(read(&plain).as_deref(), Some(TEXT));
        assert_eq!(read(&packed).as_deref(), Some(TEXT));
        // Cut short, it is not believed.
        let bytes = fs::read(&packed).unwrap();
        fs::write(&packed, &bytes[..bytes.len() - 9]).unwrap();
        assert_eq!(read(&packed), None);
        fs::write(&plain, b"").unwrap();
        assert_eq!(read(&plain), None);
        assert_eq!(read(Path::new("/nonexistent")), None);
    }
}
