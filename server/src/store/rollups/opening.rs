//! Opening hours: how much of what goes across an opening or a closing was open is kept beside the parts. When the hours
//! change it is made anew from the messages, day by day, and meanwhile what depends on it is not told from what is kept.

use std::sync::Arc;

use qinda::model::{ChannelId, Day, Micros, ShopId, TeamId};
use qinda::timing::rollup::{Began, Noted, SLOT_SECONDS, noted, noted_in};
use qinda::timing::{ByPlace, DaySpan, FigureRules, Life, Open, OpenHours, OpeningHours};
use sha2::{Digest as _, Sha256};

use super::standing::{self, Standing};
use super::{parts, rebuilding};
use crate::store::dialect::{Conn, query};
use crate::store::row::Columns;
use crate::store::{Store, Stored, Work, figure_rules};
use crate::zones;

const SLOT_MINUTES: u32 = SLOT_SECONDS as u32 / 60;
/// Hours are laid out for so long before and after what is looked at, in seconds.
const AROUND_SECONDS: i64 = 32 * 86_400;

/// The opening hours of a shop, its teams and its channels.
#[derive(Clone)]
pub struct Opening {
    rules: FigureRules,
    utc_offset_minutes: i32,
    number: Option<i64>,
}

impl Opening {
    /// Those that a shop counts by; `None` where it is always open.
    pub fn of(rules: &FigureRules, utc_offset_minutes: i32) -> Option<Self> {
        rules.has_hours().then(|| {
            let number = is_in_slots(rules).then(|| number(rules, utc_offset_minutes));
            Self { rules: rules.clone(), utc_offset_minutes, number }
        })
    }

    /// The same, found.
    pub async fn find(conn: &mut Conn, shop: ShopId) -> Stored<Option<Self>> {
        let rules = figure_rules::find(conn, shop).await?.rules;
        if !rules.has_hours() {
            return Ok(None);
        }
        let row = query("SELECT utc_offset_minutes FROM shops WHERE id = $1").bind(shop.to_string());
        let utc_offset_minutes = row.fetch_one(conn).await?.number("utc_offset_minutes")?;
        Ok(Self::of(&rules, utc_offset_minutes))
    }

    /// The number that these hours have among all that there may be; none where they begin or end within five minutes, for
    /// what is kept is not told apart by such.
    pub const fn number(&self) -> Option<i64> {
        self.number
    }

    /// The hours as moments of a span.
    pub fn laid_out(&self, (from, to): (Micros, Micros)) -> OpenHours {
        let zone = zones::zone(&self.rules.zone, self.utc_offset_minutes, from, to);
        self.rules.laid_out(&zone, from, to)
    }
}

/// The number of the hours by which it is kept; none where there are none.
pub fn number_of(opening: Option<&Opening>) -> Option<i64> {
    opening.and_then(Opening::number)
}

/// Whether all hours begin and end where slots do, by clocks that do.
fn is_in_slots(rules: &FigureRules) -> bool {
    let of_days = |hours: &OpeningHours| {
        let is_in_slots =
            |span: &DaySpan| span.from.is_multiple_of(SLOT_MINUTES) && span.to.is_multiple_of(SLOT_MINUTES);
        hours.week.iter().chain(hours.special.values()).flatten().all(is_in_slots)
    };
    let FigureRules { hours, own_hours: ByPlace { teams, channels }, .. } = rules;
    [hours].into_iter().chain(teams.values()).chain(channels.values()).all(of_days)
}

fn number(rules: &FigureRules, utc_offset_minutes: i32) -> i64 {
    let told = serde_json::json!([&rules.zone, utc_offset_minutes, &rules.hours, &rules.own_hours]);
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(told.to_string()));
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Notes what lives count for, with the hours laid out around them.
pub struct Noting<'o> {
    opening: Option<&'o Opening>,
    laid_out: Option<((Micros, Micros), OpenHours)>,
}

impl<'o> Noting<'o> {
    pub const fn by(opening: Option<&'o Opening>) -> Self {
        Self { opening, laid_out: None }
    }

    /// What a life counts for.
    pub fn noted(&mut self, life: &Life) -> Vec<Noted> {
        let Some(opening) = self.opening else { return noted(life) };
        let Some((first, last)) = life.happened.first().zip(life.happened.last()) else { return Vec::new() };
        let (first, last) = (first.at, last.at);
        let is_around = |(from, to): (Micros, Micros)| from <= first && last < to;
        if !self.laid_out.as_ref().is_some_and(|(span, _)| is_around(*span)) {
            let span = (first.plus_seconds(-AROUND_SECONDS), last.plus_seconds(AROUND_SECONDS));
            self.laid_out = Some((span, opening.laid_out(span)));
        }
        let Some((_, open)) = &self.laid_out else { return noted(life) };
        noted_in(life, open.of(life.team, life.channel))
    }
}

