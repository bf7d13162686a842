//! What a source file imports from the same crate, read from its text.

use std::collections::{BTreeMap, BTreeSet};

/// A source file.
pub(crate) struct Source {
    /// Its module path: `linux`, `chunk` for `src/linux/chunk.rs`.
    module: Vec<String>,
    /// Its code: comments, the inside of strings and unit tests are blanks.
    code: String,
    /// The modules that it declares for tests only.
    tests: Vec<String>,
}

impl Source {
    pub(crate) fn new(file: &str, text: &str) -> Self {
        let mut code = without_comments(text);
        let mut tests = Vec::new();
        while let Some(start) = code.find("#[cfg(test)]") {
            let (end, module) = item_end(&code, start);
            tests.extend(module);
            code.replace_range(start..end, " ");
        }
        let module = file
            .trim_start_matches("src/")
            .trim_end_matches(".rs")
            .split('/')
            .filter(|&part| part != "mod" && part != "lib")
            .map(str::to_owned)
            .collect();
        Source {
            module,
            code,
            tests,
        }
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// The files of the modules that are declared for tests only.
    pub(crate) fn test_files(&self, all: &BTreeMap<String, Source>) -> Vec<String> {
        self.tests
            .iter()
            .filter_map(|name| {
                let mut path = self.module.clone();
                path.push(name.clone());
                all.iter()
                    .find(|(_, source)| source.module == path)
                    .map(|(file, _)| file.clone())
            })
            .collect()
    }
}

/// The files of `all` that `source` names in `use` lines or in paths that start
/// with `crate::` or `super::`.
pub(crate) fn imports(source: &Source, all: &BTreeMap<String, Source>) -> BTreeSet<String> {
    let mut paths = Vec::new();
    let mut rest = source.code.as_str();
    while let Some(at) = find_word(rest, "use") {
        let end = rest[at..].find(';').map_or(rest.len(), |end| at + end);
        leaves(&rest[at + 3..end], &[], &mut paths);
        rest = &rest[end..];
    }
    for root in ["crate", "super"] {
        let mut rest = source.code.as_str();
        while let Some(at) = find_word(rest, root) {
            let path: String = rest[at..]
                .chars()
                .take_while(|&letter| letter.is_alphanumeric() || letter == '_' || letter == ':')
                .collect();
            paths.push(path.split("::").map(str::to_owned).collect());
            rest = &rest[at + root.len()..];
        }
    }
    paths
        .iter()
        .filter_map(|path| file_of(&absolute(path, &source.module)?, all))
        .filter(|file| all[file].module != source.module)
        .collect()
}

/// The groups of files that import each other, directly or by way of others;
/// a module and one inside it may.
pub(crate) fn circles(graph: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let next = |file: &String| -> Vec<&String> {
        graph.get(file).map_or(Vec::new(), |imports| {
            imports
                .iter()
                .filter(|import| !is_inside(file, import) && !is_inside(import, file))
                .collect()
        })
    };
    let reach: BTreeMap<&String, BTreeSet<&String>> = graph
        .keys()
        .map(|file| {
            let mut seen = BTreeSet::new();
            let mut open = next(file);
            while let Some(at) = open.pop() {
                if seen.insert(at) {
                    open.extend(next(at));
                }
            }
            (file, seen)
        })
        .collect();
    let mut circles = BTreeSet::new();
    for (file, reached) in &reach {
        if reached.contains(file) {
            let circle: Vec<String> = reached
                .iter()
                .filter(|other| reach.get(**other).is_some_and(|back| back.contains(file)))
                .map(|other| (**other).clone())
                .collect();
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// Whether a file is of a module inside the module that the other is of.
pub(crate) fn is_inside(file: &str, other: &str) -> bool {
    let module = other.trim_end_matches(".rs").trim_end_matches("/mod");
    file.strip_prefix(module)
        .is_some_and(|rest| rest.starts_with('/') && file != other)
}

/// `a::{b, c::d}` as the paths `a::b` and `a::c::d`.
fn leaves(tree: &str, before: &[String], into: &mut Vec<Vec<String>>) {
    let (head, group) = match tree.split_once('{') {
        Some((head, group)) => (head, group.rsplit_once('}').map(|(group, _)| group)),
        None => (tree, None),
    };
    let mut path = before.to_vec();
    let head = head.split(" as ").next().unwrap_or_default();
    path.extend(
        head.split("::")
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned),
    );
    let Some(group) = group else {
        into.push(path);
        return;
    };
    let mut depth = 0;
    let mut start = 0;
    for (at, letter) in group.char_indices().chain([(group.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !group[start..at].trim().is_empty() {
                    leaves(&group[start..at], &path, into);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// A path from the root of the crate; none: it may be one of another crate.
fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module, &path[1..]].concat()),
        "super" => {
            let up = path.iter().take_while(|&part| part == "super").count();
            Some([module.get(..module.len().checked_sub(up)?)?, &path[up..]].concat())
        }
        // A module inside this one, perhaps.
        _ => Some([module, path].concat()),
    }
}

/// The file of the innermost module on `path`.
fn file_of(path: &[String], all: &BTreeMap<String, Source>) -> Option<String> {
    (1..=path.len()).rev().find_map(|length| {
        all.iter()
            .find(|(_, source)| source.module == path[..length])
            .map(|(file, _)| file.clone())
    })
}

fn find_word(text: &str, word: &str) -> Option<usize> {
    let part_of_a_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word)
        .find(|(at, _)| {
            !text[..*at].ends_with(part_of_a_name)
                && !text[..*at].ends_with("::")
                && !text[at + word.len()..].starts_with(part_of_a_name)
        })
        .map(|(at, _)| at)
}

/// Where the item behind the attribute at `start` ends, and its name if it is a
/// module in a file of its own.
fn item_end(code: &str, start: usize) -> (usize, Option<String>) {
    let mut depth = 0;
    for (at, letter) in code[start..].char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return (start + at + 1, None);
                }
            }
            ';' if depth == 0 => {
                let item = &code[start..start + at];
                let name = find_word(item, "mod").map(|at| item[at + 3..].trim().to_owned());
                return (start + at + 1, name);
            }
            _ => {}
        }
    }
    (code.len(), None)
}

