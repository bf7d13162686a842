//! The Tears: what was found, each to be opened.

pub(crate) mod list;
pub(crate) mod render;
pub(crate) mod render_open;
pub(crate) mod update;

use list::TearList;

#[derive(Clone, Debug, Default)]
pub struct Tears {
    pub latest: TearList,
    /// The list as it was when the views were frozen, if they are.
    pub frozen: Option<Box<TearList>>,
}

impl Tears {
    /// The list as the view shows it.
    #[must_use]
    pub(crate) fn shown(&self) -> &TearList {
        self.frozen.as_deref().unwrap_or(&self.latest)
    }

    /// The same, to move about in.
    pub(crate) fn shown_mut(&mut self) -> &mut TearList {
        self.frozen.as_deref_mut().unwrap_or(&mut self.latest)
    }

    pub(crate) fn freeze(&mut self) {
        self.frozen = Some(Box::new(self.latest.clone()));
    }

    /// What was selected meanwhile stays selected.
    pub(crate) fn thaw(&mut self) {
        if let Some(frozen) = self.frozen.take() {
            self.latest.selected = frozen.selected;
            self.latest.open = frozen.open;
        }
    }
}
