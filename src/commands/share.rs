//! `vmascope replay FILE --cast|--svg|--text|--perfetto`: a recording as files for
//! others.

use std::sync::Arc;
use std::time::Duration;

use super::exit::Failure;
use super::settings;
use crate::cli::screen::ScreenArguments;
use crate::cli::share::ShareArguments;
use crate::cli::time::Part;
use crate::recording::open::Recording;
use crate::report::document::write_document;
use crate::report::save::text_of;
use crate::settings::Settings;
use crate::share::cast::{Cast, CastError};
use crate::share::screen::{Begin, ReplayedScreen, ScreenError, ScreenOptions};
use crate::share::trace::write_trace;
use crate::text::charset::Charset;
use crate::tui::save::capture::{to_svg, to_text};
use crate::tui::theme::{Depth, Theme};

/// Makes the files that are asked for.
///
/// # Errors
/// When there is no such moment, or a file cannot be written.
pub(crate) fn share(
    recording: Arc<Recording>,
    arguments: &ShareArguments,
    screen: &ScreenArguments,
) -> Result<(), Failure> {
    let settings = settings::load(&screen.look.config)?;
    let part = arguments.at.unwrap_or(Part::ALL);
    check_time(&recording, part)?;
    if let Some(path) = &arguments.perfetto {
        let times = (part.from, part.to);
        write_document(path, "the trace", &|out| {
            write_trace(&recording, times, out)
        })?;
    }
    let begin = match (arguments.scan, arguments.tear) {
        (Some(number), _) => Begin::Scan(number),
        (_, Some(number)) => Begin::Find(number),
        (None, None) => Begin::At(part.from),
    };
    let mut options = ScreenOptions {
        size: arguments.size,
        theme: of_a_file(screen, &settings),
        chosen: settings.chosen(false, screen.present),
        view: arguments.view,
        timeline: arguments.timeline,
        begin,
        keys: arguments.keys.clone().unwrap_or_default().0,
    };
    let stills = [&arguments.svg, &arguments.text];
    if stills.iter().any(|path| path.is_some()) {
        if arguments.at.is_none() && matches!(begin, Begin::At(_)) {
            options.begin = Begin::At(Duration::MAX);
        }
        let screen = ReplayedScreen::new(recording.clone(), &options);
        let shown = screen.map_err(no_screen)?.draw();
        options.begin = begin;
        if let Some(path) = &arguments.svg {
            let svg = to_svg(&shown, options.theme.background);
            write_document(path, "the picture", &text_of(&svg))?;
        }
        if let Some(path) = &arguments.text {
            write_document(path, "the text", &text_of(&to_text(&shown)))?;
        }
    }
    if let Some(path) = &arguments.cast {
        let cast = Cast {
            recording,
            screen: options,
            end: part.to,
            speed: arguments.speed,
            idle: arguments.idle,
        };
        // What is wrong with it is said before a file is begun.
        cast.begin().map_err(|error| match error {
            CastError::Screen(error) => no_screen(error),
            too_long @ CastError::TooLong => Failure::usage(too_long),
        })?;
        write_document(path, "the cast", &|out| cast.write(out))?;
    }
    Ok(())
}

/// Whether something was recorded then. What is before the beginning of a session is its
/// beginning.
fn check_time(recording: &Recording, at: Part) -> Result<(), Failure> {
    let Some((first, last)) = recording.span() else {
        return Ok(());
    };
    let is_before = at.from < first && !at.from.is_zero() && recording.has_forgotten();
    match is_before || at.to < first || at.from > last {
        true => Err(Failure::usage(anyhow::anyhow!(
            "nothing was recorded at the time of --at: the recording goes from {first:.3?} to \
             {last:.3?}"
        ))),
        false => Ok(()),
    }
}

/// What is asked for is not there, or there is no screen at all.
fn no_screen(error: ScreenError) -> Failure {
    match error {
        ScreenError::Player(_) => error.into(),
        _ => Failure::usage(error),
    }
}

/// How to draw what no terminal shows now: whoever opens it has all colours.
fn of_a_file(arguments: &ScreenArguments, settings: &Settings) -> Theme {
    let no_color = std::env::var("NO_COLOR").ok();
    let depth = Depth::of(no_color.as_deref(), Some("truecolor"), None);
    let terminal = Theme {
        charset: Charset::Utf8,
        ..Theme::new(depth)
    };
    settings.theme_on(terminal, arguments.look.theme).theme
}
