//! The file that holds what is built in: each setting behind a `#`, with what it is.
//! It is made from the tables that are built in, so that nothing is left out.

use super::{columns, looks};
use crate::tui::keys::Binding;
use crate::tui::keys::notation::written;
use crate::tui::keys::table::BINDINGS;
use crate::tui::space::columns::{Column, Columns, UsualColumns};
use crate::tui::theme::Role;
use crate::tui::theme::look::Look;
use crate::tui::view::View;

/// The column in which comments begin.
const COMMENT: usize = 46;

const HEAD: &str = "\
# Settings of vmascope: ~/.config/vmascope/config.toml, the file of --config or of
# VMASCOPE_CONFIG (none: no file). What stands behind a # is built in. The command line
# beats this file. What is unknown here is an error.

# auto (the terminal says what it draws on), dark, light, high-contrast or no-colour.
# Where NO_COLOR is set there are no colours, whatever stands here.
#theme = \"auto\"

# The filter that the Space begins with, of a process that is not ours; none shows all.
#filter = \"\"

# How fast is scanned. Scans a second; 0 is as fast as the kernel answers.
[rates]
";

const FILTERS: &str = "
# Filters with a name: where one is typed, @name stands for it.
[filters]
# code = \"r-xp .so\"
";

const KEYS: &str = "
# Keys, by the name of what they do: one, several, or none, as \"q\", [\"q\", \"F10\"], [].
# Keys are characters, Ctrl-A to Ctrl-Z (Tab and Enter are two of them), Ctrl-Space, F1 to
# F12, and Enter, Esc, Tab, Shift-Tab, Backspace, Space, Up, Down, Left, Right, PageUp,
# PageDown, Home, End, Insert, Delete. A key that means two things in one view is an error.
# h j k l do what the arrows do, but for h in Query (trigger) and in Protocol
# (protocol-cure-h1): there it had another meaning before. Ctrl-C quits
# in any case. Where something is chosen or typed, keys are as they are.
[keys]
";

const ROLES: &str = "
# What each thing looks like, whatever the theme: a colour, modifiers, `on` and the colour
# behind; behind the bar the modifiers where there are no colours. Colours are those of the
# palette, which fit the background (plain, orange, sky, blue, green, yellow, vermillion,
# purple, grey, white, black), #rrggbb, or 0 to 255. Modifiers are bold, dim, italic,
# underlined, reversed, crossed-out.
[roles]
";

/// The file.
pub(crate) fn text() -> String {
    let mut text = HEAD.to_owned();
    text += &line("modifier = 0", "demo");
    text += &line("target = 60", "attach and run; --rate beats it");
    text += &line(
        "watch = \"100ms\"",
        "between two scans of watch; --interval beats it",
    );
    text += "\n# What the Space shows of each VMA, besides addresses and permissions:\n";
    for column in Column::ALL {
        text += &format!("#   {:<12} {}\n", columns::name(column), column.meaning());
    }
    text += "[columns]\n";
    let usual = UsualColumns::default();
    for (name, of, what) in [
        ("modifier", usual.modifier, "of our modifier"),
        ("target", usual.target, "of other processes"),
    ] {
        text += &line(&format!("{name} = {}", list(names(of))), what);
    }
    text += FILTERS;
    text += KEYS;
    let mut places: Vec<&[View]> = Vec::new();
    for row in BINDINGS {
        if !places.contains(&row.views) {
            places.push(row.views);
        }
    }
    for views in places {
        text += &format!("# In {}:\n", place(views));
        for row in BINDINGS.iter().filter(|row| row.views == views) {
            text += &key_line(row);
        }
    }
    text += ROLES;
    for role in Role::ALL {
        let (name, what) = role.name();
        let look = looks::written(Look::built_in(role));
        text += &line(&format!("{name} = \"{look}\""), what);
    }
    text
}

fn names(of: Columns) -> impl Iterator<Item = String> {
    let shown = Column::ALL.into_iter().filter(move |it| of.has(*it));
    shown.map(columns::name)
}

fn list(words: impl Iterator<Item = String>) -> String {
    let quoted = |word: String| format!("{:?}", word);
    let words: Vec<String> = words.map(quoted).collect();
    format!("[{}]", words.join(", "))
}

fn key_line(row: &Binding) -> String {
    let keys = list(row.keys.iter().map(|key| written(*key)));
    let name = row.action.name().unwrap_or_default();
    line(&format!("{name} = {keys}"), row.help)
}

/// The views, in words.
fn place(views: &[View]) -> String {
    let names: Vec<&str> = views.iter().map(|view| view.name()).collect();
    match &names[..] {
        [] => "every view".to_owned(),
        names => names.join(", "),
    }
}

fn line(setting: &str, what: &str) -> String {
    match what {
        "" => format!("#{setting}\n"),
        what => format!("#{setting:<COMMENT$}  # {what}\n"),
    }
}
