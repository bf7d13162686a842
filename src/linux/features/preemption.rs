//! Whether the kernel preempts itself, which decides what a [schedule] finds: a
//! writer that wakes up on the reader's CPU gets it in the middle of a line only
//! where the kernel does.
//!
//! [schedule]: crate::setup::schedule

use std::fmt;
use std::io::ErrorKind;

use super::config::Configuration;
use crate::linux::mount_apart::{mount_apart, read_apart};

/// How a kernel that is not asked to preempts itself (`sched_dynamic_mode()` and
/// `preempt_modes`, kernel/sched/core.c).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreemptionModel {
    /// On return to user space only.
    None,
    /// Where it may sleep anyway, too.
    Voluntary,
    /// Anywhere, at once for real-time tasks, at the next tick for others.
    Lazy,
    /// Anywhere, at once.
    Full,
    /// Anywhere; even spinlocks are preempted (CONFIG_PREEMPT_RT).
    RealTime,
}

impl PreemptionModel {
    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "none" => Self::None,
            "voluntary" => Self::Voluntary,
            "lazy" => Self::Lazy,
            "full" => Self::Full,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Voluntary => "voluntary",
            Self::Lazy => "lazy",
            Self::Full => "full",
            Self::RealTime => "real-time",
        }
    }
}

/// The preemption model of a kernel, as far as it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preemption {
    /// None where nothing says.
    pub model: Option<PreemptionModel>,
    /// Where that is known from, or why it is not.
    why: String,
}

impl Preemption {
    pub(crate) fn unknown() -> Self {
        Preemption {
            model: None,
            why: "nothing says it".into(),
        }
    }

    /// Looks at the running kernel: its debugfs, its command line, its
    /// configuration, its version.
    pub(super) fn detect(configuration: Option<&Configuration>) -> Self {
        let version = rustix::system::uname();
        let version = version.version().to_string_lossy().into_owned();
        let command_line = std::fs::read_to_string("/proc/cmdline").unwrap_or_default();
        let debugfs = from_debugfs();
        find(&version, debugfs.as_deref(), &command_line, |option| {
            configuration.map(|options| (options.is_set(option), &*options.file))
        })
    }

    /// Whether a task that wakes up may interrupt another in the middle of a
    /// system call; none where nothing says.
    #[must_use]
    pub(crate) fn is_preemptible(&self) -> Option<bool> {
        let model = self.model?;
        Some(!matches!(
            model,
            PreemptionModel::None | PreemptionModel::Voluntary
        ))
    }
}

impl fmt::Display for Preemption {
    /// `lazy (from /sys/kernel/debug/sched/preempt)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model {
            Some(model) => write!(f, "{} ({})", model.name(), self.why),
            None => write!(f, "unknown: {}", self.why),
        }
    }
}

/// What the kernel says where it may be asked; mounted apart where nobody has
/// mounted it and this user may.
fn from_debugfs() -> Option<String> {
    match std::fs::read_to_string("/sys/kernel/debug/sched/preempt") {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            read_apart(&mount_apart("debugfs").ok()?, "sched/preempt").ok()
        }
        read => read.ok(),
    }
}

