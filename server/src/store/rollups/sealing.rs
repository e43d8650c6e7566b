//! Sums: days and months that are over, added up by the shop's clocks.

use std::collections::BTreeSet;
use std::sync::Arc;

use qinda::model::{Day, Micros, ShopCard, ShopId};
use qinda::timing::rollup::{Began, CellOf, PARTS, SumsMaker, slot_begins, slot_of};
use qinda::timing::{DaySpan, HourOfWeek, Zone};

use super::apart::{self, Figures};
use super::hours::{self, LaidOut};
use super::opening::{self, Opening, Places};
use super::parts;
use super::standing::{self, Standing};
use super::unusable;
use crate::store::dialect::{Conn, query};
use crate::store::row::Columns;
use crate::store::{Store, Stored, Work, figure_rules};
use crate::zones;

/// A day is added up when it has been over for so long, in seconds: what comes late comes before.
pub const SEALED_AFTER_SECONDS: i64 = 3_600;
/// So many days or months are added up before others get their turn.
const SEALED_AT_ONCE: usize = 32;
/// So many days of what is kept beside the parts are made likewise.
const DAYS_BESIDE_AT_ONCE: usize = 8;
/// Weeks that ended longer ago are told from months and days: twelve weeks are compared with the twelve before.
const WEEKS_KEPT_DAYS: i64 = 27 * 7;
/// Days by agent that ended longer ago are told from weeks, months and five minutes: thirty days are compared with the thirty
/// before, and three months begin on any day.
const AGENT_DAYS_KEPT_DAYS: i64 = 95;
/// Hours of days that ended longer ago are told from five minutes, and hours of the week from months: a year is asked about.
const HOURS_KEPT_DAYS: i64 = 400;
/// All clocks are within this of UTC, in days.
const AROUND_DAYS: i64 = 2;

/// What sums are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// The hours of a day, by team and channel: their number is the hour.
    Hours,
    /// A day, by team and channel: their number, as that of all that follow but the last, says in which of the hours that
    /// the shop's figures ask for.
    Day,
    /// A month, by team and channel.
    Month,
    /// A month, by agent, team and channel, in as many parts as a day has.
    Agents,
    /// A week, by agent, team and channel, likewise.
    Weeks,
    /// A day, by agent, team and channel, likewise.
    AgentDays,
    /// The hours of the week in a month, by team and channel: their number is the weekday times 24 and the hour.
    WeekHours,
}

impl Grain {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Day => "day",
            Self::Month => "month",
            Self::Agents => "agents",
            Self::Weeks => "weeks",
            Self::AgentDays => "agent_days",
            Self::WeekHours => "week_hours",
        }
    }

    /// For how many days it is kept that is not kept for good: what it says is told from others or from parts then.
    const fn kept_days(self) -> Option<i64> {
        match self {
            Self::Weeks => Some(WEEKS_KEPT_DAYS),
            Self::AgentDays => Some(AGENT_DAYS_KEPT_DAYS),
            Self::Hours => Some(HOURS_KEPT_DAYS),
            _ => None,
        }
    }

    /// Whether one that ended on a day is not kept any more.
    fn is_too_old(self, last_day: Day, today: Day) -> bool {
        self.kept_days().is_some_and(|days| last_day < today.plus(-days))
    }

    /// Whether it is told apart by the hours that figures ask for.
    pub const fn tells_hours(self) -> bool {
        !matches!(self, Self::Hours | Self::WeekHours)
    }

    /// The first and the last day of one around a day.
    pub fn around(self, day: Day) -> (Day, Day) {
        match self {
            Self::Hours | Self::Day | Self::AgentDays => (day, day),
            Self::Month | Self::Agents | Self::WeekHours => month_of(day),
            Self::Weeks => {
                let monday = day.plus(-i64::try_from(day.weekday()).unwrap_or(0));
                (monday, monday.plus(6))
            }
        }
    }
}

/// A shop's clocks, and the hours by which its sums are told apart.
pub struct Clocks {
    pub zone: Zone,
    /// Those of each day.
    pub hours: Vec<DaySpan>,
    /// Those in which it is open, where it is not always open.
    pub opening: Option<Opening>,
    /// The figures that are kept apart.
    pub figures: Figures,
    name: String,
}

