//! The arguments by which `vmascope replay` makes files for others.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args};

use super::keys::{Keys, keys};
use super::time::{Part, part, time};
use crate::replay::step::Speed;
use crate::tui::view::View;

/// What is drawn, all of which one can choose the look of.
const DRAWN: &str = "drawn";

/// What can be made of one find.
const FIND: &str = "find";

/// All that can be made.
const SHARED: &str = "shared";

#[derive(Clone, Debug, Args)]
#[command(
    next_help_heading = "Files for others (- is standard output)",
    group(ArgGroup::new(DRAWN).multiple(true).args(["cast", "svg", "text"])),
    group(ArgGroup::new(FIND).multiple(true).args(["cast", "svg", "text", "out"])),
    group(ArgGroup::new(SHARED).multiple(true).args(["cast", "svg", "text", "perfetto"])
        .conflicts_with_all(["format", "judge"])),
)]
pub(crate) struct ShareArguments {
    /// Write the screen as it plays: an asciicast (v3) with markers at violations and the first
    /// tear
    #[arg(long, value_name = "OUT")]
    pub cast: Option<PathBuf>,

    /// Write one moment of the screen as a picture
    #[arg(long, value_name = "OUT")]
    pub svg: Option<PathBuf>,

    /// Write one moment of the screen as plain text
    #[arg(long, value_name = "OUT")]
    pub text: Option<PathBuf>,

    /// Write scans, operations and finds as tracks: a trace that ui.perfetto.dev opens
    #[arg(long, value_name = "OUT")]
    pub perfetto: Option<PathBuf>,

    /// The time since the session started: A, or from A to B for a cast and a trace (12s,
    /// 12.5s..14s, ..1m) [default: all of it; of a picture the last moment]
    #[arg(long, value_name = "A..B", value_parser = part, requires = SHARED,
          conflicts_with_all = ["format", "judge"])]
    pub at: Option<Part>,

    /// Begin with the scan of this number
    #[arg(long, value_name = "N", requires = DRAWN,
          conflicts_with_all = ["at", "format", "judge"])]
    pub scan: Option<u64>,

    /// Begin with what was found as the Nth, from 1; with --out, write only what that needs to a
    /// recording: a few KiB, fit for a mail
    #[arg(long, value_name = "N", requires = FIND,
          conflicts_with_all = ["at", "scan", "format", "judge"])]
    pub tear: Option<u64>,

    /// The view: space, boundary, tears, coverage, manual, query or latency
    #[arg(long, value_name = "VIEW", default_value = "space", value_parser = view(),
          hide_possible_values = true, requires = DRAWN, conflicts_with_all = ["format", "judge"])]
    pub view: View,

    /// Keys that are pressed first, as `3<Enter>`
    #[arg(long, value_name = "KEYS", value_parser = keys, requires = DRAWN,
          conflicts_with_all = ["format", "judge"])]
    pub keys: Option<Keys>,

    /// Columns and rows
    #[arg(long, value_name = "SIZE", default_value = "80x24", value_parser = size,
          requires = DRAWN, conflicts_with_all = ["format", "judge"])]
    pub size: (u16, u16),

    /// Show the timeline, too
    #[arg(long, requires = DRAWN, conflicts_with_all = ["format", "judge"])]
    pub timeline: bool,

    /// How fast a cast plays: 1/1000, 1/100, 1/10, 1, 10, 100 or 1000
    #[arg(long, value_name = "SPEED", default_value = "1", value_parser = speed,
          requires = "cast", conflicts_with_all = ["format", "judge"])]
    pub speed: Speed,

    /// The longest time without a change that is played of a cast
    #[arg(long, value_name = "TIME", value_parser = time, requires = "cast")]
    pub idle: Option<Duration>,
}

impl ShareArguments {
    /// Whether something is to be made.
    pub(crate) fn is_asked(&self) -> bool {
        self.outputs().next().is_some()
    }

    /// The files that are to be made.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = &Path> {
        let outputs = [&self.cast, &self.svg, &self.text, &self.perfetto];
        outputs.into_iter().filter_map(|output| output.as_deref())
    }
}

/// The views of which there is a past.
fn view() -> impl TypedValueParser<Value = View> {
    let recorded = || View::ALL.into_iter().filter(|view| view.is_recorded());
    let names = recorded().map(|view| view.name().to_lowercase());
    PossibleValuesParser::new(names.collect::<Vec<_>>()).map(move |name| {
        let mut views = recorded();
        let named = views.find(|view| view.name().eq_ignore_ascii_case(&name));
        named.unwrap_or_default()
    })
}

/// Columns and rows of the smallest and of the largest screen.
const SIZES: RangeInclusive<u16> = 5..=1000;

fn size(text: &str) -> Result<(u16, u16), String> {
    let parse = |text: &str| text.parse().ok().filter(|it| SIZES.contains(it));
    let size = text.split_once('x');
    size.and_then(|(columns, rows)| Some((parse(columns)?, parse(rows)?)))
        .ok_or_else(|| {
            let (least, most) = SIZES.into_inner();
            format!("write columns and rows like 120x40, each from {least} to {most}")
        })
}

fn speed(text: &str) -> Result<Speed, String> {
    let found = Speed::all().find(|(_, name)| name == text);
    found.map(|(speed, _)| speed).ok_or_else(|| {
        let names: Vec<String> = Speed::all().map(|(_, name)| name).collect();
        format!("there are the speeds {}", names.join(", "))
    })
}
