//! What is left on a device once its member left it, and for how long it may show what it holds.

use qinda::sync::{LEASE_SECONDS, LeaseState, LeaseTold};

use super::*;
use crate::local::pictures::Pictures;
use crate::local::{lease, wipe};

#[wasm_bindgen_test]
async fn whoever_leaves_leaves_nothing_and_a_colleagues_work_stays() {
    let (member, colleague) = (somebody(), somebody());
    // They stay open, as in another tab.
    let confirmed = Confirmed::open(member, None).await;
    let (outbox, theirs) = (Outbox::open(member, None).await, Outbox::open(colleague, None).await);
    let pictures = Pictures::open(member, None).await;
    confirmed.keep(&asked(&[]), &answer(member, vec![page(Scope::Knowledge, true, &[article("甲")])]), 0).await;
    for outbox in [&outbox, &theirs] {
        outbox.enqueue(&[take("a")], &[], Micros(1), &[]).await.unwrap();
    }
    let picture = pictures.add(b"\x89PNG\r\n\x1a\n----".to_vec()).await.unwrap();
    let device = outbox.load().await.unwrap().contents.counter.device;

    wipe::everything_of(member).await;
    assert!(Confirmed::open(member, None).await.load().await.unwrap().1.is_empty());
    let again = Outbox::open(member, None).await.load().await.unwrap().contents;
    assert!(again.commands.is_empty());
    assert_ne!(again.counter.device, device, "it begins as a new device");
    assert_eq!(Pictures::open(member, None).await.get(picture).await, None);
    assert_eq!(numbers(&theirs).await, [1]);
}

#[wasm_bindgen_test]
fn a_lease_is_kept_and_forgotten() {
    lease::forget();
    assert_eq!(lease::noted(), LeaseState::Open(i64::MAX), "where no server ever gave one");
    let at = Micros(1_795_399_200_000_000);
    lease::heard(Some(LeaseTold::from(at)));
    assert!(matches!(lease::noted(), LeaseState::Open(left) if left > LEASE_SECONDS - 60 && left <= LEASE_SECONDS));
    lease::heard(Some(LeaseTold { at, until: at }));
    assert_eq!(lease::noted(), LeaseState::Over);
    lease::heard(None);
    assert_eq!(lease::noted(), LeaseState::Over, "an answer without a lease changes nothing");
    lease::forget();
}
