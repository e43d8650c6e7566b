//! Reading the rounds that figures are made of.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use qinda::model::{MemberId, Micros, ShopCard, ShopId};
use qinda::timing::rollup::{Gross, GroupOf, Only, Split, Subjects, Wanted, Way};
use qinda::timing::{
    self, ANSWER_LIMIT_SECONDS, Figures, GREETING_LIMIT_SECONDS, Life, ReplyOf, RoundOf, Step, Subject, hour_begins,
    rounds,
};

use super::dialect::{Conn, DbRow, query};
use super::kept_figures::Reading;
use super::rollups::{self, Question, Seen, Steps};
use super::row::{Columns, kept};
use super::stretches::{self, Bounds, TooMany};
use super::{Stored, composed};

/// The longest span of time that figures are made of at once, in days.
pub const FIGURES_DAYS_MAX: i64 = 92;
/// After how many seconds a greeting and an answer are late.
const LIMITS: [u32; 2] = [GREETING_LIMIT_SECONDS as u32, ANSWER_LIMIT_SECONDS as u32];

/// The figures of a span, of everybody, by agent and by hour; unless they would have to be counted from more messages than may
/// be read.
///
/// # Errors
/// When the database refuses.
pub async fn figures(
    conn: &mut Conn,
    shop: &ShopCard,
    span: (Micros, Micros),
    now: Micros,
    (reading, bounds): (Reading, Bounds),
) -> Stored<Result<Figures, TooMany>> {
    let utc_offset_seconds = i64::from(shop.utc_offset_minutes) * 60;
    if reading != Reading::Messages
        && let Some(figures) = of_kept(conn, (shop, utc_offset_seconds), span, now, reading).await?
    {
        return Ok(Ok(figures));
    }
    let (from, to) = span;
    let past = (from, to.min(now).max(from));
    if let Some(too_many) = stretches::too_many(conn, shop.id, (past, 1), None, bounds).await? {
        return Ok(Err(too_many));
    }
    Ok(Ok(timing::figures(&rounds_between(conn, shop.id, span, bounds).await?, now, utc_offset_seconds)))
}

/// The same from what is kept; `None` where that cannot say it.
async fn of_kept(
    conn: &mut Conn,
    (shop, utc_offset_seconds): (&ShopCard, i64),
    (from, to): (Micros, Micros),
    now: Micros,
    reading: Reading,
) -> Stored<Option<Figures>> {
    let subjects: Subjects = [Subject::Response, Subject::FirstResponse].into_iter().collect();
    let asked = |steps, split| Question {
        shop: shop.clone(),
        from,
        to,
        now,
        steps,
        wanted: Wanted { subjects, split, only: Only::default() },
        groups: None,
        patience_seconds: LIMITS.into(),
        way: Way::default(),
    };
    let (hours, agents) = (asked(Steps::Each(Step::Hour), Split::Nothing), asked(Steps::One, Split::Agent));
    let way = [(Way::default(), subjects)].into();
    let told = rollups::history_of_several(conn, &[(&hours, &way), (&agents, &way)], &mut Seen::default()).await?;
    let mut told = told.into_iter().filter_map(|told| Some(told.ok()?.into_iter().next()?.1));
    let Some((hours, agents)) = told.next().zip(told.next()) else { return Ok(None) };
    let begins = |at| hour_begins(at, utc_offset_seconds);
    let is_an_hour = |(from, to): &(Micros, Micros)| begins(*from) == begins(Micros(to.0 - 1));
    let rounds = hours.gross.iter().map(|(_, _, gross)| gross.cases(Subject::Response)).sum();
    if !hours.steps.iter().all(is_an_hour) || !reading.is_of_kept(conn, shop.id, (from, to), rounds).await? {
        return Ok(None);
    }
    let [greeting, answer] = LIMITS.map(|seconds| hours.moment(seconds));
    let group = |gross: &Gross| gross.group(greeting, answer);
    let by_agent = rollups::shares_beside(&agents.gross, |share| {
        let mut whole = Gross::default();
        let of = share.iter().filter_map(|(_, of, gross)| {
            whole.merge(gross);
            match of {
                GroupOf::Agent(agent) if with_rounds(gross) => Some((*agent, group(gross))),
                _ => None,
            }
        });
        (of.collect::<Vec<_>>(), whole)
    });
    let mut whole = Gross::default();
    by_agent.iter().for_each(|(_, share)| whole.merge(share));
    let mut by_hour = BTreeMap::<Micros, Gross>::new();
    for (step, _, gross) in hours.gross {
        let begins = hours.steps.get(step as usize).map(|(from, _)| begins(*from)).unwrap_or_default();
        match by_hour.entry(begins) {
            Entry::Vacant(vacant) => drop(vacant.insert(gross)),
            Entry::Occupied(mut there) => there.get_mut().merge(&gross),
        }
    }
    by_hour.retain(|_, gross| with_rounds(gross));
    let by_hour: Vec<(Micros, Gross)> = by_hour.into_iter().collect();
    Ok(Some(Figures {
        total: group(&whole),
        by_agent: by_agent.into_iter().flat_map(|(of, _)| of).collect(),
        by_hour: rollups::each_beside(&by_hour, |(hour, gross)| (*hour, group(gross))),
    }))
}

