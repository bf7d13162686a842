//! What a hunt that is watched is asked for.

use std::time::Duration;

use clap::ValueEnum;

use super::ingredients::{Family, MapKind, word};
use crate::linux::reader::Reader;
use crate::setup::schedule::Schedule;

/// The same as `vmascope fuzz` takes as arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HuntRequest {
    /// None: another one each time.
    pub(crate) seed: Option<u64>,
    /// None: until it is stopped.
    pub(crate) duration: Option<Duration>,
    /// None: all, by what they find.
    pub(crate) schedule: Option<Schedule>,
    pub(crate) readers: Vec<Reader>,
    pub(crate) kinds: Vec<MapKind>,
    pub(crate) families: Vec<Family>,
}

impl Default for HuntRequest {
    fn default() -> Self {
        HuntRequest {
            seed: None,
            duration: None,
            schedule: None,
            readers: Reader::USUAL.to_vec(),
            kinds: MapKind::value_variants().to_vec(),
            families: Family::value_variants().to_vec(),
        }
    }
}

impl HuntRequest {
    /// The command that hunts for the same without a screen.
    pub(crate) fn command(&self, seed: u64) -> String {
        format!("vmascope fuzz --seed {seed}{}", self.arguments())
    }

    /// The arguments that are not as usual, but for the seed, each with a blank
    /// before it.
    pub(crate) fn arguments(&self) -> String {
        let usual = HuntRequest::default();
        let mut text = String::new();
        if let Some(duration) = self.duration {
            let seconds = duration.as_secs();
            text.push_str(&format!(" --for {seconds}s"));
        }
        let list = |words: Vec<String>| words.join(",");
        if self.families != usual.families {
            let words = self.families.iter().map(word).collect();
            text.push_str(&format!(" --ops {}", list(words)));
        }
        if self.kinds != usual.kinds {
            let words = self.kinds.iter().map(word).collect();
            text.push_str(&format!(" --maps {}", list(words)));
        }
        if self.readers != usual.readers {
            let words = self.readers.iter().map(ToString::to_string).collect();
            text.push_str(&format!(" --reader {}", list(words)));
        }
        if let Some(schedule) = self.schedule {
            text.push_str(&format!(" --schedule {schedule}"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    /// What the command line makes of the command.
    fn parsed(request: &HuntRequest) -> HuntRequest {
        let command = request.command(7);
        let cli = Cli::try_parse_from(command.split(' ')).unwrap();
        let Some(Command::Fuzz(arguments)) = cli.command else {
            panic!("{command}");
        };
        assert_eq!(arguments.seed, Some(7));
        HuntRequest {
            seed: request.seed,
            duration: command.contains("--for").then_some(arguments.duration),
            schedule: arguments.schedules().map(|named| named[0]),
            readers: arguments.readers(),
            kinds: arguments.kinds(),
            families: arguments.families(),
        }
    }

    #[test]
    fn the_command_asks_for_the_same() {
        let usual = HuntRequest::default();
        assert_eq!(usual.command(7), "vmascope fuzz --seed 7");
        let request = HuntRequest {
            duration: Some(Duration::from_secs(90)),
            schedule: Some(Schedule::PreemptIdle),
            readers: vec![Reader::Maps, Reader::QueryWalk],
            kinds: vec![MapKind::MemfdShared],
            families: vec![Family::Mremap, Family::RemapFilePages],
            ..usual.clone()
        };
        for request in [usual, request] {
            assert_eq!(parsed(&request), request);
        }
    }
}
