//! The wait between two exchanges, in which pages of the live channel are taken.

use futures::channel::mpsc::UnboundedReceiver;
use futures::future::{Either, select};
use futures::{FutureExt, StreamExt, pin_mut};
use gloo_timers::future::TimeoutFuture;

use super::unasked::Awaited;
use super::{Desk, LOOK_MILLIS, Wake};

/// Waits until woken or the time is up, and takes the pages that come meanwhile; several wakes count as one. Once the
/// awaited verdicts are there, there is no hurry any more.
pub(super) async fn rest(
    desk: Desk,
    wakes: &mut UnboundedReceiver<Wake>,
    millis: u32,
    awaited: &mut Option<Awaited>,
) -> Option<Wake> {
    let timer = TimeoutFuture::new(millis).fuse();
    pin_mut!(timer);
    let mut woken = loop {
        match select(wakes.next(), &mut timer).await {
            Either::Left((Some(wake), _)) => {
                let reason = desk.reason_of(wake).await;
                if reason.is_some() {
                    break reason;
                }
                if awaited.is_some_and(|awaited| desk.has_come(awaited)) {
                    *awaited = None;
                    timer.set(TimeoutFuture::new(LOOK_MILLIS).fuse());
                }
            }
            Either::Left((None, _)) | Either::Right(_) => break None,
        }
    };
    while let Ok(wake) = wakes.try_recv() {
        let reason = desk.reason_of(wake).await;
        if weight(reason.as_ref()) > weight(woken.as_ref()) {
            woken = reason;
        }
    }
    woken
}

/// A lost channel outweighs news, and news a look, which may leave the fetching to the channel.
const fn weight(wake: Option<&Wake>) -> u8 {
    match wake {
        None => 0,
        Some(Wake::Look) => 1,
        Some(Wake::Moved(_) | Wake::Page(_) | Wake::Beat(_)) => 2,
        Some(Wake::Lost) => 3,
    }
}
