//! What `PROCMAP_QUERY` says of the VMA that is open, and whether the line
//! agrees.

use ratatui::text::Line;

use super::Panel;
use crate::maps::line::MapsLine;
use crate::session::explorer::inspection::{NamedVma, differences};
use crate::text::number::{bytes, count};
use crate::tui::theme::Role;

impl Panel<'_> {
    /// All that `PROCMAP_QUERY` knows.
    pub(super) fn query(&self, lines: &mut Vec<Line<'static>>) {
        let label = "query";
        if !self.latest.explored.has_query {
            let text = "PROCMAP_QUERY is not on this kernel: it came with Linux 6.11";
            return self.plain(lines, label, text);
        }
        let Some(inspection) = self.inspection else {
            let text = match self.latest.ended {
                Some(_) => "the target is no longer watched: there is nothing to ask",
                None => "not answered yet",
            };
            return self.row(lines, label, text, self.theme.style(Role::Dim));
        };
        let address = inspection.address;
        if let Some(error) = &inspection.error {
            return self.row(lines, label, error, self.theme.style(Role::Notice));
        }
        if let Some(answer) = &inspection.covering {
            let text = format!("PROCMAP_QUERY at {address:x}, asked again and again:");
            self.row(lines, label, &text, self.theme.style(Role::Dim));
            return self.answer(lines, answer);
        }
        let text = format!("ENOENT: nothing is mapped at {address:x}");
        self.row(lines, label, &text, self.theme.style(Role::Notice));
        match &inspection.next {
            Some(next) => {
                self.row(
                    lines,
                    "",
                    "the next VMA above:",
                    self.theme.style(Role::Dim),
                );
                self.answer(lines, next);
            }
            None => self.plain(lines, "", "and nothing above"),
        }
    }

    fn answer(&self, lines: &mut Vec<Line<'static>>, answer: &NamedVma) {
        let vma = &answer.vma;
        let size = vma.end.saturating_sub(vma.start);
        let pages = count(size / vma.page_size.max(1), "page");
        let range = format!("{:x}-{:x}, {}, {pages}", vma.start, vma.end, bytes(size));
        self.plain(lines, "  range", &range);
        let permissions = vma.permissions;
        let flags: Vec<&str> = [
            (permissions.read, "readable"),
            (permissions.write, "writable"),
            (permissions.execute, "executable"),
            (permissions.shared, "shared"),
            (!permissions.shared, "private"),
        ]
        .into_iter()
        .filter(|(set, _)| *set)
        .map(|(_, word)| word)
        .collect();
        let text = format!("{permissions}: {}", flags.join(", "));
        self.plain(lines, "  flags", &text);
        self.plain(lines, "  page size", &bytes(vma.page_size));
        let file = match vma.inode {
            0 => "none: anonymous, or the kernel's own".to_owned(),
            inode => format!(
                "device {}, inode {inode}, from offset {:#x}",
                vma.device, vma.offset
            ),
        };
        self.plain(lines, "  file", &file);
        let name = match &answer.name[..] {
            b"" => "none".into(),
            name => self.theme.name(name),
        };
        self.plain(lines, "  name", &name);
        let build_id: String = answer
            .build_id
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let build_id = match (build_id.is_empty(), vma.inode) {
            (false, _) => build_id,
            (true, 0) => "none: no file".into(),
            (true, _) => "none: no ELF file, or its first page is not in memory".into(),
        };
        self.plain(lines, "  build ID", &build_id);
    }

    /// Whether line and answer say the same.
    pub(super) fn agreement(&self, lines: &mut Vec<Line<'static>>) {
        let (Some((index, _)), Some(inspection)) = (self.found.last(), self.inspection) else {
            return;
        };
        let Ok(line) = MapsLine::parse(self.picture.line_text(*index)) else {
            return;
        };
        if inspection.error.is_some() {
            return;
        }
        let (text, role) = match &inspection.covering {
            None if line.is_gate() => (
                "the gate VMA is in no process's tree: maps prints it, no query finds it".into(),
                Role::Dim,
            ),
            None => (
                "≠ the line is of a scan, the answer of now: it is gone since, or the query missed it"
                    .into(),
                Role::Disagree,
            ),
            Some(answer) => match differences(&line, answer) {
                same if same.is_empty() => ("✓ the line and the answer agree".into(), Role::Good),
                other => (
                    format!(
                        "≠ they differ in: {}. The line is of a scan, the answer of now.",
                        other.join(", ")
                    ),
                    Role::Disagree,
                ),
            },
        };
        self.row(lines, "both", &text, self.theme.style(role));
    }
}
