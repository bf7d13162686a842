//! How the session of a modifier obeys.

use std::sync::Arc;

use super::by_hand::{ByHand, ManualCommand};
use super::snapshot::TargetInfo;
use super::thread::Tell;
use super::worker::{Worker, World, first_placement, new_stage, say};
use super::{Command, Request, Update};
use crate::linux::features::rule::Reader;
use crate::setup::placement::Placement;

impl Worker {
    /// Makes everything stand still, to be moved by hand.
    pub(crate) fn take_in_hand(&mut self, world: &mut World) -> anyhow::Result<()> {
        let rule = world.rules.iter().find(|(it, _)| *it == Reader::Maps);
        if let (Some(running), Some((_, rule))) = (&world.running, rule) {
            running.gaze.sampler.pause(true);
            let by_hand = ByHand::start(&mut world.stage, &running.staged, rule.rule)?;
            world.by_hand = Some(by_hand);
        }
        Ok(())
    }

    fn manual(
        &mut self,
        world: &mut World,
        command: ManualCommand,
        tell: &mut Tell,
    ) -> anyhow::Result<()> {
        let now = self.start.elapsed();
        let done = match (command, &mut world.by_hand) {
            (ManualCommand::Enter, None) => {
                self.manual = true;
                // Only there does a chunk end between two lines of the site.
                if self.placement == Placement::Inside {
                    self.placement = Placement::Boundary;
                    return self.begin(world, tell);
                }
                return self.take_in_hand(world);
            }
            (ManualCommand::Leave, by_hand) => {
                self.manual = false;
                if by_hand.take().is_some()
                    && let Some(running) = &world.running
                    && world.ended.is_none()
                {
                    if !running.still {
                        world.stage.modifier().run()?;
                    }
                    running.gaze.sampler.pause(false);
                }
                return Ok(());
            }
            (ManualCommand::Step(step), Some(by_hand)) => by_hand.step(&mut world.stage, step, now),
            (ManualCommand::Play, Some(by_hand)) => by_hand.play(&mut world.stage, now),
            (ManualCommand::Enter, Some(_)) | (_, None) => Ok(()),
        };
        // A modifier that died is told of with the next tick.
        if let Err(error) = done {
            say(tell, Update::Notice(error.to_string()));
        }
        Ok(())
    }

