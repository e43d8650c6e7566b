//! What is counted from the messages one by one: how many of them a question may read, and in which stretches of time, so that
//! neither years of a large shop nor its busiest days are in memory at once.

use qinda::model::{Micros, ShopCard, ShopId};
use qinda::timing::{Asked, Case, Definition, FigureRules, Life, OpenHours, Subject, Zone};

use super::dialect::{Conn, query};
use super::row::{Columns, kept};
use super::{Stored, lives};
use crate::zones;

/// So many messages are read for an answer that somebody waits for: a few seconds.
pub const MESSAGES_READ_MAX: u64 = 500_000;
/// The conversations of so many messages are in memory at once.
pub const MESSAGES_AT_ONCE: u64 = 50_000;
/// Of so many rounds it is put together at once of whom they were; of more it is told to whoever waits for it.
pub const QUICK_ROUNDS_OF_UNITS: u64 = 300_000;
const MICROS_PER_HOUR: i64 = 3_600 * 1_000_000;
const MICROS_PER_DAY: i64 = 24 * MICROS_PER_HOUR;

/// How many messages may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// For one answer.
    pub most: u64,
    /// At once.
    pub at_once: u64,
    /// Of how many rounds a quick answer says whose they were.
    pub quick_rounds: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { most: MESSAGES_READ_MAX, at_once: MESSAGES_AT_ONCE, quick_rounds: QUICK_ROUNDS_OF_UNITS }
    }
}

impl Bounds {
    /// Of an answer that may take its time: all that there are, a stretch at once.
    #[must_use]
    pub fn patient() -> Self {
        Self { most: u64::MAX, ..Self::default() }
    }
}

/// There are more messages than may be read for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// How many days could be told of; 0 of less than one.
    pub days: u32,
}

impl TooMany {
    /// Where so many messages lie in so long a time, each day of which is read as often.
    fn of(messages: u64, micros: i64, (most, times): (u64, u32)) -> Self {
        let fit = i128::from(micros.max(0)) * i128::from(most) / i128::from(messages.max(1));
        let days = fit / i128::from(MICROS_PER_DAY) / i128::from(times.max(1));
        Self { days: u32::try_from(days).unwrap_or(u32::MAX) }
    }
}

/// Whether a span has more messages than may be read; it is made of so many times the days that somebody asks about. How many
/// there are is known from what is kept, or they are counted as far as they may be read.
///
/// # Errors
/// When the database refuses.
pub async fn too_many(
    conn: &mut Conn,
    shop: ShopId,
    (span, times): ((Micros, Micros), u32),
    known: Option<u64>,
    Bounds { most, .. }: Bounds,
) -> Stored<Option<TooMany>> {
    let (from, to) = span;
    if let Some(messages) = known {
        return Ok((messages > most).then(|| TooMany::of(messages, to.since(from), (most, times))));
    }
    let begins = reach(conn, shop, span, most).await?;
    Ok((begins > from).then(|| TooMany::of(most, to.since(begins), (most, times))))
}

/// The moment from which on no more messages than so many lie before the end of a span: its beginning, or a later one.
///
/// # Errors
/// When the database refuses.
pub async fn reach(conn: &mut Conn, shop: ShopId, (from, to): (Micros, Micros), most: u64) -> Stored<Micros> {
    if most == u64::MAX {
        return Ok(from);
    }
    let one_more =
        query("SELECT at FROM messages WHERE shop = $1 AND at >= $2 AND at < $3 ORDER BY at DESC LIMIT 1 OFFSET $4");
    let one_more = one_more.bind(shop.to_string()).bind(from.0).bind(to.0).bind(kept(most));
    let one_more = one_more.fetch_optional(conn).await?;
    Ok(one_more.map(|row| row.micros("at")).transpose()?.map_or(from, |at| Micros(at.0.saturating_add(1))))
}

/// How many messages a span has, counted no further than until there are more than so many.
///
/// # Errors
/// When the database refuses.
pub async fn count(conn: &mut Conn, shop: ShopId, (from, to): (Micros, Micros), most: u64) -> Stored<u64> {
    let counted = query(
        "SELECT COUNT(*) AS messages FROM
             (SELECT 1 FROM messages WHERE shop = $1 AND at >= $2 AND at < $3 LIMIT $4) AS found",
    );
    let counted = counted.bind(shop.to_string()).bind(from.0).bind(to.0).bind(kept(most.saturating_add(1)));
    Ok(counted.fetch_one(conn).await?.number("messages")?)
}

/// As much before a moment as lies after another one, in whole days, or in whole hours where it is less than a day.
#[must_use]
pub fn rounded(begins: Micros, to: Micros) -> Micros {
    let long = to.since(begins);
    let unit = if long >= MICROS_PER_DAY { MICROS_PER_DAY } else { MICROS_PER_HOUR };
    if long < unit { begins } else { Micros(to.0 - long / unit * unit) }
}

