//! Addresses and names in JSON, by what their fields are called.

use serde_json::Value;

use super::Anonymiser;

/// Fields that are addresses, or lists of them.
const ADDRESSES: &[&str] = &[
    "start",
    "end",
    "address",
    "Address",
    "answer",
    "hole",
    "site",
    "gone",
    "changed",
    "until",
    "addresses",
];

/// Fields that may be addresses or sizes or flags: large ones are addresses, if they are
/// of a region.
const PERHAPS: &[&str] = &["arguments", "result", "previous_break"];

/// Fields whose texts are bytes, a character for each.
const BYTES: &[&str] = &["was", "build_id", "states", "outside", "gate"];

/// Addresses below may be anything.
const LARGE: u64 = 1 << 32;

impl Anonymiser {
    /// Changes all addresses and names in a value; its texts may be bytes, a character
    /// for each.
    pub(super) fn value(&mut self, value: &mut Value, holds_bytes: bool) {
        self.walk(value, &mut Vec::new(), holds_bytes);
    }

    fn walk(&mut self, value: &mut Value, names: &mut Vec<String>, holds_bytes: bool) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    // In a difference lists have numbers, and what is new.
                    let is_place = name == "more" || name.parse::<usize>().is_ok();
                    if !is_place {
                        names.push(name.clone());
                    }
                    self.walk(field, names, holds_bytes);
                    if !is_place {
                        names.pop();
                    }
                }
            }
            Value::Array(items) => {
                let all = items.iter_mut();
                all.for_each(|item| self.walk(item, names, holds_bytes));
            }
            Value::Number(number) => {
                if let Some(other) = number.as_u64().and_then(|it| self.number_of(it, names)) {
                    *value = other.into();
                }
            }
            Value::String(text) => {
                let other = self.string(text, names, holds_bytes);
                *text = other;
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn number_of(&mut self, number: u64, names: &[String]) -> Option<u64> {
        let name = names.last().map_or("", String::as_str);
        let is_in = |all: &[&str]| names.iter().any(|it| all.contains(&&**it));
        Some(match name {
            "inode" | "like" => self.names.inode(number),
            "major" => self.names.major(number),
            "minor" => self.names.minor(number),
            name if ADDRESSES.contains(&name) => self.address(number),
            "line" | "previous" if is_in(&["tears", "violations"]) => self.address(number),
            "last" if is_in(&["stand"]) => self.address(number),
            name if PERHAPS.contains(&name) && number >= LARGE => self.addresses.changed(number)?,
            _ => return None,
        })
    }

    fn string(&mut self, text: &str, names: &[String], holds_bytes: bool) -> String {
        let name = names.last().map_or("", String::as_str);
        let is_of_vma = |it: &String| ["before", "after", "covering", "next"].contains(&&**it);
        let holds_bytes =
            holds_bytes || BYTES.contains(&name) || name == "name" && names.iter().any(is_of_vma);
        match name {
            "command" => return self.names.command(text),
            "command_line" => return self.names.command_line(text),
            "scenario" | "name" | "target" => self.names.target(text),
            _ => {}
        }
        let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
        let bytes = match bytes {
            Ok(bytes) if holds_bytes => bytes,
            _ => text.as_bytes().to_vec(),
        };
        let out = self.bytes(&bytes, name, names);
        match holds_bytes {
            true => out.into_iter().map(char::from).collect(),
            false => String::from_utf8_lossy(&out).into_owned(),
        }
    }

    fn bytes(&mut self, bytes: &[u8], name: &str, names: &[String]) -> Vec<u8> {
        let is_of_vma = |it: &String| ["before", "after", "covering", "next"].contains(&&**it);
        if name == "build_id" {
            return self.names.word(bytes);
        }
        if name == "name" && (names.iter().any(is_of_vma) || bytes.starts_with(b"/")) {
            return self.names.name(bytes);
        }
        if memchr::memchr(b'\n', bytes).is_some() {
            return self.lines(bytes);
        }
        if let Some(line) = self.line(bytes) {
            return line;
        }
        let mut out = Vec::with_capacity(bytes.len());
        self.sentence(bytes, false, &mut out);
        out
    }
}
