//! This moment of a shop: who waits, who works, whether the level is kept, where the surge plan stands.

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{Deed, MemberId, Micros, ShopCard, ShopId};
use qinda::sync::{
    AGENT_TOLD_MINUTES, AGENTS_TOLD_MAX, AgentNow, LEVEL_GOAL_PERCENT, LEVEL_MINUTES, LEVEL_POINTS, LEVEL_STEP_MINUTES,
    LevelTold, NowAnswer, RulesTold, WAITING_TOLD_MAX, WaitingTold,
};
use qinda::timing::{Asked, Case, Definition, Life, OpenHours, Subject, Zone, quantile, value, waiting_over_time};

use super::dialect::{Conn, query};
use super::row::Columns as _;
use super::{Stored, figure_rules, lives, members};
use crate::zones;

/// How far back is looked: the surge plan is climbed from there.
const LOOK_BACK_SECONDS: i64 = 4 * 3_600;
const SECONDS_PER_MINUTE: i64 = 60;
/// The figure whose share is the level; a shop may give it other seconds, hours or another goal.
const LEVEL_FIGURE: &str = "answer-20s";

/// What a supervisor sees of now. `on_duty` are the members whose desks were heard of lately.
///
/// # Errors
/// When the database refuses.
pub async fn now(conn: &mut Conn, shop: &ShopCard, on_duty: &[MemberId], now: Micros) -> Stored<NowAnswer> {
    let RulesTold { rules, .. } = figure_rules::find(conn, shop.id).await?;
    let lives = lives::of_now(conn, shop.id, now.plus_seconds(-LOOK_BACK_SECONDS)).await?;
    let began = lives.iter().filter_map(|life| life.happened.first()).map(|it| it.at).min().unwrap_or(now);
    let zone = zones::zone(&rules.zone, shop.utc_offset_minutes, began, now);
    let open = rules.laid_out(&zone, began, now);
    let waits: Vec<Case> = lives.iter().flat_map(|life| life.cases(Subject::Response, None)).collect();

    let mut waiting = waiting(&lives);
    waiting.sort_by_key(|one| (one.since, one.conversation));
    let agents = agents(conn, shop.id, (on_duty, now), &waiting, &waits).await?;
    let ends = waits.iter().map(|case| (case.from, case.until.into_iter().chain(case.left_at).min()));
    let surge = rules.surge.state(&waiting_over_time(ends), now);
    let level = level(level_figure(rules.definitions()), &lives, now, (&zone, &open));
    let waiting_count = waiting.len();
    waiting.truncate(WAITING_TOLD_MAX);
    Ok(NowAnswer { at: now, waiting_count, waiting, agents, level, plan: rules.surge, surge })
}

/// Who waits: one for each conversation at most.
fn waiting(lives: &[Life]) -> Vec<WaitingTold> {
    let last = |life: &Life| life.cases(Subject::Response, None).pop();
    let waits = lives.iter().filter_map(|life| {
        let case = last(life).filter(|case| case.until.is_none() && case.left_at.is_none())?;
        let first = life.cases(Subject::FirstResponse, None).pop().is_some_and(|first| first.from == case.from);
        Some(WaitingTold {
            conversation: case.conversation,
            team: case.team,
            owner: case.agent,
            since: case.from,
            first,
        })
    });
    waits.collect()
}

/// The shop's own form of the figure, or the shipped one.
fn level_figure(mut definitions: Vec<Definition>) -> Definition {
    let place = definitions.iter().position(|definition| definition.id == LEVEL_FIGURE).unwrap_or_default();
    definitions.swap_remove(place)
}

