//! A picture as what differs from the one before. What follows from the text is not
//! recorded but made anew: the lines, the rows, the counts.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::difference::{apply, difference};
use super::pieces::{Piece, cut, join};
use crate::maps::scan_text::{ScanText, Window};
use crate::oracle::verdict::Verdict;
use crate::sampling::TakenScan;
use crate::session::changes::Change;
use crate::session::explorer::recent::Recent;
use crate::session::picture::{Context, Picture, SiteLine};

/// All of a picture that is recorded, but its text.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    number: u64,
    at: std::time::Duration,
    /// The bytes and the window of each chunk.
    chunks: Vec<(usize, Window)>,
    eof: Window,
    reads: u32,
    interrupted: u32,
    verdict: Verdict,
    /// The states themselves are not recorded.
    site: Vec<SiteLine>,
    changes: Vec<Change>,
    recent: RecentOf,
}

/// Whose is what the picture knows of what happened lately.
#[derive(Debug, Serialize, Deserialize)]
enum RecentOf {
    /// Nothing is known.
    Nobody,
    /// The explorer's, at this moment.
    Explorer,
    /// That of the picture before.
    Before,
    Own(Vec<Recent>),
}

/// What has become of a picture.
#[derive(Debug, Serialize, Deserialize)]
struct PictureChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<Vec<Piece>>,
}

/// The pictures of one place, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Pictures {
    /// The [`Head`] of the last one; null where there is no picture.
    head: Value,
    last: Option<Arc<Picture>>,
}

impl Pictures {
    /// The last one.
    pub(super) fn last(&self) -> &Option<Arc<Picture>> {
        &self.last
    }

    /// What makes `picture` of the last one.
    pub(super) fn encode(
        &mut self,
        picture: &Option<Arc<Picture>>,
        explored: &Arc<Vec<Recent>>,
    ) -> serde_json::Result<Vec<u8>> {
        let head = picture.as_deref().map(|it| self.head_of(it, explored));
        let head = serde_json::to_value(&head)?;
        let change = PictureChange {
            head: difference(&self.head, &head),
            text: cut(text(&self.last), text(picture)),
        };
        self.head = head;
        self.last.clone_from(picture);
        serde_json::to_vec(&change)
    }

    fn head_of(&self, picture: &Picture, explored: &Arc<Vec<Recent>>) -> Head {
        let scan = &picture.scan;
        let chunks = scan.text.chunks.iter();
        let before = self.last.as_ref().map(|last| &last.recent);
        let recent = match &picture.recent {
            none if none.is_empty() => RecentOf::Nobody,
            same if Arc::ptr_eq(same, explored) => RecentOf::Explorer,
            same if before.is_some_and(|last| Arc::ptr_eq(last, same)) => RecentOf::Before,
            own => RecentOf::Own(own.to_vec()),
        };
        Head {
            number: scan.number,
            at: picture.at,
            chunks: chunks.map(|it| (it.bytes.len(), it.window)).collect(),
            eof: scan.text.eof,
            reads: scan.text.reads,
            interrupted: scan.text.interrupted,
            verdict: scan.verdict.clone(),
            site: picture.site.clone(),
            changes: picture.changes.clone(),
            recent,
        }
    }

    /// The picture that a change makes of the last one.
    ///
    /// # Errors
    /// In a few words: it is no change of that picture.
    pub(super) fn decode(
        &mut self,
        change: &Value,
        explored: &Arc<Vec<Recent>>,
    ) -> Result<(), String> {
        let change = PictureChange::deserialize(change).map_err(|error| error.to_string())?;
        if let Some(head) = change.head {
            apply(&mut self.head, head)?;
        }
        let head: Option<Head> =
            Deserialize::deserialize(&self.head).map_err(|error| error.to_string())?;
        let Some(head) = head else {
            self.last = None;
            return Ok(());
        };
        let text = match change.text {
            Some(pieces) => join(text(&self.last), &pieces)?,
            None => text(&self.last).to_vec(),
        };
        let recent = match head.recent {
            RecentOf::Nobody => Arc::default(),
            RecentOf::Explorer => explored.clone(),
            RecentOf::Before => self
                .last
                .as_ref()
                .map_or_else(Arc::default, |it| it.recent.clone()),
            RecentOf::Own(own) => Arc::new(own),
        };
        let mut scan =
            ScanText::of_parts(text, head.chunks).ok_or("chunks of more than the text")?;
        (scan.eof, scan.reads, scan.interrupted) = (head.eof, head.reads, head.interrupted);
        let mut picture = Picture {
            scan: TakenScan {
                text: scan,
                number: head.number,
                verdict: head.verdict,
            },
            at: head.at,
            recent,
            ..Picture::default()
        };
        picture.index(Context::default());
        let is_there = |site: &SiteLine| (site.line as usize) < picture.lines.len();
        if !head.site.iter().all(is_there) {
            return Err("a line of the site that is not there".into());
        }
        picture.site = head.site;
        picture.lay_out(head.changes);
        self.last = Some(Arc::new(picture));
        Ok(())
    }
}

fn text(picture: &Option<Arc<Picture>>) -> &[u8] {
    picture.as_ref().map_or(&[], |it| it.scan.text.text())
}
