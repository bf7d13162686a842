//! A recorded watch, printed as it was.

use super::Recorded;
use crate::cli::replay::ReplayFormat;
use crate::commands::exit::{Exit, Failure, unless_unread};
use crate::recording::frame::FrameKind;
use crate::report::output::tell;
use crate::report::watch_printer::Printer;
use crate::sampling::watch_observation::WatchObservation;

pub(super) fn print(recorded: Recorded<'_>, format: ReplayFormat) -> Result<Exit, Failure> {
    let is_json = match format {
        ReplayFormat::Human => false,
        ReplayFormat::Json => true,
        ReplayFormat::Ktap | ReplayFormat::Mail => {
            return Err(recorded.refuse(format, "it is a watch, which judges nothing"));
        }
    };
    recorded.tell_part("what was told outside of it is left out");
    let mut printer = Printer::new(is_json);
    let told = || {
        recorded
            .recording
            .json::<WatchObservation>(FrameKind::Watch)
    };
    let last = told().next_back().and_then(|(_, told)| told);
    let mut print = || {
        let mut unread = 0;
        for (_, told) in told() {
            match told {
                Some(told) => printer.observe(&told)?,
                None => unread += 1,
            }
        }
        printer.flush()?;
        recorded.tell_unread(unread);
        Ok(())
    };
    unless_unread(print(), ())?;
    if !recorded.is_part() && !matches!(last, Some(WatchObservation::Ended(..))) {
        tell("vmascope: the watch was cut off: the recording ends before it does");
        return Ok(Exit::CouldNotRun);
    }
    Ok(Exit::Held)
}
