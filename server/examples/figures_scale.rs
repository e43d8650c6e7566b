//! What figures cost in a shop of some size: generated working days are put into a database file, counted, and pages of
//! figures are asked for, from what is kept and from the messages. Prints a table. For `make bench`.
//!
//! Usage: `figures_scale [--keep FILE] [--hours] [--quick] [--only WORDS] [MESSAGES [AGENTS [DAYS]]]`; without days as many as
//! so many agents need for the messages. With `--keep` the database stays in that file, and one that is there already is asked
//! as it is. With `--hours` the shop has opening hours, and a team and a channel others. With `--quick` no messages are read to
//! compare with, and with `--only` pages and screens alone are asked for whose names hold the words.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use qinda::model::{
    ChannelId, ConversationId, CustomerId, Day, MICROS_PER_SECOND, MemberId, MessageId, Micros, ShopCard, TeamId,
};
use qinda::sync::{HistorySpan, RulesTold, Split as By};
use qinda::timing::rollup::{Only, Split, Wanted, Way};
use qinda::timing::{OpeningHours, Step, Subject};
use qinda_server::store::defined::{self, How};
use qinda_server::store::figure_history::{self, HistoryQuestion};
use qinda_server::store::kept_figures::Reading;
use qinda_server::store::rollups::{Question, Steps, fold_all, history, history_of_messages, rebuild, seal};
use qinda_server::store::shops::{self, NewShop, ShopAdded};
use qinda_server::store::stretches::{Bounds, MESSAGES_READ_MAX};
use qinda_server::store::{Clock, Lane, Store, figure_rules, figures};
use rusqlite::{Connection, Transaction, params};

/// What an agent reads and writes on a day, on average over the week.
const MESSAGES_PER_AGENT_DAY: u64 = 183;
const TEAMS: u64 = 5;
const CHANNELS: u64 = 3;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// How busy each hour is, by the shop's clocks.
const HOURS: [u64; 24] = [3, 1, 1, 0, 0, 0, 1, 2, 12, 28, 42, 40, 26, 30, 40, 44, 40, 34, 28, 38, 52, 55, 36, 14];
/// How busy each weekday is, Monday first.
const WEEKDAYS: [u64; 7] = [11, 10, 10, 10, 11, 13, 12];
/// How often a page is asked for.
const ASKED: usize = 30;
/// Messages are not read for a question that would need more of them.
const READ_MAX: u64 = 3_000_000;
const UTC_OFFSET_MINUTES: i32 = 480;

/// The product's own.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Numbers that look as if by chance, the same in each run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    fn below(&mut self, many: u64) -> u64 {
        self.next() % many.max(1)
    }

    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// As times of people are spread: many near the middle one, some much longer.
    fn time(&mut self, middle_seconds: f64, spread: f64) -> i64 {
        let hurry: f64 = (0..12).map(|_| self.part()).sum::<f64>() - 6.0;
        (middle_seconds * 1e6 * (spread * hurry).exp()) as i64
    }

    fn one_of(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        weights.iter().position(|weight| left.checked_sub(*weight).map(|less| left = less).is_none()).unwrap_or(0)
    }

    fn bits(&mut self) -> [u8; 10] {
        let (one, other) = (self.next().to_le_bytes(), self.next().to_le_bytes());
        std::array::from_fn(|at| if at < 8 { one[at] } else { other[at - 8] })
    }
}

/// Who works in the shop.
struct Staff {
    shop: String,
    agents: u64,
}

impl Staff {
    fn agent(&self, team: u64, chance: &mut Chance) -> MemberId {
        let of_team = self.agents.div_ceil(TEAMS);
        MemberId::of_name(&format!("agent {} {}", team, chance.below(of_team)))
    }
}

/// Writes conversations of a day until it has so many messages.
fn day(
    into: &Transaction<'_>,
    staff: &Staff,
    begins: i64,
    messages: u64,
    chance: &mut Chance,
) -> rusqlite::Result<u64> {
    let mut written = 0;
    while written < messages {
        let hour = chance.one_of(&HOURS) as i64;
        let at = begins + (hour * HOUR * MICROS_PER_SECOND) + chance.below(HOUR as u64 * 1_000_000) as i64;
        written += conversation(into, staff, at, chance)?;
    }
    Ok(written)
}

