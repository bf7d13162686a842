//! The thread that looks at the processes.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use super::state::Found;
use crate::process::process_list::{list_pids, process_entry};
use crate::threads::worker::start_for_good;

/// What may wait to be taken. The thread waits where there is no more room;
/// the screen never does.
const ROOM: usize = 256;

/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(2);

/// Starts the thread. It ends when nobody takes any more what it finds.
pub(crate) fn start() -> io::Result<Receiver<Found>> {
    let (sender, receiver) = sync_channel(ROOM);
    let work = |sender: &mut SyncSender<Found>| while round(sender).is_some() {};
    // An error: nobody is left to be told.
    let tell = |sender: &mut SyncSender<Found>, text| drop(sender.send(Found::Failed(text)));
    start_for_good("processes", sender, work, tell)?;
    Ok(receiver)
}

/// Looks at every process once; none when nobody listens.
fn round(sender: &SyncSender<Found>) -> Option<()> {
    match list_pids() {
        Ok(pids) => {
            sender.send(Found::Begin(pids.len())).ok()?;
            for pid in pids {
                // One that is gone, or a kernel thread, is told of too: it is
                // no longer awaited.
                sender
                    .send(Found::Process(pid, process_entry(pid).map(Box::new)))
                    .ok()?;
            }
            sender.send(Found::End).ok()?;
        }
        Err(error) => sender.send(Found::Failed(error.to_string())).ok()?,
    }
    std::thread::sleep(PAUSE);
    Some(())
}
