//! The writer's own process: unmaps and maps single pages, or protects the first
//! VMA, and times each call.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::Ordering;

use rustix::io::Errno;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags};

use super::FIRST_VMA_PAGES;
use super::mailbox::{CLOCK_PAIRS, Command, PLAIN_PAIRS, Task, Timed, TimedWriterMailbox};
use crate::algorithms::random::Random;
use crate::linux::monotonic_clock::now_ns;
use crate::modifier::child_process::mailbox::{Failure, Mailbox};
use crate::modifier::child_process::serve::{Request, Server, give_up, serve};

/// Runs the writer until its parent kills it.
pub(crate) fn main(mailbox: &'static TimedWriterMailbox) -> ! {
    mailbox.ring.touch();
    // Huge pages would be split by the first munmap of a page in them, so that
    // early operations would not be like later ones. Kernels without them may
    // refuse.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let region = match Region::map(mailbox) {
        Ok(region) => region,
        Err(errno) => give_up(mailbox, Failure::new(Task::Region, errno)),
    };
    let mut writer = Writer {
        mailbox,
        region,
        first_vma: FirstVma::map(mailbox.first_vma.load(Ordering::Relaxed)),
        random: Random::new(0),
        pause_ns: mailbox.pause_ns.load(Ordering::Relaxed),
        plain: vec![0; 2 * PLAIN_PAIRS].leak(),
    };
    serve(&mut writer, &mailbox.requests)
}

/// The region: VMAs of equally many pages, an unmapped page between each two.
struct Region {
    base: *mut c_void,
    page_size: usize,
    vmas: usize,
    pages_per_vma: usize,
}

impl Region {
    fn map(mailbox: &TimedWriterMailbox) -> Result<Self, Errno> {
        let vmas = mailbox.vmas.load(Ordering::Relaxed).max(1) as usize;
        let pages = mailbox.pages.load(Ordering::Relaxed) as usize;
        let mut region = Region {
            base: ptr::null_mut(),
            page_size: rustix::param::page_size(),
            vmas,
            pages_per_vma: (pages / vmas).max(1),
        };
        // A page more on both sides, so that it merges with nothing.
        let span = (vmas * (region.pages_per_vma + 1) + 1) * region.page_size;
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a new mapping at an address of the kernel's choice, unmapped
        // again: no memory that is in use is touched.
        region.base = unsafe {
            let at = rustix::mm::mmap_anonymous(ptr::null_mut(), span, ProtFlags::empty(), flags)?;
            rustix::mm::munmap(at, span)?;
            at.wrapping_byte_add(region.page_size)
        };
        for vma in 0..vmas {
            region.mmap(
                region.address(vma * region.pages_per_vma),
                region.pages_per_vma,
            )?;
        }
        Ok(region)
    }

    fn pages(&self) -> usize {
        self.vmas * self.pages_per_vma
    }

    /// The address of one of its pages, gaps not counted.
    #[inline]
    fn address(&self, page: usize) -> *mut c_void {
        let gaps = page / self.pages_per_vma;
        self.base.wrapping_byte_add((page + gaps) * self.page_size)
    }

    /// Maps pages, populated.
    #[inline]
    fn mmap(&self, at: *mut c_void, pages: usize) -> Result<(), Errno> {
        let flags = MapFlags::PRIVATE | MapFlags::FIXED_NOREPLACE | MapFlags::POPULATE;
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: FIXED_NOREPLACE: where something is mapped already, which
        // would be a mistake, the call fails.
        unsafe { rustix::mm::mmap_anonymous(at, pages * self.page_size, protection, flags) }
            .map(|_| ())
    }

    /// Unmaps a page.
    #[inline]
    fn munmap(&self, at: *mut c_void) -> Result<(), Errno> {
        // SAFETY: `at` is a page of the region, whose memory nothing uses.
        unsafe { rustix::mm::munmap(at, self.page_size) }
    }
}

/// A few populated pages in front of everything else: the first lines of each
/// `/proc/PID` file, and the first answer.
struct FirstVma {
    start: *mut c_void,
    length: usize,
    /// Why there is none.
    missing: Option<Errno>,
}

impl FirstVma {
    fn map(start: u64) -> Self {
        let start = ptr::without_provenance_mut::<c_void>(start as usize);
        let length = FIRST_VMA_PAGES as usize * rustix::param::page_size();
        let flags = MapFlags::PRIVATE | MapFlags::FIXED_NOREPLACE | MapFlags::POPULATE;
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: FIXED_NOREPLACE: where something is mapped already, the call
        // fails.
        let mapped = unsafe { rustix::mm::mmap_anonymous(start, length, protection, flags) };
        FirstVma {
            start,
            length,
            missing: mapped.err(),
        }
    }