/// Writes a conversation: a few rounds, most of them answered, some handed over, most closed in the end.
fn conversation(into: &Transaction<'_>, staff: &Staff, begins: i64, chance: &mut Chance) -> rusqlite::Result<u64> {
    let ms = (begins / 1_000) as u64;
    let id = ConversationId::new(ms, chance.bits()).to_string();
    let customer = CustomerId::new(ms, chance.bits()).to_string();
    let team = chance.below(TEAMS);
    let (team_id, channel) = (
        TeamId::of_name(&format!("team {team}")).to_string(),
        ChannelId::of_name(&format!("channel {}", chance.below(CHANNELS))).to_string(),
    );
    let mut agent = staff.agent(team, chance);
    into.prepare_cached("INSERT INTO customers VALUES (?, ?, ?, '', ?)")?
        .execute(params![staff.shop, customer, customer, begins])?;
    into.prepare_cached(
        "INSERT INTO conversations (shop, id, team, channel, customer, customer_name, state, owner, opened_at, last_position, version)
         VALUES (?, ?, ?, ?, ?, '', 'open', NULL, ?, 0, 0)",
    )?
    .execute(params![staff.shop, id, team_id, channel, customer, begins])?;
    let mut write = into.prepare_cached(
        "INSERT INTO messages (shop, id, conversation, position, customer, customer_seq, author_kind, author, text, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let mut note = into.prepare_cached(
        "INSERT INTO happened (shop, conversation, version, at, what, member) VALUES (?, ?, ?, ?, ?, ?)",
    )?;
    let (mut at, mut position, mut version) = (begins, 0i64, 0i64);
    let mut say = |author: Option<MemberId>, at: i64, position: i64, id_of: [u8; 10]| {
        let message = MessageId::new((at / 1_000) as u64, id_of).to_string();
        let kind = if author.is_some() { "member" } else { "shopper" };
        let author = author.map(|author| author.to_string());
        let text = "亲，这边马上为您查一下哦，请稍等片刻";
        write.execute(params![staff.shop, message, id, position, customer, position, kind, author, text, at]).map(drop)
    };
    let rounds = 1 + chance.time(3.0, 0.6) as u64 / 1_000_000;
    for round in 0..rounds {
        for _ in 0..1 + u64::from(chance.below(10) < 3) {
            (position, version) = (position + 1, version + 1);
            say(None, at, position, chance.bits())?;
            at += chance.time(3.0, 0.5);
        }
        if chance.below(100) < if round + 1 == rounds { 12 } else { 1 } {
            break;
        }
        if round > 0 && chance.below(100) < 2 {
            agent = staff.agent(team, chance);
            version += 1;
            note.execute(params![staff.shop, id, version, at, "given", agent.to_string()])?;
        }
        at += chance.time(14.0, 0.9);
        for _ in 0..1 + u64::from(chance.below(10) < 3) {
            (position, version) = (position + 1, version + 1);
            say(Some(agent), at, position, chance.bits())?;
            at += chance.time(8.0, 0.5);
        }
        at += chance.time(40.0, 0.8);
    }
    let is_closed = chance.below(100) < 85;
    if is_closed {
        (at, version) = (at + chance.time(240.0, 0.7), version + 1);
        note.execute(params![staff.shop, id, version, at, "closed", None::<String>])?;
    }
    into.prepare_cached(
        "UPDATE conversations SET last_position = ?, version = ?, owner = ?, state = ?, closed_at = ?, in_feed = 0
         WHERE shop = ? AND id = ?",
    )?
    .execute(params![
        position,
        version,
        agent.to_string(),
        if is_closed { "closed" } else { "open" },
        is_closed.then_some(at),
        staff.shop,
        id
    ])?;
    Ok(position.unsigned_abs())
}

