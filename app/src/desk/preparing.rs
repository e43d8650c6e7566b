//! What one start leaves to the next, so that it need not be worked out or gathered again.

use std::rc::Rc;

use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use qinda::answers::Index;
use qinda::model::MemberId;

use super::Desk;
use crate::local::early::{Early, EarlyRows};
use crate::local::prepared::{PackedChanges, Prepared};
use crate::local::updates;

/// So many articles are indexed at a start sooner than the whole index is kept anew.
const UNPREPARED_MAX: usize = 50;
/// With fewer articles the rows are read one by one as soon.
const PACKED_ARTICLES_MIN: usize = 500;

/// What is ready for this start before anything is opened with the key, and where the next is prepared.
#[derive(Default)]
pub(super) struct Ready {
    /// Where it is prepared.
    pub(super) prepared: Prepared,
    /// The index as an earlier start left it.
    pub(super) index: Option<Index>,
    /// The knowledge as an earlier start packed it.
    pub(super) rows: Option<PackedChanges>,
}

impl Ready {
    /// What is ready for a member; it is read from now on, whether somebody waits for it yet or not. The rows that the boot
    /// script reads follow.
    pub(super) fn coming(member: MemberId) -> (impl Future<Output = Self>, impl Future<Output = Option<EarlyRows>>) {
        let early = Rc::new(Early::take(member, &updates::build()));
        let kept = Rc::clone(&early);
        let (tell, told) = oneshot::channel();
        spawn_local(async move {
            // Whoever is asked for a PIN first does not wait for it any more.
            let _ = tell.send(Self::of(member, early.as_ref().as_ref()).await);
        });
        let kept = async move { kept.as_ref().as_ref()?.kept().await };
        (async { told.await.unwrap_or_default() }, kept)
    }

    async fn of(member: MemberId, early: Option<&Early>) -> Self {
        let build = updates::build();
        let read = async { early?.prepared().await };
        let (prepared, read) = futures::join!(Prepared::open(member, &build), read);
        let mut stock = match read {
            Some(stock) => stock,
            None => prepared.stock().await,
        };
        let index = stock.index();
        // What opens meanwhile gets its turn.
        TimeoutFuture::new(0).await;
        Self { prepared, index, rows: stock.rows() }
    }
}

/// Prepares what is due once everything that the server has is here.
pub(super) async fn prepare(desk: Desk) {
    if desk.behind.get_untracked() > 0 || desk.storage_trouble.get_untracked().is_some() {
        return;
    }
    let ready = desk.change(|at_desk| {
        if !at_desk.index_ready {
            return None;
        }
        let index = (at_desk.unprepared >= UNPREPARED_MAX).then(|| {
            at_desk.unprepared = 0;
            at_desk.index.packed()
        });
        let is_large = at_desk.device.replica().articles().nth(PACKED_ARTICLES_MIN - 1).is_some();
        let confirmed = is_large.then(|| Rc::clone(&at_desk.confirmed));
        Some((Rc::clone(&at_desk.prepared), index, confirmed))
    });
    let Some((prepared, index, confirmed)) = ready.flatten() else { return };
    if let Some(index) = index {
        prepared.keep_index(index).await;
    }
    if let Some(confirmed) = confirmed {
        confirmed.pack_when_due(&prepared).await;
    }
}