impl Clocks {
    /// The clocks of a shop around a span of time.
    pub async fn of(conn: &mut Conn, shop: &ShopCard, from: Micros, to: Micros) -> Stored<Self> {
        let rules = figure_rules::find(conn, shop.id).await?.rules;
        let opening = Opening::of(&rules, shop.utc_offset_minutes);
        let figures = Figures::of(&rules, shop.utc_offset_minutes);
        let (hours, name) = (hours::of_figures(&rules), rules.zone);
        let around = AROUND_DAYS * 86_400;
        let zone = zones::zone(&name, shop.utc_offset_minutes, from.plus_seconds(-around), to.plus_seconds(around));
        Ok(Self { zone, hours, opening, figures, name: format!("{name}{:+}", shop.utc_offset_minutes) })
    }

    /// The opening hours by which sums are told apart.
    pub fn opening_told(&self) -> Option<&Opening> {
        self.opening.as_ref().filter(|opening| opening.number().is_some())
    }

    /// What the sums of a grain are called that are made by these clocks and hours: others are made anew.
    pub fn name(&self, grain: Grain) -> String {
        let mut name = self.name.clone();
        if grain.tells_hours() {
            self.hours.iter().for_each(|hours| name.extend([format!(" {}-{}", hours.from, hours.to)]));
        }
        if let Some(number) = opening::number_of(self.opening.as_ref()) {
            name.extend([format!(" open {number:016x}")]);
        }
        name
    }
}

fn month_of(day: Day) -> (Day, Day) {
    let (year, month, day_of_month) = day.date();
    let first = day.plus(1 - i64::from(day_of_month));
    let next = if month == 12 { Day::of_date(year + 1, 1, 1) } else { Day::of_date(year, month + 1, 1) };
    (first, next.map_or(first, |next| next.plus(-1)))
}

/// Sums to be kept.
struct Made {
    grain: Grain,
    days: (Day, Day),
    part: u8,
    cells: Vec<u8>,
}

/// Makes all sums of a shop that can be made and are not there.
///
/// # Errors
/// When the database refuses.
pub async fn seal(store: &Store, shop: &ShopCard) -> Stored<()> {
    while seal_some(store, shop).await? {}
    Ok(())
}

/// Makes some of them. Says whether there may be more.
pub async fn seal_some(store: &Store, shop: &ShopCard) -> Stored<bool> {
    // Of what goes across opening hours the open part is known first.
    if keep_up(store, shop.id, Beside::Opening).await? {
        return Ok(true);
    }
    // What figures with rules of their own count comes last: sums are of use to all of them.
    apart::forget_old(store, shop.id).await?;
    Ok(seal_some_sums(store, shop).await? || keep_up(store, shop.id, Beside::Apart).await?)
}

/// What is kept beside the parts.
#[derive(Clone, Copy)]
enum Beside {
    Opening,
    Apart,
}

