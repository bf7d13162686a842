//! What keys do in the Protocol.

use super::ProtocolView;
use super::action::{Check, ProtocolAction};
use super::shown_case::{CASES, ShownCase};
use crate::model::machine::ModelStep;
use crate::model::protocol_options::{Afresh, GapCheck, Locking};
use crate::model::protocols::{PROTOCOLS, Protocol};

impl ProtocolView {
    /// Gives a line for the user where something cannot be done.
    pub(crate) fn update(&mut self, action: ProtocolAction) -> Option<String> {
        self.untouched = false;
        if action != ProtocolAction::Play {
            self.plays = None;
        }
        match action {
            ProtocolAction::Play => self.play_or_stop(),
            ProtocolAction::Programs => self.shows_programs = !self.shows_programs,
            ProtocolAction::To(made) => self.made = made.min(self.trace.rows.len()),
            ProtocolAction::Reader => return self.try_step(ModelStep::Reader(0)),
            ProtocolAction::Writer => return self.try_step(ModelStep::Writer),
            ProtocolAction::EndChunk => return self.try_step(ModelStep::NewChunk(0)),
            ProtocolAction::WriterReuses => return self.try_step(ModelStep::WriterReuses(0)),
            ProtocolAction::OtherReuses => return self.try_step(ModelStep::OtherTakes(0)),
            ProtocolAction::Switch(check) => return self.switch(check),
            ProtocolAction::Draw => return self.draw_walks(),
            ProtocolAction::Forth => self.move_by(1),
            ProtocolAction::Back => self.move_by(-1),
            ProtocolAction::Finding => self.load_finding(false),
            ProtocolAction::PreviousFinding => self.load_finding(true),
            ProtocolAction::Case => self.show_case(self.case.step(1)),
            ProtocolAction::PreviousCase => self.show_case(self.case.step(CASES.len() - 1)),
            ProtocolAction::Protocol => self.show_protocol(1),
            ProtocolAction::PreviousProtocol => self.show_protocol(PROTOCOLS.len() - 1),
        }
        None
    }

    /// Makes a step, or tells why it cannot be made.
    fn try_step(&mut self, step: ModelStep) -> Option<String> {
        if self.make(step) {
            return None;
        }
        let why = match step {
            ModelStep::Reader(_) if self.state().readers[0].is_done() => {
                "the reader's walk is over"
            }
            ModelStep::Reader(_) => {
                "the reader waits for mmap_lock; <protocol-writer> lets the writer go on"
            }
            ModelStep::Writer => "the writer waits for the reader; <protocol-reader> lets it go on",
            ModelStep::NewChunk(_) => "a chunk ends only behind a line that was printed",
            ModelStep::WriterReuses(_) => {
                "the writer takes no structure now, or none that the reader has found is free"
            }
            ModelStep::OtherTakes(_) => "no structure that the reader has found is free",
        };
        Some(why.into())
    }

    fn show_case(&mut self, case: ShownCase) {
        self.begin(case, self.base, self.protocol);
    }

    fn show_protocol(&mut self, by: usize) {
        let base = (self.base + by) % PROTOCOLS.len();
        self.begin(self.case.clone(), base, PROTOCOLS[base]);
    }

    /// Switches a check on or off, or tells why there is none to switch.
    fn switch(&mut self, check: Check) -> Option<String> {
        if self.protocol.locking != Locking::PerVma {
            return Some(
                "this reader has no such check; <protocol-next-protocol> goes on to one that has"
                    .into(),
            );
        }
        if check == Check::CureOfH2 && !self.can_cure_h2() {
            return Some("this reader has no H2: it searches afresh for each line".into());
        }
        let base = PROTOCOLS[self.base];
        let switched = named(switched(self.protocol, base, check), base);
        self.begin(self.case.clone(), self.base, switched);
        None
    }

    /// Begins anew, with what is shown of it as before.
    fn begin(&mut self, case: ShownCase, base: usize, protocol: Protocol) {
        *self = ProtocolView {
            shows_programs: self.shows_programs,
            ..ProtocolView::of(case, base, protocol)
        };
    }
}

fn switched(mut protocol: Protocol, base: Protocol, check: Check) -> Protocol {
    match check {
        Check::Gap => {
            protocol.gap_check = match protocol.gap_check {
                GapCheck::None => GapCheck::SearchIfMoved,
                _ => GapCheck::None,
            };
        }
        Check::CureOfH1 => {
            protocol.gap_check = match protocol.gap_check {
                GapCheck::FallBackIfMoved => GapCheck::SearchIfMoved,
                _ => GapCheck::FallBackIfMoved,
            };
        }
        Check::CureOfH2 => {
            protocol.afresh = match (protocol.afresh, base.afresh) {
                (Afresh::Searches, Afresh::Searches) => Afresh::Fallbacks,
                (Afresh::Searches, before) => before,
                _ => Afresh::Searches,
            };
        }
        Check::CureOfH3 => protocol.checks_end = !protocol.checks_end,
    }
    protocol
}

/// A protocol after something was switched: the one that is named so, else
/// `base` under its own name and broken on purpose.
fn named(switched: Protocol, base: Protocol) -> Protocol {
    let same = |one: &&Protocol| {
        Protocol {
            name: one.name,
            summary: one.summary,
            broken: one.broken,
            ..switched
        } == **one
    };
    PROTOCOLS.iter().find(same).copied().unwrap_or(Protocol {
        name: base.name,
        summary: base.summary,
        broken: true,
        ..switched
    })
}
