use super::super::random::below;
use super::*;
use vmascope::internals::algorithms::Random;

fn identities(space: &AddressSpace) -> Vec<u64> {
    space.vmas().iter().map(|vma| vma.identity).collect()
}

fn strip(space: &AddressSpace) -> String {
    let mut text = vec![b'.'; space.page_count as usize];
    for vma in space.vmas() {
        text[vma.start as usize..vma.end as usize].fill(vma.letter);
    }
    String::from_utf8(text).unwrap()
}

#[test]
fn pages_and_vmas_agree_however_pages_are_set() {
    let mut random = Random::new(3);
    let mut pages = b"-wwwrrrxxx-".to_vec();
    let mut space = AddressSpace::new(0, &pages);
    for _ in 0..20_000 {
        let start = 1 + below(&mut random, 9) as u32;
        let end = start + 1 + below(&mut random, 10 - u64::from(start)) as u32;
        let letter = b"rwx."[below(&mut random, 4) as usize];
        pages[start as usize..end as usize].fill(letter);
        if below(&mut random, 2) == 0 {
            space.set(&(start..end), letter);
        } else {
            space.replace(&(start..end), letter);
        }
        assert_eq!(strip(&space).as_bytes(), pages);
        for pair in space.vmas().windows(2) {
            assert!(pair[0].end <= pair[1].start);
            assert!(pair[0].end < pair[1].start || pair[0].letter != pair[1].letter);
        }
        let mut seen = identities(&space);
        seen.extend(&space.freed);
        seen.sort_unstable();
        assert!(seen.is_sorted_by(|a, b| a < b), "an identity is used twice");
    }
}

#[test]
fn merges_extend_in_place_and_splits_put_the_new_vma_below() {
    let mut space = AddressSpace::new(0, b"-wwwrrr-");
    assert_eq!(identities(&space), [1, 2, 3, 4]);
    space.set(&(4..5), b'w');
    assert_eq!(identities(&space), [1, 2, 3, 4], "the border moves up");
    space.set(&(4..7), b'w');
    assert_eq!(identities(&space), [1, 2, 4], "the VMA before takes all");
    space.set(&(6..7), b'r');
    assert_eq!(identities(&space), [1, 3, 2, 4], "3 is reused, below");
}

#[test]
fn what_is_mapped_over_is_detached() {
    let mut space = AddressSpace::new(0, b"-www-");
    space.replace(&(1..2), b'r');
    assert_eq!(identities(&space), [1, 5, 4, 3], "2 was unmapped");
    space.replace(&(1..2), b'w');
    assert_eq!(identities(&space), [1, 4, 3], "the VMA behind is extended");
}

#[test]
fn a_writer_waits_for_the_vma_that_is_read_locked() {
    let mut space = AddressSpace::new(0, b"-wr-");
    space.move_sequence();
    assert!(!space.write_lock_affected(&(1..3), b'x', Some(3)));
    let locked = |space: &AddressSpace| -> Vec<bool> {
        let vmas = space.vmas().iter();
        vmas.map(|vma| space.is_write_locked(vma)).collect()
    };
    assert_eq!(locked(&space), [false, true, false, false]);
    assert!(space.write_lock_affected(&(1..3), b'x', None));
    assert_eq!(locked(&space), [false, true, true, false]);
    space.move_sequence();
    assert_eq!(locked(&space), [false; 4]);
}

#[test]
fn an_iterator_steps_by_slot_until_another_node_takes_their_place() {
    let mut space = AddressSpace::new(0, b"-wwwrrr-");
    let found = space.ending_above(1).unwrap();
    let iterator = space.iterator_at(&found);
    let starts_at = |space: &AddressSpace| space.behind(iterator).map(|vma| vma.start);
    space.set(&(3..4), b'r');
    assert_eq!(starts_at(&space), Some(3), "the border moved in place");
    space.set(&(3..4), b'w');
    assert_eq!(starts_at(&space), Some(4));
    space.set(&(1..2), b'x');
    assert_eq!(starts_at(&space), Some(4), "past what has page 3");
    space.set(&(2..4), b'r');
    assert_eq!(starts_at(&space), Some(7), "past r 2-7");
    space.set(&(2..7), b'.');
    assert_eq!(starts_at(&space), Some(7));
}
