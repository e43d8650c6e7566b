//! Deleting everything that this device holds of a member: after a sign-out, and when the device was cut off. How the desk
//! shall look stays, and so do the program's own files.

use futures::future::{Either, join_all, select};
use futures::pin_mut;
use gloo_storage::{LocalStorage, Storage};
use gloo_timers::future::TimeoutFuture;
use qinda::model::MemberId;

use super::confirmed::Confirmed;
use super::outbox::Outbox;
use super::pictures::Pictures;
use super::prepared::Prepared;
use super::storage::StorageError;
use super::vault::Vault;
use super::{lease, prefs};

const OWED: &str = "qinda.wipe-owed";
/// A tab that is frozen does not let go of a database. After this long the page goes on, and the next start tries again.
const WAIT_MILLIS: u32 = 4_000;

/// Deletes everything of a member. Who was signed in is forgotten first, so that nothing is opened again that could not be
/// deleted yet; other tabs hear of that and go, too. What other members did not send stays.
pub(crate) async fn everything_of(member: MemberId) {
    let mut owed = owed();
    if !owed.contains(&member) {
        owed.push(member);
    }
    let _ = LocalStorage::set(OWED, &owed);
    prefs::forget_session();
    lease::forget();
    finish_owed().await;
}

/// Finishes what was begun before the page was closed, or while another tab did not let go.
pub(crate) async fn finish_owed() {
    let owed = owed();
    if owed.is_empty() {
        return;
    }
    let all = join_all(owed.iter().map(|member| delete(*member)));
    let timer = TimeoutFuture::new(WAIT_MILLIS);
    pin_mut!(all, timer);
    if let Either::Left((results, _)) = select(all, timer).await
        && results.iter().all(Result::is_ok)
    {
        LocalStorage::delete(OWED);
    }
}

/// Whose data still has to go.
fn owed() -> Vec<MemberId> {
    LocalStorage::get(OWED).unwrap_or_default()
}

/// The keys go first: without them the rest is nothing, should it not go.
async fn delete(member: MemberId) -> Result<(), StorageError> {
    let keys = Vault::delete(member).await;
    let (confirmed, outbox, pictures, prepared) = futures::join!(
        Confirmed::delete(member),
        Outbox::delete(member),
        Pictures::delete(member),
        Prepared::delete(member),
    );
    keys.and(confirmed).and(outbox).and(pictures).and(prepared)
}
