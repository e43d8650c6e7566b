//! What planning is made of: the chats of past weeks, what is foretold from them, who did what, and what the shop assumes.

pub mod reads;

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{ChannelId, Day, MemberId, Micros, ShopCard, ShopId, TeamId};
use qinda::planning::{
    Assumptions, BACKTEST_WEEKS_MAX, Backtest, FORECAST_WEEKS_MAX, PastWeek, Week, backtest, fair_shares, forecast,
    measured, range_of, week_of,
};
use qinda::sync::{Foretold, HourTold, PastTold, PersonTold, PersonsTold, PlanTold, PlanningAnswer, ShareTold};
use qinda::timing::{FigureRules, Open, Zone};

use super::dialect::Conn;
use super::documents::{self, Kind};
use super::{Stored, Work, figure_rules, members};
use crate::zones;
use reads::QUARTER_MICROS;

/// So many weeks are read: those that are foretold once more, and those that the first of them is foretold from.
const WEEKS_READ: usize = FORECAST_WEEKS_MAX + BACKTEST_WEEKS_MAX;
/// So many of the latest chats are looked at for how long one takes.
pub const SAMPLED_CHATS_MAX: u64 = 2_000;
const DAYS_PER_WEEK: i64 = 7;

const PLAN: Kind = Kind {
    find: "SELECT fields, version FROM planning WHERE shop = $1",
    put: "INSERT INTO planning (shop, fields, version, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
          ON CONFLICT (shop) DO UPDATE SET
              fields = excluded.fields, version = excluded.version,
              changed_by = excluded.changed_by, changed_at = excluded.changed_at",
};

/// What a shop assumes and planned.
///
/// # Errors
/// When the database refuses, or what it has does not read.
pub async fn plan(conn: &mut Conn, shop: ShopId) -> Stored<PlanTold> {
    let (assumptions, version) = documents::find::<Assumptions>(conn, &PLAN, shop).await?;
    Ok(PlanTold { assumptions, version })
}

/// Keeps what a shop assumes and planned, in place of the version that was read: a job for [`super::Store::write`]. `false`
/// when somebody changed it meanwhile, and nothing was written.
///
/// # Errors
/// When the database refuses.
pub async fn put_plan(work: &mut Work, shop: ShopId, plan: &PlanTold, by: Option<MemberId>) -> Stored<bool> {
    documents::put(work, &PLAN, shop, (&plan.assumptions, plan.version), by).await
}

/// The Monday of a day's week.
#[must_use]
pub fn monday(day: Day) -> Day {
    day.plus(-i64::try_from(day.weekday()).unwrap_or(0))
}

/// The day that it is in a shop.
///
/// # Errors
/// When the database refuses.
pub async fn today(conn: &mut Conn, shop: &ShopCard, now: Micros) -> Stored<Day> {
    let rules = figure_rules::find(conn, shop.id).await?.rules;
    Ok(zones::zone(&rules.zone, shop.utc_offset_minutes, now, now).local(now).day)
}

/// Everything that is told for the week that begins on a Monday.
///
/// # Errors
/// When the database refuses.
pub async fn answer(conn: &mut Conn, shop: &ShopCard, week: Day, now: Micros) -> Stored<PlanningAnswer> {
    let past = Past::read(conn, shop, week, now).await?;
    let Past { this_week, .. } = past;
    let ended: Vec<PastWeek> = past.weeks.iter().filter(|it| it.begins < this_week).cloned().collect();
    let told = backtest(&ended);
    let persons = past.persons(conn, shop.id).await?;
    let shares = past.shares(conn, shop.id).await?;
    let named = persons.persons.iter().map(|it| it.member).chain(shares.iter().map(|it| it.member));
    let members = members::cards(conn, shop.id, &named.flatten().collect::<BTreeSet<_>>()).await?;
    let sampled = reads::sample(conn, shop.id, (past.from(), now), SAMPLED_CHATS_MAX).await?;
    Ok(PlanningAnswer {
        at: now,
        week,
        this_week,
        weeks_known: past.weeks.iter().filter(|it| it.is_whole()).count().try_into().unwrap_or(u32::MAX),
        foretold: forecast(&past.weeks, week).map(|expected| foretold(&told, &expected)),
        open: past.open(week),
        special: (0..DAYS_PER_WEEK).map(|day| week.plus(day)).filter(|day| past.is_special(*day)).collect(),
        past: told.weeks.iter().map(past_told).collect(),
        by_hour: told.by_hour.map(|it| HourTold {
            foretold: tenths(it.foretold),
            came: it.came,
            wrong: tenths(it.wrong),
        }),
        measured: measured(&sampled),
        persons,
        shares,
        members,
        plan: plan(conn, shop.id).await?,
    })
}

