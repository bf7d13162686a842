use super::*;
use crate::oracle::site::{OperationInfo, SiteClock, SiteStates};

const BEFORE: &str = "10000000-10001000 r-xp 00000000 08:01 77                         /bin/x\n";
const SITE: &str = "20000000-20003000 rw-p 00000000 00:00 0 \n";

fn violations(text: &str) -> usize {
    judged(text).violations.len()
}

fn judged(text: &str) -> Verdict {
    let site = SiteStates {
        range: 0x2000_0000..0x2000_3000,
        operations: vec![OperationInfo {
            text: String::new(),
            ..OperationInfo::default()
        }],
        clock: SiteClock::default(),
    };
    let captures = [format!("{BEFORE}{SITE}").into_bytes()];
    let states = States::of_site(site, &captures).expect("states");
    let scan = ScanText::from_chunks([(text.as_bytes(), Window::ANY)], Window::ANY);
    let rule = Rule::LINE_END;
    TextJudge::new(Reader::Maps, rule)
        .judge(&states, &scan)
        .clone()
}

#[test]
fn a_renamed_or_deleted_file_is_no_foreign_line() {
    let deleted = BEFORE.replace("/bin/x", "/bin/x (deleted)");
    assert_eq!(violations(&format!("{BEFORE}{SITE}")), 0);
    assert_eq!(violations(&format!("{deleted}{SITE}")), 0);
    let other_inode = BEFORE.replace("77", "78");
    assert_eq!(violations(&format!("{other_inode}{SITE}")), 1);
}

/// That of the heap depends on `mm->brk`, which no lock of a VMA covers.
#[test]
fn a_name_of_another_moment_in_a_site_is_no_violation_and_not_coherent() {
    let heap = SITE.replace(" \n", "                         [heap]\n");
    for (text, is_coherent) in [
        (format!("{BEFORE}{SITE}"), true),
        (format!("{BEFORE}{heap}"), false),
        (format!("{}{SITE}", BEFORE.replace("/x", "/y")), true),
    ] {
        let verdict = judged(&text);
        assert_eq!(verdict.violations, [], "{text}");
        assert_eq!(verdict.coherent(), is_coherent, "{text}");
    }
}
