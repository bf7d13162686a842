//! How the running kernel was configured, as far as it tells.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use procfs::{ConfigSetting, FromRead, KernelConfig};

/// The largest configuration that is read, in bytes; real ones have 300 kB.
const LARGEST: u64 = 16 << 20;

/// A kernel's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Configuration {
    options: HashMap<String, ConfigSetting>,
    /// The file that it is from.
    pub(crate) file: String,
}

impl Configuration {
    /// The configuration of the kernel of this release. Its own
    /// `/proc/config.gz` comes before what a distribution installs beside it.
    ///
    /// `None` where no file is found: many kernels carry none.
    pub(crate) fn find(release: &str) -> Option<Self> {
        let files = [
            "/proc/config.gz".to_owned(),
            format!("/boot/config-{release}"),
            format!("/lib/modules/{release}/config"),
            format!("/lib/modules/{release}/build/.config"),
        ];
        files.into_iter().find_map(|file| {
            let options = read(Path::new(&file))?;
            Some(Configuration { options, file })
        })
    }

    /// Whether an option is built in.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.options.get(name) == Some(&ConfigSetting::Yes)
    }
}

/// The options of a configuration, unpacked where its name ends in `.gz`.
/// (`KernelConfig::current()` knows fewer files, and does not say which it read.)
fn read(path: &Path) -> Option<HashMap<String, ConfigSetting>> {
    let file = fs::File::open(path).ok()?;
    let KernelConfig(options) = if path.extension().is_some_and(|extension| extension == "gz") {
        KernelConfig::from_read(GzDecoder::new(file).take(LARGEST))
    } else {
        KernelConfig::from_read(file.take(LARGEST))
    }
    .ok()?;
    // An empty or foreign file says nothing.
    let any = options.keys().any(|name| name.starts_with("CONFIG_"));
    any.then_some(options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const TEXT: &[u8] =
        b"CONFIG_SMP=y\n# CONFIG_NUMA is not set\nCONFIG_PER_VMA_LOCK=y\nCONFIG_EXT4_FS=m\n";

    #[test]
    fn only_what_is_built_in_counts() {
        let KernelConfig(options) = KernelConfig::from_read(TEXT).unwrap();
        let file = String::new();
        let configuration = Configuration { options, file };
        assert!(configuration.is_set("CONFIG_PER_VMA_LOCK"));
        for name in [
            "CONFIG_NUMA",
            "CONFIG_EXT4_FS",
            "CONFIG_PER_VMA",
            "CONFIG_ABSENT",
        ] {
            assert!(!configuration.is_set(name), "{name}");
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
        assert_eq!(read(&plain).unwrap().len(), 3);
        assert_eq!(read(&packed), read(&plain));
        // Cut short, it is not believed.
        let bytes = fs::read(&packed).unwrap();
        fs::write(&packed, &bytes[..bytes.len() - 9]).unwrap();
        assert_eq!(read(&packed), None);
        fs::write(&plain, b"").unwrap();
        assert_eq!(read(&plain), None);
        assert_eq!(read(Path::new("/nonexistent")), None);
    }
}
