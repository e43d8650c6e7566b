//! Making the counts again from the messages.

use std::collections::BTreeSet;
use std::sync::Arc;

use qinda::model::{Day, Micros, ShopCard, ShopId};
use qinda::timing::Life;
use qinda::timing::rollup::{Across, Delta, PARTS, Part, SLOTS_PER_DAY, slot_begins, slot_of};

use super::apart::{self, Deltas, Figures, KeptDay};
use super::folding::FOLDED_AT_ONCE;
use super::opening::{self, Noting, Opening};
use super::parts::{self, KeptPart};
use super::standing::{self, Standing};
use super::{fold_all, mark, seal, unusable};
use crate::store::dialect::{Conn, query};
use crate::store::row::Columns;
use crate::store::{Store, StoreError, Stored, Work, lives};

/// How often a day is begun again because something was folded meanwhile.
const TRIES_MAX: usize = 50;

/// What came of making the counts again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// The days that were made again.
    pub days: u64,
    /// Those of them that were not what they should have been.
    pub differed: u64,
}

/// Makes all counts of a shop again, day by day. Answers stay right meanwhile, whatever is folded beside; it can be broken
/// off at any time, and be done twice at once.
///
/// # Errors
/// When the database refuses.
pub async fn rebuild(store: &Store, shop: &ShopCard) -> Stored<Rebuilt> {
    fold_all(store, shop.id).await?;
    fold_uncounted(store, shop.id).await?;
    while opening::keep_up_a_day(store, shop.id).await? {}
    while apart::keep_up_a_day(store, shop.id).await? {}
    let mut rebuilt = Rebuilt::default();
    let mut next = first_from(&mut *store.reader().await?, shop.id, None).await?;
    while let Some(day) = next {
        rebuilt.days += 1;
        rebuilt.differed += u64::from(rebuild_day(store, shop.id, day).await?);
        next = first_from(&mut *store.reader().await?, shop.id, Some(day.plus(1))).await?;
    }
    let shop_id = shop.id;
    store.write(shop_id, move |work| Box::pin(forget_sums(work, shop_id))).await?;
    seal(store, shop).await?;
    Ok(rebuilt)
}

/// Looks at every conversation once more, whether it is counted as it stands.
async fn fold_uncounted(store: &Store, shop: ShopId) -> Stored<()> {
    let mut after = String::new();
    loop {
        let uncounted = standing::uncounted(&mut *store.reader().await?, shop, &after, FOLDED_AT_ONCE).await?;
        let Some(last) = uncounted.last() else { return Ok(()) };
        after = last.to_string();
        store.write(shop, move |work| Box::pin(async move { mark(work.conn(), shop, &uncounted).await })).await?;
        fold_all(store, shop).await?;
    }
}

async fn forget_sums(work: &mut Work, shop: ShopId) -> Stored<()> {
    query("DELETE FROM figure_sums WHERE shop = $1").bind(shop.to_string()).execute(work.conn()).await?;
    Ok(())
}

/// The first day, from one on, on which something happened or is counted.
pub async fn first_from(conn: &mut Conn, shop: ShopId, day: Option<Day>) -> Stored<Option<Day>> {
    let begins = day.map_or(i64::MIN, |day| slot_begins(day, 0).0);
    let mut days = Vec::new();
    let messages = query("SELECT MIN(at) AS at FROM messages WHERE shop = $1 AND at >= $2");
    let happened = query("SELECT MIN(at) AS at FROM happened WHERE shop = $1 AND at >= $2");
    for first in [messages, happened] {
        let row = first.bind(shop.to_string()).bind(begins).fetch_one(conn).await?;
        days.extend(row.micros_or_none("at")?.map(|at| slot_of(at).0));
    }
    let row = query("SELECT MIN(day) AS day FROM figure_parts WHERE shop = $1 AND day >= $2")
        .bind(shop.to_string())
        .bind(day.map_or(i64::MIN, |day| day.0))
        .fetch_one(conn)
        .await?;
    days.extend(row.number_or_none("day")?.map(Day));
    Ok(days.into_iter().min())
}

/// Makes a day again from the messages, as far as conversations are counted. Says whether it was another one.
pub async fn rebuild_day(store: &Store, shop: ShopId, day: Day) -> Stored<bool> {
    for _ in 0..TRIES_MAX {
        let (standing, opening, differing) = {
            let mut snapshot = store.snapshot().await?;
            let Some(standing) = standing::find(&mut snapshot, shop).await? else { return Ok(false) };
            let opening = Opening::find(&mut snapshot, shop).await?;
            let is_opening = standing.is_opening(opening::number_of(opening.as_ref()));
            let has_opened = is_opening && standing.has_opened(day);
            let figures = Figures::find(&mut snapshot, shop).await?;
            let lives = counted_lives(&mut snapshot, (shop, day)).await?;
            let parts = differing_of(&mut snapshot, (shop, day), &lives, (opening.as_ref(), has_opened)).await?;
            let kept_apart = apart::deltas(&standing, &figures).into_keys();
            let kept_apart = kept_apart.filter(|figure| standing.has_apart(*figure, day)).collect();
            let deltas = apart_of(&lives, day, &figures, &kept_apart);
            let days = apart::differing(&mut snapshot, shop, day, &deltas).await?;
            (standing, opening, Differing { figures, parts, days })
        };
        if differing.parts.is_empty() && differing.days.is_empty() {
            return Ok(false);
        }
        let differing = Arc::new((standing, opening, differing));
        let is_written =
            store.write(shop, move |work| Box::pin(async move { write_down(work, shop, &differing).await })).await?;
        if is_written {
            return Ok(true);
        }
    }
    Err(StoreError::NotCommitted("the counts of a day changed each time that they were made again".to_owned()))
}