fn level(definition: Definition, lives: &[Life], now: Micros, (zone, open): (&Zone, &OpenHours)) -> LevelTold {
    let cases: Vec<Case> = lives.iter().flat_map(|life| life.cases_of(&definition)).collect();
    let points = (0..LEVEL_POINTS).rev().map(|before| {
        let steps = i64::try_from(before).unwrap_or(0);
        let to = now.plus_seconds(-steps * LEVEL_STEP_MINUTES * SECONDS_PER_MINUTE);
        let from = to.plus_seconds(-LEVEL_MINUTES * SECONDS_PER_MINUTE);
        let asked = Asked { from, to: Micros(to.0 + 1), now, zone, open };
        (to, value(&definition, &cases, &asked))
    });
    let points = points.collect();
    let goal_percent = definition.goal_percent.unwrap_or(LEVEL_GOAL_PERCENT);
    LevelTold { definition, goal_percent, points }
}

async fn agents(
    conn: &mut Conn,
    shop: ShopId,
    (on_duty, now): (&[MemberId], Micros),
    waiting: &[WaitingTold],
    waits: &[Case],
) -> Stored<Vec<AgentNow>> {
    let held = held(conn, shop).await?;
    let seen = seen(conn, shop).await?;
    let on_duty: BTreeSet<MemberId> = on_duty.iter().copied().collect();
    let told_since = now.plus_seconds(-AGENT_TOLD_MINUTES * SECONDS_PER_MINUTE);
    let level_since = now.plus_seconds(-LEVEL_MINUTES * SECONDS_PER_MINUTE);
    let mut agents = Vec::new();
    for account in members::all(conn, shop).await? {
        let id = account.card.id;
        let (open, seen_at) = (held.get(&id).copied().unwrap_or(0), seen.get(&id).copied());
        let is_here = on_duty.contains(&id) || seen_at.is_some_and(|at| at >= told_since);
        let answers = account.card.active && account.actor.roles.may(Deed::Answer);
        if open == 0 && !(is_here && answers) {
            continue;
        }
        let mine = || waiting.iter().filter(|one| one.owner == Some(id));
        let mut times: Vec<i64> = waits
            .iter()
            .filter(|case| case.agent == Some(id) && case.until.is_some_and(|until| until >= level_since))
            .filter_map(|case| Some(case.until?.since(case.from)))
            .collect();
        times.sort_unstable();
        agents.push(AgentNow {
            member: account.card,
            on_duty: on_duty.contains(&id),
            seen_at,
            open,
            waiting: count(mine().count()),
            waiting_since: mine().map(|one| one.since).min(),
            answered: count(times.len()),
            median_ms: quantile(&times, 50).map(|micros| (micros + 500) / 1_000),
        });
    }
    agents.sort_by_key(|agent| {
        let longest = agent.waiting_since.unwrap_or(Micros(i64::MAX));
        (longest, std::cmp::Reverse(agent.open), agent.member.work_number.clone())
    });
    agents.truncate(AGENTS_TOLD_MAX);
    Ok(agents)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// How many open conversations each member holds.
async fn held(conn: &mut Conn, shop: ShopId) -> Stored<BTreeMap<MemberId, u32>> {
    let rows = query(
        "SELECT owner, COUNT(*) AS held FROM conversations
         WHERE shop = $1 AND in_feed = 1 AND state = 'open' AND owner IS NOT NULL GROUP BY owner",
    )
    .bind(shop.to_string())
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(|row| Ok((row.parsed("owner")?, row.number("held")?))).collect::<Result<_, sqlx::Error>>()?)
}

/// When a device of each member was last heard of.
async fn seen(conn: &mut Conn, shop: ShopId) -> Stored<BTreeMap<MemberId, Micros>> {
    let rows = query(
        "SELECT member, MAX(seen_at) AS seen_at FROM devices WHERE shop = $1 AND seen_at IS NOT NULL GROUP BY member",
    )
    .bind(shop.to_string())
    .fetch_all(conn)
    .await?;
    Ok(rows
        .iter()
        .map(|row| Ok((row.parsed("member")?, row.micros("seen_at")?)))
        .collect::<Result<_, sqlx::Error>>()?)
}
