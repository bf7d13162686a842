//! What is copied: the line that is selected, or its address.

use super::App;
use crate::events::event::Seen;
use crate::maps::line::parse_range;
use crate::sampling::probe::reading::ProbeAnswer;
use crate::text::sanitise::sanitise;
use crate::tui::effect::Effect;
use crate::tui::view::View;

/// Characters copied at most: terminals refuse much more.
const MOST: usize = 4096;

impl App {
    /// Copies the selected line, or only its address.
    pub(super) fn copy(&mut self, only_address: bool) -> Option<Effect> {
        let Some(line) = self.selected_line() else {
            self.tell("there is no line to copy here".into());
            return None;
        };
        let text: String = if only_address {
            let (start, _) = parse_range(line.as_bytes())?;
            format!("{start:x}")
        } else {
            line.trim_end().chars().take(MOST).collect()
        };
        let shown = if only_address { &*text } else { "the line" };
        self.tell(format!(
            "copied {shown}, if this terminal lets programs copy (OSC 52)"
        ));
        Some(Effect::Copy(text))
    }

    /// As it is shown: nothing in it acts.
    fn selected_line(&self) -> Option<String> {
        match self.view {
            View::Space => {
                let list = self.space.list(&self.shown)?;
                let line = list.picture.rows.get(list.row)?.line()?;
                Some(sanitise(list.picture.line_text(line)).into_owned())
            }
            View::Tears => line_of(&self.tears.shown().current()?.found.event.seen),
            View::Fuzz => line_of(&self.fuzz.current()?.find.event.seen),
            View::Query => match self.query.reading(&self.shown)?.answer {
                ProbeAnswer::Vma(vma) => {
                    Some(format!("{:x}-{:x} {}", vma.start, vma.end, vma.permissions))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// The line that a find is about.
fn line_of(seen: &Seen) -> Option<String> {
    match seen {
        Seen::Text(text) => {
            let mut lines = text.excerpt.lines.iter();
            lines.find(|line| line.marked).map(|line| line.text.clone())
        }
        Seen::Query(query) => {
            let found = query.answer.or(query.hole)?;
            Some(format!("{:x}-{:x}", found.0, found.1))
        }
    }
}