/// Fills a shop with the working days up to one, and says how many messages that are.
fn fill(file: &Path, shop: &ShopCard, today: Day, Size { messages, agents, days }: Size) -> rusqlite::Result<u64> {
    let mut to = Connection::open(file)?;
    to.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    to.pragma_update(None, "synchronous", "OFF")?;
    to.pragma_update(None, "cache_size", -400_000)?;
    let staff = Staff { shop: shop.id.to_string(), agents };
    let mut chance = Chance(7);
    let first = today.plus(1 - days as i64);
    let days: Vec<Day> = (first.0..=today.0).map(Day).collect();
    let weights: u64 = days.iter().map(|day| WEEKDAYS[day.weekday()]).sum();
    let names = to.transaction()?;
    for team in 0..TEAMS {
        let id = TeamId::of_name(&format!("team {team}")).to_string();
        names.execute("INSERT INTO teams VALUES (?, ?, ?)", params![staff.shop, id, format!("team {team}")])?;
    }
    for channel in 0..CHANNELS {
        let name = format!("channel {channel}");
        let (id, team) = (ChannelId::of_name(&name).to_string(), TeamId::of_name("team 0").to_string());
        names.execute(
            "INSERT INTO channels (shop, id, slug, name, team) VALUES (?, ?, ?, ?, ?)",
            params![staff.shop, id, name, name, team],
        )?;
    }
    names.commit()?;
    let mut written = 0;
    for of_day in days {
        let into = to.transaction()?;
        let many = messages * WEEKDAYS[of_day.weekday()] / weights;
        written += day(&into, &staff, day_begins(of_day).0, many, &mut chance)?;
        into.commit()?;
    }
    Ok(written)
}

/// How large the shop is that is made.
#[derive(Clone, Copy)]
struct Size {
    messages: u64,
    agents: u64,
    days: u64,
}

/// The day by the shop's clocks.
fn day_of(at: Micros) -> Day {
    Day((at.0 + i64::from(UTC_OFFSET_MINUTES) * 60_000_000).div_euclid(DAY * MICROS_PER_SECOND))
}

fn day_begins(day: Day) -> Micros {
    Micros(day.0 * DAY * MICROS_PER_SECOND - i64::from(UTC_OFFSET_MINUTES) * 60_000_000)
}

/// What a file holds: how many messages of how many agents, and the first and the last day.
fn held(file: &Path) -> rusqlite::Result<(u64, u64, (Day, Day))> {
    let conn = Connection::open(file)?;
    let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
    let day = |sql: &str| Ok::<_, rusqlite::Error>(day_of(Micros(count(sql)?)));
    let messages = count("SELECT COUNT(*) FROM messages")?;
    let agents = count("SELECT COUNT(DISTINCT owner) FROM conversations")?;
    let days = (day("SELECT MIN(opened_at) FROM conversations")?, day("SELECT MAX(opened_at) FROM conversations")?);
    Ok((messages.unsigned_abs(), agents.unsigned_abs(), days))
}

/// How many bytes of a file are used, and how many of them for figures.
fn used(file: &Path) -> rusqlite::Result<(i64, i64)> {
    let conn = Connection::open(file)?;
    let number = |pragma: &str| conn.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0));
    let all = (number("page_count")? - number("freelist_count")?) * number("page_size")?;
    let mut of_figures = 0;
    for table in ["figure_parts", "figure_opens", "figure_apart", "figure_sums"] {
        for name in [table.to_owned(), format!("sqlite_autoindex_{table}_1")] {
            let pages = "SELECT COALESCE(SUM(pgsize), 0) FROM dbstat WHERE name = ?";
            of_figures += conn.query_row(pages, [name], |row| row.get::<_, i64>(0))?;
        }
    }
    Ok((all, of_figures))
}

/// What the cells take in each table, in bytes.
fn cells(file: &Path) -> rusqlite::Result<Vec<(String, i64, i64)>> {
    let conn = Connection::open(file)?;
    let mut all = conn.prepare(
        "SELECT 'parts', COUNT(*), COALESCE(SUM(LENGTH(cells)), 0) FROM figure_parts
         UNION ALL SELECT 'opens', COUNT(*), COALESCE(SUM(LENGTH(cells)), 0) FROM figure_opens
         UNION ALL SELECT 'apart', COUNT(*), COALESCE(SUM(LENGTH(cells)), 0) FROM figure_apart
         UNION ALL SELECT grain, COUNT(*), SUM(LENGTH(cells)) FROM figure_sums GROUP BY grain",
    )?;
    all.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
}

