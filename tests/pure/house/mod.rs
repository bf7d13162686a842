//! The map in `src/lib.rs` is true of the imports: each room (a folder of
//! `src`) imports only from the rooms above it in that list, no files import
//! each other in a circle (a module and the modules inside it may), and
//! `unsafe` stays in two rooms.

mod imports;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use imports::{Source, circles, imports, is_inside};

/// The rooms that may hold `unsafe` code.
const UNSAFE_ROOMS: [&str; 2] = ["linux", "modifier"];

/// Views of the rooms, for other programs and for tests: above all of them.
const VIEWS: [&str; 2] = ["api", "internals"];

/// The rooms in their order, as the text block in `src/lib.rs` lists them.
fn rooms() -> Vec<String> {
    let text = fs::read_to_string("src/lib.rs").expect("src/lib.rs");
    let listed: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("//! "))
        .filter_map(|line| line.split_once("/ "))
        .filter(|(name, _)| name.chars().all(|letter| letter.is_ascii_lowercase()))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert!(
        listed.len() > 10,
        "the list of rooms in src/lib.rs: {listed:?}"
    );
    listed
}

/// Every source file that is part of the program, its tests cut off.
fn sources(folder: &Path, into: &mut BTreeMap<String, Source>) {
    for entry in fs::read_dir(folder).expect("a folder of src") {
        let path = entry.expect("an entry of a folder").path();
        let name = path.to_str().expect("a UTF-8 name").to_owned();
        if path.is_dir() {
            sources(&path, into);
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            into.insert(name.clone(), Source::new(&name, &text));
        }
    }
}

fn program() -> BTreeMap<String, Source> {
    let mut all = BTreeMap::new();
    sources(Path::new("src"), &mut all);
    // What only tests compile is reached from `#[cfg(test)] mod` lines.
    let tests: Vec<String> = all
        .values()
        .flat_map(|source| source.test_files(&all))
        .collect();
    all.retain(|name, _| {
        !tests
            .iter()
            .any(|test| name == test || is_inside(name, test))
    });
    all
}

fn room(file: &str) -> Option<&str> {
    let (room, _) = file.strip_prefix("src/")?.split_once('/')?;
    (!VIEWS.contains(&room)).then_some(room)
}

#[test]
fn the_map_lists_every_room_and_nothing_else() {
    let mut listed = rooms();
    let mut there: Vec<String> = fs::read_dir("src")
        .expect("src")
        .map(|entry| entry.expect("an entry of src"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("a UTF-8 name"))
        .filter(|name| !VIEWS.contains(&name.as_str()))
        .collect();
    listed.sort();
    there.sort();
    assert_eq!(listed, there, "src/lib.rs lists the rooms on the left");
}

#[test]
fn a_room_imports_only_from_rooms_above_it() {
    let rooms = rooms();
    let place = |name: &str| rooms.iter().position(|room| room == name);
    let program = program();
    let mut wrong = Vec::new();
    let mut counted = 0;
    for (file, source) in &program {
        let Some(here) = room(file).and_then(place) else {
            continue;
        };
        for import in imports(source, &program) {
            let Some(there) = room(&import).and_then(place) else {
                continue;
            };
            counted += 1;
            if there > here {
                wrong.push(format!("{file} imports {import}"));
            }
        }
    }
    assert!(counted > 500, "only {counted} imports were found");
    assert!(
        wrong.is_empty(),
        "against the order of the rooms:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let program = program();
    let graph = program
        .iter()
        .map(|(file, source)| (file.clone(), imports(source, &program)))
        .collect();
    let circles = circles(&graph);
    assert!(circles.is_empty(), "imports in circles: {circles:#?}");
}

#[test]
fn unsafe_code_stays_in_its_rooms() {
    for (file, source) in program() {
        let allowed = room(&file).is_some_and(|room| UNSAFE_ROOMS.contains(&room));
        let word = source
            .code()
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let found = word.clone().any(|word| word == "unsafe");
        assert!(allowed || !found, "{file} has unsafe code");
    }
}
