//! The inversion: who runs where, and the last call that was seen to wait.

use crate::latency::live::LiveInversion;
use crate::linux::thread_place::ThreadPlace;
use crate::text::number::time;
use crate::tui::theme::Role;

pub(super) fn setup(inversion: &LiveInversion) -> String {
    format!(
        "inversion {}: CPU {} writes; CPU {} busy, readers SCHED_IDLE",
        inversion.place.name(),
        inversion.writer_cpu,
        inversion.reader_cpu
    )
}

pub(super) fn waits(inversion: &LiveInversion) -> (String, Role) {
    let Some(caught) = &inversion.caught else {
        return (
            "no call has waited for a reader for 20 ms yet".into(),
            Role::Dim,
        );
    };
    let text = format!(
        "waited {} in {}; the reader {}",
        time(caught.after_ns as f64),
        function(&caught.writer).unwrap_or("the kernel"),
        reader(&caught.reader)
    );
    (text, Role::Duplicate)
}

/// The function that a thread is in, as far as it is told.
fn function(place: &ThreadPlace) -> Option<&str> {
    let innermost = place.stack.first().or(place.sleeps_in.as_ref());
    innermost.map(|name| &**name)
}

fn reader(place: &ThreadPlace) -> String {
    let does = match place.is_asleep() {
        true => "slept",
        false => "had no CPU",
    };
    match function(place) {
        Some(name) => format!("{does}, in {name}"),
        None => does.into(),
    }
}
