//! What is asked of the session.

use std::sync::Arc;
use std::time::Duration;

use super::Explorer;
use super::cursor::position;
use crate::session::Command;
use crate::session::explorer::filter::Filter;
use crate::session::explorer::look::{Arrangement, Look, StillPicture};
use crate::session::rows::Row;
use crate::session::snapshot::Snapshot;
use crate::tui::app::{App, View};

/// After this time something is asked for again: the session may have been too
/// busy to hear it.
const AGAIN: Duration = Duration::from_millis(500);

/// Asks for what is looked at now, unless that was asked for already.
pub(crate) fn asks(app: &mut App) -> Option<Command> {
    let shown = app.shown.as_ref()?;
    let wanted = wanted(app, shown);
    let (asked, at) = &app.explorer.asked;
    let latest = app.latest.as_ref()?;
    let heard = *latest.explored.look == **asked || latest.at < *at + AGAIN;
    if **asked == wanted && heard {
        return None;
    }
    let look = Arc::new(wanted);
    app.explorer.asked = (look.clone(), latest.at);
    Some(Command::Look(look))
}

fn wanted(app: &App, shown: &Arc<Snapshot>) -> Look {
    let explorer = &app.explorer;
    let arrangement = explorer.arrangement();
    let still = app
        .frozen
        .and(shown.picture.as_ref())
        .filter(|picture| picture.arrangement != arrangement)
        .map(|picture| StillPicture(picture.clone()));
    Look {
        still,
        arrangement,
        shown: if app.view == View::Space {
            lines_on_screen(app, shown)
        } else {
            Vec::new()
        },
        open: explorer.open.map(|open| open.address),
        log: explorer.log.is_some(),
    }
}

impl Explorer {
    /// The rows that are wanted.
    pub(crate) fn arrangement(&self) -> Arc<Arrangement> {
        let wanted = Arrangement {
            filter: Filter::parse(&self.filter),
            fold: self.fold,
            unfolded: self.unfolded.clone(),
        };
        let asked = &self.asked.0.arrangement;
        if **asked == wanted {
            asked.clone()
        } else {
            Arc::new(wanted)
        }
    }
}

fn lines_on_screen(app: &App, shown: &Snapshot) -> Vec<u64> {
    let Some(picture) = &shown.picture else {
        return Vec::new();
    };
    let (top, rows) = position(app, picture);
    let end = picture.rows.len().min(top + rows);
    picture.rows[top.min(end)..end]
        .iter()
        .filter_map(|row| match row {
            Row::Line(line) => picture.lines.get(*line as usize),
            _ => None,
        })
        .map(|line| line.start)
        .collect()
}

/// Takes the picture that stands still, once it is arranged as it was asked
/// for.
pub(crate) fn take_still(app: &mut App, latest: &Snapshot) {
    let (Some(_), Some(shown), Some(still)) = (app.frozen, &app.shown, &latest.explored.still)
    else {
        return;
    };
    let same = |picture: &crate::session::picture::Picture| {
        (picture.scan.number, picture.at) == (still.scan.number, still.at)
            && picture.arrangement != still.arrangement
    };
    if shown.picture.as_deref().is_some_and(same) {
        let mut snapshot = (**shown).clone();
        snapshot.picture = Some(still.clone());
        app.shown = Some(Arc::new(snapshot));
    }
}
