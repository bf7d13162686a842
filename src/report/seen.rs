//! What a reader saw, as lines of text: for people, mails and KTAP alike.

use crate::events::event::{QueryEvent, Seen, TextEvent};

/// The lines read, with a rule at each chunk boundary and an arrow at the line
/// in question; or the query and its answer.
pub(crate) fn seen_lines(seen: &Seen) -> Vec<String> {
    match seen {
        Seen::Text(text) => text_lines(text),
        Seen::Query(query) => query_lines(query),
    }
}

fn text_lines(text: &TextEvent) -> Vec<String> {
    let mut lines = Vec::new();
    let mut chunk = None;
    let mut marked = false;
    for line in &text.excerpt.lines {
        if chunk.is_some_and(|chunk| chunk != line.chunk) {
            lines.push("--------- chunk boundary ---------".into());
        }
        chunk = Some(line.chunk);
        if line.marked
            && let Some((start, end)) = text.hole
        {
            lines.push(format!("    {start:x}-{end:x} is missing"));
        }
        marked |= line.marked;
        let mark = if line.marked { "--> " } else { "    " };
        lines.push(format!("{mark}{}", line.text.trim_end()));
    }
    if !marked {
        lines.push("--> end of the file".into());
    }
    lines
}

fn query_lines(query: &QueryEvent) -> Vec<String> {
    let answer = query
        .answer
        .map_or("ENOENT".into(), |(start, end)| format!("{start:x}-{end:x}"));
    let mut lines = vec![format!(
        "PROCMAP_QUERY {:x} ({}) = {answer}",
        query.address, query.lookup
    )];
    if let Some((start, end)) = query.hole {
        lines.push(format!("{start:x}-{end:x} is missing"));
    }
    lines
}
