//! Folding: what changed is read beside the writers, and written in a moment.

use std::sync::Arc;

use qinda::model::{ConversationId, Day, ShopId};
use qinda::timing::rollup::Delta;

use super::apart::{self, Deltas, Figures, KeptDay};
use super::opening::{self, Noting, Opening};
use super::parts::{self, KeptPart};
use super::rebuilding::rebuild_day;
use super::standing::{self, Changed, Standing};
use crate::store::dialect::Conn;
use crate::store::lives::{self, Mark};
use crate::store::{Store, Stored, Work};

/// So many conversations are folded at once: the writer is held for a few milliseconds.
pub const FOLDED_AT_ONCE: usize = 200;

/// What is to be written.
struct Prepared {
    /// How far the counting came when it was prepared, with how far it comes.
    standing: Standing,
    opening: Option<Opening>,
    changed: Changed,
    figures: Figures,
    parts: Vec<KeptPart>,
    days: Vec<KeptDay>,
    marks: Vec<(ConversationId, Mark)>,
}

enum Preparing {
    /// The counting has not begun.
    NotBegun,
    /// Nothing changed.
    Nothing,
    /// A day whose parts are of no use.
    Broken(Day),
    /// It can be written.
    Done(Box<Prepared>),
}

/// Folds some of what changed. Says whether there may be more.
pub async fn fold(store: &Store, shop: ShopId) -> Stored<bool> {
    let prepared = {
        let mut snapshot = store.snapshot().await?;
        prepare(&mut snapshot, shop).await?
    };
    match prepared {
        Preparing::Nothing => Ok(false),
        Preparing::NotBegun => {
            store.write(shop, move |work| Box::pin(standing::begin(work, shop))).await?;
            Ok(true)
        }
        Preparing::Broken(day) => {
            tracing::warn!(%shop, %day, "counts did not fit the messages and are made again");
            rebuild_day(store, shop, day).await?;
            Ok(true)
        }
        Preparing::Done(prepared) => {
            let prepared = Arc::<Prepared>::from(prepared);
            let more = prepared.changed.more || prepared.standing.swept.is_some();
            let write = prepared.clone();
            let is_written =
                store.write(shop, move |work| Box::pin(async move { write_down(work, shop, &write).await })).await?;
            Ok(more || !is_written)
        }
    }
}

async fn prepare(conn: &mut Conn, shop: ShopId) -> Stored<Preparing> {
    let Some(mut standing) = standing::find(conn, shop).await? else { return Ok(Preparing::NotBegun) };
    let mut changed = standing::changed(conn, shop, FOLDED_AT_ONCE).await?;
    let was_swept = standing.swept.is_none();
    if let Some(swept) = standing.swept.take() {
        let room = FOLDED_AT_ONCE.saturating_sub(changed.conversations.len()).max(1);
        let uncounted = standing::uncounted(conn, shop, &swept, room).await?;
        standing.swept = uncounted.last().filter(|_| uncounted.len() == room).map(ToString::to_string);
        changed.conversations.extend(uncounted);
    }
    if was_swept && changed.is_nothing() {
        return Ok(Preparing::Nothing);
    }
    let opening = Opening::find(conn, shop).await?;
    let figures = Figures::find(conn, shop).await?;
    let deltas = apart::deltas(&standing, &figures);
    let Folded { delta, apart, marks } = folded(conn, shop, &changed, (opening.as_ref(), &figures), deltas).await?;
    // By other hours than those of now nothing goes on.
    let is_opening = standing.is_opening(opening::number_of(opening.as_ref()));
    let going_on = Standing { opening: standing.opening.filter(|_| is_opening), ..standing.clone() };
    let parts = parts::changed(conn, shop, &delta, &going_on).await?;
    let days = apart::changed(conn, shop, &apart, &standing).await?;
    Ok(match parts.and_then(|parts| Ok((parts, days?))) {
        Ok((parts, days)) => {
            Preparing::Done(Box::new(Prepared { standing, opening, changed, figures, parts, days, marks }))
        }
        Err(day) => Preparing::Broken(day),
    })
}

/// What is counted otherwise once some conversations are folded.
pub struct Folded {
    pub delta: Delta,
    /// In what figures with rules of their own differ then.
    pub apart: Deltas,
    /// How far each conversation is counted then.
    pub marks: Vec<(ConversationId, Mark)>,
}

/// What is counted otherwise once these conversations are folded.
pub async fn folded(
    conn: &mut Conn,
    shop: ShopId,
    changed: &Changed,
    (opening, figures): (Option<&Opening>, &Figures),
    mut apart: Deltas,
) -> Stored<Folded> {
    let (mut delta, mut marks) = (Delta::default(), Vec::new());
    let (mut noting, mut noting_apart) = (Noting::by(opening), apart::Noting::by(figures));
    for id in &changed.conversations {
        let Some(recorded) = lives::recorded(conn, shop, *id).await? else { continue };
        if recorded.counted == recorded.stands {
            continue;
        }
        let (before, after) = (recorded.up_to(recorded.counted), recorded.up_to(recorded.stands));
        delta.take_back(&noting.noted(&before));
        delta.add(&noting.noted(&after));
        noting_apart.take_back(&before, &mut apart);
        noting_apart.add(&after, &mut apart);
        marks.push((*id, recorded.stands));
    }
    Ok(Folded { delta, apart, marks })
}

/// Writes what was prepared, unless somebody was quicker: a job for [`Store::write`].
async fn write_down(work: &mut Work, shop: ShopId, prepared: &Prepared) -> Stored<bool> {
    let Prepared { standing, opening, changed, figures, parts, days, marks } = prepared;
    let conn = work.conn();
    if !standing::take_turn(conn, shop, standing).await? {
        return Ok(false);
    }
    opening::held(conn, shop, standing.clone(), opening.as_ref()).await?;
    apart::held(conn, shop, standing, figures).await?;
    parts::put(conn, shop, parts).await?;
    apart::put(conn, shop, days).await?;
    for (conversation, mark) in marks {
        standing::count(conn, shop, *conversation, *mark).await?;
    }
    standing::fold(conn, shop, changed).await?;
    Ok(true)
}
