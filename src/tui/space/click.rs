//! What a click does in the Space.

use ratatui::layout::Position;

use super::Space;
use super::render::areas::parts;
use super::render::minimap::address_at;
use crate::tui::shown::Shown;

impl Space {
    /// In the map it goes to what is there; a row of the list is selected, and
    /// the one that is selected is opened or closed. A line for the user.
    pub(crate) fn click(&mut self, column: u16, row: u16, shown: &Shown) -> Option<String> {
        let parts = parts(shown.body());
        let at = Position::new(column, row);
        let is_open = self.open.is_some() || self.log.is_some();
        if self.menu.is_some() || is_open && parts.open.contains(at) {
            return None;
        }
        let list = self.list(shown)?;
        if parts.map.contains(at) {
            let address = address_at(&list.picture, parts.map, column)?;
            return self.go_to(&format!("{address:x}"), shown);
        }
        // Above the rows is their heading.
        let offset = usize::from(row.checked_sub(parts.list.y + 1)?);
        let number = list.window.top + offset;
        let line = list.picture.rows.get(number)?.line()?;
        let address = list.picture.lines.get(line as usize)?.start;
        if self.cursor.is_some_and(|cursor| cursor.address == address) {
            return self.open_or_close(shown);
        }
        self.jump(&list, number);
        None
    }
}