fn tenths(number: f64) -> u32 {
    (number * 10.0).round() as u32
}

fn foretold(told: &Backtest, expected: &Week<f64>) -> Foretold {
    let range = |day: usize, hour: usize| range_of(told, expected[day][hour]);
    Foretold {
        expected: week_of(|day, hour| tenths(expected[day][hour])),
        low: week_of(|day, hour| tenths(range(day, hour).0)),
        high: week_of(|day, hour| tenths(range(day, hour).1)),
    }
}

fn past_told(it: &qinda::planning::WeekError) -> PastTold {
    PastTold { week: it.begins, foretold: tenths(it.foretold), came: it.came, wrong: tenths(it.wrong) }
}

/// What was read of the past.
struct Past {
    rules: FigureRules,
    zone: Zone,
    today: Day,
    this_week: Day,
    /// The day after the one on which the first chat began: from then on a day is whole.
    known_from: Option<Day>,
    weeks: Vec<PastWeek>,
    /// Where shoppers write.
    channels: Vec<(TeamId, ChannelId)>,
}

impl Past {
    async fn read(conn: &mut Conn, shop: &ShopCard, week: Day, now: Micros) -> Stored<Self> {
        let rules = figure_rules::find(conn, shop.id).await?.rules;
        let days = i64::try_from(WEEKS_READ).unwrap_or(0) * DAYS_PER_WEEK;
        let (long_ago, ahead) = (now.plus_seconds(-(days + 8) * 86_400), now.plus_seconds(86_400 * 9));
        let around = zones::zone(&rules.zone, shop.utc_offset_minutes, long_ago, ahead);
        let today = around.local(now).day;
        // The clocks may change until the week that is planned is over.
        let ends = around.day_begins(week.plus(DAYS_PER_WEEK + 1)).max(ahead);
        let zone = zones::zone(&rules.zone, shop.utc_offset_minutes, long_ago, ends);
        let this_week = monday(today);
        let first = reads::first_opening(conn, shop.id).await?;
        let known_from = first.map(|first| zone.local(first).day.plus(1));
        let channels = reads::channels(conn, shop.id).await?;
        let mut past = Self { rules, zone, today, this_week, known_from, weeks: Vec::new(), channels };
        let openings = reads::openings(conn, shop.id, (past.from(), now)).await?;
        past.weeks = past.counted(&openings);
        Ok(past)
    }

    fn first_week(&self) -> Day {
        self.this_week.plus(-DAYS_PER_WEEK * i64::try_from(WEEKS_READ).unwrap_or(0))
    }

    fn from(&self) -> Micros {
        self.zone.day_begins(self.first_week())
    }

    fn is_special(&self, day: Day) -> bool {
        self.rules.hours.special.contains_key(&day)
    }

    /// Whether a day says how many come on such days.
    fn is_ordinary(&self, day: Day) -> bool {
        day < self.today && self.known_from.is_some_and(|from| day >= from) && !self.is_special(day)
    }

