//! What one start leaves to the next, so that it need not be worked out or gathered again.

use std::rc::Rc;

use futures::channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;
use qinda::model::MemberId;

use super::Desk;
use crate::local::prepared::{Prepared, Stock};
use crate::local::updates;

/// So many articles are indexed at a start sooner than the whole index is kept anew.
const UNPREPARED_MAX: usize = 50;
/// With fewer articles the rows are read one by one as soon.
const PACKED_ARTICLES_MIN: usize = 500;

/// What was prepared for this start, and where the next is prepared.
#[derive(Default)]
pub(super) struct Ready {
    /// Where it lies.
    pub(super) prepared: Prepared,
    /// What was read there.
    pub(super) stock: Stock,
}

impl Ready {
    /// What was prepared for a member; it is read from now on, whether somebody waits for it yet or not.
    pub(super) fn coming(member: MemberId) -> impl Future<Output = Self> {
        let (tell, told) = oneshot::channel();
        spawn_local(async move {
            // Whoever is asked for a PIN first does not wait for it any more.
            let _ = tell.send(Self::of(member).await);
        });
        async { told.await.unwrap_or_default() }
    }

    async fn of(member: MemberId) -> Self {
        let build = updates::build();
        let (prepared, early) = futures::join!(Prepared::open(member, &build), Prepared::read_early(member, &build));
        let stock = match early {
            Some(stock) => stock,
            None => prepared.stock().await,
        };
        Self { prepared, stock }
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