/// Makes what is missing of some days. Says whether there may be more.
async fn keep_up(store: &Store, shop: ShopId, beside: Beside) -> Stored<bool> {
    for _ in 0..DAYS_BESIDE_AT_ONCE {
        let more = match beside {
            Beside::Opening => opening::keep_up_a_day(store, shop).await?,
            Beside::Apart => apart::keep_up_a_day(store, shop).await?,
        };
        if !more {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn seal_some_sums(store: &Store, shop: &ShopCard) -> Stored<bool> {
    let now = store.clock().now();
    let (standing, clocks, missing) = {
        let mut snapshot = store.snapshot().await?;
        let Some(standing) = standing::find(&mut snapshot, shop.id).await? else { return Ok(false) };
        let days = counted_days(&mut snapshot, shop.id).await?;
        let Some((first, last)) = days.first().zip(days.last()) else { return Ok(false) };
        let clocks = Clocks::of(&mut snapshot, shop, slot_begins(*first, 0), slot_begins(*last, 0)).await?;
        if !standing.is_opened(opening::number_of(clocks.opening.as_ref())) {
            return Ok(true);
        }
        let missing = missing(&mut snapshot, shop.id, &clocks, (&days, now)).await?;
        (standing, clocks, missing)
    };
    let today = clocks.zone.local(now).day;
    for grain in [Grain::Weeks, Grain::AgentDays, Grain::Hours] {
        forget_old(store, shop.id, grain, today).await?;
    }
    for (grain, days) in missing.iter().take(SEALED_AT_ONCE) {
        if !seal_one(store, shop.id, (&standing, &clocks, today), *grain, *days).await? {
            return Ok(true);
        }
    }
    Ok(missing.len() > SEALED_AT_ONCE)
}

/// Takes away the sums of a grain that ended so long ago that they are not kept.
async fn forget_old(store: &Store, shop: ShopId, grain: Grain, today: Day) -> Stored<()> {
    let Some(before) = grain.kept_days().map(|days| today.plus(-days)) else { return Ok(()) };
    let old = query("SELECT day FROM figure_sums WHERE shop = $1 AND grain = $2 AND last_day < $3 LIMIT 1");
    let old = old.bind(shop.to_string()).bind(grain.name()).bind(before.0);
    if old.fetch_optional(&mut *store.reader().await?).await?.is_none() {
        return Ok(());
    }
    store.write(shop, move |work| Box::pin(write_forgotten(work, shop, grain, before))).await
}

async fn write_forgotten(work: &mut Work, shop: ShopId, grain: Grain, before: Day) -> Stored<()> {
    query("DELETE FROM figure_sums WHERE shop = $1 AND grain = $2 AND last_day < $3")
        .bind(shop.to_string())
        .bind(grain.name())
        .bind(before.0)
        .execute(work.conn())
        .await?;
    Ok(())
}

async fn counted_days(conn: &mut Conn, shop: ShopId) -> Stored<BTreeSet<Day>> {
    let rows =
        query("SELECT DISTINCT day FROM figure_parts WHERE shop = $1").bind(shop.to_string()).fetch_all(conn).await?;
    Ok(rows.iter().map(|row| Ok(Day(row.number("day")?))).collect::<Result<_, sqlx::Error>>()?)
}

/// What is over and is not added up; the hours of a day are made with the day, agents with the month.
async fn missing(
    conn: &mut Conn,
    shop: ShopId,
    clocks: &Clocks,
    (counted, now): (&BTreeSet<Day>, Micros),
) -> Stored<BTreeSet<(Grain, (Day, Day))>> {
    let rows = query(
        "SELECT grain, day FROM figure_sums
         WHERE shop = $1 AND (grain IN ('day', 'month', 'weeks', 'agent_days') AND zone = $2 OR grain = 'week_hours' AND zone = $3)",
    )
    .bind(shop.to_string())
    .bind(clocks.name(Grain::Day))
    .bind(clocks.name(Grain::WeekHours))
    .fetch_all(conn)
    .await?;
    let there = rows.iter().map(|row| Ok((row.text("grain")?, Day(row.number("day")?))));
    let there = there.collect::<Result<BTreeSet<(String, Day)>, sqlx::Error>>()?;
    let (over_at, today) = (now.plus_seconds(-SEALED_AFTER_SECONDS), clocks.zone.local(now).day);
    let mut missing = BTreeSet::new();
    // A day of UTC lies on two or three days of the shop's clocks.
    for day in counted.iter().flat_map(|day| [day.plus(-1), *day, day.plus(1)]) {
        for grain in [Grain::Day, Grain::Month, Grain::Weeks, Grain::AgentDays, Grain::WeekHours] {
            let days = grain.around(day);
            let is_over = clocks.zone.day_begins(days.1.plus(1)) <= over_at;
            if is_over && !grain.is_too_old(days.1, today) && !there.contains(&(grain.name().to_owned(), days.0)) {
                missing.insert((grain, days));
            }
        }
    }
    Ok(missing)
}

/// Adds up a day or a month. `false` when something was folded meanwhile.
async fn seal_one(
    store: &Store,
    shop: ShopId,
    (standing, clocks, today): (&Standing, &Clocks, Day),
    grain: Grain,
    days: (Day, Day),
) -> Stored<bool> {
    let made = {
        let mut snapshot = store.snapshot().await?;
        match grain {
            Grain::Day | Grain::Hours => made_of_day(&mut snapshot, shop, (clocks, today), days.0).await?,
            Grain::Month | Grain::Agents => {
                made_of_agents(&mut snapshot, (shop, clocks), days, (Grain::Agents, Some(Grain::Month))).await?
            }
            Grain::Weeks | Grain::AgentDays => {
                made_of_agents(&mut snapshot, (shop, clocks), days, (grain, None)).await?
            }
            Grain::WeekHours => made_of_hours(&mut snapshot, (shop, clocks), days).await?,
        }
    };
    let made = made.into_iter().map(|made| (clocks.name(made.grain), made)).collect();
    let write = Arc::new((standing.turn, made));
    store.write(shop, move |work| Box::pin(async move { write_down(work, shop, &write).await })).await
}

async fn made_of_day(conn: &mut Conn, shop: ShopId, (clocks, today): (&Clocks, Day), day: Day) -> Stored<Vec<Made>> {
    let zone = &clocks.zone;
    let (begins, ends) = (zone.day_begins(day), zone.day_begins(day.plus(1)));
    let laid_out = LaidOut::of(&clocks.hours, zone, (begins, ends));
    let mut of_hours = Numbers::of(clocks, (begins, ends), |at| zone.local(at).hour());
    let mut of_day = Numbers::of(clocks, (begins, ends), |at| laid_out.number(at));
    let (mut hours, mut whole) = (SumsMaker::new(false), SumsMaker::new(false));
    let with_across = of_day.are_told_apart();
    let take = |part: parts::KeptPart| {
        of_hours.take(&mut hours, &part)?;
        of_day.take(&mut whole, &part)
    };
    parts::each(conn, shop, around(begins, ends), (None, with_across), take).await?;
    let made = [(Grain::Hours, hours), (Grain::Day, whole)].into_iter();
    let made = made.filter(|(grain, _)| !grain.is_too_old(day, today));
    Ok(made.map(|(grain, sums)| Made { grain, days: (day, day), part: 0, cells: sums.made().into_bytes() }).collect())
}

/// The hours of the week in a month.
async fn made_of_hours(conn: &mut Conn, (shop, clocks): (ShopId, &Clocks), days: (Day, Day)) -> Stored<Vec<Made>> {
    let zone = &clocks.zone;
    let (begins, ends) = (zone.day_begins(days.0), zone.day_begins(days.1.plus(1)));
    let mut sums = SumsMaker::new(false);
    let mut numbers = Numbers::of(clocks, (begins, ends), |at| HourOfWeek::of(zone, at).number());
    let with_across = numbers.are_told_apart();
    let take = |part: parts::KeptPart| numbers.take(&mut sums, &part);
    parts::each(conn, shop, around(begins, ends), (None, with_across), take).await?;
    Ok(vec![Made { grain: Grain::WeekHours, days, part: 0, cells: sums.made().into_bytes() }])
}

/// A month, a week or a day by agent, and all agents together where that has a grain.
async fn made_of_agents(
    conn: &mut Conn,
    (shop, clocks): (ShopId, &Clocks),
    days: (Day, Day),
    (by_agent, together): (Grain, Option<Grain>),
) -> Stored<Vec<Made>> {
    let (begins, ends) = (clocks.zone.day_begins(days.0), clocks.zone.day_begins(days.1.plus(1)));
    let laid_out = LaidOut::of(&clocks.hours, &clocks.zone, (begins, ends));
    let mut numbers = Numbers::of(clocks, (begins, ends), |at| laid_out.number(at));
    let with_across = numbers.are_told_apart();
    let mut whole = SumsMaker::new(false);
    let mut made = Vec::new();
    for number in 0..PARTS {
        let mut agents = SumsMaker::new(true);
        let take = |part: parts::KeptPart| {
            if together.is_some() {
                numbers.take(&mut whole, &part)?;
            }
            numbers.take(&mut agents, &part)
        };
        parts::each(conn, shop, around(begins, ends), (Some(number), with_across), take).await?;
        made.push(Made { grain: by_agent, days, part: number, cells: agents.made().into_bytes() });
        tokio::task::yield_now().await;
    }
    if let Some(grain) = together {
        made.push(Made { grain, days, part: 0, cells: whole.made().into_bytes() });
    }
    Ok(made)
}

/// Under which number each slot of a day is added up, and whether it was open then.
type Numbered = Vec<Option<(u32, Began)>>;

/// The numbers under which slots are added up, and whether it was open then, by the places whose hours differ.
struct Numbers<N> {
    span: (Micros, Micros),
    number: N,
    places: Places,
    /// Of the day that was looked at last, by place.
    of_day: (Option<Day>, Vec<Numbered>),
}

impl<N: Fn(Micros) -> u32> Numbers<N> {
    fn of(clocks: &Clocks, span: (Micros, Micros), number: N) -> Self {
        let places = clocks.opening_told().map_or_else(Places::untold, |opening| Places::of(opening, span));
        Self { span, number, places, of_day: (None, Vec::new()) }
    }

    /// Whether sums are told apart by opening hours.
    fn are_told_apart(&self) -> bool {
        !self.places.open().is_empty()
    }

    fn take(&mut self, sums: &mut SumsMaker, part: &parts::KeptPart) -> Stored<()> {
        if self.of_day.0 != Some(part.day) {
            let Self { span: (begins, ends), ref number, ref places, .. } = *self;
            let of_place = |place| {
                let number = |at| (begins..ends).contains(&at).then(|| (number(at), places.began(place, at)));
                slots(part.day, number)
            };
            let of_day = places.all().map(of_place).collect();
            self.of_day = (Some(part.day), of_day);
        }
        let of_cell = |cell: &CellOf, slot: u16| {
            let of_place = self.of_day.1.get(self.places.holds(cell.team, cell.channel))?;
            of_place.get(usize::from(slot)).copied().flatten()
        };
        let across = part.across.as_deref().unwrap_or_default();
        sums.take_part_across((&part.cells, across), of_cell).map_err(unusable)
    }
}

/// What each slot of a day of UTC is, by its beginning.
pub fn slots<T>(day: Day, of: impl Fn(Micros) -> T) -> Vec<T> {
    (0..qinda::timing::rollup::SLOTS_PER_DAY).map(|slot| of(slot_begins(day, slot))).collect()
}

/// The days of UTC that a span of time touches.
pub fn around(begins: Micros, ends: Micros) -> (Day, Day) {
    (slot_of(begins).0, slot_of(Micros(ends.0.saturating_sub(1))).0)
}

/// Keeps sums, unless a part changed since: a job for [`Store::write`].
async fn write_down(work: &mut Work, shop: ShopId, (turn, made): &(i64, Vec<(String, Made)>)) -> Stored<bool> {
    let conn = work.conn();
    let standing = standing::find(conn, shop).await?;
    if standing.is_none_or(|standing| standing.turn != *turn) {
        return Ok(false);
    }
    for (zone, Made { grain, days, part, cells }) in made {
        query(
            "INSERT INTO figure_sums (shop, grain, day, part, last_day, zone, cells) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (shop, grain, day, part) DO UPDATE SET
                 last_day = excluded.last_day, zone = excluded.zone, cells = excluded.cells",
        )
        .bind(shop.to_string())
        .bind(grain.name())
        .bind(days.0.0)
        .bind(i64::from(*part))
        .bind(days.1.0)
        .bind(zone.as_str())
        .bind(cells.clone())
        .execute(conn)
        .await?;
    }
    Ok(true)
}

/// What is kept of sums, as it is read.
pub struct KeptSum {
    /// The first day that it is of.
    pub day: Day,
    /// Of which agents, where it is by agent.
    pub part: u8,
    /// Its bytes.
    pub cells: Vec<u8>,
}

/// The sums of a grain that begin on some days, or one part of them.
pub async fn each(
    conn: &mut Conn,
    (shop, clocks, grain): (ShopId, &Clocks, Grain),
    (first, last): (Day, Day),
    part: Option<u8>,
    mut take: impl FnMut(KeptSum) -> Stored<()> + Send,
) -> Stored<()> {
    let (from, to) = part.map_or((0, PARTS - 1), |part| (part, part));
    query(
        "SELECT day, part, cells FROM figure_sums
         WHERE shop = $1 AND grain = $2 AND day BETWEEN $3 AND $4 AND part BETWEEN $5 AND $6 AND zone = $7",
    )
    .bind(shop.to_string())
    .bind(grain.name())
    .bind(first.0)
    .bind(last.0)
    .bind(i64::from(from))
    .bind(i64::from(to))
    .bind(clocks.name(grain))
    .each(conn, |mut row| {
        take(KeptSum { day: Day(row.number("day")?), part: row.number("part")?, cells: row.take("cells")? })?;
        Ok::<_, crate::store::StoreError>(std::ops::ControlFlow::Continue(()))
    })
    .await
}
