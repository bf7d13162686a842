//! This process traced by itself: real calls.

use std::time::{Duration, Instant};

use super::CallTrace;
use crate::linux::calls::call::{Call, Effect};
use crate::linux::monotonic_clock::now_ns;

fn open() -> Option<CallTrace> {
    match CallTrace::open(std::process::id()) {
        Ok(trace) => Some(trace),
        Err(error) => {
            assert_eq!(error.to_string().lines().count(), 1, "{error}");
            crate::support::skip(error);
            None
        }
    }
}

/// Reads until a call is there that fits.
fn wait_for(trace: &mut CallTrace, from: u64, fits: impl Fn(&Call) -> bool) -> Call {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        trace.read();
        let found = trace
            .between(from, now_ns())
            .find(|call| fits(call))
            .copied();
        match found {
            Some(call) => return call,
            None => assert!(Instant::now() < deadline, "not seen"),
        }
    }
}

/// Maps and unmaps a page; its address.
fn map_and_unmap() -> u64 {
    use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};
    // SAFETY: a new mapping at an address of the kernel's choice, unmapped
    // before anybody uses it.
    unsafe {
        let page = mmap_anonymous(std::ptr::null_mut(), 1, ProtFlags::READ, MapFlags::PRIVATE);
        let page = page.unwrap();
        munmap(page, 1).unwrap();
        page as u64
    }
}

fn unmaps(at: u64) -> impl Fn(&Call) -> bool {
    move |call| {
        let effects = call.effects();
        effects.into_iter().flatten().any(|(effect, range)| {
            effect == Effect::Unmaps && range.start == at && call.name() == "munmap"
        })
    }
}

#[test]
fn own_calls_are_seen_with_their_threads() {
    let Some(mut trace) = open() else { return };
    let from = now_ns();
    // One that was there, and one that begins later.
    for _ in 0..2 {
        let at = map_and_unmap();
        let call = wait_for(&mut trace, from, unmaps(at));
        assert_eq!(call.process, std::process::id());
        let me = rustix::thread::gettid().as_raw_nonzero().get();
        assert_eq!(call.thread, me.cast_unsigned());
        assert!(
            call.ended
                .is_some_and(|end| end.result == 0 && end.ns >= call.begun_ns)
        );
        assert!(call.begun_ns >= from && call.is_ours);
        let of_child = std::thread::spawn(|| {
            let thread = rustix::thread::gettid().as_raw_nonzero().get();
            (thread.cast_unsigned(), map_and_unmap())
        });
        let (thread, at) = of_child.join().unwrap();
        let call = wait_for(&mut trace, from, move |call| {
            call.thread == thread && unmaps(at)(call)
        });
        assert_eq!(call.process, std::process::id());
    }
}

#[test]
fn nothing_is_known_before_and_after_a_loss() {
    let Some(mut trace) = open() else { return };
    let opened = now_ns();
    assert!(!trace.history().is_complete(opened));
    assert!(trace.history().is_complete(opened + 2_000_000_000));
    // More than the rings hold.
    while trace.losses() == 0 {
        for _ in 0..10_000 {
            map_and_unmap();
        }
        trace.read();
    }
    assert!(!trace.history().is_complete(now_ns()));
}