/// The model, by what is most certain: debugfs has the one in force in brackets.
fn find<'a>(
    version: &str,
    debugfs: Option<&str>,
    command_line: &str,
    option: impl Fn(&str) -> Option<(bool, &'a str)>,
) -> Preemption {
    let is = |model, why: &str| Preemption {
        model: Some(model),
        why: why.into(),
    };
    let words = || version.split_ascii_whitespace();
    if words().any(|word| word == "PREEMPT_RT") {
        return is(PreemptionModel::RealTime, "from its version");
    }
    let in_force = debugfs.and_then(|text| text.split_once('(')?.1.split_once(')'));
    if let Some(model) = in_force.and_then(|(word, _)| PreemptionModel::from_word(word)) {
        return is(model, "from /sys/kernel/debug/sched/preempt");
    }
    let is_dynamic = words().any(|word| word == "PREEMPT_DYNAMIC");
    let mut chosen = command_line
        .split_ascii_whitespace()
        .filter_map(|word| PreemptionModel::from_word(word.strip_prefix("preempt=")?));
    if let (true, Some(model)) = (is_dynamic, chosen.next_back()) {
        return is(model, "from /proc/cmdline");
    }
    let by_option = [
        ("CONFIG_PREEMPT_NONE", PreemptionModel::None),
        ("CONFIG_PREEMPT_VOLUNTARY", PreemptionModel::Voluntary),
        ("CONFIG_PREEMPT_LAZY", PreemptionModel::Lazy),
        ("CONFIG_PREEMPT", PreemptionModel::Full),
    ];
    for (name, model) in by_option {
        if let Some((true, file)) = option(name) {
            return is(model, &format!("{name}=y, from {file}"));
        }
    }
    if is_dynamic {
        let why = "it was chosen at boot (PREEMPT_DYNAMIC), root can read it in \
                   /sys/kernel/debug/sched/preempt";
        return Preemption {
            model: None,
            why: why.into(),
        };
    }
    if words().any(|word| word == "PREEMPT") {
        return is(PreemptionModel::Full, "from its version");
    }
    Preemption::unknown()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DYNAMIC: &str = "#1 SMP PREEMPT_DYNAMIC Debian 7.3.4-1~bpo13+1 (2026-11-15)";

    fn text(version: &str, debugfs: Option<&str>, command_line: &str, set: &[&str]) -> String {
        let file = "/boot/config";
        let option = |name: &str| (!set.is_empty()).then(|| (set.contains(&name), file));
        find(version, debugfs, command_line, option).to_string()
    }

    #[test]
    fn what_is_in_force_beats_what_was_configured() {
        let none: &[&str] = &[];
        let lazy = &["CONFIG_PREEMPT_DYNAMIC", "CONFIG_PREEMPT_LAZY"][..];
        let by_debugfs = text(DYNAMIC, Some("none (voluntary) full \n"), "", lazy);
        assert_eq!(
            by_debugfs,
            "voluntary (from /sys/kernel/debug/sched/preempt)"
        );
        let by_command_line = text(DYNAMIC, None, "quiet preempt=none preempt=full", lazy);
        assert_eq!(by_command_line, "full (from /proc/cmdline)");
        let by_option = text(DYNAMIC, None, "quiet", lazy);
        assert_eq!(by_option, "lazy (CONFIG_PREEMPT_LAZY=y, from /boot/config)");
        assert!(text(DYNAMIC, None, "quiet", none).starts_with("unknown: it was chosen at boot"));
        // Without PREEMPT_DYNAMIC the command line says nothing.
        let fixed = text("#1 SMP PREEMPT", None, "preempt=none", none);
        assert_eq!(fixed, "full (from its version)");
        let real_time = text("#1 SMP PREEMPT_RT x", Some("none (full)"), "", none);
        assert_eq!(real_time, "real-time (from its version)");
        assert_eq!(text("#1 SMP", None, "", none), "unknown: nothing says it");
        assert_eq!(
            text("#1 SMP", None, "", &["CONFIG_PREEMPT_NONE"]),
            "none (CONFIG_PREEMPT_NONE=y, from /boot/config)"
        );
    }

    #[test]
    fn only_some_models_interrupt_a_system_call() {
        let model = |word: &str| {
            let debugfs = format!("({word})");
            find(DYNAMIC, Some(&debugfs), "", |_| None).is_preemptible()
        };
        assert_eq!(model("none"), Some(false));
        assert_eq!(model("voluntary"), Some(false));
        assert_eq!(model("lazy"), Some(true));
        assert_eq!(model("full"), Some(true));
        assert_eq!(model("new"), None);
    }
}