/// The pages that are asked for.
fn pages(shop: &ShopCard, now: Micros, began: Micros) -> Vec<(&'static str, Question)> {
    let wanted = Wanted { subjects: Subject::Response.into(), split: Split::Nothing, only: Only::default() };
    let midnight =
        Micros((now.0 + 8 * HOUR * 1_000_000).div_euclid(DAY * 1_000_000) * DAY * 1_000_000 - 8 * HOUR * 1_000_000);
    let all = Question {
        shop: shop.clone(),
        from: began,
        to: now,
        now,
        steps: Steps::One,
        wanted,
        groups: None,
        patience_seconds: vec![20],
        way: Way::default(),
    };
    let days = |days: i64| Question { from: midnight.plus_seconds(-(days - 1) * DAY).max(began), ..all.clone() };
    let with = |question: Question, steps, split| Question { steps, wanted: Wanted { split, ..wanted }, ..question };
    let agent = MemberId::of_name("agent 0 0");
    let own = |question: Question| Question {
        wanted: Wanted { only: Only { agent: Some(agent), ..Only::default() }, ..wanted },
        ..question
    };
    vec![
        ("today, by hour", with(days(1), Steps::Each(Step::Hour), Split::Nothing)),
        ("today, by agent", with(days(1), Steps::One, Split::Agent)),
        ("7 days, by day", with(days(7), Steps::Each(Step::Day), Split::Nothing)),
        ("7 days, by agent", with(days(7), Steps::One, Split::Agent)),
        ("30 days, by day", with(days(30), Steps::Each(Step::Day), Split::Nothing)),
        ("30 days, by day and team", with(days(30), Steps::Each(Step::Day), Split::Team)),
        ("30 days, by agent", with(days(30), Steps::One, Split::Agent)),
        ("90 days, by agent", with(days(90), Steps::One, Split::Agent)),
        ("30 days, hours of the week", with(days(30), Steps::HoursOfWeek, Split::Nothing)),
        ("30 days of one agent, by day", own(with(days(30), Steps::Each(Step::Day), Split::Nothing))),
        ("a year, by week and channel", with(days(365), Steps::Each(Step::Week), Split::Channel)),
        ("a year, hours of the week", with(days(365), Steps::HoursOfWeek, Split::Nothing)),
        ("a year of one agent, by day", own(Question { steps: Steps::Each(Step::Day), ..days(365) })),
        ("all, by day", with(all.clone(), Steps::Each(Step::Day), Split::Nothing)),
        ("all, by month", with(all.clone(), Steps::Each(Step::Month), Split::Nothing)),
        ("all, by agent", with(all.clone(), Steps::One, Split::Agent)),
        ("all of one agent, by month", own(Question { steps: Steps::Each(Step::Month), ..all.clone() })),
    ]
}

fn at(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() - 1) * percent / 100]
}

async fn asked(store: &Store, question: &Question, times: usize) -> Result<(Vec<f64>, usize, u64), Box<dyn Error>> {
    let (mut took, mut groups, mut cases) = (Vec::new(), 0, 0);
    for _ in 0..times {
        let began = Instant::now();
        let answer = history(&mut *store.snapshot().await?, question).await??;
        took.push(began.elapsed().as_secs_f64() * 1e3);
        (groups, cases) =
            (answer.gross.len(), answer.gross.iter().map(|(_, _, gross)| gross.cases(Subject::Response)).sum());
    }
    took.sort_by(f64::total_cmp);
    Ok((took, groups, cases))
}

/// What a screen shows, as it is asked for by people.
#[derive(Clone, Copy)]
enum Screen {
    /// Every figure of the shop that is told at once, with its agents.
    Every,
    /// All of them, those of shoppers too.
    Whole,
    /// The page by agent and hour.
    ByAgentAndHour,
    /// The trend of a figure by agent.
    Trend,
    /// The same of one that is said of shoppers.
    TrendOfShoppers,
}

