//! The writer's own process: unmaps and maps single pages, and times each
//! call. It dies with its parent as the modifier does (see `target::child`),
//! and beside what it is told to change, nothing in its address space changes.

use std::ffi::c_void;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::atomic::Ordering;

use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};
use rustix::time::{ClockId, clock_gettime};

use super::mailbox::{CLOCK_PAIRS, Command, MAGIC, Mailbox, PLAIN_PAIRS, Task, Timed};
use crate::modifier::child::{
    EXIT_NO_MAILBOX, EXIT_NOT_READY, EXIT_ORPHAN, exit, open_mailbox, tie_to_parent,
};
use crate::modifier::{futex, own_stack};

/// Is the writer until its parent kills it.
pub(crate) fn main(mailbox_fd: RawFd) -> ! {
    let mailbox = match open_mailbox::<Mailbox>(mailbox_fd) {
        Some(mailbox) if mailbox.magic.load(Ordering::Acquire) == MAGIC => mailbox,
        _ => exit(EXIT_NO_MAILBOX),
    };
    if !tie_to_parent(
        mailbox.parent_pid.load(Ordering::Relaxed),
        c"vmascope-writer",
    ) {
        exit(EXIT_ORPHAN);
    }
    own_stack::touch_main_thread();
    mailbox.ring.touch();
    // Huge pages would be split by the first munmap of a page in them, so that
    // early operations would not be like later ones. Kernels without them may
    // refuse.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let region = match Region::map(mailbox) {
        Ok(region) => region,
        Err(errno) => {
            mailbox.failure.set(Task::Region, errno.raw_os_error());
            exit(EXIT_NOT_READY)
        }
    };
    let mut writer = Writer {
        mailbox,
        region,
        random: 0x9e37_79b9_7f4a_7c15,
        pause_ns: mailbox.pause_ns.load(Ordering::Relaxed),
        plain: vec![0; 2 * PLAIN_PAIRS].leak(),
    };
    writer.serve()
}

/// Nanoseconds of `CLOCK_MONOTONIC`, by the vDSO where there is one.
#[inline]
fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    (time.tv_sec as u64).wrapping_mul(1_000_000_000) + time.tv_nsec as u64
}

/// The region: VMAs of equally many pages, an unmapped page between each two.
struct Region {
    base: *mut c_void,
    page_size: usize,
    vmas: usize,
    pages_per_vma: usize,
}

impl Region {
    fn map(mailbox: &Mailbox) -> Result<Self, Errno> {
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

struct Writer {
    mailbox: &'static Mailbox,
    region: Region,
    /// xorshift64* (Vigna 2016).
    random: u64,
    pause_ns: u64,
    /// Room for the times of a plain loop.
    plain: &'static mut [u64],
}

impl Writer {
    fn serve(&mut self) -> ! {
        let mut served = 0;
        loop {
            let request = futex::wait_while(&self.mailbox.request, served, None);
            if request == served {
                continue;
            }
            served = request;
            let command = Command::from_number(self.mailbox.command.load(Ordering::Relaxed));
            match command {
                Some(Command::Clock) => self.time_the_clock(),
                Some(Command::Plain) => self.plain(),
                Some(Command::Start | Command::Pause | Command::Work) | None => {}
            }
            futex::publish(&self.mailbox.reply, served);
            if command == Some(Command::Work) {
                while self.mailbox.request.load(Ordering::Relaxed) == served && self.pair() {}
            }
        }
    }

    /// A number below `most`.
    #[inline]
    fn random(&mut self, most: u64) -> u64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        let drawn = self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        (drawn * most) >> 32
    }

    #[inline]
    fn random_page(&mut self) -> *mut c_void {
        let pages = self.region.pages() as u64;
        let page = self.random(pages) as usize;
        self.region.address(page)
    }

    /// Unmaps a page and maps it again; whether both worked.
    #[inline]
    fn pair(&mut self) -> bool {
        let page = self.random_page();
        let begin = now();
        let unmapped = self.region.munmap(page);
        let end = now();
        if let Err(errno) = unmapped {
            return self.fail(Task::Munmap, errno);
        }
        self.mailbox.ring.put(Timed::Munmap.pack(end - begin));
        self.wait(end);
        let begin = now();
        let mapped = self.region.mmap(page, 1);
        let end = now();
        if let Err(errno) = mapped {
            return self.fail(Task::Mmap, errno);
        }
        self.mailbox.ring.put(Timed::Mmap.pack(end - begin));
        self.wait(end);
        true
    }

    #[cold]
    fn fail(&self, task: Task, errno: Errno) -> bool {
        self.mailbox.failure.set(task, errno.raw_os_error());
        false
    }

    /// Pauses for a random time, so that it does not fall into step with a
    /// reader. It spins: a sleep would make the next call pay for its wakeup.
    #[inline]
    fn wait(&mut self, since: u64) {
        let most = self.pause_ns;
        let until = since + self.random(most);
        while now() < until {
            std::hint::spin_loop();
        }
    }

    /// The loop that [`pair`](Self::pair) is compared with: nothing but the
    /// calls and the clock.
    fn plain(&mut self) {
        for i in 0..PLAIN_PAIRS {
            let page = self.random_page();
            let begin = now();
            let unmapped = self.region.munmap(page);
            let end = now();
            self.plain[2 * i] = Timed::Munmap.pack(end - begin);
            let begin = now();
            let mapped = self.region.mmap(page, 1);
            let end = now();
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
            let begin = now();
            let end = now();
            self.mailbox.ring.put(Timed::Clock.pack(end - begin));
        }
    }
}
