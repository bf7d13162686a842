//! What there is to say of steps: where one leads nowhere, or over what is not there.
//! Each is so short that a screen of 60 columns has it.

use std::time::Duration;

use super::Player;
use crate::recording::header::RecordedSubject;
use crate::replay::local_time::LocalTime;
use crate::replay::step::TimeStep;
use crate::text::number::count;

/// Of a find that only the screen of its moment shows.
pub(super) const NOT_KEPT: &str = "its scan is not kept: this was shown when it was told of";

/// Of so many scans that were stepped over, since they are not there.
pub(super) fn not_kept_between(scans: u64) -> Option<String> {
    let verb = if scans == 1 { "is" } else { "are" };
    let scans_between = count(scans, "scan");
    (scans > 0).then(|| format!("{scans_between} in between {verb} not kept, or damaged"))
}

impl Player {
    /// Why this step has led nowhere, if it should have.
    pub(super) fn nowhere(&self, step: TimeStep) -> Option<String> {
        let (what, is_back) = match step {
            TimeStep::Scans(count) => ("scan", count < 0),
            TimeStep::Finds(count) => ("find", count < 0),
            TimeStep::Violations(count) => (self.worst(), count < 0),
            TimeStep::Seconds(count) => ("moment", count < 0),
            TimeStep::First => ("moment", true),
            TimeStep::Last => ("moment", false),
            TimeStep::Faster => {
                return Some(format!("it plays no faster than {}", self.place.speed));
            }
            TimeStep::Slower => {
                return Some(format!("it plays no slower than {}", self.place.speed));
            }
            TimeStep::StopOrPlay | TimeStep::To(_) | TimeStep::Live => return None,
        };
        let kept = match self.place.has_live {
            true => "what is kept",
            false => "the recording",
        };
        let timeline = &self.index.timeline;
        let (adjective, verb, end) = match is_back {
            true => ("earlier", "begins", timeline.first.min(self.place.at)),
            false => ("later", "ends", timeline.last.max(self.place.at)),
        };
        let end = self.time_of_day(end);
        Some(format!("no {adjective} {what}: {kept} {verb} at {end}"))
    }

    /// What the worst finds are called: of a target that is not ours nothing is judged.
    fn worst(&self) -> &'static str {
        match self.recording.header().subject {
            RecordedSubject::Modifier | RecordedSubject::Check => "violation",
            RecordedSubject::Target | RecordedSubject::Watch => "suspected hole",
        }
    }

    /// A moment by the clock on the wall, else since the session started.
    pub(super) fn time_of_day(&self, at: Duration) -> String {
        let local = self.index.timeline.wall_clock(at).and_then(LocalTime::of);
        match local {
            Some(local) => local.of_day(),
            None => format!("{:.3} s", at.as_secs_f64()),
        }
    }

    /// What there is to say of a file that was cut off.
    pub(super) fn cut_off(&self) -> Option<String> {
        let bytes = self.recording.cut_off();
        (bytes > 0).then(|| {
            let bytes = count(bytes, "byte");
            format!("cut off: the last {bytes} are no whole frame")
        })
    }
}