/// Opening hours as moments of a span, each that differs once.
pub struct Places {
    open: Vec<Open>,
    of: ByPlace<usize>,
}

impl Places {
    pub fn of(opening: &Opening, span: (Micros, Micros)) -> Self {
        let laid_out = opening.laid_out(span);
        let (open, of) = laid_out.apart();
        Self { open: open.into_iter().cloned().collect(), of }
    }

    /// One for all, where nothing is told apart.
    pub fn untold() -> Self {
        Self { open: Vec::new(), of: ByPlace::default() }
    }

    /// The hours that differ, or one place for all.
    pub fn all(&self) -> std::ops::Range<usize> {
        0..self.open.len().max(1)
    }

    pub fn open(&self) -> &[Open] {
        &self.open
    }

    /// Which of them hold for a team and a channel.
    pub fn holds(&self, team: TeamId, channel: ChannelId) -> usize {
        self.of.holds(team, channel).copied().unwrap_or(0)
    }

    /// Whether it was open somewhere at a moment.
    pub fn began(&self, place: usize, at: Micros) -> Began {
        match self.open.get(place) {
            None => Began::Untold,
            Some(open) if open.at(at) => Began::Open,
            Some(_) => Began::Closed,
        }
    }
}

/// What is to be done for it.
enum Next {
    /// By other hours than it was: all is made anew.
    Begin,
    /// A day, with what is not as it should be.
    Made(Day, Vec<parts::KeptPart>),
    /// There is no other day.
    End,
}

/// Makes what is missing of a day. Says whether there may be more.
pub async fn keep_up_a_day(store: &Store, shop: ShopId) -> Stored<bool> {
    let (standing, number, next) = {
        let mut snapshot = store.snapshot().await?;
        let Some(standing) = standing::find(&mut snapshot, shop).await? else { return Ok(false) };
        let opening = Opening::find(&mut snapshot, shop).await?;
        let number = number_of(opening.as_ref());
        if standing.is_opened(number) {
            return Ok(false);
        }
        let next = match standing.opened.filter(|_| standing.is_opening(number)) {
            None => Next::Begin,
            Some(from) => match next_day(&mut snapshot, shop, from).await? {
                None => Next::End,
                Some(day) => {
                    let made = rebuilding::differing(&mut snapshot, (shop, day), opening.as_ref(), true).await?;
                    Next::Made(day, made)
                }
            },
        };
        (standing, number, next)
    };
    let write = Arc::new((standing, number, next));
    store.write(shop, move |work| Box::pin(async move { write_down(work, shop, &write).await })).await
}

async fn next_day(conn: &mut Conn, shop: ShopId, from: Day) -> Stored<Option<Day>> {
    let row = query("SELECT MIN(day) AS day FROM figure_parts WHERE shop = $1 AND day >= $2")
        .bind(shop.to_string())
        .bind(from.0)
        .fetch_one(conn)
        .await?;
    Ok(row.number_or_none("day")?.map(Day))
}

/// Says whether there may be more; if something was folded meanwhile, there is.
async fn write_down(
    work: &mut Work,
    shop: ShopId,
    (standing, number, next): &(Standing, Option<i64>, Next),
) -> Stored<bool> {
    let conn = work.conn();
    if !standing::take_turn(conn, shop, standing).await? {
        return Ok(true);
    }
    match next {
        Next::Begin => {
            forget(conn, shop).await?;
            standing::open(conn, shop, *number, number.map(|_| Day(i64::MIN))).await?;
            Ok(number.is_some())
        }
        Next::Made(day, made) => {
            parts::put(conn, shop, made).await?;
            standing::open(conn, shop, *number, Some(day.plus(1))).await?;
            Ok(true)
        }
        Next::End => {
            standing::open(conn, shop, *number, None).await?;
            Ok(false)
        }
    }
}

/// Takes it all away, for it does not hold any more.
pub async fn forget(conn: &mut Conn, shop: ShopId) -> Stored<()> {
    query("DELETE FROM figure_opens WHERE shop = $1").bind(shop.to_string()).execute(&mut *conn).await?;
    standing::open(conn, shop, None, None).await
}

/// How far the counting came, by hours that still hold: open parts that were kept by others are taken away.
pub async fn held(conn: &mut Conn, shop: ShopId, standing: Standing, opening: Option<&Opening>) -> Stored<Standing> {
    if standing.opening.is_none() || standing.is_opening(number_of(opening)) {
        return Ok(standing);
    }
    forget(conn, shop).await?;
    Ok(Standing { opening: None, opened: None, ..standing })
}
