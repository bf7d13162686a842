//! Time that a hypervisor gave to others while a CPU of this machine had work to do.

use rustix::param::clock_ticks_per_second;
use rustix::thread::CpuSet;

use super::thread_schedule::cpus_of;

/// What was stolen of these CPUs since the start, of all together, in nanoseconds (field
/// `steal` of `/proc/stat`, counted in ticks, proc(5)); 0 where the kernel does not say.
pub(crate) fn stolen_ns(cpus: &CpuSet) -> u64 {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let tick_ns = 1_000_000_000 / clock_ticks_per_second().max(1);
    stolen_ticks(&text, cpus).saturating_mul(tick_ns)
}

/// The same of the CPUs that a thread may have: of one of them on average.
pub(crate) fn stolen_of_ns(thread: u32) -> u64 {
    let cpus = cpus_of(thread);
    cpus.map_or(0, |cpus| stolen_ns(&cpus) / u64::from(cpus.count().max(1)))
}

/// By hand, as `procfs` lists CPUs without their numbers, and some may be offline.
fn stolen_ticks(text: &str, cpus: &CpuSet) -> u64 {
    let stolen = |line: &str| {
        let mut words = line.strip_prefix("cpu")?.split(' ');
        // The first line, of all, has none.
        let cpu: usize = words.next()?.parse().ok()?;
        let is_of_them = cpu < CpuSet::MAX_CPU && cpus.is_set(cpu);
        words.nth(7)?.parse::<u64>().ok().filter(|_| is_of_them)
    };
    text.lines().filter_map(stolen).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stolen_is_that_of_the_cpus_asked_for() {
        let text = "cpu  556905 2 146861 101505 919 0 438 331 0 0\n\
                    cpu0 285627 1 67042 50107 211 0 117 131 0 0\n\
                    cpu2 271278 0 79819 51398 707 0 321 200 0 0\n\
                    intr 1 2 3 4 5 6 7 8 9\nctxt 5\n";
        let of = |wanted: &[usize]| {
            let mut cpus = CpuSet::new();
            wanted.iter().for_each(|cpu| cpus.set(*cpu));
            stolen_ticks(text, &cpus)
        };
        assert_eq!(
            [of(&[0]), of(&[2]), of(&[0, 2]), of(&[1])],
            [131, 200, 331, 0]
        );
        assert_eq!(stolen_ticks("cpu0 1 2\ncpu0\n", &CpuSet::new()), 0);
    }
}
