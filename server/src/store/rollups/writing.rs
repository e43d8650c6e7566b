//! Who wrote when, from what is kept: planning asks for it over months.

use std::collections::BTreeMap;

use qinda::model::{MemberId, Micros, ShopId};
use qinda::timing::rollup::{SLOT_SECONDS, SLOTS_PER_DAY, each_reply, slot_begins, slot_of};

use super::sealing::around;
use super::{parts, seen, unusable};
use crate::store::Stored;
use crate::store::dialect::Conn;

/// How many messages each member wrote in each stretch of time in which they wrote any, by when it begins.
pub type Written = BTreeMap<MemberId, BTreeMap<Micros, u32>>;

/// Who wrote in a span, in stretches of so many slots since 1970. `None` where the counts are not ready, or the span does not
/// begin and end where slots do.
///
/// # Errors
/// When the database refuses.
pub async fn written(
    conn: &mut Conn,
    shop: ShopId,
    (from, to): (Micros, Micros),
    slots: i64,
) -> Stored<Option<Written>> {
    let is_aligned = [from, to].iter().all(|at| at.0.rem_euclid(SLOT_SECONDS * 1_000_000) == 0);
    let unfolded = if is_aligned && from < to { seen::unfolded(conn, shop).await? } else { None };
    let Some(unfolded) = unfolded else { return Ok(None) };
    let mut written = BTreeMap::<MemberId, BTreeMap<i64, i64>>::new();
    let (begins, ends) = (slot_number(from), slot_number(to));
    let mut count = |member: MemberId, slot: i64, by: i64| {
        if (begins..ends).contains(&slot) {
            *written.entry(member).or_default().entry(slot.div_euclid(slots)).or_default() += by;
        }
    };
    let take = |part: parts::KeptPart| {
        let first = part.day.0 * i64::from(SLOTS_PER_DAY);
        let reply = |member, slot: u16, many: u32| count(member, first + i64::from(slot), i64::from(many));
        each_reply(&part.cells, reply).map_err(unusable)
    };
    parts::each(conn, shop, around(from, to), (None, false), take).await?;
    for (day, cell, row, change) in unfolded.delta.rows().filter(|(_, _, row, _)| row.what.is_reply()) {
        if let Some(member) = cell.agent {
            count(member, day.0 * i64::from(SLOTS_PER_DAY) + i64::from(row.slot), change.by);
        }
    }
    Ok(Some(told(written, slots)))
}

/// What was taken back leaves no trace.
fn told(written: BTreeMap<MemberId, BTreeMap<i64, i64>>, slots: i64) -> Written {
    let begins = |stretch: i64| Micros(stretch.saturating_mul(slots * SLOT_SECONDS * 1_000_000));
    let of_member = |(member, stretches): (MemberId, BTreeMap<i64, i64>)| {
        let some =
            stretches.into_iter().filter_map(|(stretch, many)| Some((begins(stretch), u32::try_from(many).ok()?)));
        (member, some.filter(|(_, many)| *many > 0).collect::<BTreeMap<_, _>>())
    };
    written.into_iter().map(of_member).filter(|(_, stretches)| !stretches.is_empty()).collect()
}

fn slot_number(at: Micros) -> i64 {
    let (day, slot) = slot_of(at);
    slot_begins(day, slot).0.div_euclid(SLOT_SECONDS * 1_000_000)
}
