//! Whether this is a virtual machine, and of what kind.

use std::fs;

use crate::text::sanitise::sanitise;

/// In a line: what the CPU and the firmware say.
pub(crate) fn virtualisation() -> String {
    let read = |path: &str| fs::read(path).unwrap_or_default();
    describe(
        &read("/proc/cpuinfo"),
        &read("/sys/hypervisor/type"),
        &[
            read("/sys/class/dmi/id/sys_vendor"),
            read("/sys/class/dmi/id/product_name"),
        ],
    )
}

fn describe(cpuinfo: &[u8], hypervisor: &[u8], firmware: &[Vec<u8>]) -> String {
    // The CPU of an x86 guest says so in its flags.
    let mut words = cpuinfo.split(u8::is_ascii_whitespace);
    let is_guest = words.any(|word| word == b"hypervisor") || !hypervisor.is_empty();
    let names = std::iter::once(hypervisor).chain(firmware.iter().map(Vec::as_slice));
    let names: Vec<_> = names
        .map(|name| sanitise(name.trim_ascii()))
        .filter(|name| !name.is_empty())
        .collect();
    let what = match is_guest {
        true => "virtual machine",
        false => "no hypervisor that the CPU tells of",
    };
    match names.is_empty() {
        true => what.into(),
        false => format!("{what} ({})", names.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cpu_and_firmware_say_is_one_line() {
        let firmware = [b"QEMU\n".to_vec(), b"Standard PC\x1b[1m\n".to_vec()];
        let guest = describe(b"flags\t: fpu hypervisor lahf_lm\n", b"", &firmware);
        assert!(
            guest.starts_with("virtual machine (QEMU Standard PC"),
            "{guest}"
        );
        assert!(!guest.chars().any(char::is_control), "{guest:?}");
        let bare = describe(b"flags\t: fpu\n", b"", &[]);
        assert_eq!(bare, "no hypervisor that the CPU tells of");
        assert_eq!(describe(b"", b"xen\n", &[]), "virtual machine (xen)");
    }
}
