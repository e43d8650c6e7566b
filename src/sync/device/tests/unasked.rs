//! Pages of the live channel, which come late, twice, out of order and beside pulls.

use super::*;
use crate::model::Roles;
use crate::sync::{Asked, LivePage};

const TEAM: &str = "day";

fn inbox() -> Scope {
    Scope::Inbox(TeamId::of_name(TEAM))
}

/// A page of the server: the knowledge moved from one number to another, and the inbox is where it was.
fn told(device: &Device, from: u64, to: u64, through: u64) -> LivePage {
    let at = |seq: u64| Cursor { generation: 1, seq };
    let asked = Asked {
        epoch: device.epoch(),
        cursors: [(KNOWLEDGE, at(from)), (inbox(), at(2))].into(),
        verdicts_after: device.replica().through().min(through),
    };
    let names: Vec<String> = (from + 1..=to).map(|seq| format!("article {seq}")).collect();
    let changes: Vec<Change> = names.iter().map(|name| article(name, 1)).collect();
    let knowledge = ScopePage { reset: false, ..page(KNOWLEDGE, from, &changes) };
    let still = ScopePage { reset: false, cursor: at(2), head: 2, ..page(inbox(), 2, &[]) };
    LivePage { asked, answer: answer(vec![knowledge, still], through) }
}

/// A device that has read the knowledge to 3 and the inbox to 2.
fn listening(contents: Contents) -> Device {
    Device::open(actor(), contents, disk(&[(KNOWLEDGE, 3), (inbox(), 2)]), [])
}

/// Takes a page as the desk does, if it can be taken.
fn hear(device: &mut Device, page: &LivePage) -> bool {
    let Some(request) = device.hear_unasked(page) else { return false };
    let kept = keep(device.progress(), Keeping::All, &request, &page.answer, 0);
    device.show(&request, &page.answer, Vec::new(), &kept, 0);
    device.settled(page.answer.through);
    true
}

fn read(device: &Device) -> u64 {
    device.progress().cursors[&KNOWLEDGE].seq
}

#[test]
fn a_page_that_follows_on_what_a_tab_has_is_as_good_as_a_pull() {
    let mut tab = listening(empty());
    let page = told(&tab, 3, 5, 0);
    let request = tab.hear_unasked(&page).unwrap();
    assert_eq!(
        (request.cursors, request.device, request.epoch),
        (tab.pull_request().cursors, tab.counter().device, tab.epoch())
    );
    assert!(hear(&mut tab, &page));
    assert_eq!((read(&tab), tab.replica().articles().count()), (5, 2));
    assert!(!tab.is_behind(&page.heads()));
}

#[test]
fn out_of_order_a_page_waits_for_a_pull_and_an_old_one_changes_nothing() {
    let mut tab = listening(empty());
    let (first, second) = (told(&tab, 3, 5, 0), told(&tab, 5, 6, 0));
    assert!(!hear(&mut tab, &second), "what lies between is missing");
    assert!(tab.is_behind(&second.heads()), "so it pulls");
    assert!(hear(&mut tab, &first) && hear(&mut tab, &second));
    assert!(!hear(&mut tab, &first) && !tab.is_behind(&second.heads()), "it came late");
    // The last one twice says the same twice.
    hear(&mut tab, &second);
    assert_eq!((read(&tab), tab.replica().articles().count()), (6, 3));
}

#[test]
fn a_page_that_began_before_ones_own_pull_and_ends_behind_it_is_taken() {
    let mut tab = listening(empty());
    let pulled = told(&tab, 3, 4, 0);
    assert!(hear(&mut tab, &pulled), "as by a pull");
    let page = told(&tab, 3, 6, 0);
    assert!(hear(&mut tab, &page), "so both are in step again");
    assert_eq!((read(&tab), tab.replica().articles().count()), (6, 3));
}

#[test]
fn a_verdict_comes_with_its_page_and_never_from_an_older_one() {
    let mut tab = listening(queued(&[put("a"), put("b")]));
    let (one, both) = (told(&tab, 3, 4, 1), told(&tab, 4, 5, 2));
    let before = told(&tab, 3, 3, 0);
    assert!(hear(&mut tab, &one));
    assert_eq!((tab.replica().through(), tab.replica().pending().len()), (1, 1));
    assert!(!hear(&mut tab, &before), "it knows of fewer verdicts");
    let early = LivePage { asked: Asked { verdicts_after: 2, ..both.asked.clone() }, ..both.clone() };
    assert!(!hear(&mut tab, &early), "a verdict between would never come");
    assert!(hear(&mut tab, &both));
    assert!(tab.replica().pending().is_empty() && tab.queue().is_empty());
}

#[test]
fn what_does_not_merely_go_on_is_left_to_a_pull() {
    let tab = listening(queued(&[put("a")]));
    let taken = |change: &dyn Fn(&mut LivePage)| {
        let mut page = told(&tab, 3, 5, 0);
        change(&mut page);
        tab.hear_unasked(&page).is_some()
    };
    assert!(taken(&|_| {}));
    assert!(!taken(&|page| page.asked.epoch = EpochId::of_name("another")));
    assert!(!taken(&|page| page.answer.backend = BackendId::of_name("restored")));
    assert!(!taken(&|page| page.answer.actor.roles = Roles::parse("agent")));
    assert!(!taken(&|page| page.answer.more = true));
    assert!(!taken(&|page| page.answer.scopes[0].reset = true));
    assert!(!taken(&|page| drop(page.answer.scopes.pop())), "a scope that is the member's no more");
    assert!(!taken(&|page| {
        page.answer.scopes.pop();
        page.asked.cursors.remove(&inbox());
    }));
    assert!(!taken(&|page| page.answer.scopes[0].cursor.generation = 2));
    assert!(!taken(&|page| page.asked.cursors.values_mut().for_each(|cursor| cursor.generation = 2)));
}

#[test]
fn a_tab_with_a_gap_takes_no_page() {
    let mut tab = listening(empty());
    let gap = Gap { above: 0, up_to: 2, rows: 2, holds: false };
    tab.progress.stand(KNOWLEDGE, Standing::new(Cursor { generation: 1, seq: 3 }, Some(gap)));
    let page = told(&tab, 3, 5, 0);
    assert!(tab.hear_unasked(&page).is_none());
    assert!(Asked::of(&tab.pull_request()).is_none(), "nor does it ask for pages");
}
