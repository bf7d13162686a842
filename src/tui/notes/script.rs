//! The notes of the demonstrations: the heads of the scripts in `demo`, so that what is
//! said on a second terminal is what stands in the script.

use crate::text::one_of::one_of;

/// The scripts, in their order: name and text.
const SCRIPTS: [(&str, &str); 6] = [
    (
        "1-the-duplicate-at-the-boundary",
        include_str!("../../../demo/1-the-duplicate-at-the-boundary.sh"),
    ),
    (
        "2-the-hole-that-mremap-opens",
        include_str!("../../../demo/2-the-hole-that-mremap-opens.sh"),
    ),
    (
        "3-the-hole-inside-a-chunk",
        include_str!("../../../demo/3-the-hole-inside-a-chunk.sh"),
    ),
    (
        "4-the-duplicate-by-hand",
        include_str!("../../../demo/4-the-duplicate-by-hand.sh"),
    ),
    (
        "5-what-reading-costs-the-writer",
        include_str!("../../../demo/5-what-reading-costs-the-writer.sh"),
    ),
    (
        "6-every-interleaving",
        include_str!("../../../demo/6-every-interleaving.sh"),
    ),
];

/// What stands in front of the minutes that a demonstration takes.
const TAKES: &str = "Takes ";

/// The notes of one demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notes {
    /// The name of its script.
    pub(crate) name: &'static str,
    pub(crate) title: String,
    /// What to say, to do and to look at, in this order.
    pub(crate) steps: Vec<Step>,
    /// What it needs.
    pub(crate) needs: String,
    /// How long it takes, in minutes.
    pub(crate) minutes: u32,
}

/// One thing to say, to do or to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// `Say`, `Look`, `Do`, `Then`, `Last`.
    pub(crate) tag: String,
    /// A line or several.
    pub(crate) text: String,
}

/// The notes of all demonstrations.
pub(crate) fn all() -> Vec<Notes> {
    let notes = |(name, text): (&'static str, &str)| parse(name, text);
    SCRIPTS.map(notes).into()
}

/// Those of the demonstration of this number, name, or part of a name: the position among
/// all.
///
/// # Errors
/// The names that there are.
pub(crate) fn find(wanted: &str) -> Result<usize, String> {
    let wanted = wanted.trim_end_matches(".sh");
    let wanted = wanted.rsplit('/').next().unwrap_or(wanted);
    one_of("demonstration", wanted, &SCRIPTS.map(|(name, _)| name))
}

/// Reads the comment at the head of a script: a title, an empty line, what to do; a word
/// with a colon begins a step, and what belongs to it is indented.
fn parse(name: &'static str, script: &str) -> Notes {
    let lines = script.lines().skip(1);
    let lines = lines.take_while(|line| line.starts_with('#'));
    let mut lines = lines.map(|line| line.trim_start_matches('#'));
    let title: Vec<&str> = lines
        .by_ref()
        .take_while(|line| !line.is_empty())
        .map(str::trim)
        .collect();
    let mut notes = Notes {
        name,
        title: title.join(" "),
        steps: Vec::new(),
        needs: String::new(),
        minutes: 0,
    };
    for line in lines {
        let text = line.trim();
        let is_indented = line.starts_with("   ");
        let tag = text.split_once(':').filter(|(tag, _)| {
            !is_indented && !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphabetic())
        });
        if let Some((tag, text)) = tag {
            notes.steps.push(Step {
                tag: tag.to_owned(),
                text: text.trim().to_owned(),
            });
        } else if let Some(takes) = text.strip_prefix(TAKES) {
            let minutes = takes.split(' ').next().and_then(|it| it.parse().ok());
            notes.minutes = minutes.unwrap_or(0);
        } else if let (true, Some(step)) = (
            is_indented && notes.needs.is_empty(),
            notes.steps.last_mut(),
        ) {
            step.text
                .push(if begins_with_key(text) { '\n' } else { ' ' });
            step.text.push_str(text);
        } else {
            notes
                .needs
                .push_str(if notes.needs.is_empty() { "" } else { " " });
            notes.needs.push_str(text);
        }
    }
    notes
}

/// Whether it says what to do by a key, on a line of its own: `m  the VMA is split`.
fn begins_with_key(text: &str) -> bool {
    let mut letters = text.chars().skip(1);
    letters.next() == Some(' ') && letters.next() == Some(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heads_of_all_scripts_are_notes() {
        let mut names: Vec<String> = std::fs::read_dir("demo")
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with(|it: char| it.is_ascii_digit()))
            .collect();
        names.sort();
        let all = all();
        assert_eq!(
            all.iter()
                .map(|it| format!("{}.sh", it.name))
                .collect::<Vec<_>>(),
            names
        );
        for (at, notes) in all.iter().enumerate() {
            assert!(notes.title.ends_with('.'), "{notes:?}");
            assert!(notes.steps.len() >= 3, "{notes:?}");
            assert!((1..=10).contains(&notes.minutes), "{notes:?}");
            assert!(notes.needs.starts_with("Needs "), "{notes:?}");
            for step in &notes.steps {
                let tags = ["Say", "Look", "Do", "Then", "Last"];
                assert!(
                    tags.contains(&&*step.tag) && step.text.len() > 20,
                    "{step:?}"
                );
            }
            for wanted in [notes.name, &notes.name[..1], &notes.name[2..]] {
                assert_eq!(find(wanted), Ok(at));
            }
            assert_eq!(find(&format!("demo/{}.sh", notes.name)), Ok(at));
        }
        assert!(find("7").unwrap_err().contains("6-every-interleaving"));
    }
}