/// What is kept of shoppers is kept for the longest span that is asked about, and the time before.
const DAYS_OF_SHOPPERS: u64 = 30;

impl Screen {
    /// Says how many bytes the answer has.
    async fn asked(self, store: &Store, question: &Question, is_kept: bool) -> Result<usize, Box<dyn Error>> {
        let Question { shop, from, to, now, .. } = question.clone();
        let reading = if is_kept { Reading::AsSuits } else { Reading::Messages };
        let mut snapshot = store.snapshot().await?;
        let told = match self {
            Self::Every | Self::Whole => {
                let asked = defined::Question { shop, from, to, now, only: None };
                let bounds = if is_kept { Bounds::default() } else { Bounds::patient() };
                let how = How { reading, is_quick: matches!(self, Self::Every), bounds };
                serde_json::to_vec(&defined::figures(&mut snapshot, &asked, how).await?)?
            }
            Self::ByAgentAndHour => {
                let how = (reading, Bounds::patient());
                let figures = figures::figures(&mut snapshot, &shop, (from, to), now, how).await?;
                serde_json::to_vec(&figures.map_err(|why| format!("{why:?}"))?)?
            }
            Self::Trend | Self::TrendOfShoppers => {
                let asked = HistoryQuestion {
                    shop,
                    now,
                    only: None,
                    figure: if matches!(self, Self::Trend) { "answer-20s" } else { "kuaishou-3min" }.into(),
                    span: HistorySpan::Moments(from, to),
                    step: Some(Step::Day),
                    by: By::Agent,
                    part: None,
                };
                let told = if is_kept {
                    figure_history::history(&mut snapshot, &asked, Bounds::default()).await?
                } else {
                    figure_history::history_of_messages(&mut snapshot, &asked, Bounds::patient()).await?
                };
                serde_json::to_vec(&told.map_err(|why| format!("{why:?}"))?)?
            }
        };
        Ok(told.len())
    }
}

