//! What is asked of the session: the rows that are wanted, and what is to be
//! asked of the kernel beside them.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::Space;
use super::render::log::row_text;
use crate::session::SessionCommand;
use crate::session::explorer::arrangement::Arrangement;
use crate::session::explorer::request::{ExplorerRequest, RowText, StillPicture};
use crate::session::picture::Picture;
use crate::session::snapshot::Snapshot;
use crate::tui::shown::Shown;

/// After this time something is asked for again: the session may have been too
/// busy to hear it.
const AGAIN: Duration = Duration::from_millis(500);

/// What was last asked for, and when.
pub(crate) type Asked = (Arc<ExplorerRequest>, Duration);

impl Space {
    /// Asks for what is to be seen now, unless that was asked for already.
    pub(crate) fn request(&mut self, is_on_screen: bool, shown: &Shown) -> Option<SessionCommand> {
        let snapshot = shown.snapshot.as_ref()?;
        let wanted = self.wanted(is_on_screen, snapshot, shown);
        let (asked, at) = &self.asked;
        let latest = shown.latest.as_ref()?;
        let heard = *latest.explored.request == **asked || latest.at < *at + AGAIN;
        if **asked == wanted && heard {
            return None;
        }
        let request = Arc::new(wanted);
        self.asked = (request.clone(), latest.at);
        Some(SessionCommand::Explore(request))
    }

    /// Whoever answers now has not heard what is wanted.
    pub(crate) fn ask_again(&mut self) {
        self.asked = Asked::default();
    }

    fn wanted(&self, is_on_screen: bool, snapshot: &Snapshot, shown: &Shown) -> ExplorerRequest {
        let arrangement = self.arrangement();
        let picture = snapshot.picture.as_ref();
        let still = shown
            .frozen
            .and(picture)
            .filter(|picture| picture.arrangement != arrangement)
            .map(|picture| StillPicture(picture.clone()));
        let lines = picture.filter(|_| is_on_screen);
        ExplorerRequest {
            still,
            arrangement,
            shown: lines.map_or(0..0, |picture| self.lines_on_screen(picture, shown)),
            open: self.open.map(|open| open.address),
            log: self.log.map(|_| RowText(row_text)),
        }
    }

    /// The rows that are wanted.
    pub(crate) fn arrangement(&self) -> Arc<Arrangement> {
        let wanted = Arrangement {
            filter: self.line_filter(&self.filter),
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

    /// Their addresses.
    fn lines_on_screen(&self, picture: &Picture, shown: &Shown) -> Range<u64> {
        let visible = self.window(shown, picture).visible(picture.rows.len());
        picture.addresses_of(visible).unwrap_or(0..0)
    }
}
