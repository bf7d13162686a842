//! What the commands about the modifier do.

use super::SessionCommand;
use super::by_hand::{ByHand, ManualCommand};
use super::modifier_target::ModifierTarget;
use super::state::SessionState;
use crate::linux::reader::Reader;
use crate::setup::placement::Placement;

impl ModifierTarget {
    pub(crate) fn carry_out(
        &mut self,
        state: &mut SessionState,
        command: SessionCommand,
    ) -> anyhow::Result<()> {
        let is_gone = self.note_death(state, false);
        if command.is_by_hand() {
            self.moves_on = false;
        }
        if is_gone {
            match command {
                SessionCommand::NextScenario
                | SessionCommand::PreviousScenario
                | SessionCommand::Scenario(_)
                | SessionCommand::SwitchPlacement => self.renew(state)?,
                // The next modifier is taken in hand.
                SessionCommand::Manual(ManualCommand::Enter) => {
                    self.manual = true;
                    return Ok(());
                }
                SessionCommand::Still(_)
                | SessionCommand::Step
                | SessionCommand::Manual(
                    ManualCommand::Step(_) | ManualCommand::Back | ManualCommand::Play,
                ) => {
                    return Ok(());
                }
                _ => {}
            }
        }
        let count = self.scenarios.len();
        match command {
            SessionCommand::NextScenario => self.change(state, 1),
            SessionCommand::PreviousScenario => self.change(state, count - 1),
            SessionCommand::Scenario(at) => {
                self.change(state, (at % count + count - self.at) % count)
            }
            SessionCommand::MoveOn(moves_on) => {
                self.moves_on = moves_on;
                self.began = state.now();
                if moves_on && self.running.as_ref().is_some_and(|it| it.still) {
                    self.still(false, false)?;
                }
                Ok(())
            }
            SessionCommand::SwitchPlacement => self.switch_placement(state),
            SessionCommand::Manual(command) => self.manual(state, command),
            // By hand it stands still anyway.
            SessionCommand::Still(_) | SessionCommand::Step if self.manual => Ok(()),
            SessionCommand::Still(still) => self.still(still, false),
            SessionCommand::Step => self.still(true, true),
            // The session itself carries those out.
            SessionCommand::Rate(_)
            | SessionCommand::Trigger(_)
            | SessionCommand::Report
            | SessionCommand::Explore(_)
            | SessionCommand::Usage(_)
            | SessionCommand::Probe(_) => Ok(()),
        }
    }

    fn switch_placement(&mut self, state: &mut SessionState) -> anyhow::Result<()> {
        let at = Placement::ALL.iter().position(|one| *one == self.placement);
        self.placement = Placement::ALL[at.map_or(0, |at| (at + 1) % Placement::ALL.len())];
        self.begin(state)?;
        if let Some(running) = &self.running {
            let place = running.prepared.placement.description();
            let always = if self.scenarios[self.at].last {
                ", as always in this scenario"
            } else {
                ""
            };
            state.notice(format!("the site is {place}{always}"));
        }
        Ok(())
    }

    fn still(&mut self, still: bool, step: bool) -> anyhow::Result<()> {
        let Some(running) = &mut self.running else {
            return Ok(());
        };
        let modifier = self.setup.modifier();
        match (still, step && running.still) {
            (true, true) => drop(modifier.step()?),
            (true, false) => drop(modifier.pause()?),
            (false, _) => modifier.run()?,
        }
        running.still = still;
        running.view.hold.set_still(still);
        Ok(())
    }

    /// Makes everything stand still, to be moved by hand.
    pub(crate) fn take_in_hand(&mut self) -> anyhow::Result<()> {
        let rule = self.rules.iter().find(|(it, _)| *it == Reader::Maps);
        if let (Some(running), Some((_, rule))) = (&self.running, rule) {
            running.view.sampler.pause(true);
            let by_hand = ByHand::start(&mut self.setup, &running.prepared, rule.rule)?;
            self.by_hand = Some(by_hand);
        }
        Ok(())
    }

    fn manual(&mut self, state: &mut SessionState, command: ManualCommand) -> anyhow::Result<()> {
        let now = state.now();
        let done = match (command, &mut self.by_hand) {
            (ManualCommand::Enter, None) => {
                self.manual = true;
                // Only there does a chunk end between two lines of the site.
                if self.placement != Placement::Boundary {
                    self.placement = Placement::Boundary;
                    return self.begin(state);
                }
                return self.take_in_hand();
            }
            (ManualCommand::Leave, by_hand) => {
                self.manual = false;
                if by_hand.take().is_some()
                    && let Some(running) = &self.running
                    && state.ended.is_none()
                {
                    if !running.still {
                        self.setup.modifier().run()?;
                    }
                    running.view.sampler.pause(false);
                }
                return Ok(());
            }
            (ManualCommand::Step(step), Some(by_hand)) => by_hand.step(&mut self.setup, step, now),
            (ManualCommand::Back, Some(by_hand)) => by_hand.back(&mut self.setup, now),
            (ManualCommand::Play, Some(by_hand)) => by_hand.play(&mut self.setup, now),
            (ManualCommand::Enter, Some(_)) | (_, None) => Ok(()),
        };
        // A modifier that died is told of with the next tick.
        if let Err(error) = done {
            state.notice(error.to_string());
        }
        Ok(())
    }
}