    /// The chats of each hour of the weeks that are known, the running one with the days that are over.
    fn counted(&self, openings: &[(Micros, u32)]) -> Vec<PastWeek> {
        let mut by_hour = BTreeMap::<(Day, usize), u32>::new();
        for (at, chats) in openings {
            let local = self.zone.local(*at);
            *by_hour.entry((local.day, local.hour() as usize)).or_default() += chats;
        }
        let weeks = (0..=WEEKS_READ).map(|number| self.first_week().plus(DAYS_PER_WEEK * number as i64));
        let weeks = weeks.map(|begins| PastWeek {
            begins,
            counts: week_of(|day, hour| {
                let day = begins.plus(day as i64);
                self.is_ordinary(day).then(|| by_hour.get(&(day, hour)).copied().unwrap_or(0))
            }),
        });
        weeks.filter(|week| week.counts.iter().flatten().any(Option::is_some)).collect()
    }

    /// Moments a quarter of an hour apart.
    fn quarters(&self, from: Day, until: Day) -> impl Iterator<Item = Micros> {
        let (from, until) = (self.zone.day_begins(from), self.zone.day_begins(until));
        (from.0..until.0).step_by(QUARTER_MICROS as usize).map(Micros)
    }

    /// The hours in which somebody is there for some channel; for the shop while it has none.
    fn open(&self, week: Day) -> [u32; 7] {
        let ends = week.plus(DAYS_PER_WEEK);
        let open = self.rules.laid_out(&self.zone, self.zone.day_begins(week), self.zone.day_begins(ends));
        let hours: Vec<&Open> = self.channels.iter().map(|(team, channel)| open.of(*team, *channel)).collect();
        let hours = if hours.is_empty() { vec![open.shop()] } else { hours };
        let mut open = [0; 7];
        for at in self.quarters(week, ends).filter(|at| hours.iter().any(|hours| hours.at(*at))) {
            let local = self.zone.local(at);
            open[local.day.weekday()] |= 1 << local.hour();
        }
        open
    }

    /// Who did what in the last month that is over, or in the running one where there was nothing before.
    async fn persons(&self, conn: &mut Conn, shop: ShopId) -> Stored<PersonsTold> {
        let first_of = |day: Day| day.plus(1 - i64::from(day.date().2));
        let this_month = first_of(self.today);
        let last_month = first_of(this_month.plus(-1));
        let has_last = self.known_from.is_some_and(|from| from <= this_month);
        let (from, until) = if has_last { (last_month, this_month) } else { (this_month, self.today.plus(1)) };
        let span = (self.zone.day_begins(from), self.zone.day_begins(until));
        let mut persons: BTreeMap<Option<MemberId>, PersonTold> = BTreeMap::new();
        let nothing = |member| PersonTold { member, chats: 0, replies: 0, hours: 0 };
        for (member, chats) in reads::owners(conn, shop, span).await? {
            persons.entry(member).or_insert_with(|| nothing(member)).chats = chats;
        }
        for (member, (replies, hours)) in reads::writers(conn, shop, span).await? {
            let person = persons.entry(Some(member)).or_insert_with(|| nothing(Some(member)));
            (person.replies, person.hours) = (replies, hours);
        }
        Ok(PersonsTold { from, until: until.plus(-1), persons: persons.into_values().collect() })
    }

    /// What each had of the last week that is over, and what would have been theirs; nothing where it could not be foretold.
    async fn shares(&self, conn: &mut Conn, shop: ShopId) -> Stored<Vec<ShareTold>> {
        let week = self.this_week.plus(-DAYS_PER_WEEK);
        let Some(expected) = forecast(&self.weeks, week) else { return Ok(Vec::new()) };
        let span = (self.zone.day_begins(week), self.zone.day_begins(self.this_week));
        let presence = reads::presence(conn, shop, span).await?;
        let there = presence.into_iter().map(|(member, at)| {
            let local = self.zone.local(at);
            (member, local.day.weekday(), local.hour() as usize)
        });
        let mut shares: BTreeMap<Option<MemberId>, ShareTold> = BTreeMap::new();
        for (member, foretold) in fair_shares(&expected, there) {
            let member = Some(member);
            shares.insert(member, ShareTold { member, foretold: tenths(foretold), came: 0 });
        }
        for (member, came) in reads::owners(conn, shop, span).await? {
            shares.entry(member).or_insert(ShareTold { member, foretold: 0, came: 0 }).came = came;
        }
        Ok(shares.into_values().collect())
    }
}
