use super::parse::parse;
use super::print;
use super::*;
use crate::sampling::options::Rate;
use crate::tui::keys::table::BINDINGS;
use crate::tui::space::columns::{Column, Columns};
use crate::tui::theme::Role;

/// The printed file with its settings in force.
fn in_force() -> String {
    let is_setting = |line: &&str| {
        line.starts_with('[')
            || line.starts_with('#')
                && line[1..].starts_with(|c: char| c.is_ascii_lowercase())
                && line.contains(" = ")
    };
    let text = print::text();
    let lines = text.lines().filter(is_setting);
    let lines: Vec<&str> = lines.map(|line| line.trim_start_matches('#')).collect();
    lines.join("\n")
}

#[test]
fn what_is_printed_is_what_is_built_in() {
    let built_in = Settings::default();
    assert!(parse(&print::text(), "").is_ok_and(|it| it == built_in));
    let mut settings = parse(&in_force(), "").expect("the settings that are printed");
    assert_eq!(settings.looks.take(), Some(&Looks::default()));
    assert!(settings == built_in);
}

#[test]
fn all_that_can_be_set_is_printed() {
    let text = in_force();
    let has = |section: &str, name: &str| {
        let (_, text) = text.split_once(&format!("[{section}]\n")).unwrap();
        let section = text.split("\n[").next().unwrap();
        section
            .lines()
            .filter(|line| line.starts_with(&format!("{name} = ")))
            .count()
    };
    for row in BINDINGS {
        let name = row.action.name().unwrap();
        assert_eq!(has("keys", name), 1, "{name}");
    }
    for role in Role::ALL {
        assert_eq!(has("roles", role.name().0), 1, "{role:?}");
    }
    for rate in ["modifier", "target", "watch"] {
        assert_eq!(has("rates", rate), 1, "{rate}");
    }
    for column in Column::ALL {
        assert!(print::text().contains(&format!("\n#   {} ", columns::name(column))));
    }
    // Nor is anything but settings in force.
    let settings = print::text()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .count();
    assert_eq!(
        settings,
        print::text().matches("\n[").count() + print::text().matches("\n\n").count()
    );
}

