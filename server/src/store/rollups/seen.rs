//! What questions of one page see: what is not folded yet, and what several of them would read.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use qinda::model::{Day, Micros, ShopId};
use qinda::timing::Life;
use qinda::timing::rollup::{Delta, Noted, slot_begins, slot_of};

use super::apart::{self, Deltas, Figures};
use super::opening::{self, Opening};
use super::parts::{self, KeptPart};
use super::standing::{self, Standing};
use super::{folding, planning};
use crate::store::dialect::Conn;
use crate::store::{Stored, lives};

/// The most conversations that are read by themselves because they are not folded yet.
const UNFOLDED_MAX: usize = 2_000;
/// Of parts that several questions begin or end with so many days together …
const SEEN_DAYS_MAX: i64 = 3;
/// … and so many times are held.
const SEEN_PARTS_MAX: usize = 4;

/// What is not folded yet, and how the counting stands.
pub(super) struct Unfolded {
    pub delta: Delta,
    /// The same of figures with rules of their own.
    apart: Deltas,
    standing: Standing,
}

/// What is not folded yet; `None` where the counts are not ready.
pub(super) async fn unfolded(conn: &mut Conn, shop: ShopId) -> Stored<Option<Unfolded>> {
    let standing = standing::find(conn, shop).await?.filter(|standing| standing.swept.is_none());
    let Some(standing) = standing else { return Ok(None) };
    let changed = standing::changed(conn, shop, UNFOLDED_MAX).await?;
    if changed.more {
        return Ok(None);
    }
    let opening = Opening::find(conn, shop).await?;
    let figures = Figures::find(conn, shop).await?;
    let apart = apart::deltas(&standing, &figures);
    let folded = folding::folded(conn, shop, &changed, (opening.as_ref(), &figures), apart).await?;
    Ok(Some(Unfolded { delta: folded.delta, apart: folded.apart, standing }))
}

/// What questions of one shop saw at one moment of the database: a page asks several.
#[derive(Default)]
pub struct Seen {
    /// What is not folded; `None` where the counts are not ready. Not yet looked at where there is nothing.
    unfolded: Option<Option<Unfolded>>,
    /// What happened in the conversations of a slot that a span or an edge divides …
    lives: BTreeMap<(Day, u16), Vec<Life>>,
    /// … and what it counts for.
    noted: BTreeMap<(Day, u16), Vec<Noted>>,
    /// The parts of a few days, which several questions begin or end with.
    parts: BTreeMap<PartsOf, Arc<Vec<KeptPart>>>,
}

/// Of which days parts are, of which number alone, and whether with what goes across opening hours.
type PartsOf = ((Day, Day), (Option<u8>, bool));

impl Seen {
    pub(super) async fn is_ready(&mut self, conn: &mut Conn, shop: ShopId) -> Stored<bool> {
        if self.unfolded.is_none() {
            self.unfolded = Some(unfolded(conn, shop).await?);
        }
        Ok(self.unfolded().is_some())
    }

    pub(super) fn unfolded(&self) -> Option<&Unfolded> {
        self.unfolded.as_ref().and_then(Option::as_ref)
    }

    /// Whether what depends on opening hours can be told from what is kept.
    pub(super) fn is_opened(&self, opening: Option<&Opening>) -> bool {
        let number = opening::number_of(opening);
        let is_kept = number.is_some() || opening.is_none();
        is_kept && self.unfolded().is_some_and(|unfolded| unfolded.standing.is_opened(number))
    }

    pub(super) async fn see(
        &mut self,
        conn: &mut Conn,
        shop: ShopId,
        slot: (Day, u16),
        opening: Option<&Opening>,
    ) -> Stored<()> {
        if !self.noted.contains_key(&slot) {
            let span = (slot_begins(slot.0, slot.1), slot_begins(slot.0, slot.1 + 1));
            let noted = planning::noted_of(self.lives(conn, shop, slot).await?, span, opening);
            self.noted.insert(slot, noted);
        }
        Ok(())
    }

    pub(super) fn noted(&self, slot: (Day, u16)) -> &[Noted] {
        self.noted.get(&slot).map_or(&[], Vec::as_slice)
    }

    /// What happened in the conversations in which something did in a slot.
    pub(super) async fn lives(&mut self, conn: &mut Conn, shop: ShopId, slot: (Day, u16)) -> Stored<&[Life]> {
        Ok(match self.lives.entry(slot) {
            Entry::Occupied(seen) => seen.into_mut(),
            Entry::Vacant(new) => {
                let (from, to) = (slot_begins(slot.0, slot.1), slot_begins(slot.0, slot.1 + 1));
                new.insert(lives::between(conn, shop, from, to).await?)
            }
        })
    }

    pub(super) async fn parts(&mut self, conn: &mut Conn, shop: ShopId, of: PartsOf) -> Stored<Arc<Vec<KeptPart>>> {
        if let Some(seen) = self.parts.get(&of) {
            return Ok(seen.clone());
        }
        let ((first, last), which) = of;
        let mut kept = Vec::new();
        let take = |part: KeptPart| {
            kept.push(part);
            Ok(())
        };
        parts::each(conn, shop, (first, last), which, take).await?;
        // An agent is in the same part of each day. What these add to is then still near the processor.
        kept.sort_by_key(|kept| (kept.part, kept.day));
        let kept = Arc::new(kept);
        if last.0 - first.0 < SEEN_DAYS_MAX && self.parts.len() < SEEN_PARTS_MAX {
            self.parts.insert(of, kept.clone());
        }
        Ok(kept)
    }

    /// Whether a figure that is kept apart can be told.
    pub(super) fn is_apart(&self, figure: i64, from: Micros) -> bool {
        let day = slot_of(from).0;
        self.unfolded().is_some_and(|unfolded| unfolded.standing.is_apart(figure, day))
    }

    /// What changes in it that is not folded.
    pub(super) fn apart(&self, figure: i64) -> Option<&Delta> {
        self.unfolded()?.apart.get(&figure)
    }
}
