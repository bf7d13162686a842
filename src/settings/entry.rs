//! A key of the file, its value, and the place where it stands.

use toml::de::{DeTable, DeValue};

use super::problem::{Problem, quoted};

/// A key and its value, and where the key stands.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    /// The key alone, as it is.
    pub(super) name: String,
    /// With its section in front, fit for a line.
    key: String,
    offset: usize,
    value: &'a DeValue<'a>,
}

/// Those of a table, in the order of the file.
pub(super) fn entries<'a>(table: &'a DeTable<'a>, section: &str) -> Vec<Entry<'a>> {
    let entry = |(key, value): (&'a toml::Spanned<_>, &'a toml::Spanned<DeValue<'a>>)| {
        let name: &std::borrow::Cow<'_, str> = key.get_ref();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let shown = match name.chars().all(is_plain) && name.len() <= 40 {
            true => name.to_string(),
            false => quoted(name),
        };
        Entry {
            name: name.to_string(),
            key: format!("{section}{shown}"),
            offset: key.span().start,
            value: value.get_ref(),
        }
    };
    let mut entries: Vec<_> = table.iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.offset);
    entries
}

impl<'a> Entry<'a> {
    /// This is wrong with it.
    pub(super) fn no(&self, problem: &str) -> Problem {
        Problem {
            offset: self.offset,
            key: self.key.clone(),
            problem: problem.to_owned(),
        }
    }

    /// There is no such key, of this kind, among these.
    pub(super) fn unknown(&self, what: &str, known: &[&str]) -> Problem {
        self.no(&format!(
            "there is no such {what}; there are {}",
            known.join(", ")
        ))
    }

    pub(super) fn text(&self) -> Result<&'a str, Problem> {
        let text = self.value.as_str();
        text.ok_or_else(|| self.no(&format!("a text in quotes is wanted, not {}", self.what())))
    }

    /// A text, or several.
    pub(super) fn texts(&self) -> Result<Vec<&'a str>, Problem> {
        if let Some(text) = self.value.as_str() {
            return Ok(vec![text]);
        }
        let texts = self.value.as_array().and_then(|array| {
            let texts = array.iter().map(|it| it.get_ref().as_str());
            texts.collect::<Option<Vec<_>>>()
        });
        let wanted = || {
            let what = self.what();
            self.no(&format!(
                "texts in quotes are wanted, as [\"a\", \"b\"], not {what}"
            ))
        };
        texts.ok_or_else(wanted)
    }

    /// A whole number, 0 or more.
    pub(super) fn number(&self) -> Result<u32, Problem> {
        let number = self
            .value
            .as_integer()
            .and_then(|it| u32::from_str_radix(it.as_str(), it.radix()).ok());
        number.ok_or_else(|| {
            self.no(&format!(
                "a whole number, 0 or more, is wanted, not {}",
                self.what()
            ))
        })
    }

    /// Its keys.
    pub(super) fn section(&self) -> Result<Vec<Entry<'a>>, Problem> {
        let table = self.value.as_table();
        let table = table.ok_or_else(|| {
            self.no(&format!(
                "a section is wanted, [{}], not {}",
                self.key,
                self.what()
            ))
        })?;
        Ok(entries(table, &format!("{}.", self.key)))
    }

    /// What stands there.
    fn what(&self) -> String {
        match self.value {
            DeValue::String(text) => quoted(text),
            DeValue::Integer(number) => quoted(number.as_str()).replace('"', ""),
            DeValue::Float(number) => quoted(number.as_str()).replace('"', ""),
            DeValue::Boolean(it) => it.to_string(),
            DeValue::Datetime(_) => "a date".into(),
            DeValue::Array(_) => "a list of something else".into(),
            DeValue::Table(_) => "a section".into(),
        }
    }
}
