//! What is saved, and is told of.

use std::io;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::runner::Runner;
use crate::report::export::ExportFormat;
use crate::report::save::SaveError;
use crate::threads::worker::start_for_good;
use crate::tui::message::Message;
use crate::tui::rewind::NOTHING_KEPT;
use crate::tui::{frame, save};

impl Runner {
    /// Writes the lines of a picture, on a thread of its own: a million of them
    /// take seconds, and keys are answered meanwhile.
    pub(super) fn export(&mut self, format: ExportFormat) -> io::Result<()> {
        let shown = self.app.shown.snapshot.as_ref();
        let Some(picture) = shown.and_then(|shown| shown.picture.clone()) else {
            return Ok(());
        };
        self.save_meanwhile("export", move || {
            save::save_lines(&picture, format).map_err(|error| error.to_string())
        })
    }

    /// Writes what is kept of the last minute, on a thread of its own.
    pub(super) fn save_recording(&mut self) -> io::Result<()> {
        let Some(recorder) = self.rewind.recorder().cloned() else {
            let text = "this is a recording: it is in its file already";
            self.app.update(Message::Notice(text.into()));
            return Ok(());
        };
        self.save_meanwhile("recording", move || {
            let kept = recorder.kept().ok_or(NOTHING_KEPT)?;
            save::recording::save_recording(&kept).map_err(|error| error.to_string())
        })
    }

    /// Saves something on a thread of its own, which then tells the name of the file.
    fn save_meanwhile(
        &mut self,
        what: &'static str,
        save: impl FnOnce() -> Result<String, String> + Send + 'static,
    ) -> io::Result<()> {
        let notice = format!("writing the {what} …");
        self.app.update(Message::Notice(notice));
        start_for_good(
            what,
            self.sender.clone(),
            move |sender| {
                // Nobody is there to be told after the end.
                let _ = sender.send(Message::Saved(save()));
            },
            |sender, text| {
                let _ = sender.send(Message::Failed(text));
            },
        )
    }

    /// Saves the screen as it is.
    pub(super) fn save_screen(&mut self) {
        let (columns, rows) = self.app.terminal;
        let area = Rect::new(0, 0, columns, rows);
        let mut buffer = Buffer::empty(area);
        frame::render(&self.app, area, &mut buffer);
        let background = self.app.shown.theme.background;
        self.saved(save::save_screen(self.app.view.name(), &buffer, background));
    }

    /// Saves a report, and says of when it is, where that is not now.
    pub(super) fn save_report(&mut self, text: &str, of: Option<String>) {
        let of = of.map_or_else(String::new, |of| format!(", of {of}"));
        self.saved(save::save_report(text).map(|name| name + &of));
    }

    fn saved(&mut self, result: Result<String, SaveError>) {
        let message = Message::Saved(result.map_err(|error| error.to_string()));
        self.app.update(message);
    }
}
