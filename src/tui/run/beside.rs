//! What runs beside the session, which stands still meanwhile: the lab, a hunt, what
//! makes a kit.

use std::io;
use std::sync::mpsc::TrySendError;

use super::runner::Runner;
use crate::fuzz::live::LiveHunt;
use crate::fuzz::plan::any_seed;
use crate::latency::live::recorded::LabFrames;
use crate::latency::live::{LabSnapshot, LiveLab};
use crate::tui::effect::{FuzzEffect, LatencyEffect};
use crate::tui::message::Message;
use crate::tui::save;

impl Runner {
    /// While something else runs that needs the CPUs the session stands still: its
    /// threads would take them.
    pub(super) fn let_session_stand_still(&mut self) {
        if !std::mem::replace(&mut self.stands_still, true) {
            self.suspend(true);
        }
    }

    pub(super) fn suspend(&self, suspended: bool) {
        match (&self.session, suspended) {
            (Some(session), true) => session.suspend(),
            (Some(session), false) => session.resume(),
            (None, _) => {}
        }
    }

    /// Unless something else still runs.
    pub(super) fn let_session_go_on(&mut self) {
        let is_alone = self.lab.is_none() && self.hunt.is_none() && self.kit.is_none();
        if is_alone && std::mem::take(&mut self.stands_still) {
            self.suspend(false);
        }
    }

    /// Tells what there is to show as such a message: whether there was room for it.
    fn tell<T>(&self, message: fn(Box<T>) -> Message) -> impl Fn(T) -> bool + use<T> {
        let sender = self.sender.clone();
        move |snapshot| {
            let sent = sender.try_send(message(Box::new(snapshot)));
            !matches!(sent, Err(TrySendError::Full(_)))
        }
    }

    /// Tells that something is silent: the next second, if there is no room.
    fn tell_silence(&self) -> impl Fn(String) + use<> {
        let sender = self.sender.clone();
        move |text| drop(sender.try_send(Message::Silent(text)))
    }

    /// Starts, stops or asks the lab.
    pub(super) fn lab(&mut self, effect: LatencyEffect) -> io::Result<()> {
        match effect {
            // A recording has no machine to measure.
            LatencyEffect::Start if self.session.is_none() => {}
            LatencyEffect::Start => {
                self.let_session_stand_still();
                let tell = self.tell(Message::Latency);
                let mut frames = self.lab_frames.as_mut().map(LabFrames::begin);
                let tell = move |mut snapshot: LabSnapshot| {
                    let Some(frames) = &mut frames else {
                        return tell(snapshot);
                    };
                    let at = frames.now();
                    snapshot.at = at;
                    let payload = frames.payload(&snapshot);
                    // What is kept was shown.
                    let had_room = tell(snapshot);
                    if let Some(payload) = payload.filter(|_| had_room) {
                        frames.put(at, payload);
                    }
                    had_room
                };
                self.lab = Some(LiveLab::start(tell, self.tell_silence())?);
            }
            LatencyEffect::Stop => {
                self.lab = None;
                self.let_session_go_on();
            }
            LatencyEffect::Command(command) => {
                if let Some(lab) = &self.lab {
                    lab.send(command);
                }
            }
        }
        Ok(())
    }

    /// Starts or stops a hunt, or makes the kit of a find.
    pub(super) fn fuzz(&mut self, effect: FuzzEffect) -> io::Result<()> {
        match effect {
            FuzzEffect::Start => {
                self.let_session_stand_still();
                let (tell, silence) = (self.tell(Message::Fuzz), self.tell_silence());
                let request = self.app.fuzz.request.clone();
                let seed = request.seed.unwrap_or_else(any_seed);
                let number = self.app.fuzz.has_begun(seed, self.start.elapsed());
                let hunt = LiveHunt::start(number, seed, request, tell, silence);
                self.hunt = Some(hunt?);
            }
            FuzzEffect::Stop => {
                (self.hunt, self.kit) = (None, None);
                self.let_session_go_on();
            }
            FuzzEffect::MakeKit => {
                if let Some(listed) = self.app.fuzz.current().cloned() {
                    self.let_session_stand_still();
                    self.kit = Some(save::kit::make(listed, self.sender.clone())?);
                }
            }
            FuzzEffect::KitIsMade => {
                self.kit = None;
                self.let_session_go_on();
            }
        }
        Ok(())
    }
}