    #[inline]
    fn protect(&self, flags: MprotectFlags) -> Result<(), Errno> {
        // SAFETY: all of it is mapped, by `map`, and nothing uses that memory.
        unsafe { rustix::mm::mprotect(self.start, self.length, flags) }
    }
}

struct Writer {
    mailbox: &'static TimedWriterMailbox,
    region: Region,
    first_vma: FirstVma,
    random: Random,
    pause_ns: u64,
    /// Room for the times of a plain loop.
    plain: &'static mut [u64],
}

impl Server for Writer {
    type Command = Command;

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Clock => self.time_the_clock(),
            Command::Plain => self.plain(),
            Command::Protect => {
                if let Some(errno) = self.first_vma.missing {
                    self.fail(Task::FirstVma, errno);
                }
            }
            Command::Pause | Command::Work => {}
        }
    }

    fn go_on(&mut self, command: Command, request: &Request<'_>) {
        match command {
            Command::Work => while request.is_last() && self.pair() {},
            Command::Protect if self.first_vma.missing.is_none() => {
                while request.is_last() && self.protect_pair() {}
            }
            _ => {}
        }
    }
}

impl Writer {
    #[inline]
    fn random_page(&mut self) -> *mut c_void {
        let pages = self.region.pages() as u64;
        let page = self.random.below(pages) as usize;
        self.region.address(page)
    }

    /// Unmaps a page and maps it again; whether both worked.
    #[inline]
    fn pair(&mut self) -> bool {
        let page = self.random_page();
        let begin = now_ns();
        let unmapped = self.region.munmap(page);
        let end = now_ns();
        if let Err(errno) = unmapped {
            return self.fail(Task::Munmap, errno);
        }
        self.mailbox.ring.put(Timed::Munmap.pack(end - begin));
        self.wait(end);
        let begin = now_ns();
        let mapped = self.region.mmap(page, 1);
        let end = now_ns();
        if let Err(errno) = mapped {
            return self.fail(Task::Mmap, errno);
        }
        self.mailbox.ring.put(Timed::Mmap.pack(end - begin));
        self.wait(end);
        true
    }

    /// Makes the first VMA readable only, and writable again; whether both worked.
    #[inline]
    fn protect_pair(&mut self) -> bool {
        let writable = MprotectFlags::READ | MprotectFlags::WRITE;
        for flags in [MprotectFlags::READ, writable] {
            let begin = now_ns();
            let protected = self.first_vma.protect(flags);
            let end = now_ns();
            if let Err(errno) = protected {
                return self.fail(Task::Mprotect, errno);
            }
            self.mailbox.ring.put(Timed::Mprotect.pack(end - begin));
            self.wait(end);
        }
        true
    }

    #[cold]
    fn fail(&self, task: Task, errno: Errno) -> bool {
        self.mailbox.header().failure.set(Failure::new(task, errno));
        false
    }

    /// Pauses for a random time, so that it does not fall into step with a
    /// reader. It spins: a sleep would make the next call pay for its wakeup.
    #[inline]
    fn wait(&mut self, since: u64) {
        let until = since + self.random.below(self.pause_ns);
        while now_ns() < until {
            std::hint::spin_loop();
        }
    }

    /// The loop that [`pair`](Self::pair) is compared with: nothing but the
    /// calls and the clock.
    fn plain(&mut self) {
        for i in 0..PLAIN_PAIRS {
            let page = self.random_page();
            let begin = now_ns();
            let unmapped = self.region.munmap(page);
            let end = now_ns();
            self.plain[2 * i] = Timed::Munmap.pack(end - begin);
            let begin = now_ns();
            let mapped = self.region.mmap(page, 1);
            let end = now_ns();
            self.plain[2 * i + 1] = Timed::Mmap.pack(end - begin);
            if let Err(errno) = unmapped.and(mapped) {
                self.fail(Task::Mmap, errno);
                return;
            }
        }
        self.plain
            .iter()
            .for_each(|time| self.mailbox.ring.put(*time));
    }

    fn time_the_clock(&mut self) {
        for _ in 0..CLOCK_PAIRS {
            let begin = now_ns();
            let end = now_ns();
            self.mailbox.ring.put(Timed::Clock.pack(end - begin));
        }
    }
}
