//! What this kernel does: the outcome of `vmascope kernel`, and the same as
//! text.

use super::page::{Page, TERMINAL, at_spaces};
use super::style::{BAD, BOLD, GOOD};
use crate::linux::survey::{KernelSurvey, QuerySurvey, SurveyedHole, SurveyedReader};
use crate::text::number::grouped;

pub(crate) fn survey_text(survey: &KernelSurvey) -> String {
    let mut page = Page::default();
    let mut line = |indent: usize, line: &str| {
        let indent = " ".repeat(indent);
        let options = at_spaces(TERMINAL)
            .initial_indent(&indent)
            .subsequent_indent(&indent);
        page.lines(line, options);
    };
    line(0, &format!("{BOLD}{}{BOLD:#}", survey.kernel));
    line(0, &survey.per_vma_lock);
    line(0, &format!("Preemption: {}", survey.preemption));
    for reader in &survey.readers {
        line(0, "");
        line(0, &heading(reader));
        line(
            4,
            &format!(
                "by version: {}: {}",
                reader.by_version, reader.by_version_why
            ),
        );
        if !reader.seen.is_empty() {
            line(4, &format!("seen here:  {}", reader.seen.join("; ")));
        }
        let agreement = match reader.agrees {
            _ if !reader.available => "not on this kernel".into(),
            None => "nothing was seen here that confirms it".into(),
            Some(true) => {
                let unseen = match (&reader.granularity_seen, &reader.position_seen) {
                    (None, _) => "; what it holds still was not seen",
                    (_, None) if reader.reader != "query" => "; where it resumes was not seen",
                    _ => "",
                };
                format!("{GOOD}✓ version and evidence agree{GOOD:#}{unseen}")
            }
            Some(false) => format!(
                "{BAD}✗ version and evidence DISAGREE: {} says the version, {} was seen; \
                 evidence wins in --rule auto{BAD:#}",
                reader.by_version, reader.rule
            ),
        };
        line(4, &agreement);
    }
    line(0, "");
    line(
        0,
        &format!("{BOLD}others, which print no addresses to judge{BOLD:#}"),
    );
    for other in &survey.others {
        let locks = match (&other.problem, other.locks_per_chunk) {
            (Some(problem), _) => problem.clone(),
            (None, Some(locks)) if locks < 0.5 => "no mmap_lock while nothing moves".into(),
            (None, Some(_)) => "holds mmap_lock for each chunk".into(),
            (None, None) => "its locks could not be counted".into(),
        };
        line(4, &format!("{}: {locks}", other.reader));
    }
    line(0, "");
    line(0, &format!("{BOLD}holes{BOLD:#}"));
    for hole in &survey.holes {
        line(4, &hole_text(hole));
    }
    line(0, "");
    line(0, &format!("{BOLD}PROCMAP_QUERY{BOLD:#}"));
    for fact in query_text(&survey.procmap_query) {
        line(4, &fact);
    }
    line(0, "");
    line(0, &format!("{BOLD}limits and rights{BOLD:#}"));
    for fact in limits_text(survey) {
        line(4, &fact);
    }
    page.text
}

fn heading(reader: &SurveyedReader) -> String {
    let name = match reader.reader.as_str() {
        "query" => "PROCMAP_QUERY",
        name => name,
    };
    if reader.available {
        format!("{BOLD}{name}{BOLD:#}: {}", reader.rule_words)
    } else {
        format!("{BOLD}{name}{BOLD:#}")
    }
}

fn hole_text(hole: &SurveyedHole) -> String {
    let SurveyedHole {
        label,
        name,
        scenario,
        reader,
        ..
    } = hole;
    let what = format!("{label}, {name}");
    if let Some(problem) = &hole.problem {
        return format!("- {what}: not looked for: {problem}");
    }
    let scans = grouped(hole.scans);
    let others = match hole.others {
        0 => String::new(),
        others => format!(
            "; and {} violations without that label: run `vmascope check --scenario {scenario}`",
            grouped(others)
        ),
    };
    match hole.seen {
        // No tick: what is rare is mostly not seen.
        0 => format!(
            "· {what}: not seen in {scans} scans of {reader} ({scenario}); fewer than {:.0e} a scan \
             (95 %){others}",
            3.0 / (hole.scans.max(1)) as f64
        ),
        seen => format!(
            "{BAD}✗ {what}: seen {} times in {scans} scans of {reader} ({scenario}){others}{BAD:#}",
            grouped(seen)
        ),
    }
}

fn query_text(query: &QuerySurvey) -> Vec<String> {
    if !query.available {
        return vec!["not on this kernel: it came with Linux 6.11".into()];
    }
    let mut facts = vec!["answers on an open maps".to_owned()];
    let mut add = |fact: Option<bool>, yes: &str, no: &str| {
        facts.extend(fact.map(|is| if is { yes } else { no }.to_owned()));
    };
    add(
        query.on_smaps,
        "answers on smaps too",
        "only there: ENOTTY on smaps",
    );
    add(
        query.finds_gate,
        "finds [vsyscall]",
        "does not find [vsyscall], which maps prints: one VMA fewer than lines",
    );
    add(
        query.build_id,
        "gives build IDs",
        "gave no build ID of this program, which may have none",
    );
    add(
        query.refuses_long_names,
        "refuses names that have too little room",
        "cuts names that have too little room",
    );
    facts
}