/// What is not as the messages make it, as it should be.
struct Differing {
    figures: Figures,
    parts: Vec<KeptPart>,
    days: Vec<KeptDay>,
}

/// What happened in the conversations of a day, as far as they are counted.
async fn counted_lives(conn: &mut Conn, (shop, day): (ShopId, Day)) -> Stored<Vec<Life>> {
    let (from, to) = span_of(day);
    let recorded = lives::recorded_between(conn, shop, from, to).await?;
    Ok(recorded.iter().map(|recorded| recorded.up_to(recorded.counted)).collect())
}

/// What figures with rules of their own count on a day beyond their plain ones, of those with these numbers.
pub async fn apart_of_day(
    conn: &mut Conn,
    (shop, day): (ShopId, Day),
    figures: &Figures,
    numbers: &BTreeSet<i64>,
) -> Stored<Deltas> {
    let lives = counted_lives(conn, (shop, day)).await?;
    Ok(apart_of(&lives, day, figures, numbers))
}

fn apart_of(lives: &[Life], day: Day, figures: &Figures, numbers: &BTreeSet<i64>) -> Deltas {
    let mut deltas: Deltas = numbers.iter().map(|number| (*number, Delta::default())).collect();
    let mut noting = apart::Noting::by(figures);
    lives.iter().for_each(|life| noting.add_within(life, span_of(day), &mut deltas));
    deltas
}

/// The parts of a day that are not as the messages make them, as they should be; with what goes across opening hours in them,
/// where that is there.
pub async fn differing(
    conn: &mut Conn,
    (shop, day): (ShopId, Day),
    opening: Option<&Opening>,
    has_opened: bool,
) -> Stored<Vec<KeptPart>> {
    let lives = counted_lives(conn, (shop, day)).await?;
    differing_of(conn, (shop, day), &lives, (opening, has_opened)).await
}

async fn differing_of(
    conn: &mut Conn,
    (shop, day): (ShopId, Day),
    lives: &[Life],
    (opening, has_opened): (Option<&Opening>, bool),
) -> Stored<Vec<KeptPart>> {
    let (from, to) = span_of(day);
    let (mut delta, mut noting) = (Delta::default(), Noting::by(opening));
    for life in lives {
        let mut all = noting.noted(life);
        all.retain(|noted| (from..to).contains(&noted.at));
        delta.add(&all);
    }
    let mut made = Vec::new();
    for number in 0..PARTS {
        let mut part = Part::default();
        part.change(&delta, day, number).map_err(unusable)?;
        let across = has_opened.then(|| {
            let mut across = Across::default();
            across.change(&delta, day, number)?;
            across.packed(&part)
        });
        made.push(KeptPart { day, part: number, cells: part.packed(), across: across.transpose().map_err(unusable)? });
    }
    let mut kept = vec![(Vec::new(), has_opened.then(Vec::new)); usize::from(PARTS)];
    let take = |part: KeptPart| {
        if let Some(place) = kept.get_mut(usize::from(part.part)) {
            *place = (part.cells, part.across);
        }
        Ok(())
    };
    parts::each(conn, shop, (day, day), (None, has_opened), take).await?;
    let is_as_kept = |part: &KeptPart| {
        kept.get(usize::from(part.part)).is_some_and(|(cells, across)| *cells == part.cells && *across == part.across)
    };
    made.retain(|part| !is_as_kept(part));
    Ok(made)
}

fn span_of(day: Day) -> (Micros, Micros) {
    (slot_begins(day, 0), slot_begins(day, SLOTS_PER_DAY))
}

async fn write_down(
    work: &mut Work,
    shop: ShopId,
    (standing, opening, differing): &(Standing, Option<Opening>, Differing),
) -> Stored<bool> {
    let conn = work.conn();
    if !standing::take_turn(conn, shop, standing).await? {
        return Ok(false);
    }
    opening::held(conn, shop, standing.clone(), opening.as_ref()).await?;
    apart::held(conn, shop, standing, &differing.figures).await?;
    parts::put(conn, shop, &differing.parts).await?;
    apart::put(conn, shop, &differing.days).await?;
    Ok(true)
}