/// The same text with comments and the inside of strings blanked.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '/' if letters.peek() == Some(&'/') => {
                for skipped in letters.by_ref() {
                    if skipped == '\n' {
                        break;
                    }
                }
                code.push('\n');
            }
            'r' if matches!(letters.peek(), Some('"' | '#'))
                && !code.ends_with(|before: char| before.is_alphanumeric() || before == '_') =>
            {
                let mut hashes = 0;
                while letters.next_if_eq(&'#').is_some() {
                    hashes += 1;
                }
                if letters.next_if_eq(&'"').is_none() {
                    code.push('r');
                    continue;
                }
                let end = format!("\"{}", "#".repeat(hashes));
                let mut inside = String::new();
                while !inside.ends_with(&end) {
                    let Some(next) = letters.next() else { break };
                    inside.push(next);
                }
                code.push_str("\"\"");
            }
            '"' => {
                while let Some(next) = letters.next() {
                    match next {
                        '\\' => {
                            letters.next();
                        }
                        '"' => break,
                        _ => {}
                    }
                }
                code.push_str("\"\"");
            }
            // A quote, a backslash or a brace as a character.
            '\'' => {
                let mut ahead = letters.clone();
                match (ahead.next(), ahead.next()) {
                    (Some('\\'), Some(_)) => {
                        letters.next();
                        letters.next();
                        for next in letters.by_ref() {
                            if next == '\'' {
                                break;
                            }
                        }
                    }
                    (Some(_), Some('\'')) => {
                        letters.next();
                        letters.next();
                    }
                    _ => code.push('\''),
                }
            }
            other => code.push(other),
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(files: &[(&str, &str)]) -> BTreeMap<String, Source> {
        files
            .iter()
            .map(|&(file, text)| (file.to_owned(), Source::new(file, text)))
            .collect()
    }

    fn imported(text: &str) -> Vec<String> {
        let all = program(&[
            ("src/linux/chunk.rs", ""),
            ("src/linux/file.rs", text),
            ("src/maps/mod.rs", ""),
            ("src/maps/line.rs", ""),
        ]);
        imports(&all["src/linux/file.rs"], &all)
            .into_iter()
            .collect()
    }

    #[test]
    fn imports_are_found_in_every_form() {
        assert_eq!(
            imported("use crate::maps::line::{MapsLine};"),
            ["src/maps/line.rs"]
        );
        assert_eq!(
            imported("use {crate::maps::{\n  line as text, Thing},\n super::chunk::A};"),
            ["src/linux/chunk.rs", "src/maps/line.rs", "src/maps/mod.rs"]
        );
        assert_eq!(
            imported("fn f() { crate::maps::line::parse(); }"),
            ["src/maps/line.rs"]
        );
        assert_eq!(
            imported("fn f() -> super::chunk::A {}"),
            ["src/linux/chunk.rs"]
        );
    }

    #[test]
    fn comments_strings_tests_and_other_crates_import_nothing() {
        assert!(imported("// use crate::maps::line;\n").is_empty());
        assert!(imported("const A: &str = \"\\\"use crate::maps::line;\";").is_empty());
        assert!(imported("const A: &str = r#\"\" use crate::maps::line;\"#;").is_empty());
        assert!(imported("const A: char = '\"'; // use crate::maps::line;").is_empty());
        assert!(imported("#[cfg(test)]\nmod tests { use crate::maps::line; }").is_empty());
        assert!(imported("use std::line; use crated::maps::line;").is_empty());
    }

    #[test]
    fn circles_are_found_but_for_a_module_and_one_inside_it() {
        let graph = |edges: &[(&str, &str)]| {
            let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for &(from, to) in edges {
                graph.entry(from.into()).or_default().insert(to.into());
                graph.entry(to.into()).or_default();
            }
            graph
        };
        let three = [
            ("a/x.rs", "b/y.rs"),
            ("b/y.rs", "b/z.rs"),
            ("b/z.rs", "a/x.rs"),
        ];
        assert_eq!(circles(&graph(&three)), [["a/x.rs", "b/y.rs", "b/z.rs"]]);
        assert!(circles(&graph(&three[..2])).is_empty());
        assert!(circles(&graph(&[("a/mod.rs", "a/x.rs"), ("a/x.rs", "a/mod.rs")])).is_empty());
        assert!(circles(&graph(&[("a.rs", "a/x.rs"), ("a/x.rs", "a.rs")])).is_empty());
    }
}