/// Whether there are rounds to tell of.
fn with_rounds(gross: &Gross) -> bool {
    gross.cases(Subject::Response) > 0
}

/// The rounds whose question came in a span. A round may have begun with a message before, so whole conversations are read.
async fn rounds_between(conn: &mut Conn, shop: ShopId, span: (Micros, Micros), bounds: Bounds) -> Stored<Vec<RoundOf>> {
    let mut all = Vec::new();
    let take = |(from, to): (Micros, Micros), lives: Vec<Life>| {
        let rounds = lives.into_iter().flat_map(|life| rounds(life.happened));
        let rounds = rounds.filter(|round| (from..to).contains(&round.asked_at));
        all.extend(rounds.map(|round| RoundOf { round, owner: round.owner, closed_at: round.left_at }));
    };
    stretches::each_of_lives(conn, shop, span, bounds, take).await?;
    Ok(all)
}

/// The replies sent from here in `from..to` and how they came to be, of one member or of everybody.
///
/// # Errors
/// When the database refuses.
pub async fn replies_between(
    conn: &mut Conn,
    shop: ShopId,
    (from, to): (Micros, Micros),
    member: Option<MemberId>,
) -> Stored<Vec<ReplyOf>> {
    let rows = query(
        "SELECT m.author, c.typed_chars, c.typing_ms, c.chosen, c.how, c.choice_ms
         FROM messages m LEFT JOIN composed c ON c.shop = m.shop AND c.message = m.id
         WHERE m.shop = $1 AND m.at >= $2 AND m.at < $3 AND m.author_kind = 'member' AND m.customer_seq > 0
             AND ($4 = '' OR m.author = $4)",
    )
    .bind(shop.to_string())
    .bind(from.0)
    .bind(to.0)
    .bind(member.map(|member| member.to_string()).unwrap_or_default())
    .fetch_all(conn)
    .await?;
    let reply = |row: &DbRow| Ok(ReplyOf { member: row.parsed("author")?, composed: composed::told(row)? });
    Ok(rows.iter().map(reply).collect::<Result<_, sqlx::Error>>()?)
}

/// What members wrote since a moment, the newest first; at most `max`.
///
/// # Errors
/// When the database refuses.
pub async fn replies_since(conn: &mut Conn, shop: ShopId, since: Micros, max: u64) -> Stored<Vec<String>> {
    let rows = query(
        "SELECT text FROM messages WHERE shop = $1 AND at >= $2 AND author_kind = 'member' AND text <> ''
         ORDER BY at DESC LIMIT $3",
    )
    .bind(shop.to_string())
    .bind(since.0)
    .bind(kept(max))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(|row| row.text("text")).collect::<Result<_, _>>()?)
}