#[test]
fn every_setting_counts() {
    let text = r##"
theme = "high-contrast"
filter = "@code libc"
[rates]
modifier = 30
target = 0
watch = "1s"
[columns]
modifier = ["inode", "last-change"]
[filters]
code = "r-xp"
[keys]
freeze = ["F6", "Space"]
manual-read = "x"
[roles]
duplicate = "#ff8000 italic on 17 | underlined"
good = "blue"
"##;
    let settings = parse(text, "").unwrap();
    assert_eq!(settings.theme, ThemeName::HighContrast);
    let rates = Rates {
        modifier: Rate::PerSecond(30),
        target: Rate::Full,
        watch: std::time::Duration::from_secs(1),
    };
    assert_eq!(settings.rates, rates);
    let columns = Columns::of(&[Column::Change, Column::Inode]);
    assert_eq!(settings.columns.modifier, columns);
    assert_eq!(settings.columns.target, UsualColumns::default().target);
    let chosen = settings.chosen(true, false);
    assert_eq!(
        (chosen.filter.as_str(), &*chosen.named_filters[0].words),
        ("@code libc", "r-xp")
    );
    assert_eq!(settings.chosen(false, false).filter, "");
    assert_eq!(
        settings.keys.hint("<freeze> <manual-read> <quit>"),
        "F6 x q"
    );
    let looks = settings.looks.unwrap();
    let duplicate = looks::written(looks.of(Role::Duplicate));
    assert_eq!(duplicate, "#ff8000 italic on 17 | underlined");
    // What is not said of it stays.
    assert_eq!(looks::written(looks.of(Role::Good)), "blue |");
    assert_eq!(looks::written(looks.of(Role::Changed)), "yellow | bold");
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_key() {
    let long = "x".repeat(100_000);
    for (text, says) in [
        (
            "\n\ntheme = 'blue'",
            "f, line 3, theme: \"blue\" is no theme; there are auto, dark",
        ),
        (
            "theme = 1",
            "f, line 1, theme: a text in quotes is wanted, not 1",
        ),
        (
            "colour = 1",
            "f, line 1, colour: there is no such setting; there are theme, filter",
        ),
        (
            "rates = 3",
            "f, line 1, rates: a section is wanted, [rates], not 3",
        ),
        (
            "[rates]\n\nmodifier = -1",
            "f, line 3, rates.modifier: a whole number, 0 or more, is",
        ),
        (
            "[rates]\nmodifier = 99999999999",
            "f, line 2, rates.modifier: a whole number",
        ),
        (
            "[rates]\nscan = 1",
            "f, line 2, rates.scan: there is no such rate; there are modifier",
        ),
        (
            "[rates]\nwatch = '2h'",
            "f, line 2, rates.watch: the time between two scans is from",
        ),
        (
            "[columns]\ntarget = ['size', 'sise']",
            "line 2, columns.target: there is no column \"sise\"; there are size, offset",
        ),
        (
            "[columns]\ntarget = [1]",
            "line 2, columns.target: texts in quotes are wanted",
        ),
        (
            "[filters]\n'a b' = 'x'",
            "line 2, filters.\"a b\": a filter's name is typed as one word",
        ),
        (
            "[keys]\nquit = 'qq'",
            "line 2, keys.quit: there is no key \"qq\"; there are single",
        ),
        (
            "[keys]\nquit = 'Ctrl-M'",
            "line 2, keys.quit: \"Ctrl-M\" cannot be typed: terminals send Enter",
        ),
        (
            "[keys]\nread = 'x'",
            "keys.read: there is no such action (perhaps manual-read); vmascope --print-config",
        ),
        (
            "[keys]\nzzz = 'x'",
            "keys.zzz: there is no such action; vmascope --print-config lists all",
        ),
        (
            "[keys]\nfreeze = 'c'",
            "line 2, keys.freeze: c is next-scenario in Space, too; give one",
        ),
        (
            "[keys]\nfreeze = '§'\nmouse = '§'",
            "line 3, keys.mouse: § is freeze in Space, too",
        ),
        (
            "[keys]\nhelp = 'Ctrl-C'",
            "line 2, keys.help: Ctrl-C quits in any case",
        ),
        (
            "[roles]\nduplicated = 'x'",
            "line 2, roles.duplicated: there is no such role; there are plain",
        ),
        (
            "[roles]\ngood = 'red'",
            "line 2, roles.good: \"red\" is no colour and no modifier; there are",
        ),
        (
            "[roles]\ngood = 'sky blue'",
            "line 2, roles.good: \"blue\" is a second colour",
        ),
        ("[roles]\ngood = 'sky on'", "roles.good: \"\" is no colour"),
        (
            "[roles]\ngood = '#12345g'",
            "roles.good: \"#12345g\" is no colour",
        ),
        ("[roles]\ngood = '256'", "roles.good: \"256\" is no colour"),
        (
            "[roles]\ngood = 'sky | red'",
            "roles.good: behind the bar \"red\" is no modifier",
        ),
        // The first from the top.
        (
            "[zoo]\n[keys]\nquit = 'qq'",
            "f, line 1, zoo: there is no such setting",
        ),
        ("\n[keys\n", "f, line 2: "),
        (
            "theme = 'dark'\ntheme = 'light'",
            "f, line 2: duplicate key",
        ),
    ] {
        let error = parse(text, "f").unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    for text in [
        format!("theme = '{long}'"),
        format!("{long} = 1"),
        format!("[keys]\nquit = '{long}'"),
        format!("[keys]\n{long} = 'q'"),
        format!("[roles]\ngood = '{long}'"),
        format!("[columns]\ntarget = '{long}'"),
        "[keys]\n\"\\u001b[31m\\n\" = 'q'".to_owned(),
    ] {
        let error = parse(&text, "f").unwrap_err().to_string();
        assert!(
            error.len() < 700 && !error.contains(char::is_control),
            "{error}"
        );
    }
}
