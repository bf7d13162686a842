//! One of several things that have a number and a name each.

/// The place of the one that is wanted, by its number from 1, its name, or a part of its
/// name that only one has; `kind` is what each of them is.
///
/// # Errors
/// Which there are, in one line.
pub(crate) fn one_of(kind: &str, wanted: &str, names: &[&str]) -> Result<usize, String> {
    if let Ok(number @ 1..) = wanted.parse::<usize>()
        && number <= names.len()
    {
        return Ok(number - 1);
    }
    if let Some(at) = names.iter().position(|name| *name == wanted) {
        return Ok(at);
    }
    let mut like = (0..names.len()).filter(|at| names[*at].contains(wanted));
    if let (Some(at), None, false) = (like.next(), like.next(), wanted.is_empty()) {
        return Ok(at);
    }
    Err(format!(
        "there is no {kind} \"{}\": there are 1 to {}, or {}",
        wanted.escape_debug(),
        names.len(),
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_a_name_or_a_part_of_one() {
        let one = |wanted| one_of("fruit", wanted, &["apple", "pear", "pineapple"]);
        assert_eq!(one("2"), Ok(1));
        assert_eq!(one("apple"), Ok(0));
        assert_eq!(one("pine"), Ok(2));
        for wanted in ["", "0", "4", "-1", "app", "plum", "\u{1b}"] {
            let why = one(wanted).unwrap_err();
            assert!(why.ends_with("there are 1 to 3, or apple, pear, pineapple"));
            assert!(why.contains(&wanted.escape_debug().to_string()), "{why}");
        }
    }
}
