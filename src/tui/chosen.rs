//! What the user has chosen before the application starts.

use super::app::App;
use super::keys::bound::KeyTable;
use super::presenter::Size;
use super::space::columns::UsualColumns;
use super::space::named_filter::NamedFilter;
use super::theme::Theme;

/// What does not depend on the terminal; the theme does, too.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub(crate) keys: &'static KeyTable,
    pub(crate) columns: UsualColumns,
    /// The filter that the Space begins with; empty: none.
    pub(crate) filter: String,
    pub(crate) named_filters: Vec<NamedFilter>,
    /// Whether it begins with site and verdict in large letters.
    pub(crate) presents: bool,
}

impl Default for Chosen {
    fn default() -> Self {
        Chosen {
            keys: KeyTable::built_in(),
            columns: UsualColumns::default(),
            filter: String::new(),
            named_filters: Vec::new(),
            presents: false,
        }
    }
}

impl App {
    /// Nothing is known yet but what was chosen.
    pub(crate) fn with(size: (u16, u16), theme: Theme, chosen: &Chosen) -> Self {
        let mut app = App::new(size, theme);
        app.keys = chosen.keys;
        app.shown.keys = &chosen.keys.hints;
        app.presenter = chosen.presents.then(Size::default);
        app.space.usual_columns = chosen.columns;
        app.space.filter.clone_from(&chosen.filter);
        app.space.named_filters.clone_from(&chosen.named_filters);
        app
    }
}