    pub(crate) fn obey(
        &mut self,
        world: &mut World,
        request: Request,
        tell: &mut Tell,
    ) -> anyhow::Result<()> {
        let command = match request {
            Request::Command(command) => command,
            Request::Stop => return Ok(()),
            Request::Suspend(done) => {
                world.suspended = true;
                world.probing.suspend(world.stage.pid(), true);
                if let Some(running) = &world.running
                    && world.ended.is_none()
                {
                    running.gaze.sampler.pause(true);
                    world.stage.modifier().pause()?;
                }
                // Whoever asked may have lost patience.
                let _ = done.try_send(());
                return Ok(());
            }
            Request::Resume => {
                world.suspended = false;
                world.probing.suspend(world.stage.pid(), false);
                if let Some(running) = &world.running
                    && world.ended.is_none()
                {
                    if !running.still && !self.manual {
                        world.stage.modifier().run()?;
                    }
                    running.gaze.sampler.pause(self.manual);
                }
                return Ok(());
            }
        };
        if command.is_by_hand() {
            self.moves_on = false;
        }
        if world.ended.is_some() {
            match command {
                Command::NextScenario
                | Command::PreviousScenario
                | Command::Scenario(_)
                | Command::SwitchPlacement => {
                    self.renew(world)?;
                }
                // The next modifier is taken in hand.
                Command::Manual(ManualCommand::Enter) => {
                    self.manual = true;
                    return Ok(());
                }
                Command::Manual(ManualCommand::Leave) => {}
                Command::Still(_) | Command::Step | Command::Manual(_) => return Ok(()),
                Command::Report
                | Command::Rate(_)
                | Command::Trigger(_)
                | Command::MoveOn(_)
                | Command::Look(_)
                | Command::Usage(_)
                | Command::Probe(_) => {}
            }
        }
        match command {
            Command::NextScenario => self.change(world, 1, tell)?,
            Command::PreviousScenario => self.change(world, self.scenarios.len() - 1, tell)?,
            Command::Scenario(at) => {
                let count = self.scenarios.len();
                self.change(world, (at % count + count - self.at) % count, tell)?;
            }
            Command::MoveOn(moves_on) => {
                self.moves_on = moves_on;
                self.began = self.start.elapsed();
                if moves_on && world.running.as_ref().is_some_and(|it| it.still) {
                    self.still(world, false, false)?;
                }
            }
            Command::SwitchPlacement => {
                self.placement = next_placement(self.placement);
                self.begin(world, tell)?;
                if let Some(running) = &world.running {
                    let place = running.staged.placement.description();
                    let always = if self.scenarios[self.at].last {
                        ", as always in this scenario"
                    } else {
                        ""
                    };
                    say(tell, Update::Notice(format!("the site is {place}{always}")));
                }
            }
            Command::Report => {
                let running = world.running.as_ref().map(|running| {
                    running.results(self.start.elapsed(), &running.gaze.sampler.published())
                });
                let text = world.ledger.text(&running.unwrap_or_default());
                say(tell, Update::Report(text));
            }
            Command::Rate(rate) => {
                self.rate = rate;
                if let Some(running) = &world.running {
                    running.gaze.sampler.set_rate(rate);
                }
            }
            Command::Trigger(trigger) => {
                self.trigger = trigger;
                if let Some(running) = &mut world.running {
                    running.gaze.hold.set_trigger(trigger);
                }
            }
            Command::Look(look) => {
                if let Some(running) = &mut world.running {
                    running.gaze.arrange(&look.arrangement);
                }
                world.lens.set_look(look);
            }
            Command::Usage(address) => {
                let now = self.start.elapsed();
                world.lens.read_usage(address, now, &self.stop);
            }
            // By hand it stands still anyway.
            Command::Still(_) | Command::Step if self.manual => {}
            Command::Probe(query) => world.probing.ask(world.stage.pid(), query),
            Command::Manual(command) => self.manual(world, command, tell)?,
            Command::Still(still) => self.still(world, still, false)?,
            Command::Step => self.still(world, true, true)?,
        }
        world.news = true;
        Ok(())
    }

    /// Another modifier in place of one that is gone.
    pub(crate) fn renew(&mut self, world: &mut World) -> anyhow::Result<()> {
        self.finish(world);
        world.stage = new_stage()?;
        world.target = Arc::new(TargetInfo {
            name: format!("modifier {}", world.stage.pid()),
            ..(*world.target).clone()
        });
        world.lens.turn_to(world.stage.pid());
        world.ended = None;
        world.probing.go_on_with(world.stage.pid());
        Ok(())
    }

    pub(crate) fn change(
        &mut self,
        world: &mut World,
        by: usize,
        tell: &mut Tell,
    ) -> anyhow::Result<()> {
        self.at = (self.at + by) % self.scenarios.len();
        self.placement = if self.manual {
            Placement::Boundary
        } else {
            first_placement(&self.scenarios[self.at])
        };
        self.begin(world, tell)
    }

    fn still(&mut self, world: &mut World, still: bool, step: bool) -> anyhow::Result<()> {
        let Some(running) = &mut world.running else {
            return Ok(());
        };
        let modifier = world.stage.modifier();
        match (still, step && running.still) {
            (true, true) => drop(modifier.step()?),
            (true, false) => drop(modifier.pause()?),
            (false, _) => modifier.run()?,
        }
        running.still = still;
        running.gaze.hold.set_still(still);
        Ok(())
    }
}

fn next_placement(placement: Placement) -> Placement {
    let at = Placement::ALL.iter().position(|one| *one == placement);
    let next = at.map_or(0, |at| (at + 1) % Placement::ALL.len());
    Placement::ALL[next]
}