/// What whole screens cost, with all that they show, as they go out.
async fn screens(
    store: &Store,
    pages: &[(&'static str, Question)],
    (per_day, read_max): (u64, u64),
    only: &str,
) -> Result<(), Box<dyn Error>> {
    println!("\n{:52} {:>9} {:>9} {:>9} {:>12}", "screen", "KB", "p50 ms", "p95 ms", "messages ms");
    for (page, days) in
        [("today, by agent", 1), ("7 days, by agent", 7), ("30 days, by agent", 30), ("90 days, by agent", 90)]
    {
        let Some((_, question)) = pages.iter().find(|(name, _)| *name == page) else { continue };
        for (name, screen, times) in [
            ("every figure", Screen::Every, 1),
            // These look at the time before, too.
            ("every figure, those of shoppers too", Screen::Whole, 2),
            ("the trend of a figure of shoppers by agent", Screen::TrendOfShoppers, 2),
            ("the page by agent and hour", Screen::ByAgentAndHour, 1),
            ("the trend of a figure by agent", Screen::Trend, 2),
        ] {
            let page = format!("{name}, {days} days");
            let is_of_shoppers = matches!(screen, Screen::Whole | Screen::TrendOfShoppers);
            if !page.contains(only) || (is_of_shoppers && days > DAYS_OF_SHOPPERS) {
                continue;
            }
            let (mut took, mut bytes) = (Vec::new(), 0);
            for _ in 0..ASKED {
                let began = Instant::now();
                bytes = screen.asked(store, question, true).await?;
                took.push(began.elapsed().as_secs_f64() * 1e3);
            }
            took.sort_by(f64::total_cmp);
            let raw = if per_day * days * times <= read_max {
                let began = Instant::now();
                screen.asked(store, question, false).await?;
                format!("{:.0}", began.elapsed().as_secs_f64() * 1e3)
            } else {
                "–".to_owned()
            };
            println!("{page:52} {:9} {:9.1} {:9.1} {raw:>12}", bytes / 1_000, at(&took, 50), at(&took, 95));
        }
    }
    Ok(())
}

/// What an answer costs that is counted from about as many messages as are read for one.
async fn bounded(store: &Store, shop: &ShopCard, now: Micros, per_day: u64) -> Result<(), Box<dyn Error>> {
    // The time before is read, too.
    let days = MESSAGES_READ_MAX / per_day.max(1) / 2;
    let from = now.plus_seconds(-(days as i64) * DAY);
    let asked = defined::Question { shop: shop.clone(), from, to: now, now, only: None };
    let how = How { reading: Reading::Messages, is_quick: false, bounds: Bounds::patient() };
    let began = Instant::now();
    let answer = defined::figures(&mut *store.snapshot().await?, &asked, how).await?;
    let (seconds, most) = (began.elapsed().as_secs_f64(), memory_most());
    println!(
        "\n{} figures of {days} days and of the {days} before counted from messages in {seconds:.1} s; this program never had more than {most} MB",
        answer.figures.len()
    );
    Ok(())
}

/// The most memory that this process has had, in MB; 0 where the system does not tell.
fn memory_most() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    most.and_then(|most| most.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_000
}

/// What is asked of this program.
#[derive(Default)]
struct Given {
    keep: Option<PathBuf>,
    has_hours: bool,
    is_quick: bool,
    only: String,
    numbers: Vec<u64>,
}

impl Given {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut given = Self::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--keep" => given.keep = Some(words.next().ok_or("--keep is followed by a file")?.into()),
                "--only" => given.only = words.next().ok_or("--only is followed by words")?,
                "--hours" => given.has_hours = true,
                "--quick" => given.is_quick = true,
                number => given.numbers.push(number.parse().map_err(|_| format!("{number} is no number"))?),
            }
        }
        Ok(given)
    }

    fn size(&self) -> Size {
        let messages = self.numbers.first().copied().unwrap_or(1_000_000);
        let agents = self.numbers.get(1).copied().unwrap_or(500);
        let days = self.numbers.get(2).copied();
        Size {
            messages,
            agents,
            days: days.unwrap_or_else(|| messages.div_ceil(agents * MESSAGES_PER_AGENT_DAY).max(1)),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let given = Given::read(std::env::args().skip(1))?;
    if let Some(file) = &given.keep {
        return measured(file, &given).await;
    }
    let directory = std::env::temp_dir().join(format!("figures-scale-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let done = measured(&directory.join("qinda.db"), &given).await;
    std::fs::remove_dir_all(&directory)?;
    done
}

/// The only shop of a file; a new one is made where there is none.
async fn shop_in(store: &Store) -> Result<ShopCard, Box<dyn Error>> {
    let all = shops::all(&mut *store.reader().await?).await?;
    if let Some(shop) = all.into_iter().next() {
        return Ok(shop.card);
    }
    let new = NewShop {
        slug: "tea".into(),
        name: "tea".into(),
        utc_offset_minutes: UTC_OFFSET_MINUTES,
        demo: false,
        team: "day".into(),
        channel: "tea".into(),
    };
    let ShopAdded::Added(id) = store.write(Lane::Server, move |work| Box::pin(shops::add(work, new))).await? else {
        return Err("the shop was not made".into());
    };
    let all = shops::all(&mut *store.reader().await?).await?;
    Ok(all.into_iter().map(|shop| shop.card).find(|card| card.id == id).ok_or("the shop is gone")?)
}

/// The shop is open from nine to ten in the evening, a team by night and a channel at other hours; what is kept by these is
/// made where it is not there.
async fn open_at_hours(store: &Store, shop: &ShopCard) -> Result<(), Box<dyn Error>> {
    let RulesTold { mut rules, version } = figure_rules::find(&mut *store.reader().await?, shop.id).await?;
    if rules.has_hours() {
        return Ok(());
    }
    rules.hours = OpeningHours::daily(9 * 60, 22 * 60);
    rules.own_hours.teams.insert(TeamId::of_name("team 1"), OpeningHours::daily(18 * 60, 26 * 60));
    rules.own_hours.channels.insert(ChannelId::of_name("channel 1"), OpeningHours::daily(8 * 60, 23 * 60));
    let (id, told) = (shop.id, RulesTold { rules, version });
    if !store.write(id, move |work| Box::pin(async move { figure_rules::put(work, id, &told, None).await })).await? {
        return Err("somebody changed the opening hours meanwhile".into());
    }
    Ok(())
}

async fn measured(file: &Path, given: &Given) -> Result<(), Box<dyn Error>> {
    let is_there = file.exists();
    let clock = Arc::new(AtomicI64::new(Clock::system().now().0));
    let store = Store::open(file, Clock::by_hand(clock.clone())).await?;
    let shop = shop_in(&store).await?;
    if !is_there {
        let began = Instant::now();
        fill(file, &shop, day_of(store.clock().now()), given.size())?;
        println!("generated in {:.0} s", began.elapsed().as_secs_f64());
    }
    let (messages, agents, (first, today)) = held(file)?;
    let days = (today.0 - first.0 + 1).unsigned_abs();
    println!("{messages} messages of {agents} agents in {days} days");
    // Late in the evening, so that today is nearly a whole day.
    let (since, now) = (day_begins(first), day_begins(today).plus_seconds(22 * HOUR));
    clock.store(now.0, Ordering::SeqCst);

    if given.has_hours {
        open_at_hours(&store, &shop).await?;
    }
    let began = Instant::now();
    fold_all(&store, shop.id).await?;
    let folded = began.elapsed().as_secs_f64();
    let began = Instant::now();
    seal(&store, &shop).await?;
    println!(
        "counted in {folded:.1} s ({:.0} messages/s), added up in {:.1} s",
        messages as f64 / folded,
        began.elapsed().as_secs_f64()
    );
    let each = |bytes: i64| bytes as f64 / messages as f64;
    let (all, of_figures) = used(file)?;
    println!(
        "kept for figures: {:.2} bytes a message in the file (all else: {:.0})",
        each(of_figures),
        each(all - of_figures)
    );
    for (what, rows, bytes) in cells(file)? {
        println!("  {what:10} {rows:6} rows, {:.2} bytes a message", each(bytes));
    }

    println!(
        "\n{:32} {:>6} {:>9} {:>9} {:>9} {:>12} {:>7}",
        "page", "groups", "cases", "p50 ms", "p95 ms", "messages ms", "times"
    );
    let read_max = if given.is_quick { 0 } else { READ_MAX };
    for (page, question) in pages(&shop, now, since).into_iter().filter(|(page, _)| page.contains(&given.only)) {
        let (took, groups, cases) = asked(&store, &question, ASKED).await?;
        let (p50, p95) = (at(&took, 50), at(&took, 95));
        let share = question.to.since(question.from) as f64 / now.since(since) as f64;
        let raw = if messages as f64 * share <= read_max as f64 {
            let began = Instant::now();
            let answer = history_of_messages(&mut *store.snapshot().await?, &question).await??;
            let ms = began.elapsed().as_secs_f64() * 1e3;
            let read: u64 = answer.gross.iter().map(|(_, _, gross)| gross.cases(Subject::Response)).sum();
            if read != cases {
                return Err(format!("{page}: {cases} cases are kept and {read} are there").into());
            }
            (format!("{ms:.0}"), format!("{:.0}", ms / p50))
        } else {
            ("–".to_owned(), String::new())
        };
        println!("{page:32} {groups:6} {cases:9} {p50:9.1} {p95:9.1} {:>12} {:>7}", raw.0, raw.1);
    }
    screens(&store, &pages(&shop, now, since), (messages / days, read_max / 2), &given.only).await?;
    bounded(&store, &shop, now, messages / days).await?;
    if !given.is_quick {
        let began = Instant::now();
        let rebuilt = rebuild(&store, &shop).await?;
        println!(
            "\n{} days were made again in {:.1} s; {} differed",
            rebuilt.days,
            began.elapsed().as_secs_f64(),
            rebuilt.differed
        );
    }
    store.close().await;
    Ok(())
}