/// What is read: of which shop, how it counts, from when to when, and the moment of which is told.
#[derive(Clone, Copy)]
pub struct Read<'a> {
    /// The shop.
    pub shop: &'a ShopCard,
    /// How it counts.
    pub rules: &'a FigureRules,
    /// From here to before there.
    pub span: (Micros, Micros),
    /// Now.
    pub now: Micros,
}

/// The conversations in which something happened in a stretch of time.
pub struct Stretch {
    from: Micros,
    to: Micros,
    now: Micros,
    lives: Vec<Life>,
    zone: Zone,
    open: OpenHours,
}

impl Stretch {
    fn of(read: &Read<'_>, (from, to): (Micros, Micros), lives: Vec<Life>) -> Self {
        let Read { shop, rules, span, now } = *read;
        let first = lives.iter().filter_map(|life| life.happened.first()).map(|it| it.at).min();
        let (began, until) = (first.unwrap_or(from).min(from), now.max(span.1));
        let zone = zones::zone(&rules.zone, shop.utc_offset_minutes, began, until);
        let open = rules.laid_out(&zone, began, until);
        Self { from, to, now, lives, zone, open }
    }

    /// The cases of a figure that belong to the stretch. Each case of a span belongs to one of its stretches.
    pub fn cases(&self, definition: &Definition) -> impl Iterator<Item = Case> {
        let cases = self.lives.iter().flat_map(|life| life.cases_of(definition));
        cases.filter(|case| self.has(definition.moment(case)))
    }

    /// The rounds that began in the stretch.
    pub fn rounds(&self) -> impl Iterator<Item = Case> {
        let rounds = self.lives.iter().flat_map(|life| life.cases(Subject::Response, None));
        rounds.filter(|round| self.has(Some(round.from)))
    }

    fn has(&self, moment: Option<Micros>) -> bool {
        moment.is_some_and(|moment| (self.from..self.to).contains(&moment))
    }

    /// What is asked about a span, of cases of the stretch.
    pub const fn asked(&self, (from, to): (Micros, Micros)) -> Asked<'_> {
        Asked { from, to, now: self.now, zone: &self.zone, open: &self.open }
    }
}

/// Reads a span stretch by stretch, in order.
///
/// # Errors
/// When the database refuses.
pub async fn each(
    conn: &mut Conn,
    read: Read<'_>,
    bounds: Bounds,
    mut take: impl FnMut(&Stretch) + Send,
) -> Stored<()> {
    let take = |span: (Micros, Micros), lives: Vec<Life>| take(&Stretch::of(&read, span, lives));
    each_of_lives(conn, read.shop.id, read.span, bounds, take).await
}

/// The same, with no more than the conversations.
///
/// # Errors
/// When the database refuses.
pub async fn each_of_lives(
    conn: &mut Conn,
    shop: ShopId,
    (mut from, to): (Micros, Micros),
    Bounds { at_once, .. }: Bounds,
    mut take: impl FnMut((Micros, Micros), Vec<Life>) + Send,
) -> Stored<()> {
    while from < to {
        let ends = ends(conn, shop, (from, to), at_once).await?;
        let lives = lives::between(conn, shop, from, ends).await?;
        if !lives.is_empty() {
            take((from, ends), lives);
        }
        from = ends;
        // Others have their turn.
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Where a stretch ends that begins with a span and has so many messages. Those of one moment are together, however many.
async fn ends(conn: &mut Conn, shop: ShopId, (from, to): (Micros, Micros), at_once: u64) -> Stored<Micros> {
    let next = query("SELECT at FROM messages WHERE shop = $1 AND at >= $2 AND at < $3 ORDER BY at LIMIT 1 OFFSET $4")
        .bind(shop.to_string())
        .bind(from.0)
        .bind(to.0)
        .bind(kept(at_once.max(1)))
        .fetch_optional(conn)
        .await?;
    let at = next.map(|row| row.micros("at")).transpose()?;
    Ok(at.map_or(to, |at| if at > from { at } else { Micros(from.0 + 1) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_said_in_days() {
        let day = MICROS_PER_DAY;
        assert_eq!(TooMany::of(3_000, 30 * day, (1_000, 1)).days, 10);
        assert_eq!(TooMany::of(3_000, 30 * day, (1_000, 2)).days, 5, "the time before is read, too");
        assert_eq!(TooMany::of(3_000, 2 * day, (1_000, 1)).days, 0);
        assert_eq!(TooMany::of(0, day, (u64::MAX, 1)).days, u32::MAX);
    }

    #[test]
    fn what_fits_begins_whole_days_or_hours_before() {
        let to = Micros(10 * MICROS_PER_DAY);
        let rounded = |before: i64| to.since(rounded(Micros(to.0 - before), to));
        assert_eq!(rounded(3 * MICROS_PER_DAY + 7), 3 * MICROS_PER_DAY);
        assert_eq!(rounded(MICROS_PER_DAY - 1), 23 * MICROS_PER_HOUR);
        assert_eq!(rounded(MICROS_PER_HOUR - 1), MICROS_PER_HOUR - 1);
    }
}
