//! Texts that name keys.

/// The key of each action, by its name: `None` where no key does that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyHints(Vec<(&'static str, Option<String>)>);

impl KeyHints {
    pub(super) fn new(keys: impl Iterator<Item = (&'static str, Option<String>)>) -> Self {
        KeyHints(keys.collect())
    }

    /// A text in which `<name>` stands for the key of the action of that name.
    pub(crate) fn hint(&self, text: &str) -> String {
        let mut said = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('<') {
            said.push_str(before);
            let found = behind.split_once('>').and_then(|(name, behind)| {
                let (_, key) = self.0.iter().find(|(one, _)| *one == name)?;
                Some((key, behind))
            });
            rest = match found {
                Some((key, behind)) => {
                    said.push_str(key.as_deref().unwrap_or("(no key)"));
                    behind
                }
                None => {
                    said.push('<');
                    behind
                }
            };
        }
        said + rest
    }
}