fn limits_text(survey: &KernelSurvey) -> Vec<String> {
    let limits = &survey.limits;
    let number = |value: Option<u64>| value.map_or("unknown".into(), |value| value.to_string());
    let scope = match limits.ptrace_scope {
        None => "no Yama: processes of the same user may be read".to_owned(),
        Some(0) => "kernel.yama.ptrace_scope 0: processes of the same user may be read".to_owned(),
        Some(scope) => {
            format!("kernel.yama.ptrace_scope {scope}: without CAP_SYS_PTRACE only own children")
        }
    };
    let rights = survey.rights;
    let has = |it: bool, name: &'static str| it.then_some(name);
    let names: Vec<&str> = [
        has(rights.root, "root"),
        has(rights.cap_sys_ptrace, "CAP_SYS_PTRACE"),
        has(rights.cap_perfmon, "CAP_PERFMON"),
        has(rights.cap_sys_admin, "CAP_SYS_ADMIN"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut facts = vec![
        format!(
            "page size {} bytes; vm.max_map_count {}; vm.mmap_min_addr {}",
            limits.page_size,
            number(limits.max_map_count),
            number(limits.mmap_min_addr)
        ),
        scope,
        format!(
            "kernel.perf_event_paranoid {}",
            limits
                .perf_event_paranoid
                .map_or("unknown".into(), |level| level.to_string())
        ),
        format!(
            "this process: {}",
            if names.is_empty() {
                "no special rights".into()
            } else {
                names.join(", ")
            }
        ),
    ];
    facts.push(match &survey.no_evidence {
        Some(missing) => missing.clone(),
        None => "locks can be counted (mmap_lock tracepoints)".into(),
    });
    facts.push(match &survey.no_calls {
        Some(why) => format!("a target's system calls cannot be seen: {why}"),
        None => "a target's system calls can be seen (raw_syscalls tracepoints)".into(),
    });
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::rights::Rights;
    use crate::linux::survey::Limits;

    fn reader(agrees: Option<bool>, rule: &str) -> SurveyedReader {
        SurveyedReader {
            reader: "maps".into(),
            available: true,
            by_version: "line-end".into(),
            by_version_why: "Linux 6.18".into(),
            granularity_seen: Some("line".into()),
            position_seen: None,
            seen: vec!["no mmap_lock was taken".into()],
            agrees,
            rule: rule.into(),
            rule_words: "locks one VMA at a time".into(),
        }
    }

    fn survey(reader: SurveyedReader) -> KernelSurvey {
        let hole = |seen, problem: Option<&str>| SurveyedHole {
            label: "H1",
            name: "the empty tree",
            scenario: "replace".into(),
            reader: "maps".into(),
            scans: 3000,
            seen,
            others: 0,
            problem: problem.map(Into::into),
        };
        KernelSurvey {
            preemption: "lazy (from /sys/kernel/debug/sched/preempt)".into(),
            version: "1".into(),
            kernel: "Linux 6.18".into(),
            per_vma_lock: "CONFIG_PER_VMA_LOCK=y".into(),
            readers: vec![reader],
            others: Vec::new(),
            holes: vec![hole(7, None), hole(0, None), hole(0, Some("skipped"))],
            procmap_query: QuerySurvey {
                available: true,
                on_smaps: Some(false),
                finds_gate: None,
                refuses_long_names: Some(true),
                build_id: Some(true),
            },
            limits: Limits {
                page_size: 4096,
                max_map_count: Some(65530),
                mmap_min_addr: None,
                ptrace_scope: Some(1),
                perf_event_paranoid: Some(2),
            },
            rights: Rights {
                root: false,
                cap_sys_ptrace: false,
                cap_sys_admin: false,
                cap_perfmon: false,
            },
            no_evidence: Some("no lock evidence: tracefs is not mounted".into()),
            no_calls: None,
        }
    }

    fn plain(survey: &KernelSurvey) -> String {
        anstream::adapter::strip_str(&survey_text(survey)).to_string()
    }

    #[test]
    fn the_whole_survey() {
        insta::assert_snapshot!("survey", plain(&survey(reader(Some(true), "line-end"))));
    }

    #[test]
    fn a_disagreement_is_not_hidden() {
        let text = plain(&survey(reader(Some(false), "chunk-end")));
        assert!(text.contains("DISAGREE"), "{text}");
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").contains("chunk-end was seen"), "{text}");
        let text = plain(&survey(reader(None, "line-end")));
        assert!(text.contains("nothing was seen here"), "{text}");
    }
}
